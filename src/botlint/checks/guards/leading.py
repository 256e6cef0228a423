"""Which arm of a test leads to what is asked about."""

from __future__ import annotations

from botlint.checks.guards.emptied import is_led_to
from botlint.facts.types import Function, Node
from botlint.flow.ways import anyhow, is_head, nodes_from


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
            then, otherwise = (
                is_led_to(self._function, start, number, self._targets)
                for start in (node.next, node.other)
            )
            if not then and not otherwise:
                then, otherwise = (
                    self._is_led_by_failing(start, number) for start in (node.next, node.other)
                )
            self._arms[number] = int(then) - int(otherwise)
        return self._arms[number]

    def _is_led_by_failing(self, start: int, number: int) -> bool:
        """The same for what stands in a clause, and is only reached when something fails."""
        loop = self._function.nodes[number].loop

        def onward(node: Node) -> tuple[int, ...]:
            return () if node.loop == loop and is_head(node) else anyhow(node)

        reached = nodes_from(self._function, (start,), onward, (number,))
        return not self._targets.isdisjoint(reached)
