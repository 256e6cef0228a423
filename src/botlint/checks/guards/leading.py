"""Which arm of a test leads to what is asked about."""

from __future__ import annotations

from botlint.facts.types import Function
from botlint.flow.ways import nodes_in_turn


class Leading:
    """The tests of one function, and the nodes ``targets``."""

    def __init__(self, function: Function, targets: frozenset[int]) -> None:
        self._function = function
        self._targets = targets
        self._arms: dict[int, int] = {}

    def arm(self, number: int) -> int:
        """Which arm of a test alone leads to a target: 1 the true one, -1 the false one, 0."""
        if number not in self._arms:
            node = self._function.nodes[number]
            then = self._leads(node.next, number)
            otherwise = self._leads(node.other, number)
            self._arms[number] = int(then) - int(otherwise)
        return self._arms[number]

    def _leads(self, start: int, test: int) -> bool:
        """Whether a target can be reached from ``start`` without exceptions or another round."""
        return not self._targets.isdisjoint(nodes_in_turn(self._function, start, test))
