"""Where a test's arm leads, by what it puts into variables that later tests ask.

::

    if is_cooling_down(symbol):
        signal = None               # as good as leaving
    if signal == "buy":
        place(symbol)

The same with what speaks against the order: ``problems.append("too small")``, where the branch asks
for ``not problems``; and with any constant: ``ok = False``, ``status = "refused"``, ``amount = 0``.
"""

from __future__ import annotations

from botlint.checks.guards.held import Held, Holding, truth_of
from botlint.facts.types import Function, Kind
from botlint.flow.ways import is_head, normally

_MOST = 4_000
"""So many nodes are looked at, each once for what is known there."""


def is_led_to(
    function: Function, start: int, test: int, targets: frozenset[int], held: Held
) -> bool:
    """Whether one of ``targets``, to which the arm ``start`` of ``test`` leads without exceptions
    or another round of the loop, can be reached so by tests that can come out so."""
    if not held.paths:
        return True
    loop = function.nodes[test].loop
    seen: set[tuple[int, Holding]] = set()
    waiting: list[tuple[int, Holding]] = [(start, frozenset())]
    while waiting and len(seen) < _MOST:
        number, known = waiting.pop()
        if number < 0 or number == test or (number, known) in seen:
            continue
        if number in targets:
            return True
        seen.add((number, known))
        node = function.nodes[number]
        if node.loop == loop and is_head(node):
            continue
        after = held.after(number, known)
        waiting += ((one, after) for one in _onward(function, number, known))
    return len(seen) >= _MOST


def _onward(function: Function, number: int, known: Holding) -> tuple[int, ...]:
    node = function.nodes[number]
    is_asking = node.kind is Kind.TEST and bool(known)
    truth = truth_of(node.value, dict(known), function.calls) if is_asking else None
    if truth is None:
        return normally(node)
    return (node.next if truth else node.other,)
