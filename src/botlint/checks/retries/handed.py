"""Calls of what a function is handed, by itself or by what it hands it on to."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.facts.types import Name
from botlint.flow.names import FunctionRef
from botlint.project import Project

DEEPEST = 3


def calls_of_handed(
    project: Project, ref: FunctionRef, handed: frozenset[str], depth: int = 0
) -> tuple[int, ...]:
    """The calls of a function that run one of the parameters ``handed``: ``func(*args)``, and
    ``timed(func, *args)`` where ``timed`` does so."""
    question = ("calls of handed", ref, handed, depth)
    return project.answer(question, lambda: tuple(_find(project, ref, handed, depth)))


def _find(project: Project, ref: FunctionRef, handed: frozenset[str], depth: int) -> Iterator[int]:
    for number, call in enumerate(project.function(ref).calls):
        is_own = type(call.func) is Name and call.func.path in handed
        if is_own or (depth < DEEPEST and _is_run_below(project, ref, number, handed, depth)):
            yield number


def _is_run_below(
    project: Project, ref: FunctionRef, number: int, handed: frozenset[str], depth: int
) -> bool:
    args = project.function(ref).calls[number].args
    given = [one for one in args if type(one) is Name and one.path in handed]
    for callee in project.program.callees(ref, number) if given else ():
        taken = frozenset(
            one.name
            for one in project.function(callee).parameters
            if project.program.argument_of(ref, number, callee, one.name) in given
        )
        if taken and calls_of_handed(project, callee, taken, depth + 1):
            return True
    return False
