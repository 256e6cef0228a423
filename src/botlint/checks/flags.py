"""The variables of one function that hold a guard's verdict on some path."""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.question import Guard
from botlint.checks.roots import arguments_of, have_common, receiver_of, targets_in
from botlint.facts.types import Attribute, Expression, Function, Item, Kind, Name, Operation, Result

RETURNED = "<return>"


def read_flags(function: Function, guard: Callable[[int], Guard | None]) -> frozenset[str]:
    """The variables that hold a guard's verdict on some path, so that constants in them matter."""
    found: set[str] = {RETURNED}
    waiting: list[tuple[list[str], tuple[str, ...]]] = []
    for node in function.nodes:
        if node.kind is Kind.ASSIGN and node.value is not None:
            calls, names = _read_in(function, node.value)
            if any(guard(number) is not None for number in calls):
                found.update(targets_in(node.target))
            elif names:
                waiting.append((names, targets_in(node.target)))
    size = 0
    while size < len(found):
        size = len(found)
        for names, targets in waiting:
            if have_common(names, found):
                found.update(targets)
    return frozenset(found)


def _read_in(function: Function, value: Expression) -> tuple[list[int], list[str]]:
    """The calls whose results ``value`` is made of, and its names, through arguments of calls."""
    calls: list[int] = []
    names: list[str] = []
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Result):
            calls.append(part.call)
            call = function.calls[part.call]
            waiting += arguments_of(call)
            receiver = receiver_of(call)
            waiting += [] if receiver is None else [receiver]
        elif isinstance(part, Name):
            names.append(part.path)
        elif isinstance(part, Operation):
            waiting += part.args
        elif isinstance(part, Item | Attribute):
            waiting.append(part.value)
    return calls, names
