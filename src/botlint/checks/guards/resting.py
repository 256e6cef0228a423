"""Limit orders that rest in the book, and the calls that clear it before they are placed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from botlint.checks.given import entries_in, text_of
from botlint.checks.guards.asked import Asked
from botlint.checks.guards.bearing_on import is_booked
from botlint.checks.guards.chains import Chain
from botlint.checks.guards.every_chain import every_chain
from botlint.checks.guards.in_force import in_force
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
_LOOKING = frozenset({"open-orders", "order-lookup"})
_FORCES = frozenset({"ioc", "fok", "fak", "immediate"})
_NOTHING: frozenset[str] = frozenset()
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
        """The chains of the limit orders that rest, but for those that close a position by name."""
        return tuple(chain for chain in self.limits if not self._is_closing(chain))

    @cached_property
    def limits(self) -> tuple[Chain, ...]:
        """The chains of the limit orders that rest; stops are none."""
        return tuple(chain for chain in every_chain(self._asked) if self._is_resting(chain))

    def placing_calls(self, chain: Chain) -> list[CallRef]:
        """The calls of a chain from the one that sends the order to the outermost that is one."""
        calls = [link.call for link in chain.links]
        anchor = self._asked.anchor(chain)
        return calls[: calls.index(anchor) + 1] if anchor in calls else calls

    def is_repeated(self, chain: Chain) -> bool:
        """Whether an order is placed again and again: in a ``while``, or by a tick."""
        ticking = self._project.vocabulary.roles["tick-handler"]
        for link in chain.links:
            function = self._project.function(link.call.function)
            if ticking.plays_name(function.name) or is_in_while(function, link.call.call):
                return True
        return chain.entry is not None and chain.entry.kind == "schedule"

    def takes_back(self, ref: CallRef) -> bool:
        """Whether a call takes orders back, or runs what does; not one that does so for an order
        of its own."""
        return self._is_among(ref, self._taking, self._leading_to_taking | self._reaching_all)

    def looks(self, ref: CallRef) -> bool:
        """Whether a call asks for orders that exist, or runs what does."""
        return self._is_among(ref, _LOOKING, self._leading_to_looking)

    def updates_books(self, ref: CallRef) -> bool:
        """Whether a call runs what asks for orders that exist, and books what it finds."""
        return any(one in self._leading_to_booking for one in self._program.callees(*ref))

    def _is_among(
        self, ref: CallRef, roles: Iterable[str], leading: frozenset[FunctionRef]
    ) -> bool:
        if any(ref in self._playing(role) for role in roles):
            return True
        return any(one in leading for one, _ in self._program.edges(ref.function, ref.call))

    def clears_first(self, ref: CallRef) -> bool:
        """The same, for one who has not placed the order yet: an order that is known by its id is
        not looked for, and one that is handed in not cleared away but replaced."""
        if any(ref in self._playing(role) for role in self._clearing):
            return not self._is_replacing(ref)
        callees = [callee for callee, _ in self._program.edges(ref.function, ref.call)]
        return any(one in self._reaching_first for one in callees)

    def takes_one_back(self, ref: CallRef) -> bool:
        """Whether a call takes one order back, or a function that does so and is handed that."""
        playing_it = self._playing("cancel-order")
        return ref in playing_it or any(
            CallRef(callee, number) in playing_it and self._is_replacing(CallRef(callee, number))
            for callee in self._program.callees(*ref)
            for number in range(len(self._project.function(callee).calls))
        )

    def clears_all(self, ref: CallRef) -> bool:
        """Whether a call takes all orders of a symbol back, or runs what does."""
        if ref in self._playing("cancel-order") and self._takes_all(ref):
            return True
        return any(one in self._reaching_all for one in self._program.callees(*ref))

    def has_end(self, ref: CallRef) -> bool:
        """Whether a call says till which date its order stays, whatever way leads to it."""
        role = self._project.vocabulary.roles["dated-type"]
        texts = in_force(self._project, self._asked.orders.closing, ref)
        return bool(texts) and all(map(role.plays_name, texts))

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
    def _taking(self) -> frozenset[str]:
        return frozenset((*self._clearing, "modify-order")) - _LOOKING

    @cached_property
    def _placing(self) -> frozenset[FunctionRef]:
        leaves = frozenset(chain.links[0].call.function for chain in self.chains)
        return self._program.reaches(leaves)

    @cached_property
    def _leading_to_taking(self) -> frozenset[FunctionRef]:
        return self._above(ref.function for role in self._taking for ref in self._playing(role))

    @cached_property
    def _leading_to_looking(self) -> frozenset[FunctionRef]:
        return self._above(ref.function for role in _LOOKING for ref in self._playing(role))

    @cached_property
    def _leading_to_booking(self) -> frozenset[FunctionRef]:
        looks = (ref for role in _LOOKING for ref in self._playing(role))
        return self._above(ref.function for ref in looks if is_booked(self._project, ref))

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
        call = self._project.call(ref)
        values = (*call.args[:1], *(value for _, value in call.keywords))
        names = {name.partition(".")[0] for one in values for name in names_in(one, function.calls)}
        return any(not self._words(name).isdisjoint(_KNOWN) for name in names & own)

    def _words(self, name: str) -> frozenset[str]:
        return self._project.vocabulary.words(name)

    def _is_closing(self, chain: Chain) -> bool:
        """Whether a call of a chain, or its function, says that the order closes a position."""
        closing = self._asked.orders.closing
        return any(
            closing.is_closing_function(call.function) or closing.is_reducing(call)
            for call in self.placing_calls(chain)
        )

    def _is_resting(self, chain: Chain) -> bool:
        """Whether the calls of a chain say that the order is a limit, and nothing else."""
        calls = self.placing_calls(chain)
        if any(self._asked.orders.closing.has_protective_type(call) for call in calls):
            return False
        said = frozenset(word for call in calls for word in self._said(call))
        immediate = frozenset(filter(self._is_immediate, said))
        # What is sent decides, and not how the functions on the way are named.
        sent = next(filter(None, map(self._in_force, calls)), _NOTHING)
        if sent and all(map(self._is_immediate, sent)):
            return False
        if sent:
            immediate = frozenset(one for one in immediate if self._words(one).isdisjoint(_FORCES))
        roles = self._project.vocabulary.roles
        is_limit = any(roles["limit-type"].plays_name(word) for word in said)
        return is_limit and not immediate and not is_played(self._project, chain)

    def _is_immediate(self, word: str) -> bool:
        return self._project.vocabulary.roles["immediate-type"].plays_name(word)

    def _in_force(self, ref: CallRef) -> frozenset[str]:
        """What a call says of how long its order stays, by words for it."""
        roles = self._project.vocabulary.roles
        known = (roles["limit-type"], roles["immediate-type"])
        texts = in_force(self._project, self._asked.orders.closing, ref)
        return frozenset(one for one in texts if any(role.plays_name(one) for role in known))

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
