"""Where the price of an order comes from: a call that asks for one, or a store of the program.

The value is followed through local names, arithmetic, rounding and the functions of the program
that give it, and up the chain of callers. What is handed in by nobody is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.given import entries_in
from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain
from botlint.checks.guards.price_stores import price_stores
from botlint.checks.reads import last_segment
from botlint.checks.roots import SELF, arguments_of, names_in, receiver_of, targets_in
from botlint.facts.types import (
    Attribute,
    Expression,
    Item,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.program import FunctionRef
from botlint.model import Place, Step
from botlint.patterns import normalise_segment
from botlint.project import CallRef

DEEPEST = 8
_PLACES = {"create_order": 4, "create_limit_order": 3}
_PRICES = frozenset({"price", "px", "limit"})
_OTHERS = frozenset({"stop", "trigger", "type", "take", "profit", "loss", "avg", "usd", "qty"})


class Source(NamedTuple):
    """Where a price comes from: the last part of its name, and where it is read; ``within`` are
    the functions of the program that it came through."""

    name: str
    step: Step
    within: frozenset[FunctionRef]


class _At(NamedTuple):
    """A value in a function, with the functions it came through."""

    ref: FunctionRef
    value: Expression
    depth: int
    within: frozenset[FunctionRef]


class PriceSources:
    """The sources of the prices of a program's orders."""

    def __init__(self, asked: Asked) -> None:
        self._project = asked.project
        self._program = asked.project.program
        self._roles = asked.project.vocabulary.roles

    def of(self, chain: Chain) -> dict[str, Source]:
        """The sources of the price of the order of a chain, by name."""
        found: dict[str, Source] = {}
        call = chain.links[0].call
        for value in self.prices_given(call):
            at = _At(call.function, value, 0, frozenset())
            for source in self._sources(at, chain, 0, set()):
                found.setdefault(source.name, source)
        return found

    def prices_given(self, order: CallRef) -> Iterator[Expression]:
        """The prices that an order call is given."""
        call = self._project.call(order)
        words = self._project.vocabulary.words
        for name, value in entries_in(self._project, order):
            named = words(name) if name else words(value.path) if isinstance(value, Name) else _NO
            if not named.isdisjoint(_PRICES) and named.isdisjoint(_OTHERS):
                yield value
        last = normalise_segment(last_segment(call.func))
        place = 2 if last.endswith(("_buy_order", "_sell_order")) else _PLACES.get(last, -1)
        if 0 <= place < len(call.args):
            yield call.args[place]

    def _sources(self, at: _At, chain: Chain, link: int, seen: set[_At]) -> Iterator[Source]:
        if at.depth > DEEPEST or at in seen:
            return
        seen.add(at)
        value = at.value
        following: list[_At] = []
        if isinstance(value, Operation):
            following = [at._replace(value=part, depth=at.depth + 1) for part in value.args]
        elif isinstance(value, Item | Attribute):
            kept = self._kept(at)
            if kept is not None:
                yield kept
                return
            following = [at._replace(value=value.value, depth=at.depth + 1)]
        elif isinstance(value, Result):
            asked, following = self._result(at, value)
            if asked is not None:
                yield asked
        elif isinstance(value, Name):
            yield from self._name(at, value, chain, link, seen)
            return
        for one in following:
            yield from self._sources(one, chain, link, seen)

    def _result(self, at: _At, value: Result) -> tuple[Source | None, list[_At]]:
        """The source that a call is, and what its answer is made of."""
        call = self._project.function(at.ref).calls[value.call]
        one = CallRef(at.ref, value.call)
        written = self._project.written(one)
        callees = self._program.callees(at.ref, value.call)
        receiver = receiver_of(call)
        within = at.within | frozenset(callees)
        deeper = at._replace(depth=at.depth + 1)
        found: Source | None = None
        if self._project.plays(one, "price-source"):
            step = Step(self._project.call_place(one), f"`{written}` gives the price")
            found = Source(_told(written), step, within)
        if callees:
            given = [
                _At(callee, node.value, at.depth + 1, within)
                for callee in callees
                for node in self._project.function(callee).nodes
                if node.kind is Kind.RETURN and node.value is not None
            ]
            return found, given
        parts = [*arguments_of(call), *((receiver,) if receiver is not None else ())]
        return found, [deeper._replace(value=part) for part in parts if found is None]

    def _name(
        self, at: _At, value: Name, chain: Chain, link: int, seen: set[_At]
    ) -> Iterator[Source]:
        first = value.path.partition(".")[0]
        if self._outlives(at.ref, value.path):
            kept = self._kept(at)
            if kept is not None:
                yield kept
            return
        function = self._project.function(at.ref)
        bound = [
            node.value
            for node in function.nodes
            if node.kind in (Kind.ASSIGN, Kind.ITERATE, Kind.ENTER)
            and node.value is not None
            and first in targets_in(node.target)
        ]
        for one in bound:
            yield from self._sources(at._replace(value=one, depth=at.depth + 1), chain, link, seen)
        if bound or link + 1 >= len(chain.links) or chain.links[link].call.function != at.ref:
            return
        above = chain.links[link + 1]
        if above.via != "call" or all(one.name != first for one in function.parameters):
            return
        given = self._program.argument_of(above.call.function, above.call.call, at.ref, first)
        if given is not None:
            up = _At(above.call.function, given, at.depth + 1, at.within)
            yield from self._sources(up, chain, link + 1, seen)

    def _kept(self, at: _At) -> Source | None:
        """A store of the program that a price is read from: what is named for prices and outlives
        the call."""
        value = at.value
        while isinstance(value, Item | Attribute):
            value = value.value
        if not isinstance(value, Name) or not self._outlives(at.ref, value.path):
            return None
        stores = price_stores(self._project)
        for part in value.path.split("."):
            if self._roles["price-store"].plays_name(part) or normalise_segment(part) in stores:
                step = Step(self._place(at.ref, value.path), f"`{value.path}` holds the last price")
                return Source(normalise_segment(part), step, at.within)
        return None

    def _outlives(self, ref: FunctionRef, path: str) -> bool:
        first, _, rest = path.partition(".")
        if first in SELF:
            return bool(rest)
        function = self._project.function(ref)
        is_own = any(one.name == first for one in function.parameters)
        return not is_own and not any(first in targets_in(node.target) for node in function.nodes)

    def _place(self, ref: FunctionRef, path: str) -> Place:
        """Where a function first names a path."""
        function = self._project.function(ref)
        for node in sorted(function.nodes, key=lambda one: one.span):
            if path in names_in(node.value, function.calls):
                return self._project.place(ref, node.span)
        return self._project.place(ref, function.span)


def _told(written: str) -> str:
    """The name that a call is told by: its last part, or the last two where that says little."""
    parts = [normalise_segment(part) for part in written.split(".")]
    return ".".join(parts[-2:] if "_" not in parts[-1] else parts[-1:])


_NO: frozenset[str] = frozenset()
