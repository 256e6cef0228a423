"""Which arm of a test leads to what is asked about."""

from __future__ import annotations

from botlint.checks.guards.emptied import is_led_to
from botlint.checks.guards.held import MOST_HELD, NONE_HELD, Held, only, paths_asked
from botlint.facts.types import Function


class Leading:
    """The tests of one function, which puts constants into ``held``, and the nodes ``targets``."""

    def __init__(self, function: Function, targets: frozenset[int], held: Held) -> None:
        self._held = held
        self._function = function
        self._targets = targets
        self._arms: dict[int, int] = {}

    def arm(self, number: int) -> int:
        """Which arm of a test alone leads to a target: 1 the true one, -1 the false one, 0."""
        if number not in self._arms:
            node = self._function.nodes[number]
            then, otherwise = (
                is_led_to(self._function, start, number, self._targets, self._held)
                for start in (node.next, node.other)
            )
            self._arms[number] = int(then) - int(otherwise)
        return self._arms[number]

    def deciding(self) -> Held:
        """The variables whose constants decide whether a target is come to."""
        if not self._held.paths:
            return NONE_HELD
        found: set[str] = set()
        for number in range(len(self._function.nodes)):
            asked = paths_asked(self._function, number) & self._held.paths
            if asked and self.arm(number):
                found |= asked
        return only(self._held, frozenset(sorted(found)[:MOST_HELD]))
