"""Generators are run by what asks them for their elements."""

from __future__ import annotations

from typing import NamedTuple

from botlint.facts.types import Call, Expression, Name, Operation, Result

_WHOLE = frozenset(
    {"list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "max", "min", "deque", "Counter"}
)


class Consumed(NamedTuple):
    """The call that has made a generator, and whether it is run to its end or its first element."""

    generator: int
    is_first: bool


def consumed_by(call: Call) -> Consumed | None:
    """The generator that a call runs: ``list(checks(order))``, ``next(checks(order))``."""
    name = call.func.path if isinstance(call.func, Name) else ""
    first = call.args[0] if call.args else None
    if name == "next" and isinstance(first, Result):
        return Consumed(first.call, is_first=len(call.args) == 1)
    if name in _WHOLE and isinstance(first, Result):
        return Consumed(first.call, is_first=False)
    spread = (_spread(value) for value in call.args)
    return next((Consumed(number, is_first=False) for number in spread if number >= 0), None)


def _spread(value: Expression) -> int:
    is_star = isinstance(value, Operation) and value.kind == "star"
    inner = value.args[0] if is_star and isinstance(value, Operation) else None
    return inner.call if isinstance(inner, Result) else -1
