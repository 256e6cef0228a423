"""Which callers of a function can come to one of its calls, whatever the order there is."""

from __future__ import annotations

from botlint.checks.guards.dispatched import Dispatched, can_run
from botlint.checks.guards.ruled_out import asking_for
from botlint.flow.program import CallSite
from botlint.project import CallRef, Project


def callers_coming_to(
    project: Project, below: CallRef, dispatched: Dispatched
) -> tuple[CallSite, ...]:
    """The calls of the function that ``below`` stands in, as far as they can lead to it: on an
    object that has the methods ``dispatched``, with literals that let it come there."""

    def find() -> tuple[CallSite, ...]:
        callers = project.program.callers(below.function)
        running = tuple(one for one in callers if can_run(project, one, below.function, dispatched))
        return asking_for(project, below, running)

    return project.answer(("callers coming to", below, dispatched), find)
