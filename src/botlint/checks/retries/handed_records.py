"""The records that all calls of a function hand to one of its parameters."""

from __future__ import annotations

from botlint.checks.given import handed_or_default
from botlint.checks.orders.sides import is_true
from botlint.checks.retries.makers import NOTHING, entries_of, shows_entries
from botlint.checks.roots import keyed_entries
from botlint.facts.types import Expression, Name, Operation
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

DEEPEST = 3
_EMPTY = Operation("dict", ())

Handed = tuple[CallRef, Expression]
"""A call, and what it hands over."""


def records_handed(
    project: Project, callee: FunctionRef, parameter: str, depth: int = 0
) -> tuple[Handed, ...]:
    """What the calls of ``callee`` hand to a parameter, also by way of one of their own; nothing if
    one of them doesn't show what it is. Who only reduces a position may well do so twice."""
    found: list[Handed] = []
    for site in project.program.callers(callee):
        one = CallRef(site.function, site.call)
        given = handed_or_default(project, one, callee, parameter)
        if site.via != "call" or given is None:
            return ()
        if isinstance(given, Operation) and given.kind == "or" and given.args[1:] == (_EMPTY,):
            given = given.args[0]
        if given in NOTHING or shows_entries(project.function(site.function), given):
            found += [] if _is_reducing(project, given) else [(one, given)]
            continue
        own = given.path if isinstance(given, Name) else ""
        handed = (
            records_handed(project, site.function, own, depth + 1)
            if depth < DEEPEST and keeps_parameter(project, site.function, own)
            else ()
        )
        if not handed:
            return ()
        found += handed
    return tuple(found)


def _is_reducing(project: Project, given: Expression) -> bool:
    role = project.vocabulary.roles["reduce-only"]
    return any(role.plays_name(key) and is_true(value) for key, value in keyed_entries(given))


def function_around(project: Project, ref: FunctionRef, name: str) -> FunctionRef | None:
    """The function around a nested one whose parameter a name is, if that is never bound anew."""
    parent = project.program.parent(ref)
    while parent is not None and parent.index:
        if keeps_parameter(project, parent, name):
            return parent
        parent = project.program.parent(parent)
    return None


def keeps_parameter(project: Project, ref: FunctionRef, name: str) -> bool:
    """Whether a name is that of a parameter into which a function puts nothing of its own, but for
    an empty record where it was given none."""
    function = project.function(ref)
    given = function.assigned.get(Name(name), ())
    return (
        any(one.name == name and not one.kind.startswith("*") for one in function.parameters)
        and all(one in (_EMPTY, Operation("or", (Name(name), _EMPTY))) for one in given)
        and not any(True for _ in entries_of(function, name))
    )
