"""Conversions that leave a number as it is: ``price = float(price)``."""

from __future__ import annotations

from botlint.checks.reads import last_segment
from botlint.facts.types import Expression, Function, Name, Result

TRANSPARENT = frozenset({"float", "str", "abs", "Decimal", "decimal.Decimal"})


def name_converted(function: Function, value: Expression | None) -> str:
    """The local name that a value is, converted at most; ``""`` for anything else."""
    while isinstance(value, Result):
        call = function.calls[value.call]
        if last_segment(call.func) not in TRANSPARENT or len(call.args) != 1:
            return ""
        value = call.args[0]
    return value.path if isinstance(value, Name) and "." not in value.path else ""
