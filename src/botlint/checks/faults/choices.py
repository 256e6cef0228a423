"""Which reads of a local come past all that binds it, where no test says that it is bound."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from botlint.checks.faults.undefined import read_at
from botlint.checks.kin import bound_names
from botlint.checks.roots import names_in
from botlint.facts.types import Constant, Function, Kind
from botlint.flow.ways import Onward, loops_around, nodes_from

MOST_STEPS = 500_000
"""Nodes times tests of a function; in a larger one no local is told of."""


class _Test(NamedTuple):
    """A test with the names that it asks, and the nodes that each of its arms leads to."""

    names: frozenset[str]
    arms: tuple[frozenset[int], ...]

    def arm_without(self, end: int) -> frozenset[int] | None:
        """The arm that doesn't lead to a node, where all others do."""
        without = [arm for arm in self.arms if end not in arm]
        return without[0] if len(without) == 1 else None


class _Binding(NamedTuple):
    """What is known of how a local is bound.

    Nodes of ``unbound`` may come before that, those of ``bound`` behind it. ``told`` are the names
    that are bound behind it only; ``asked`` is what the tests ask that decide it, each with where
    their other arm leads. It stands in ``loops``; of these, ``flagged`` are those in which such a
    test asks a name that gets a constant before the loop, and so may be true in the first round.
    ``may_be_any_case`` says that tests which ask of the same decide at which node it is bound.
    """

    unbound: frozenset[int]
    bound: frozenset[int]
    told: frozenset[str]
    asked: frozenset[tuple[frozenset[str], frozenset[int]]]
    loops: frozenset[int]
    flagged: frozenset[int]
    may_be_any_case: bool


class Choices:
    """What the tests of a function choose, which goes on after a node as ``onward`` says."""

    def __init__(self, function: Function, onward: Onward) -> None:
        self._function = function
        self._onward = onward

    def first_read_unbound(self, name: str, places: frozenset[int]) -> int | None:
        """The first node that reads a local to which a way normally leads past the nodes
        ``places``, which bind it, where nothing says that they ran; none in too large a
        function."""
        function = self._function
        if name not in self._read:
            return None
        unbound = frozenset(nodes_from(function, (function.entry,), self._onward, places))
        behind = {after for number in unbound for after in self._onward(function.nodes[number])}
        reached = [one for one in self._read[name] if one in unbound or one in places & behind]
        if not reached or self._is_too_large():
            return None
        binding = self._binding(places, unbound)
        if binding.may_be_any_case:
            return None
        for number in sorted(reached, key=lambda one: function.nodes[one].span):
            if not self._is_chosen_alike(binding, number):
                return number
        return None

    @cached_property
    def _read(self) -> dict[str, list[int]]:
        """From each name to the nodes that read it."""
        found: dict[str, list[int]] = {}
        for number, node in enumerate(self._function.nodes):
            for name in set(read_at(self._function, node)):
                found.setdefault(name, []).append(number)
        return found

    def _is_too_large(self) -> bool:
        nodes = self._function.nodes
        return len(nodes) * sum(node.kind is Kind.TEST for node in nodes) > MOST_STEPS

    @cached_property
    def _tests(self) -> dict[int, _Test]:
        function = self._function
        return {
            number: _Test(
                names_in(node.value, function.calls),
                tuple(
                    frozenset(nodes_from(function, (one,), self._onward, (number,)))
                    for one in self._onward(node)
                ),
            )
            for number, node in enumerate(function.nodes)
            if node.kind is Kind.TEST
        }

    def _deciding(
        self, unbound: frozenset[int], end: int
    ) -> Iterator[tuple[int, frozenset[str], frozenset[int]]]:
        """The tests of which one arm only leads to the node ``end``, each with the names in it and
        where its other arm leads."""
        for number, test in self._tests.items():
            otherwise = test.arm_without(end) if number in unbound else None
            if otherwise is not None:
                yield number, test.names, otherwise

    def _binding(self, places: frozenset[int], unbound: frozenset[int]) -> _Binding:
        function = self._function
        bound = frozenset(nodes_from(function, places, self._onward))
        told = {name for n in bound - unbound for name in bound_names(function.nodes[n].target)}
        asked: set[tuple[frozenset[str], frozenset[int]]] = set()
        flagged: set[int] = set()
        deciding: set[str] = set()
        may_be_any_case = False
        for one in places:
            own: set[str] = set()
            for number, names, otherwise in self._deciding(unbound, one):
                own |= names
                asked.add((names, otherwise))
                shared = self._loops(one) & self._loops(number)
                for name in names & self._started.keys() if shared else ():
                    flagged |= shared - self._started[name]
            may_be_any_case = may_be_any_case or not deciding.isdisjoint(own)
            deciding |= own
        loops = frozenset[int]().union(*map(self._loops, places))
        return _Binding(
            unbound,
            bound,
            frozenset(told),
            frozenset(asked),
            loops,
            frozenset(flagged),
            may_be_any_case,
        )

    def _is_chosen_alike(self, binding: _Binding, reading: int) -> bool:
        """Whether what decides that a local is bound may decide, too, that it is read: a loop that
        it is bound in may always have a round, its first may bind it, a test of the same come out
        alike."""
        around = self._loops(reading)
        if not around >= binding.loops or not around.isdisjoint(binding.flagged):
            return True
        asked = {names for names, otherwise in binding.asked if reading in otherwise}
        any_asked = frozenset[str]().union(*asked)
        for test, names, _ in self._deciding(binding.unbound, reading):
            if not names.isdisjoint(binding.told):
                return True
            # A test before the choice has another subject unless it asks of just the same.
            is_behind = test in binding.bound
            if not names.isdisjoint(any_asked) if is_behind else names in asked:
                return True
        return False

    @cached_property
    def _started(self) -> dict[str, frozenset[int]]:
        """From each name that gets a constant to the loops that all such places stand in."""
        found: dict[str, frozenset[int]] = {}
        for number, node in enumerate(self._function.nodes):
            if node.kind is Kind.ASSIGN and isinstance(node.value, Constant):
                for name in bound_names(node.target):
                    loops = self._loops(number)
                    found[name] = found.get(name, loops) & loops
        return found

    def _loops(self, number: int) -> frozenset[int]:
        function = self._function
        return frozenset(loops_around(function, function.nodes[number].loop))
