"""Limit orders that are waited for, given up, and left in the book: nothing takes them back.

An order is left alone where the exchange takes it back at a date that it was given; where something
takes orders back after the wait, in its function or in one that called it; where the bot keeps it,
and takes back what it keeps; and where a loop of the program takes back what it finds open.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain, Link
from botlint.checks.guards.giving_up import GivingUp
from botlint.checks.guards.kept_orders import kept_in, segments_of
from botlint.checks.guards.one_program import is_one_program
from botlint.checks.guards.resting import Resting, playing
from botlint.checks.guards.telling import tell
from botlint.checks.roots import have_common, names_given, names_handed, targets_in
from botlint.facts.types import Constant, Function, Kind, Node, Result
from botlint.flow.names import CallSite, FunctionRef
from botlint.flow.reach import leading_to
from botlint.flow.ways import (
    anyhow,
    is_in_while,
    loops_of_call,
    nodes_from,
    nodes_of_call,
    normally,
    round_after,
    round_before,
    while_loops,
)
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef

DEEPEST = 3
"""Waits are looked for this deep in what runs after an order."""

_GOING_ON = frozenset({"call", "callback", "table", "decorator", "task"})
_TAKING = ("cancel-order", "modify-order")


def find_abandoned(asked: Asked, resting: Resting) -> Iterator[Hit]:
    """Each limit order that may rest when the program stops waiting for it: the call by which the
    function that waits, or has others wait, places it."""
    search = _Search(asked, resting)
    told: set[CallRef] = set()
    for chain in resting.limits:
        if asked.anchor(chain) is None:
            continue
        found = search.given_up(chain)
        if found is not None and found[0] not in told:
            told.add(found[0])
            yield _tell(asked, chain, *found)


def _tell(asked: Asked, chain: Chain, order: CallRef, step: Step) -> Hit:
    hit = tell(asked, order, chain)
    place = asked.project.call_place(order)
    what = "is left in the book when the wait for it is given up: nothing takes it back"
    return msgspec.structs.replace(
        hit,
        saw={**hit.saw, "what": what},
        confidence=Confidence.MEDIUM,
        trace=(*hit.trace, step),
        cause=f"abandoned:{place.path}:{place.span.line}",
    )


class _Search:
    """Looks along the chains of limit orders for waits, and for what takes orders back."""

    def __init__(self, asked: Asked, resting: Resting) -> None:
        self._project = asked.project
        self._program = asked.project.program
        self._resting = resting
        placing = (call for chain in resting.limits for call in resting.placing_calls(chain))
        self._waits = GivingUp(asked.project, frozenset(placing))
        self._open_ends: dict[tuple[FunctionRef, int], bool] = {}

    def given_up(self, chain: Chain) -> tuple[CallRef, Step] | None:
        """The call of a chain after which the order is waited for no more and still in the book, if
        there is one, and where the wait ends."""
        placing = self._resting.placing_calls(chain)
        if any(map(self._resting.has_end, placing)):
            return None
        for number, link in enumerate(chain.links[: len(placing)]):
            if link.via not in _GOING_ON:
                return None
            ref = link.call.function
            end = next(self._left_after(link.call), None)
            if end is None:
                continue
            is_kept = any(self._is_kept(one.call) for one in chain.links[: number + 1])
            above = chain.links[number + 1 :]
            if is_kept or self._is_swept(ref) or any(map(self._is_looked_after, above)):
                return None
            span = self._project.function(ref).nodes[end].span
            return link.call, Step(self._project.place(ref, span), "the wait for it ends here")
        return None

    def _left_after(self, order: CallRef) -> Iterator[int]:
        """The nodes of the function of an order after which it is waited for no more, and from
        which nothing leads to what takes it back."""
        ref = order.function
        function = self._project.function(ref)
        made = nodes_of_call(function, order.call)
        starts = [one for number in made for one in normally(function.nodes[number])]
        taking = [n for n, node in enumerate(function.nodes) if self._takes(ref, node)]
        after = frozenset(nodes_from(function, starts, normally, taking))
        ends = [one for one in self._waits.ends(ref) if one in after]
        calls = [n for n in after - made if function.nodes[n].kind is Kind.CALL]
        ends += [
            function.nodes[n].next
            for n in calls
            if self._is_giving_up(CallRef(ref, function.nodes[n].call), 0)
        ]
        ends += self._tried_again(order, function, made, calls)
        return (one for one in sorted(ends) if not self._is_taken_back(ref, one, made))

    def _tried_again(
        self, order: CallRef, function: Function, made: frozenset[int], calls: list[int]
    ) -> Iterator[int]:
        """Where an order that is asked for after it was placed is placed another time, of so many
        tries."""
        ref = order.function
        loops = [
            loop
            for loop in loops_of_call(function, order.call)
            if self._waits.is_of_tries(ref, loop)
        ]
        for number in calls if loops else ():
            node = function.nodes[number]
            if not self._waits.asks(CallRef(ref, node.call)):
                continue
            if any(number in round_after(function, one) for one in made) and not made.isdisjoint(
                nodes_from(function, (node.next,), normally)
            ):
                yield node.next

    def _is_giving_up(self, ref: CallRef, depth: int) -> bool:
        """Whether a call waits for an order, and may come back with it still in the book."""
        callees = self._program.callees(ref.function, ref.call)
        if not callees:
            role = self._project.vocabulary.roles["fill-wait"]
            return role.plays_call(self._program.names(*ref))
        return depth < DEEPEST and any(self._ends_open(one, depth + 1) for one in callees)

    def _ends_open(self, ref: FunctionRef, depth: int) -> bool:
        if (ref, depth) not in self._open_ends:
            self._open_ends[ref, depth] = self._find_open_end(ref, depth)
        return self._open_ends[ref, depth]

    def _find_open_end(self, ref: FunctionRef, depth: int) -> bool:
        if any(not self._is_taken_back(ref, one, frozenset()) for one in self._waits.ends(ref)):
            return True
        nodes = self._project.function(ref).nodes
        return any(
            self._is_giving_up(CallRef(ref, node.call), depth)
            and not self._is_taken_back(ref, node.next, frozenset())
            for node in nodes
            if node.kind is Kind.CALL
        )

    def _is_taken_back(self, ref: FunctionRef, start: int, order: frozenset[int]) -> bool:
        """Whether something that takes orders back can follow a node, before the next order."""
        function = self._project.function(ref)
        return any(
            self._takes(ref, function.nodes[number])
            for number in nodes_from(function, (start,), _onward, order)
        )

    def _is_looked_after(self, link: Link) -> bool:
        """Whether something around a call of a function that places may take its order back: what
        takes back all of them, or looks which are open, and after it what gets this one."""
        ref = link.call.function
        function = self._project.function(ref)
        ends = nodes_of_call(function, link.call.call)
        around = [round_before(function, end) | round_after(function, end) for end in ends]
        if any(self._sees_all(ref, function.nodes[n]) for n in frozenset().union(*around)):
            return True
        own = names_given(function, link.call.call) | names_handed(function, link.call.call)
        bound = [n for n, node in enumerate(function.nodes) if not own.isdisjoint(_bound(node))]
        starts = [one for end in ends for one in anyhow(function.nodes[end])]
        starts += [n for n in bound if function.nodes[n].value == Result(link.call.call)]
        passed = nodes_from(function, starts, anyhow, frozenset(bound) - set(starts))
        return any(
            self._takes(ref, function.nodes[n])
            and have_common(names_handed(function, function.nodes[n].call), own)
            for n in passed
        )

    def _sees_all(self, ref: FunctionRef, node: Node) -> bool:
        if node.kind is not Kind.CALL:
            return False
        call = CallRef(ref, node.call)
        if call in playing(self._project, "open-orders") or self._resting.clears_all(call):
            return True
        return any(one in self._seeing for one in self._program.callees(ref, node.call))

    def _takes(self, ref: FunctionRef, node: Node) -> bool:
        if node.kind is not Kind.CALL:
            return False
        call = CallRef(ref, node.call)
        if any(call in playing(self._project, role) for role in _TAKING):
            return True
        if any(one in self._taking for one in self._program.callees(ref, node.call)):
            return True
        name = self._project.written(call).rpartition(".")[2]
        return Constant("DELETE") in self._project.call(call).args or (
            self._project.vocabulary.roles["taking-back"].plays_name(name)
        )

    @cached_property
    def _taking_directly(self) -> frozenset[FunctionRef]:
        return frozenset(one.function for role in _TAKING for one in playing(self._project, role))

    @cached_property
    def _taking(self) -> frozenset[FunctionRef]:
        def called(ref: FunctionRef) -> tuple[CallSite, ...]:
            return tuple(one for one in self._program.callers(ref) if one.via in _GOING_ON)

        return leading_to(self._taking_directly, called)

    def _is_swept(self, ref: FunctionRef) -> bool:
        """Whether a loop of the program takes back what it finds in the book."""
        return any(is_one_program(self._project, one, ref) for one in self._sweeping)

    @cached_property
    def _clearing(self) -> frozenset[FunctionRef]:
        """What takes orders back, and looks which are open."""
        looking = {one.function for one in playing(self._project, "open-orders")}
        return self._taking_directly & looking

    @cached_property
    def _seeing(self) -> frozenset[FunctionRef]:
        return self._program.reaches(self._clearing)

    @cached_property
    def _sweeping(self) -> tuple[FunctionRef, ...]:
        return tuple(one for one in sorted(self._clearing) if self._is_run(one))

    def _is_run(self, ref: FunctionRef) -> bool:
        """Whether a ``while`` runs what a function does again and again."""
        if while_loops(self._project.function(ref)):
            return True
        return any(
            is_in_while(self._project.function(site.function), site.call)
            for one in self._program.reaches(frozenset({ref}))
            for site in self._program.callers(one)
        )

    def _is_kept(self, order: CallRef) -> bool:
        """Whether the function of an order keeps it, or its id, in what something that takes
        orders back asks."""
        kept = kept_in(self._project, order)
        return any(
            is_one_program(self._project, one, order.function)
            and not kept.isdisjoint(segments_of(self._project, one))
            for one in (self._taking_directly if kept else ())
        )


def _onward(node: Node) -> tuple[int, ...]:
    """Where it goes on after a node by which nothing fails that is not made to."""
    return anyhow(node) if node.kind is Kind.RAISE else normally(node)


def _bound(node: Node) -> tuple[str, ...]:
    """The names that a node binds anew."""
    return targets_in(node.target) if node.kind in (Kind.ASSIGN, Kind.ITERATE) else ()
