"""Protective stops: which calls place one, and which orders bring their own along.

A stop is known by the name of the call or by a literal type of order. A function *protects* if it
leads to such a call by no way on which a position is opened: what follows an opening order is the
protection of that one. A stop that is placed in the place of one taken back moves a stop that
there is; and one that anything else than an entry leads to may stand for any position.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from botlint.checks.given import entries_in, said_in, text_of
from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain
from botlint.checks.guards.every_chain import every_chain
from botlint.checks.reads import last_segment
from botlint.facts.types import Kind, Result
from botlint.flow.program import FunctionRef
from botlint.flow.reach import leading_to
from botlint.flow.ways import anyhow, nodes_from
from botlint.project import CallRef

DEEPEST = 3
ATTACHED = "attached-stop"
_KINDS = frozenset({"type", "kind", "class", "tpsl"})
_REQUESTS = frozenset({"order", "request", "req", "data"})
_RUN_BY_OTHERS = frozenset({"uncalled", "import", "script", "main"})


class Protections:
    """The protective stops of a project."""

    def __init__(self, asked: Asked, role: str) -> None:
        self._asked = asked
        self._project = asked.project
        self._program = asked.project.program
        self._role = role
        self.closing = asked.orders.closing
        self._neutral = frozenset(self._find_neutral())
        self.chains = tuple(self._opening())
        anchors = {ref for one in self.chains for ref in self._orders_of(one)}
        self._anchors = frozenset(anchors)
        self._entering = self._program.reaches(frozenset(ref.function for ref in anchors))

    @cached_property
    def stops(self) -> frozenset[CallRef]:
        """The calls that place a stop."""
        named = (ref for ref in self._project.calls_playing(self._role))
        orders = (*self._asked.orders.placing, *self._project.calls_playing("close-order"))
        typed = (ref for ref in orders if self._has_stop_type(ref))
        return frozenset(one for one in (*named, *typed) if one not in self._anchors)

    @cached_property
    def protecting(self) -> frozenset[FunctionRef]:
        """The functions that lead to a stop, and to no opening order."""
        modules = {FunctionRef(source, 0) for source in range(len(self._program.sources))}
        stopping = {ref.function for ref in self.stops}
        return leading_to(stopping, self._program.callers, self._entering | modules)

    def protects(self, ref: CallRef) -> bool:
        """Whether a call places a stop, or runs what does, also in a thread or later."""
        if ref in self.stops:
            return True
        edges = self._program.edges(ref.function, ref.call)
        return any(callee in self.protecting for callee, _ in edges)

    def is_opening(self, ref: CallRef) -> bool:
        """Whether a call opens a position, or leads to such an order."""
        if ref in self._anchors:
            return True
        callees = self._program.callees(ref.function, ref.call)
        return any(callee in self._entering for callee in callees)

    def is_order(self, ref: CallRef) -> bool:
        """Whether a call places an order of any kind."""
        return self._asked.orders.is_order(ref)

    def speaks_of_stop(self, ref: CallRef) -> bool:
        """Whether a call is named for, or given, a stop or its price."""
        roles = self._project.vocabulary.roles
        words = (*said_in(self._project, ref), self._project.written(ref))
        return any(roles[ATTACHED].plays_name(word) for word in words)

    @cached_property
    def roaming(self) -> frozenset[FunctionRef]:
        """The functions that place stops for any position: something else than an entry leads
        to them. What moves a stop that there is does not."""
        keeping = self._project.vocabulary.roles["keeps-stops"]
        return frozenset(
            ref
            for ref in self.protecting
            if keeping.plays_name(self._project.function(ref).name)
            or (self._is_roaming(ref) and not self._is_moving(ref))
        )

    def _is_roaming(self, ref: FunctionRef) -> bool:
        entry = self._program.entries().get(ref)
        if entry is not None and entry.kind not in _RUN_BY_OTHERS:
            return True
        return any(
            site.function.index == 0
            or (
                site.function in self._entering
                and not self._follows_entry(CallRef(site.function, site.call))
            )
            for site in self._program.callers(ref)
        )

    def _is_moving(self, ref: FunctionRef) -> bool:
        """Whether a function, or all that calls it, takes a stop back before it places one."""
        calls = range(len(self._project.function(ref).calls))
        roles = self._project.vocabulary.roles
        if roles["moves-stop"].plays_name(self._project.function(ref).name):
            return True
        return any(
            self._project.plays(CallRef(ref, number), role)
            for number in calls
            for role in ("cancel-order", "modify-order")
        )

    def _follows_entry(self, ref: CallRef) -> bool:
        function = self._project.function(ref.function)
        starts = [
            node.next
            for node in function.nodes
            if node.kind is Kind.CALL and self.is_opening(CallRef(ref.function, node.call))
        ]
        after = nodes_from(function, starts, anyhow)
        return any(function.nodes[one].call == ref.call for one in after)

    def start_of(self, chain: Chain) -> int:
        """The number of the link at which a chain tells that a position is opened: what stands
        below sends any order."""
        places = (n for n, link in enumerate(chain.links) if not self._is_neutral(link.call))
        return next(places, -1)

    def _opening(self) -> Iterator[Chain]:
        for chain in every_chain(self._asked):
            if chain.is_closing:
                continue
            is_stop = any(self._is_stop_call(link.call) for link in chain.links)
            if not is_stop and self.start_of(chain) >= 0:
                yield chain

    def _find_neutral(self) -> Iterator[FunctionRef]:
        """The functions that send orders which close, too: their callers say which it is."""
        for chain in every_chain(self._asked):
            for link in chain.links[: max(chain.closing_at, 0)]:
                yield link.call.function

    def _is_neutral(self, ref: CallRef) -> bool:
        return ref.function in self._neutral

    def _is_stop_call(self, ref: CallRef) -> bool:
        return self._project.plays(ref, self._role) or self._has_stop_type(ref)

    def _orders_of(self, chain: Chain) -> Iterator[CallRef]:
        """The calls of a chain that place its order, from where it tells that it opens."""
        anchor = self._asked.anchor(chain)
        for link in chain.links[self.start_of(chain) :]:
            yield link.call
            if anchor is None or link.call == anchor or not self._asked.orders.is_order(link.call):
                return

    def _has_stop_type(self, ref: CallRef) -> bool:
        """Whether an order says by a literal that it is a stop, or has the price of one alone."""
        question = ("stop type", ref)
        return self._project.answer(question, lambda: self._find_stop_type(ref))

    def _find_stop_type(self, ref: CallRef) -> bool:
        role = self._project.vocabulary.roles["stop-type"]
        words = self._project.vocabulary.words
        calls = self._project.function(ref.function).calls
        for name, value in entries_in(self._project, ref):
            kinds = words(name) if name else _KINDS
            text = text_of(value) if not kinds.isdisjoint(_KINDS) else ""
            if isinstance(value, Result) and not kinds.isdisjoint(_KINDS | _REQUESTS):
                text = last_segment(calls[value.call].func)
            if text and role.plays_name(text):
                return True
        return False
