"""Limit orders that rest in the book, and the calls that clear it before they are placed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from botlint.checks.given import entries_in, text_of
from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain
from botlint.checks.guards.every_chain import every_chain
from botlint.checks.guards.one_program import is_played
from botlint.checks.orders.requests import find_requests
from botlint.checks.reads import last_segment
from botlint.checks.roots import names_in, words_in
from botlint.facts.types import Constant, Kind, Result
from botlint.flow.program import FunctionRef
from botlint.flow.reach import leading_to
from botlint.flow.ways import is_in_while
from botlint.project import CallRef, Project

_TICKING = frozenset({"hook", "override", "schedule", "subscriber", "callback", "uncalled"})
_KNOWN = frozenset({"order", "orders", "oid", "id", "ids", "trade", "old"})


class Resting:
    """The resting limit orders of a project, with what clears the book for them."""

    def __init__(self, asked: Asked, clearing: tuple[str, ...]) -> None:
        self._asked = asked
        self._project: Project = asked.project
        self._program = asked.project.program
        self._clearing = clearing

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        """The chains of the limit orders that rest; those that close a position by name, and
        stops, are none."""
        return tuple(chain for chain in every_chain(self._asked) if self._is_resting(chain))

    def is_repeated(self, chain: Chain) -> bool:
        """Whether an order is placed again and again: in a ``while``, or by a tick."""
        ticking = self._project.vocabulary.roles["tick-handler"]
        for link in chain.links:
            function = self._project.function(link.call.function)
            if ticking.plays_name(function.name) or is_in_while(function, link.call.call):
                return True
        return chain.entry is not None and chain.entry.kind == "schedule"

    def clears(self, ref: CallRef) -> bool:
        """Whether a call takes orders back or looks for open ones, or runs what does; not one
        that does so for an order of its own."""
        if any(ref in self._playing(role) for role in self._roles):
            return True
        callees = [callee for callee, _ in self._program.edges(ref.function, ref.call)]
        return any(one in self._reaching or one in self._reaching_all for one in callees)

    def clears_first(self, ref: CallRef) -> bool:
        """The same, for one who has not placed the order yet: an order that is known by its id is
        not looked for, and one that is handed in not cleared away but replaced."""
        if any(ref in self._playing(role) for role in self._clearing):
            return not self._is_replacing(ref)
        callees = [callee for callee, _ in self._program.edges(ref.function, ref.call)]
        return any(one in self._reaching_first for one in callees)

    def asks_own_books(self, ref: FunctionRef, number: int) -> bool:
        """Whether a test or a loop looks at what the bot itself knows of its orders."""
        function = self._project.function(ref)
        node = function.nodes[number]
        if node.kind not in (Kind.TEST, Kind.ITERATE) or node.value is None:
            return False
        names = names_in(node.value, function.calls) | words_in((node.value,), ())
        known = self._project.vocabulary.roles["open-orders"]
        return any(known.plays_name(name) for name in names)

    @cached_property
    def _roles(self) -> tuple[str, ...]:
        return (*self._clearing, "modify-order", "order-lookup")

    @cached_property
    def _placing(self) -> frozenset[FunctionRef]:
        leaves = frozenset(chain.links[0].call.function for chain in self.chains)
        return self._program.reaches(leaves)

    @cached_property
    def _reaching(self) -> frozenset[FunctionRef]:
        calls = (ref for role in self._roles for ref in self._playing(role))
        return self._above(ref.function for ref in calls)

    @cached_property
    def _reaching_first(self) -> frozenset[FunctionRef]:
        calls = (ref for role in self._clearing for ref in self._playing(role))
        return self._above(ref.function for ref in calls if not self._is_replacing(ref))

    @cached_property
    def _reaching_all(self) -> frozenset[FunctionRef]:
        """What leads to a call that takes all orders of a symbol back: also those of others."""
        calls = (ref for role in self._clearing for ref in self._playing(role))
        every = (one for one in calls if self._takes_all(one))
        return self._program.reaches(frozenset(ref.function for ref in every))

    def _playing(self, role: str) -> frozenset[CallRef]:
        """The calls of a role, by name or by endpoint."""
        return playing(self._project, role)

    def _takes_all(self, ref: CallRef) -> bool:
        """Whether a call says that it is for all orders: by its name, or its endpoint."""
        texts = (one for one in self._project.call(ref).args if isinstance(one, Constant))
        said = [self._project.written(ref), *(str(one.value).rpartition("/")[2] for one in texts)]
        return any("all" in self._words(one) for one in said)

    def _above(self, functions: Iterator[FunctionRef]) -> frozenset[FunctionRef]:
        return leading_to(functions, self._program.callers, self._placing)

    def _is_replacing(self, ref: CallRef) -> bool:
        """Whether a call takes back an order that its function is handed."""
        function = self._project.function(ref.function)
        own = {one.name for one in function.parameters} - {"self", "cls"}
        values = self._project.call(ref).args[:1]
        names = {name.partition(".")[0] for one in values for name in names_in(one, function.calls)}
        return any(not self._words(name).isdisjoint(_KNOWN) for name in names & own)

    def _words(self, name: str) -> frozenset[str]:
        return self._project.vocabulary.words(name)

    def _is_resting(self, chain: Chain) -> bool:
        """Whether the calls of a chain say that the order is a limit, and nothing else."""
        anchor = self._asked.anchor(chain)
        closing = self._asked.orders.closing
        is_limit = False
        for link in chain.links:
            call = link.call
            if closing.is_closing_function(call.function) or closing.is_reducing(call):
                return False
            said = tuple(self._said(call))
            roles = self._project.vocabulary.roles
            if any(roles["immediate-type"].plays_name(word) for word in said):
                return False
            if closing.has_protective_type(call):
                return False
            is_limit = is_limit or any(roles["limit-type"].plays_name(word) for word in said)
            if anchor is None or call == anchor:
                break
        return is_limit and not is_played(self._project, chain)

    def _said(self, ref: CallRef) -> Iterator[str]:
        """What the name of a call, its literals and the requests in it say of its type."""
        calls = self._project.function(ref.function).calls
        yield self._project.written(ref).rpartition(".")[2]
        yield self._project.function(ref.function).name
        for name, value in entries_in(self._project, ref):
            if text_of(value):
                yield text_of(value)
            if isinstance(value, Result):
                yield last_segment(calls[value.call].func)
            if name in ("postOnly", "post_only"):
                yield "post_only"


def playing(project: Project, role: str) -> frozenset[CallRef]:
    """The calls of a project that play a role, by name or by the endpoint that they ask."""
    return project.answer(
        ("playing anyhow", role),
        lambda: frozenset((*project.calls_playing(role), *find_requests(project, role))),
    )
