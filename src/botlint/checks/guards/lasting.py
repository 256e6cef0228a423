"""Switches that speak of no order: what they said holds for every order after them, also in a loop.

A kill switch that is read, or a gate that is asked without any argument, says yes or no to trading
as a whole. Which order comes next changes nothing about it.
"""

from __future__ import annotations

from botlint.checks.guards.states import Status
from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import Constant, Expression, Item, Name, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_SWITCHES = ("kill-switch", "risk-gate")
_ORDERED = frozenset({"lt", "le", "gt", "ge"})


def is_lasting(project: Project, ref: FunctionRef, status: Status) -> bool:
    """Whether what said yes in function ``ref`` said it to trading as a whole."""
    function = project.function(ref)
    if status.call >= 0:
        call = CallRef(ref, status.call)
        if arguments_of(function.calls[status.call]):
            return False
        return any(project.plays(call, role) for role in _SWITCHES)
    value = function.nodes[status.node].value if status.node >= 0 else None
    if isinstance(value, Operation) and value.kind in _ORDERED:
        return False
    roles = [project.vocabulary.roles[role] for role in _SWITCHES]
    return any(
        role.plays_name(word)
        for part in walk(value, function.calls)
        for word in _words(part, function.calls[part.call].args if isinstance(part, Result) else ())
        for role in roles
    )


def _words(part: Expression, given: tuple[Expression, ...]) -> tuple[str, ...]:
    """The names and keys that something is read by."""
    if isinstance(part, Name):
        return (part.path,)
    keys = [part.key] if isinstance(part, Item) else list(given[:2])
    texts = (key.value for key in keys if isinstance(key, Constant))
    return tuple(text for text in texts if isinstance(text, str))
