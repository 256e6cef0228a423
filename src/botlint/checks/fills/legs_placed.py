"""The orders that a function sends, and where it goes on while one of them may be filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.fills.answers import is_answering
from botlint.checks.fills.fates import Fate
from botlint.checks.fills.statuses import Statuses
from botlint.checks.guards.prices import Prices
from botlint.checks.orders.orders import Orders
from botlint.checks.roots import names_given, names_in, origins_of
from botlint.facts.types import Constant, Expression, Name, Operation, Result
from botlint.flow.program import FunctionRef
from botlint.flow.ways import deciding, nodes_from, nodes_of_call
from botlint.project import CallRef, Project

DEEPEST = 6
_REST = frozenset({"remaining", "unfilled", "leaves"})
_EQUAL = {"is": True, "eq": True, "isnot": False, "ne": False}
_NOTHING = (Constant(0), Constant(0.0))
_NUMBERS = ("Decimal", "float", "int")
_WRITTEN_NOTHING = tuple((Constant(one),) for one in ("0", "0.0", "0.00", 0, 0.0))


class Placed(NamedTuple):
    """An order call with the names that hold its answer.

    ``is_repeated`` says that it can go out again after it was filled in part.
    """

    call: int
    names: tuple[str, ...]
    is_repeated: bool


def placed_in(project: Project, orders: Orders, ref: FunctionRef) -> Iterator[Placed]:
    """The calls of a function that send an order which is no buy, and give its answer."""
    function = project.function(ref)
    for number in range(len(function.calls)):
        one = CallRef(ref, number)
        callees = project.program.callees(ref, number)
        is_sent = any(orders.is_leading(callee) for callee in callees)
        if not is_sent and (callees or not orders.is_order(one)):
            continue
        if callees and not any(is_answering(project.function(callee)) for callee in callees):
            continue
        if orders.closing.side(one) == "buy":
            continue
        names = tuple(sorted(names_given(function, number)))
        placed = Placed(number, names, is_repeated=False)
        reached = reached_after(project, ref, placed)
        is_again = not reached.isdisjoint(nodes_of_call(function, number))
        yield placed._replace(is_repeated=is_again)


def reached_after(project: Project, ref: FunctionRef, placed: Placed) -> frozenset[int]:
    """The nodes that are reached without an exception once an order went out, as long as it may
    have been filled, wholly or in part."""
    function = project.function(ref)
    starts = [function.nodes[one].next for one in nodes_of_call(function, placed.call)]
    reading = _Reading(project, ref, placed)
    return reading.reached(starts, Fate.FULL) | reading.reached(starts, Fate.PARTIAL)


class _Reading:
    """Reads the tests of a function for an order that was filled."""

    def __init__(self, project: Project, ref: FunctionRef, placed: Placed) -> None:
        self._function = project.function(ref)
        self._statuses = Statuses(project, ref)
        self._prices = Prices(self._function, project.vocabulary)
        self._vocabulary = project.vocabulary
        self._origins = origins_of(project, ref)
        self._names = frozenset(placed.names)

    def reached(self, starts: list[int], fate: Fate) -> frozenset[int]:
        onward = deciding(lambda node: self._truth(node.value, fate, 0))
        return frozenset(nodes_from(self._function, starts, onward))

    def _truth(self, value: Expression | None, fate: Fate, depth: int) -> bool | None:
        """Whether a test holds for an order that is there and was filled by some quantity."""
        if value is None or depth > DEEPEST:
            return None
        if isinstance(value, Operation):
            if value.kind == "not":
                inner = self._truth(value.args[0], fate, depth + 1)
                return None if inner is None else not inner
            if value.kind in ("and", "or"):
                parts = [self._truth(part, fate, depth + 1) for part in value.args]
                decisive = value.kind == "or"
                if decisive in parts:
                    return decisive
                return None if None in parts else not decisive
        found = self._statuses.truth(value, fate)
        if found is not None:
            return found
        names = self._origins.closure(names_in(value, self._function.calls))
        return self._own_truth(value) if not self._names.isdisjoint(_with_bases(names)) else None

    def _own_truth(self, value: Expression) -> bool | None:
        if isinstance(value, Operation):
            return self._comparison(value)
        if isinstance(value, Name) and value.path in self._names:
            return True
        return self._said_truth(value)

    def _comparison(self, value: Operation) -> bool | None:
        if len(value.args) != 2:
            return None
        first, second = value.args
        if value.kind in _EQUAL and second in (Constant(None), *_NOTHING):
            inner = self._own_truth(first)
            return None if inner is None else inner is not _EQUAL[value.kind]
        if value.kind in _EQUAL and isinstance(second, Constant) and isinstance(second.value, bool):
            inner = self._said_truth(first)
            return None if inner is None else (inner is second.value) is _EQUAL[value.kind]
        is_zero = second in _NOTHING or self._is_written_nothing(second)
        if value.kind in ("gt", "le", "lt") and is_zero and self._is_filled(first):
            return value.kind == "gt"
        if value.kind in ("in", "notin") and isinstance(first, Constant):
            polarity = self._vocabulary.polarity(str(first.value))
            return (value.kind == "notin") if polarity < 0 else None
        return None

    def _is_written_nothing(self, value: Expression) -> bool:
        """Whether a value is nothing, written by a type of numbers: ``Decimal("0")``."""
        if not isinstance(value, Result):
            return False
        call = self._function.calls[value.call]
        is_number = isinstance(call.func, Name) and call.func.path.endswith(_NUMBERS)
        return is_number and call.args in _WRITTEN_NOTHING

    def _said_truth(self, value: Expression) -> bool | None:
        """``order.get("id")``, ``result.success``, ``order.get("filled")``."""
        if self._is_filled(value):
            return True
        said = self._prices.said(value)
        words = frozenset().union(*(self._vocabulary.words(name) for name in said))
        if "id" in words:
            return True
        signs = {self._vocabulary.polarity(name.rpartition(".")[2]) for name in said} - {0}
        return signs.pop() > 0 if len(signs) == 1 else None

    def _is_filled(self, value: Expression) -> bool:
        role = self._vocabulary.roles["filled-quantity"]
        said = self._prices.said(value)
        words = frozenset().union(*(self._vocabulary.words(name) for name in said))
        return words.isdisjoint(_REST) and any(role.plays_name(name) for name in said)


def _with_bases(names: frozenset[str]) -> frozenset[str]:
    return names | {name.partition(".")[0] for name in names}
