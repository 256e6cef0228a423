"""What runs when a decorated function is called: what its decorators have put in its place."""

from __future__ import annotations

from typing import NamedTuple

from botlint.facts.types import Name
from botlint.flow.program import FunctionRef
from botlint.project import Project


class Wrapper(NamedTuple):
    """The function that a decorator puts in place of another, and its calls of that."""

    ref: FunctionRef
    calls: tuple[int, ...]


def wrappers_of(project: Project, ref: FunctionRef) -> tuple[Wrapper, ...]:
    """What stands in place of a decorated function, the innermost first, as far as decorators of
    the program give it."""
    found: list[Wrapper] = []
    for decorator in reversed(project.program.decorators(ref)):
        handed = {parameter.name for parameter in project.function(decorator).parameters}
        inner = [_wrapper(project, one, handed) for one in project.program.nested(decorator)]
        wrapping = [one for one in inner if one.calls]
        if len(wrapping) == 1:
            found.append(wrapping[0])
    return tuple(found)


def _wrapper(project: Project, ref: FunctionRef, handed: set[str]) -> Wrapper:
    calls = project.function(ref).calls
    numbers = (n for n, one in enumerate(calls) if type(one.func) is Name)
    return Wrapper(ref, tuple(n for n in numbers if getattr(calls[n].func, "path", "") in handed))
