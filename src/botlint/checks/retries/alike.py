"""Does a second call order the same as a first one: the same symbol, and the same side?"""

from __future__ import annotations

from botlint.checks.orders.orders import Orders
from botlint.checks.roots import arguments_of
from botlint.facts.types import Expression, Name
from botlint.flow.names import FunctionRef
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project

DEEPEST = 3
_SIDES = frozenset({"side", "order_side", "trade_side", "entry_side", "direction", "action"})
_SYMBOLS = ("symbol", "pair", "market", "instrument", "ticker", "product_id", "inst_id", "instid")


class Alike:
    """Compares the ordering calls of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._program = project.program
        self._orders = project.answer(("orders",), lambda: Orders(project))
        self._known: dict[CallRef, str] = {}

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
        symbols = (self._symbol(one), self._symbol(other))
        if symbols[0] != symbols[1] or symbols[0] is None:
            return False
        sides = (self._side(one), self._side(other))
        return sides[0] == sides[1] != "" or self._has_one_side(one, other)

    def _side(self, ref: CallRef, depth: int = 0) -> str:
        """The side that a call says, or that all orders say in what it calls."""
        if ref not in self._known:
            said = self._orders.closing.side(ref)
            self._known[ref] = said or ("" if depth > DEEPEST else self._side_below(ref, depth))
        return self._known[ref]

    def _side_below(self, ref: CallRef, depth: int) -> str:
        self._known[ref] = ""
        found = {
            self._side(one, depth + 1)
            for callee in self._program.callees(ref.function, ref.call)
            for one in self._program_calls(callee)
            if self._is_ordering(one)
        }
        return found.pop() if len(found) == 1 else ""

    def _program_calls(self, ref: FunctionRef) -> list[CallRef]:
        return [CallRef(ref, number) for number in range(len(self._project.function(ref).calls))]

    def _has_one_side(self, one: CallRef, other: CallRef) -> bool:
        """Whether two calls of a function get the side of their order from one variable."""
        given = {value for value in arguments_of(self._project.call(one)) if _is_side(value)}
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


def _is_side(value: Expression) -> bool:
    if not isinstance(value, Name):
        return False
    return normalise_segment(value.path.rpartition(".")[2]) in _SIDES
