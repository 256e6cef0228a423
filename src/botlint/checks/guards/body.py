"""What the body of a function says by itself, whatever is asked about it: worked out once for all
walks through it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from botlint.checks.fills.fills import is_changing
from botlint.checks.guards.bound_parts import by_own_test
from botlint.checks.guards.collected import Collected, collected_in
from botlint.checks.guards.flags import read_switches
from botlint.checks.guards.made_within import makings_of
from botlint.checks.guards.makings import Makings
from botlint.checks.guards.sized import is_of_size
from botlint.checks.guards.uncaught import Clauses, clauses_of
from botlint.checks.roots import Origins
from botlint.facts.types import Call, Function, Kind
from botlint.flow.names import FunctionRef
from botlint.flow.ways import Onward, bits_of, nodes_in_turn, normally
from botlint.project import Project


class Body:
    """The body of one function."""

    def __init__(self, function: Function, makings: Makings | None = None) -> None:
        """``makings`` tell what its values are made of, where that is known."""
        self.function = function
        self.answers: dict[tuple[object, ...], Any] = {}
        self._turns: dict[tuple[int, int, Onward], int] = {}
        self._makings = makings

    def turn(self, start: int, test: int, onward: Onward = normally) -> int:
        """The nodes that come, by ``onward``, from an arm ``start`` of node ``test`` on in the same
        turn, a bit for each."""
        key = (start, test, onward)
        if key not in self._turns:
            self._turns[key] = bits_of(nodes_in_turn(self.function, start, test, onward))
        return self._turns[key]

    @property
    def calls(self) -> tuple[Call, ...]:
        """Its calls, each with what its result is made of."""
        return self._makings.calls if self._makings else self.function.calls

    @cached_property
    def origins(self) -> Origins:
        """From each name to what its values are made of."""
        return self._makings.origins if self._makings else Origins(self.function)

    @cached_property
    def by_own_test(self) -> frozenset[int]:
        """The bindings by what a test of the very value that is bound anew says."""
        return by_own_test(self.function)

    @cached_property
    def touched(self) -> frozenset[int]:
        """The nodes at which a walk may change what it knows, whatever it asks; guards are not
        among them."""
        return frozenset(
            number
            for number, node in enumerate(self.function.nodes)
            if node.kind in _TOUCHED
            or (node.kind is Kind.CALL and is_changing(self.function.calls[node.call]))
        )

    @cached_property
    def calling(self) -> frozenset[int]:
        """The nodes at which something is called."""
        return frozenset(n for n, one in enumerate(self.function.nodes) if one.kind is Kind.CALL)

    @cached_property
    def switches(self) -> frozenset[str]:
        """The variables that hold what a test says, or that it takes away."""
        return read_switches(self.function)

    @cached_property
    def sized(self) -> frozenset[int]:
        """The tests that ask a collection of answers for its truth alone."""
        nodes = enumerate(self.function.nodes)
        tests = ((number, one.value) for number, one in nodes if one.kind is Kind.TEST)
        return frozenset(n for n, value in tests if is_of_size(self.function, value))

    @cached_property
    def clauses(self) -> Clauses:
        """The nodes at which errors are caught."""
        return clauses_of(self.function)

    @cached_property
    def collected(self) -> Collected:
        """The collections of which it matters whether they are empty."""
        return collected_in(self.function)


def body_of(project: Project, ref: FunctionRef) -> Body:
    """The body of a function of the project."""
    return project.answer(
        ("body", ref), lambda: Body(project.function(ref), makings_of(project, ref))
    )


_TOUCHED = frozenset(
    {Kind.ASSIGN, Kind.AUGMENT, Kind.ITERATE, Kind.DELETE, Kind.TEST, Kind.ASSERT, Kind.EXCEPT}
    | {Kind.UNWIND, Kind.FINALLY, Kind.ENTER, Kind.RETURN}
)
