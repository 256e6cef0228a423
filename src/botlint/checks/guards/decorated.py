"""What runs when a decorated function is called: what its decorators have put in its place."""

from __future__ import annotations

from typing import NamedTuple

from botlint.facts.types import Name
from botlint.flow.program import FunctionRef
from botlint.project import Project


class Wrapper(NamedTuple):
    """The function that a decorator puts in place of another, its calls of that, and what puts it
    there."""

    ref: FunctionRef
    calls: tuple[int, ...]
    decorator: FunctionRef


def wrappers_of(project: Project, ref: FunctionRef) -> tuple[Wrapper, ...]:
    """What stands in place of a decorated function, the innermost first, as far as decorators of
    the program give it."""
    found: list[Wrapper] = []
    for decorator in reversed(project.program.decorators(ref)):
        handed = {parameter.name for parameter in project.function(decorator).parameters}
        nested = project.program.nested(decorator)
        inner = [_wrapper(project, decorator, one, handed) for one in nested]
        wrapping = [one for one in inner if one.calls]
        if len(wrapping) == 1:
            found.append(wrapping[0])
    return tuple(found)


def _wrapper(
    project: Project, decorator: FunctionRef, ref: FunctionRef, handed: set[str]
) -> Wrapper:
    calls = project.function(ref).calls
    named = [n for n, one in enumerate(calls) if type(one.func) is Name]
    running = tuple(n for n in named if getattr(calls[n].func, "path", "") in handed)
    return Wrapper(ref, running, decorator)
