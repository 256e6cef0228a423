"""Sells that are only let through where there is something to sell: they close a position.

::

    if side == "sell":
        if position is None:
            return                       # what goes on from here sells what is held
        amount = position.amount
    elif not preflight(symbol, amount):
        return
    exchange.create_order(symbol, "market", side, amount)
"""

from __future__ import annotations

from botlint.checks.orders.holding import is_held
from botlint.checks.orders.sides import said_by
from botlint.checks.roots import names_in
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_in_turn
from botlint.project import CallRef, Project

_SAME = {"eq": 1, "is": 1, "ne": -1, "isnot": -1}
_NOTHING = (Constant(None), Constant(0), Constant(0.0))
_HELD_BELOW = {"gt": 1, "ge": 1, "lt": -1, "le": -1}


def lets_sell(project: Project, ref: FunctionRef, number: int) -> int:
    """Which arm of a test at node ``number`` is gone where a position is held, 1 the true one, -1
    the false one, if only a sell comes to it; 0 for any other test."""
    function = project.function(ref)
    value = function.nodes[number].value
    if value is None or number not in project.answer(("sells", ref), lambda: _sells(function)):
        return 0
    return _asks_held(project, ref, value)


def _sells(function: Function) -> frozenset[int]:
    """The nodes that only one arm of a test for a sell leads to."""
    found: frozenset[int] = frozenset()
    for number, node in enumerate(function.nodes):
        arm = _asks_for_sell(node.value) if node.kind is Kind.TEST and node.value else 0
        if arm:
            then, otherwise = (node.next, node.other) if arm > 0 else (node.other, node.next)
            sold, bought = (nodes_in_turn(function, one, number) for one in (then, otherwise))
            found |= frozenset(sold) - frozenset(bought)
    return found


def _asks_for_sell(value: Expression) -> int:
    """Which arm of a test only sells come to."""
    if isinstance(value, Operation) and value.kind == "not":
        return -_asks_for_sell(value.args[0])
    if isinstance(value, Name):
        return int(value.path.rpartition(".")[2] == "is_sell")
    if not isinstance(value, Operation) or value.kind not in _SAME or len(value.args) != 2:
        return 0
    is_sell = any(said_by(part) == "sell" for part in value.args)
    return _SAME[value.kind] if is_sell else 0


def _asks_held(project: Project, ref: FunctionRef, value: Expression) -> int:
    """Which arm of a test is gone where something is held."""
    if isinstance(value, Operation) and value.kind == "not":
        return -_asks_held(project, ref, value.args[0])
    if isinstance(value, Result):
        words = project.vocabulary.words(project.written(CallRef(ref, value.call)))
        return int(not words.isdisjoint({"position", "holding", "holdings"}))
    if isinstance(value, Operation) and value.kind in ("in", "notin"):
        return (1 if value.kind == "in" else -1) * int(is_held(project, ref, value.args[1]))
    if isinstance(value, Operation) and value.kind in _SAME and value.args[1] in _NOTHING:
        return -_SAME[value.kind] * int(is_held(project, ref, value.args[0]))
    if isinstance(value, Operation) and value.kind in _HELD_BELOW and value.args[1] in _NOTHING:
        return _HELD_BELOW[value.kind] * int(is_held(project, ref, value.args[0]))
    is_plain = isinstance(value, Name) and bool(names_in(value, ()))
    return int(is_plain and is_held(project, ref, value))
