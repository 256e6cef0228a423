"""What an expression says of the side that an order is on."""

from __future__ import annotations

from botlint.facts.types import Constant, Expression, Name, Operation
from botlint.roles import words_of

BUYS = frozenset({"buy", "long", "bid"})
SELLS = frozenset({"sell", "short", "ask"})
_NAMED = frozenset({"side", "direction", "action"})


def names_side(value: Expression) -> bool:
    """Whether an expression is a name for a side: ``side``, ``request.order_side``."""
    return isinstance(value, Name) and words_of(value.path)[-1] in _NAMED


def is_opposite(args: tuple[Expression, ...]) -> bool:
    """Whether ``first if test else second`` sells what is long and buys back what is short."""
    test, first, second = args
    is_sell_first = said_by(first) in SELLS and said_by(second) in BUYS
    is_buy_first = said_by(first) in BUYS and said_by(second) in SELLS
    if not (is_sell_first or is_buy_first) or not isinstance(test, Operation):
        return False
    if len(test.args) != 2:
        return False
    limit = test.args[1]
    if test.kind in ("gt", "ge", "lt", "le"):
        if not (isinstance(limit, Constant) and limit.value == 0):
            return False
        return is_sell_first if test.kind in ("gt", "ge") else is_buy_first
    if test.kind in ("eq", "is"):
        return (said_by(limit) in BUYS and is_sell_first) or (
            said_by(limit) in SELLS and is_buy_first
        )
    return False


def said_by(value: Expression) -> str:
    """The side that a literal or a member of an enumeration says."""
    if isinstance(value, Constant) and isinstance(value.value, str):
        return value.value.lower()
    if isinstance(value, Name):
        last = value.path.rpartition(".")[2]
        if last.isupper() or value.path[:1].isupper():
            return last.lower().removeprefix("side_").removeprefix("order_side_")
    return ""


def is_true(value: Expression) -> bool:
    """Whether a value is written as true."""
    return (isinstance(value, Constant) and value.value is True) or said_by(value) == "true"


def is_false(value: Expression) -> bool:
    """Whether a value is written as false."""
    return (isinstance(value, Constant) and value.value is False) or said_by(value) == "false"
