"""Which arm of a test leads to what is asked about."""

from __future__ import annotations

from botlint.checks.guards.body import Body
from botlint.checks.guards.emptied import is_led_to
from botlint.checks.guards.held import MOST_HELD, NONE_HELD, Held, only, path_of, paths_asked
from botlint.facts.types import Kind, Node, Operation
from botlint.flow.ways import anyhow, bits_of, nodes_from, normally


class Leading:
    """The tests of one function, which puts constants into ``held``, and the nodes ``targets``."""

    def __init__(self, body: Body, targets: frozenset[int], held: Held) -> None:
        self._held = held
        self._body, self._function = body, body.function
        self._targets = targets
        self._bits = bits_of(targets)
        self._putting = bits_of(number for number, put in held.puts.items() if any(put.values()))
        self._arms: dict[int, int] = {}

    def arm(self, number: int) -> int:
        """Which arm of a test alone leads to a target: 1 the true one, -1 the false one, 0."""
        if number not in self._arms:
            node = self._function.nodes[number]
            then, otherwise = (self._is_led_to(one, number) for one in (node.next, node.other))
            if not then and not otherwise:
                then, otherwise = (
                    self._is_led_by_failing(start, number) for start in (node.next, node.other)
                )
            if not then and not otherwise:
                then, otherwise = (self._is_led_on(one, number) for one in (node.next, node.other))
            self._arms[number] = int(then) - int(otherwise)
        return self._arms[number]

    def _is_led_to(self, start: int, number: int) -> bool:
        """Whether an arm leads to a target in the same turn."""
        turn = self._body.turn(start, number)
        if not self._bits & turn:
            return False
        # Where no constant is put into anything on the way, all tests may come out either way.
        return not self._putting & turn or is_led_to(
            self._function, start, number, self._targets, self._held
        )

    def _is_led_by_failing(self, start: int, number: int) -> bool:
        """The same for what stands in a clause, and is only reached when something fails."""
        return bool(self._bits & self._body.turn(start, number, anyhow))

    def _is_led_on(self, start: int, test: int) -> bool:
        """Whether an arm leads to a target in a later round or past the loop, where the other
        leaves the function."""
        if self._function.nodes[test].loop < 0 or start < 0:
            return False
        onward = nodes_from(self._function, (start,), normally, (test,))
        return not self._targets.isdisjoint(onward)

    def either(self, number: int) -> int:
        """The arm that alone leads to a target, or that one of several values takes there."""
        return self.arm(number) or self._alternative(number)

    def _alternative(self, number: int) -> int:
        """Which arm of a test is passed by one of several values that each let pass: the false one
        of ``code != DONE`` in ``if code != DONE and code != 0: return``; 0: none."""
        nodes = self._function.nodes
        node = nodes[number]
        for following, passed in ((node.next, -1), (node.other, 1)):
            second = nodes[following] if following >= 0 else node
            is_same = second.kind is Kind.TEST and _subject(second) == _subject(node) != ""
            if is_same and following != number and self.arm(following):
                return passed
        return 0

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


def _subject(node: Node) -> str:
    """What a test compares with a value."""
    value = node.value
    is_equality = isinstance(value, Operation) and value.kind in ("eq", "ne", "is", "isnot")
    return path_of(value.args[0]) if isinstance(value, Operation) and is_equality else ""
