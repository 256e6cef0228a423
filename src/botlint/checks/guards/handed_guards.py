"""Guards called by the name that they were handed in under: ``check(symbol)``, where ``check`` is a
parameter that got ``preflight``."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.facts.types import Name
from botlint.flow.program import FunctionRef
from botlint.flow.values import Func
from botlint.project import CallRef, Project


def find_handed_guards(project: Project, roles: tuple[str, ...]) -> Iterator[CallRef]:
    """The calls by another name of functions that are named for one of ``roles``."""
    for ref in project.program.functions():
        if not any(project.function_plays(ref, role) for role in roles):
            continue
        for site in project.program.callers(ref):
            one = CallRef(site.function, site.call)
            is_called = site.via == "callback" and _is_called(project, one, ref)
            if is_called or site.via == "task":
                yield one


def _is_called(project: Project, one: CallRef, ref: FunctionRef) -> bool:
    """Whether a call calls a function by a plain name, and doesn't only hand it over."""
    func = project.call(one).func
    if type(func) is not Name or "." in func.path:
        return False
    values = project.program.values_of(one.function, func)
    return any(type(value) is Func and value.ref == ref for value in values)
