"""Limit orders that rest beside those of the tick before: nothing clears the book first.

Only of programs in which some other such order is placed after open orders were taken back or
looked for. A path is left alone where anything on it, before the order or after it, takes orders
back, asks for them, or asks the bot's own books.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from botlint.checks.guards.abandoned import find_abandoned
from botlint.checks.guards.asked import Asked
from botlint.checks.guards.bearing_on import bears_on
from botlint.checks.guards.chains import Chain
from botlint.checks.guards.one_program import is_one_program
from botlint.checks.guards.resting import Resting, playing
from botlint.checks.guards.telling import tell
from botlint.checks.guards.unsettled import find_unsettled
from botlint.checks.reads import is_used
from botlint.facts.types import EXIT, Function, Kind, Node
from botlint.flow.program import FunctionRef
from botlint.flow.ways import (
    is_head,
    loops_around,
    nodes_from,
    nodes_of_call,
    normally,
    round_after,
    round_before,
)
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef

_CLEARED = "on another way to this order open ones are cleared"
_BELOW = frozenset({"call", "callback", "table", "decorator"})


def find_uncancelled(asked: Asked) -> Iterator[Hit]:
    """Each resting order that is placed again and again without what clears the book."""
    # All chains of all orders are known from there, and no guard of a role matters here.
    asked_once = Asked(asked.project, ("preflight",))
    search = _Search(asked_once, asked.roles)
    yield from find_abandoned(asked_once, search.resting)
    yield from find_unsettled(asked_once, search.resting)
    if not any(playing(asked.project, role) for role in asked.roles):
        return
    peers = search.peers
    told: set[CallRef] = set()
    for chain in search.resting.chains if peers else ():
        anchor = search.asked.anchor(chain)
        if anchor is None or anchor in told or not search.resting.is_repeated(chain):
            continue
        near = [
            one for one in peers if is_one_program(asked.project, one.function, anchor.function)
        ]
        if near and not search.is_cleared(chain):
            told.add(anchor)
            yield search.hit(chain, anchor, near)


class _Search:
    """Looks along the chains of resting orders for what clears the book."""

    def __init__(self, asked: Asked, roles: tuple[str, ...]) -> None:
        self.asked = asked
        self._project = asked.project
        self.resting = Resting(asked, roles)

    @cached_property
    def peers(self) -> dict[CallRef, CallRef]:
        """The orders before which the book is cleared, each with the call that does so."""
        found: dict[CallRef, CallRef] = {}
        for chain in self.resting.chains:
            anchor = self.asked.anchor(chain)
            if anchor is None or anchor in found:
                continue
            clearing = next(self._clearing_before(chain), None)
            if clearing is not None:
                found[anchor] = clearing
        return found

    def is_cleared(self, chain: Chain) -> bool:
        """Whether something on a chain may clear the book, or look after what was placed."""
        placing = frozenset(self.resting.placing_calls(chain))
        for link in chain.links:
            ref = link.call.function
            function = self._project.function(ref)
            ends = nodes_of_call(function, link.call.call)
            before = frozenset().union(*(round_before(function, end) for end in ends))
            after = frozenset().union(*(round_after(function, end) for end in ends))
            if any(self.resting.asks_own_books(ref, number) for number in before):
                return True
            taking = frozenset(n for n in before | after if self._takes_back(ref, function, n))
            if not taking.isdisjoint(before):
                return True
            # Who has others place, and takes back on some ways only, does that for other causes.
            if taking and (link.call in placing or not _is_avoidable(function, ends, taking)):
                return True
            if any(self._looks(link.call, number) for number in before):
                return True
            if any(self._heeds(ref, function, number) for number in after):
                return True
            if any(self._places(ref, function, number) for number in before):
                return True
        return False

    def hit(self, chain: Chain, anchor: CallRef, near: list[CallRef]) -> Hit:
        """What is wrong, with the orders that do better as related places."""
        others = tuple(
            Step(self._project.call_place(one), "this order is placed after open ones are cleared")
            for one in near
            if one != anchor
        )
        cleared = (Step(self._project.call_place(self.peers[one]), _CLEARED) for one in near[:1])
        related = others or tuple(cleared)
        hit = tell(self.asked, anchor, chain, None, related)
        place = self._project.call_place(anchor)
        guard = self._project.written(self.peers[near[0]])
        lacking = f"no `{guard}` comes first, as it does elsewhere"
        return msgspec.structs.replace(
            hit,
            saw={
                **hit.saw,
                "guard": guard,
                "what": f"rests beside what an earlier tick left: {lacking}",
            },
            confidence=Confidence.MEDIUM,
            cause=f"cleared:{place.path}:{place.span.line}",
        )

    def _clearing_before(self, chain: Chain) -> Iterator[CallRef]:
        for link in chain.links:
            ref = link.call.function
            function = self._project.function(ref)
            for end in sorted(nodes_of_call(function, link.call.call)):
                for number in sorted(round_before(function, end)):
                    node = function.nodes[number]
                    call = CallRef(ref, node.call)
                    if node.kind is Kind.CALL and self.resting.clears_first(call):
                        yield call
            if link.via not in _BELOW:
                return

    def _takes_back(self, ref: FunctionRef, function: Function, number: int) -> bool:
        node = function.nodes[number]
        return node.kind is Kind.CALL and self.resting.takes_back(CallRef(ref, node.call))

    def _looks(self, order: CallRef, number: int) -> bool:
        """Whether a node before an order looks for others, and what it finds bears on the order."""
        node = self._project.function(order.function).nodes[number]
        if node.kind is not Kind.CALL:
            return False
        look = CallRef(order.function, node.call)
        if self.resting.updates_books(look):
            return True
        return self.resting.looks(look) and bears_on(self._project, look, order.call)

    def _heeds(self, ref: FunctionRef, function: Function, number: int) -> bool:
        """Whether a node looks for orders, and what it finds is not thrown away."""
        node = function.nodes[number]
        if node.kind is not Kind.CALL or not self.resting.looks(CallRef(ref, node.call)):
            return False
        return is_used(function, node.call)

    def _places(self, ref: FunctionRef, function: Function, number: int) -> bool:
        """Whether another order was sent before: this one is its exit, or its second leg."""
        node = function.nodes[number]
        return node.kind is Kind.CALL and self.asked.orders.is_order(CallRef(ref, node.call))


def _is_avoidable(function: Function, starts: frozenset[int], nodes: frozenset[int]) -> bool:
    """Whether some way goes on from ``starts`` to the end of the round past all of ``nodes``."""
    loops = {one for n in starts for one in loops_around(function, function.nodes[n].loop)}

    def onward(node: Node) -> tuple[int, ...]:
        return () if is_head(node) and node.loop in loops else normally(node)

    following = [one for start in starts for one in normally(function.nodes[start])]
    return any(
        number == EXIT or (is_head(function.nodes[number]) and function.nodes[number].loop in loops)
        for number in nodes_from(function, following, onward, nodes)
    )
