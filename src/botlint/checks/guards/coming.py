"""Which callers of a function can come to one of its calls, whatever the order there is."""

from __future__ import annotations

from botlint.checks.faults.misfits import misfit, must_fail
from botlint.checks.guards.dispatched import Dispatched, can_run
from botlint.checks.guards.ruled_out import asking_for
from botlint.flow.program import CallSite, FunctionRef
from botlint.project import CallRef, Project


def callers_coming_to(
    project: Project, below: CallRef, dispatched: Dispatched
) -> tuple[CallSite, ...]:
    """The calls of the function that ``below`` stands in, as far as they can lead to it: on an
    object that has the methods ``dispatched``, with arguments that it takes and literals that let
    it come there."""
    question = ("callers coming to", below, dispatched)
    running = _running(project, below.function, dispatched)
    return project.answer(question, lambda: asking_for(project, below, running))


def _running(project: Project, ref: FunctionRef, dispatched: Dispatched) -> tuple[CallSite, ...]:
    """The calls that can run a function at all, on such an object."""

    def find() -> tuple[CallSite, ...]:
        return tuple(
            one
            for one in project.program.callers(ref)
            if can_run(project, one, ref, dispatched) and not _fails(project, one, ref)
        )

    return project.answer(("callers running", ref, dispatched), find)


def _fails(project: Project, site: CallSite, ref: FunctionRef) -> bool:
    """Whether a call of the function ``ref`` always fails, by its arguments."""
    call = project.call(CallRef(site.function, site.call))
    declared = project.function(ref).parameters
    if site.via != "call" or not all(misfit(call, one) for one in (declared, declared[1:])):
        return False
    return must_fail(project, CallRef(site.function, site.call))
