"""The variables of one function that hold a guard's verdict on some path."""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.question import Guard
from botlint.checks.roots import targets_in
from botlint.facts.types import Expression, Function, Kind, Name, Operation, Result

RETURNED = "<return>"


def read_flags(function: Function, guard: Callable[[int], Guard | None]) -> frozenset[str]:
    """The variables that hold a guard's verdict on some path, so that constants in them matter."""
    found: set[str] = {RETURNED}
    size = 0
    while size < len(found):
        size = len(found)
        for node in function.nodes:
            if node.kind is not Kind.ASSIGN or node.value is None:
                continue
            is_verdict = any(guard(number) is not None for number in _calls_in(node.value))
            if is_verdict or not found.isdisjoint(_names_of(node.value)):
                found.update(targets_in(node.target))
    return frozenset(found)


def _names_of(value: Expression) -> tuple[str, ...]:
    if isinstance(value, Name):
        return (value.path,)
    if isinstance(value, Operation):
        return tuple(name for part in value.args for name in _names_of(part))
    return ()


def _calls_in(value: Expression) -> tuple[int, ...]:
    if isinstance(value, Result):
        return (value.call,)
    if isinstance(value, Operation):
        return tuple(number for part in value.args for number in _calls_in(part))
    return ()
