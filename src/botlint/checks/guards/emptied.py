"""Variables that a test's one arm takes away, and that the order's branch asks for.

::

    if is_cooling_down(symbol):
        signal = None               # as good as leaving
    if signal == "buy":
        place(symbol)
"""

from __future__ import annotations

from botlint.checks.guards.flags import emptied_in
from botlint.checks.roots import targets_in
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Node, Operation
from botlint.flow.ways import is_head, nodes_in_turn, normally

_MOST = 4_000
"""So many nodes are looked at, each once for what is empty there."""

_NONE = Constant(None)


def is_led_to(function: Function, start: int, test: int, targets: frozenset[int]) -> bool:
    """Whether one of ``targets`` can be reached from the arm ``start`` of ``test``, without
    exceptions or another round of the loop, by tests that can come out so."""
    names = emptied_in(function)
    reached = targets.intersection(nodes_in_turn(function, start, test))
    if not reached or not names:
        return bool(reached)
    loop = function.nodes[test].loop
    seen: set[tuple[int, frozenset[str]]] = set()
    waiting: list[tuple[int, frozenset[str]]] = [(start, frozenset())]
    while waiting and len(seen) < _MOST:
        number, empty = waiting.pop()
        if number < 0 or number == test or (number, empty) in seen:
            continue
        if number in targets:
            return True
        seen.add((number, empty))
        node = function.nodes[number]
        if node.loop == loop and is_head(node):
            continue
        bound = names.intersection(targets_in(node.target))
        if bound:
            is_empty = node.kind is Kind.ASSIGN and node.value == _NONE
            empty = empty | bound if is_empty else empty - bound
        waiting += ((one, empty) for one in _onward(node, empty))
    return len(seen) >= _MOST


def _onward(node: Node, empty: frozenset[str]) -> tuple[int, ...]:
    truth = _truth(node.value, empty) if node.kind is Kind.TEST and empty else None
    if truth is None:
        return normally(node)
    return (node.next if truth else node.other,)


def _truth(value: Expression | None, empty: frozenset[str]) -> bool | None:
    """How a test comes out where some variables hold nothing, as far as it can be told."""
    if isinstance(value, Name):
        return False if value.path in empty else None
    if not isinstance(value, Operation):
        return None
    if value.kind == "not":
        inner = _truth(value.args[0], empty)
        return None if inner is None else not inner
    if value.kind not in ("eq", "ne", "is", "isnot"):
        return None
    names = [one.path for one in value.args if isinstance(one, Name)]
    others = [one.value for one in value.args if isinstance(one, Constant)]
    if len(names) != 1 or len(others) != 1 or names[0] not in empty:
        return None
    return (others[0] is None) is (value.kind in ("eq", "is"))
