"""Does a second call order the same as a first one: the same symbol, and the same side?"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.orders.orders import Orders
from botlint.checks.orders.sides import names_side
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of, have_common, names_in, origins_of, targets_in
from botlint.facts.types import Expression, Kind, Result
from botlint.flow.names import FunctionRef
from botlint.flow.reach import Answers
from botlint.project import CallRef, Project
from botlint.roles import words_of

_HELD = frozenset({"balance", "balances", "position", "positions", "holding", "holdings"})
_SYMBOLS = ("symbol", "pair", "market", "instrument", "ticker", "product_id", "inst_id", "instid")


class Alike:
    """Compares the ordering calls of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._program = project.program
        self._orders = project.answer(("orders",), lambda: Orders(project))
        self._sides = Answers(self._ordering_below, self._find_side, nothing="")

    def is_alike(self, ref: FunctionRef, first: int, second: int) -> bool:
        """Whether a second call orders the same: the same symbol and side, or is the function
        itself again."""
        if ref in self._program.callees(ref, second):
            return True
        one, other = CallRef(ref, first), CallRef(ref, second)
        if not self._is_ordering(one) or not self._is_ordering(other):
            return False
        closing = self._orders.closing
        if closing.has_reduce_only(other) or closing.has_protective_type(other):
            return False
        if self._sells_what_is_left(other):
            return False
        symbols = (self._symbol(one), self._symbol(other))
        if symbols[0] != symbols[1] or symbols[0] is None:
            return False
        sides = (self._sides.of(one), self._sides.of(other))
        return sides[0] == sides[1] != "" or self._has_one_side(one, other)

    def _sells_what_is_left(self, ref: CallRef) -> bool:
        """Whether what a call runs sells only as much as it finds held: what was sold before is
        not there."""
        callees = self._program.callees(ref.function, ref.call)
        below = [one for callee in callees for one in self._ordering_in(callee)]
        return bool(below) and all(map(self._is_sized_by_held, below))

    def _is_sized_by_held(self, ref: CallRef) -> bool:
        closing = self._orders.closing
        is_selling = closing.side(ref) == "sell" and closing.is_spot()
        if not (is_selling or closing.is_closing_function(ref.function)):
            return False
        calls = self._project.function(ref.function).calls
        given = frozenset[str]().union(
            *(names_in(value, calls) for value in arguments_of(calls[ref.call]))
        )
        made_of = origins_of(self._project, ref.function).closure(given)
        return any(
            not _HELD.isdisjoint(words_of(last_segment(call.func)))
            and have_common(made_of, _names_of(self._project, CallRef(ref.function, number)))
            for number, call in enumerate(calls)
        )

    def _ordering_in(self, ref: FunctionRef) -> Iterator[CallRef]:
        for number in range(len(self._project.function(ref).calls)):
            if self._is_ordering(CallRef(ref, number)):
                yield CallRef(ref, number)

    def _ordering_below(self, ref: CallRef) -> Iterator[CallRef]:
        """The calls that order in what a call runs which says no side itself."""
        if not self._orders.closing.side(ref):
            for callee in self._program.callees(ref.function, ref.call):
                yield from self._ordering_in(callee)

    def _find_side(self, ref: CallRef) -> str:
        """The side that a call says, or that all orders say in what it calls; ``""`` if they say
        none or both, or call each other."""
        below = {self._sides.of(one) for one in self._ordering_below(ref)}
        said = self._orders.closing.side(ref)
        return said or (below.pop() if len(below) == 1 else "")

    def _has_one_side(self, one: CallRef, other: CallRef) -> bool:
        """Whether two calls of a function get the side of their order from one variable."""
        given = {value for value in arguments_of(self._project.call(one)) if names_side(value)}
        return any(value in given for value in arguments_of(self._project.call(other)))

    def _is_ordering(self, ref: CallRef) -> bool:
        if self._orders.is_order(ref):
            return True
        callees = self._program.callees(ref.function, ref.call)
        return any(self._orders.is_leading(callee) for callee in callees)

    def _symbol(self, ref: CallRef) -> Expression | None:
        call = self._project.call(ref)
        named = {name.casefold(): value for name, value in call.keywords if name}
        for name in _SYMBOLS:
            if name in named:
                return named[name]
        return call.args[0] if call.args else None


def _names_of(project: Project, ref: CallRef) -> frozenset[str]:
    """The names that hold something of what a call gave."""
    function = project.function(ref.function)
    return frozenset(
        name
        for node in function.nodes
        if node.kind is Kind.ASSIGN and Result(ref.call) in walk(node.value, function.calls)
        for name in targets_in(node.target)
    )
