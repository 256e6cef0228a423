"""Generators are run by what asks them for their elements."""

from __future__ import annotations

from typing import NamedTuple

from botlint.facts.types import Call, Expression, Function, Name, Operation, Result

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


def drawn_from(value: Expression | None, function: Function) -> int:
    """The call whose elements are all that a value has, ``-1`` if there is none: ``filter`` in
    ``sorted(filter(preflight, signals))``."""
    while isinstance(value, Result):
        call = function.calls[value.call]
        if call.func not in _COLLECTING or not call.args:
            return value.call
        value = call.args[0]
    return -1


_COLLECTING = tuple(map(Name, ("list", "tuple", "set", "sorted", "reversed", "deque")))
