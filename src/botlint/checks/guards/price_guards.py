"""Guards that hold a price against a limit: by their name, or by a comparison that decides."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.fills.fills import changes
from botlint.checks.guards.assumed import Assumed
from botlint.checks.guards.clamps import own_nodes
from botlint.checks.guards.contracts import entered_in
from botlint.checks.guards.deeds import Basis
from botlint.checks.guards.guards import Guards
from botlint.checks.guards.named_guards import read_named
from botlint.checks.guards.passages import Passage
from botlint.checks.guards.paths import Walk
from botlint.checks.guards.prices import Prices
from botlint.checks.guards.question import Guard, Question
from botlint.checks.guards.signs import Sign
from botlint.checks.guards.states import Mark, State
from botlint.checks.roots import have_common, names_in, targets_in
from botlint.facts.types import EXIT, Expression, Function, Kind, Operation
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

DEEPEST = 2
"""Helpers of helpers are looked into this deep."""


class PriceGuards(Guards):
    """What checks prices in a project.

    Which order a check is about is not asked: a price is checked for a symbol, and the order's
    quantity has no name in common with it.
    """

    def __init__(self, project: Project, roles: tuple[str, ...]) -> None:
        super().__init__(project, roles, Basis.ROLE)
        self._prices: dict[FunctionRef, Prices] = {}
        self._comparing: dict[FunctionRef, bool] = {}

    def prices(self, ref: FunctionRef) -> Prices:
        """What the values of a function say of prices."""
        if ref not in self._prices:
            vocabulary = self._project.vocabulary
            self._prices[ref] = Prices(self._project.function(ref), vocabulary)
        return self._prices[ref]

    def passages(
        self, ref: FunctionRef, call: int, roots: frozenset[str] | None, assumed: Assumed = ()
    ) -> tuple[Passage, ...]:
        """How the price was checked on the ways from the entry of a function to a call."""
        return super().passages(ref, call, None, assumed)

    def summary(self, ref: FunctionRef) -> Guard | None:
        """How a call of a function checks a price by what the function does; one that places orders
        checks it for those."""
        return super().summary(ref) if self._may_check(ref) else None

    def _may_check(self, ref: FunctionRef) -> bool:
        return not self._orders.is_leading(ref) and self._is_comparing(ref, 0)

    def _asked_for(self, ref: FunctionRef) -> Iterator[FunctionRef]:
        for number in range(len(self._project.function(ref).calls)):
            yield from filter(self._may_check, self._program.callees(ref, number))

    def _find(self, ref: CallRef) -> Guard | None:
        if self.prices(ref.function).is_clamp(self._project.call(ref)):
            return Guard(None, is_raising=True)
        callees = self._program.callees(ref.function, ref.call)
        if callees and all(self._orders.is_inside_order(callee) for callee in callees):
            return None
        found = [self.summary(callee) for callee in callees]
        known = [guard for guard in found if guard is not None]
        if known and len(known) == len(found):
            return known[0]
        if any(self._project.plays(ref, role) for role in self.roles):
            return read_named(self._project, ref, callees, entered_in(self._project, ref.function))
        return None

    def _has_no_guard(self, ref: FunctionRef) -> bool:
        function = self._project.function(ref)
        if any(self.at(CallRef(ref, number)) is not None for number in range(len(function.calls))):
            return False
        return not self._has_comparison(ref)

    def _has_comparison(self, ref: FunctionRef) -> bool:
        prices = self.prices(ref)
        return any(
            _compares(node.value, prices, 0)
            for node in self._project.function(ref).nodes
            if node.value is not None
        )

    def _is_comparing(self, ref: FunctionRef, depth: int) -> bool:
        known = self._comparing.get(ref)
        if known is None:
            self._comparing[ref] = False
            known = self._has_comparison(ref)
            if not known and depth < DEEPEST:
                calls = range(len(self._project.function(ref).calls))
                known = any(
                    self._is_comparing(settled(self._program, callee), depth + 1)
                    for number in calls
                    for callee in self._program.callees(ref, number)
                )
            self._comparing[ref] = known
        return known

    def _find_summary(self, ref: FunctionRef) -> Guard | None:
        function = self._project.function(ref)
        walk = Walk(function, self.question(ref, None), frozenset({EXIT}))
        reached = list(walk.run())
        exits = [state for number, state in reached if number == EXIT]
        if exits and all(state.status.mark is Mark.GUARDED for state in exits):
            return Guard(None, is_raising=True)
        if not any(_is_told(function, walk, number, state) for number, state in reached):
            return None
        is_pair = any(
            _is_tuple(function.nodes[number].value)
            or _sign(walk, function.nodes[number].value, state) is Sign.PAIR
            for number, state in reached
            if number != EXIT and function.nodes[number].kind is Kind.RETURN
        )
        return Guard(Sign.PAIR if is_pair else Sign.COMPARED)

    def question(self, ref: FunctionRef, roots: frozenset[str] | None = None) -> Question:
        prices = self.prices(ref)
        question = super().question(ref, None)
        return question._replace(compares=prices.is_check, is_had=prices.is_had)


def _is_told(function: Function, walk: Walk, number: int, state: State) -> bool:
    """Whether what a function returns depends on what a comparison says at a node."""
    node = function.nodes[number]
    if node.kind is Kind.RETURN:
        parts = node.value.args if isinstance(node.value, Operation) else ()
        said = {_sign(walk, value, state) for value in (node.value, *parts)}
        is_handed_on = _sign(walk, node.value, state) is Sign.PAIR and not _is_tuple(node.value)
        return Sign.COMPARED in said or is_handed_on
    if node.kind is not Kind.TEST or _sign(walk, node.value, state) is not Sign.COMPARED:
        return False
    returned = [one.value for one in function.nodes if one.kind is Kind.RETURN]
    names = frozenset().union(*(names_in(value, function.calls) for value in returned))
    for one in own_nodes(function, number):
        there = function.nodes[one]
        if there.kind in (Kind.RETURN, Kind.EXIT):
            return True
        if there.target is not None and have_common(targets_in(there.target), names):
            return True
        if there.kind is Kind.CALL and any(changes(function.calls[there.call], n) for n in names):
            return True
    return False


def _is_tuple(value: Expression | None) -> bool:
    return isinstance(value, Operation) and value.kind == "tuple"


def _sign(walk: Walk, value: Expression | None, state: State) -> Sign | None:
    """What the truth of a value says of a comparison; a pair that another function gives back is
    one whose first element says it."""
    verdict = walk.read(value, state) if value is not None else None
    return verdict.sign if verdict is not None else None


def _compares(value: Expression, prices: Prices, depth: int) -> bool:
    if prices.is_check(value):
        return True
    if type(value) is not Operation or depth > DEEPEST:
        return False
    return any(_compares(part, prices, depth + 1) for part in value.args)
