"""Functions that hand on that an order gave nothing, by giving nothing themselves."""

from __future__ import annotations

from botlint.checks.retries.leaving import Held, answered, bound, truth_of
from botlint.checks.retries.records import says_nothing
from botlint.facts.types import Function, Kind
from botlint.flow.ways import nodes_of_call


def hands_on_nothing(function: Function, call: int) -> bool:
    """Whether a function gives nothing where a call in it gave nothing, and else something."""
    nodes = function.nodes
    returns = [node.value for node in nodes if node.kind is Kind.RETURN]
    if all(says_nothing(function, value) for value in returns):
        return False
    held: Held = answered(call, is_given=False)
    waiting = [(nodes[one].next, held) for one in nodes_of_call(function, call)]
    seen: set[tuple[int, frozenset[tuple[str, bool]]]] = set()
    while waiting:
        number, held = waiting.pop()
        mark = (number, frozenset(held.items()))
        if number < 0 or mark in seen:
            continue
        seen.add(mark)
        node = nodes[number]
        if node.kind is Kind.RETURN and says_nothing(function, node.value):
            return True
        held = bound(node, held)
        truth = truth_of(node.value, held) if node.kind is Kind.TEST else None
        waiting += [(node.next, held)] if truth is not False else []
        waiting += [(node.other, held)] if truth is not True else []
    return False
