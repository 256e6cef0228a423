"""Orders whose price nobody looked at: it may be old, or far from what it was.

Only of programs that look at the same data before another order, or that could: they have what
says whether a price may be used, and nothing asks it. An order is left alone where anything before
it may look at its price, where what gives the price does so itself, or what keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import msgspec

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain, Link
from botlint.checks.guards.one_program import is_one_program, is_played
from botlint.checks.guards.price_sources import PriceSources, Source
from botlint.checks.guards.price_stores import price_stores
from botlint.checks.guards.sanity_guards import SanityGuards
from botlint.checks.guards.states import Mark
from botlint.checks.guards.telling import is_one_off, tell, tell_once
from botlint.checks.guards.unasked import find_unasked
from botlint.facts.types import Kind
from botlint.flow.program import FunctionRef
from botlint.flow.ways import round_before
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef

DEEPEST = 3


class _Peer(NamedTuple):
    """An order whose price is looked at, and where that price comes from."""

    anchor: CallRef
    sources: frozenset[str]


def find_unproven(asked: Asked) -> Iterator[Hit]:
    """Each opening order whose price comes unseen from where others take theirs with care; without
    any that does, the first of those with a price, once, where nothing asks what could tell."""
    guards = asked.guards
    if not isinstance(guards, SanityGuards):
        return
    search = _Search(asked, guards)
    peers = search.peers()
    told: set[CallRef] = set()
    for chain in asked.answer.open_chains if peers else ():
        anchor = asked.anchor(chain)
        if anchor is None or anchor in told or is_played(asked.project, chain):
            continue
        hit = search.hit(chain, anchor, peers)
        if hit is not None:
            told.add(anchor)
            yield hit
    if not asked.answer.guarded:
        yield from search.unasked()


class _Search:
    """Looks at where prices come from, and what looks at them on their way."""

    def __init__(self, asked: Asked, guards: SanityGuards) -> None:
        self._asked = asked
        self._project = asked.project
        self._program = asked.project.program
        self._guards = guards
        self._sources = PriceSources(asked)

    @cached_property
    def _unasked(self) -> tuple[FunctionRef, ...]:
        return find_unasked(self._project)

    def peers(self) -> list[_Peer]:
        """The orders before which something looks at their price."""
        found: dict[CallRef, _Peer] = {}
        for chain in self._asked.answer.guarded:
            anchor = self._asked.anchor(chain)
            if anchor is not None and anchor not in found:
                sources = frozenset(self._sources.of(chain))
                if sources:
                    found[anchor] = _Peer(anchor, sources)
        return [found[anchor] for anchor in sorted(found, key=self._project.call_place)]

    def hit(self, chain: Chain, anchor: CallRef, peers: list[_Peer]) -> Hit | None:
        """What is wrong with an unguarded order, if anything is."""
        sources = self._sources.of(chain)
        near = [
            peer
            for peer in peers
            if not peer.sources.isdisjoint(sources)
            and is_one_program(self._project, peer.anchor.function, anchor.function)
        ]
        if not near:
            return None
        shared = [one for name, one in sorted(sources.items()) if name in near[0].sources]
        if any(self._is_seen_within(one) for one in sources.values()):
            return None
        if chain.worst().status.mark is Mark.NONE and self._may_be_seen(chain):
            return None
        return self._tell(chain, anchor, shared[0], near)

    def unasked(self) -> Iterator[Hit]:
        """The first order with a price in a program that has what tells whether that may be used,
        and doesn't ask it, with the others as related places."""
        telling = self._unasked
        found: dict[CallRef, Chain] = {}
        for chain in self._asked.answer.open_chains if telling else ():
            anchor = self._asked.anchor(chain)
            if anchor is not None and self._is_sent_unasked(chain, telling):
                found.setdefault(anchor, chain)
        pairs = sorted(found.items(), key=lambda pair: self._project.call_place(pair[0]))
        if pairs:
            yield self._tell_unasked(pairs, telling[0])

    def _is_sent_unasked(self, chain: Chain, telling: tuple[FunctionRef, ...]) -> bool:
        """Whether a program with one of the functions ``telling`` sends an order at a price."""
        order = chain.links[0].call
        return (
            any(self._sources.prices_given(order))
            and not is_played(self._project, chain)
            and not is_one_off(self._asked, chain)
            and any(is_one_program(self._project, one, order.function) for one in telling)
            and not self._may_be_seen(chain)
        )

    def _tell_unasked(self, pairs: list[tuple[CallRef, Chain]], ref: FunctionRef) -> Hit:
        hit = tell_once(self._asked, pairs)
        place = self._project.place(ref, self._project.function(ref).span)
        name = self._project.program.display(ref)
        step = Step(place, f"`{name}` says whether a price may be used, and nothing asks it")
        return msgspec.structs.replace(
            hit,
            saw={**hit.saw, "what": f"takes its price as it is: nothing asks `{name}`"},
            mitigation=hit.mitigation + 1,
            trace=(*hit.trace[:-1], step, *hit.trace[-1:]),
            cause=f"sanity:{hit.place.path}:{hit.place.span.line}",
        )

    def _may_be_seen(self, chain: Chain) -> bool:
        """Whether something before the order, on any way to it, looks at ages or distances."""
        return any(self._is_seen_before(link) for link in chain.links)

    def _is_seen_before(self, link: Link) -> bool:
        ref = link.call.function
        function = self._project.function(ref)
        span = function.calls[link.call.call].span
        ends = [
            number
            for number, node in enumerate(function.nodes)
            if node.kind is Kind.CALL and function.calls[node.call].span == span
        ]
        for number in frozenset().union(*(round_before(function, end) for end in ends)):
            node = function.nodes[number]
            if self._guards.is_asking_at(ref, number):
                return True
            if node.kind is Kind.CALL and any(
                not self._asked.orders.is_leading(callee) and self._asks(callee, 0)
                for callee in self._program.callees(ref, node.call)
            ):
                return True
        return False

    def _is_seen_within(self, source: Source) -> bool:
        """Whether what gives a price, or what keeps it, looks at it."""
        if any(self._asks(ref, 0) for ref in source.within):
            return True
        return any(
            self._asks(ref, DEEPEST) for ref in price_stores(self._project).get(source.name, ())
        )

    def _asks(self, ref: FunctionRef, depth: int) -> bool:
        if ref in self._unasked:
            return False
        if self._guards.is_asking(ref):
            return True
        return depth < DEEPEST and any(
            self._asks(callee, depth + 1)
            for number in range(len(self._project.function(ref).calls))
            for callee in self._program.callees(ref, number)
            if callee != ref
        )

    def _tell(self, chain: Chain, anchor: CallRef, source: Source, near: list[_Peer]) -> Hit:
        related = tuple(
            Step(self._project.call_place(peer.anchor), "this order's price is looked at first")
            for peer in near
        )
        hit = tell(self._asked, anchor, chain, None, related)
        fields = {name: getattr(hit, name) for name in hit.__struct_fields__}
        place = self._project.call_place(anchor)
        changes = {
            "saw": {**hit.saw, "what": _taken_from(source)},
            "confidence": Confidence.MEDIUM,
            "trace": (*hit.trace[:-1], source.step, *hit.trace[-1:]),
            "cause": f"sanity:{place.path}:{place.span.line}",
        }
        return Hit(**{**fields, **changes})


def _taken_from(source: Source) -> str:
    return f"takes its price from `{source.name}` as it is, which is looked at before other orders"
