"""What iterating over a generator tells of the guards that run in it."""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.guards.consumed import drawn_from
from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import Sign
from botlint.checks.guards.states import Mark, Status
from botlint.facts.types import Function, Node, Result

GuardAt = Callable[[int], Guard | None]


def with_element(function: Function, number: int, guard_at: GuardAt) -> Status | None:
    """What guards an element at node ``number``, if the generator yields only what a guard has
    said yes to; or how the verdict is lost in it."""
    drawn = drawn_from(function.nodes[number].value, function)
    guard = guard_at(drawn) if drawn >= 0 else None
    if guard is not None and guard.is_entered and guard.lost is not None:
        return Status(guard.lost, number, drawn)
    is_entered = guard is not None and guard.is_entered and guard.lost is None
    if not is_entered and (guard is None or guard.sign is not Sign.COMPARED):
        return None
    return Status(Mark.GUARDED, number, drawn)


def run_through(number: int, node: Node, guard_at: GuardAt) -> Status | None:
    """What guards where the generator at node ``number`` is at its end, if it ends only once a
    guard has said yes."""
    if not isinstance(node.value, Result):
        return None
    guard = guard_at(node.value.call)
    if guard is None or not (guard.is_entered and guard.is_raising) or guard.lost is not None:
        return None
    return Status(Mark.GUARDED, number, node.value.call)
