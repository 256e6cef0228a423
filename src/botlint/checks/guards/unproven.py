"""Orders whose price nobody looked at: it may be old, or far from what it was.

Only of programs that look at the same data before another order. An order is left alone where
anything before it may look at its price, where what gives the price does so itself, or what keeps
it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain, Link
from botlint.checks.guards.one_program import is_one_program, is_played
from botlint.checks.guards.price_sources import PriceSources, Source
from botlint.checks.guards.price_stores import price_stores
from botlint.checks.guards.sanity_guards import SanityGuards
from botlint.checks.guards.states import Mark
from botlint.checks.guards.telling import tell
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
    """Each opening order whose price comes unseen from where others take theirs with care."""
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


class _Search:
    """Looks at where prices come from, and what looks at them on their way."""

    def __init__(self, asked: Asked, guards: SanityGuards) -> None:
        self._asked = asked
        self._project = asked.project
        self._program = asked.project.program
        self._guards = guards
        self._sources = PriceSources(asked)

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
            "saw": {**hit.saw, "source": source.name},
            "confidence": Confidence.MEDIUM,
            "trace": (*hit.trace[:-1], source.step, *hit.trace[-1:]),
            "cause": f"sanity:{place.path}:{place.span.line}",
        }
        return Hit(**{**fields, **changes})
