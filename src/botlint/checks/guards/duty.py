"""Who must guard an order: the function that places it, or else its callers.

From each leaf order the duty goes up: where some path from the entry of the function to the call
is unguarded, every caller must have guarded before. A chain that reaches an entry point unguarded
is a :class:`Chain`; a call that all paths guard ends the duty, and is kept too, because a guard
that stops an order which closes a position loses money as well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import cache, partial

from botlint.checks.effort import (
    CALLERS_A_LINK,
    MOST_CALLS,
    MOST_LINKS,
    give_up_above,
    give_up_from,
)
from botlint.checks.guards.assumed import asked_parameters, assuming
from botlint.checks.guards.chains import Chain, Link
from botlint.checks.guards.coming import callers_coming_to
from botlint.checks.guards.decorating import is_given
from botlint.checks.guards.duties import Duty
from botlint.checks.guards.guards import Guards
from botlint.checks.guards.handed_up import Above, Seen, calls_above, handed_up
from botlint.checks.guards.handing import passages_within
from botlint.checks.guards.handing_in import handing_in
from botlint.checks.guards.injected import let_pass
from botlint.checks.guards.passages import Passage
from botlint.checks.guards.queues import Put, find_puts
from botlint.checks.guards.sided import asks_for_other_side
from botlint.checks.guards.state_guards import StateGuards
from botlint.checks.guards.states import Mark, Status
from botlint.checks.guards.translated import (
    MADE_WITHIN,
    captured,
    order_roots,
)
from botlint.checks.orders.branches import is_in_closing_branch
from botlint.checks.orders.orders import Orders
from botlint.checks.roots import names_in
from botlint.flow.program import CallSite, FunctionRef
from botlint.project import CallRef, Project


class DutyWalk:
    """Walks from orders up to entry points for one set of guards."""

    def __init__(self, project: Project, orders: Orders, guards: Guards) -> None:
        self._project = project
        self._program = project.program
        self._orders = orders
        self._guards = guards
        self._states = StateGuards(project, guards)
        self._entries = project.program.entries()
        self._wrapped = cache(guards.wrapped)
        self._handed = partial(passages_within, project, orders, guards)
        self._links = 0
        self._last: FunctionRef | None = None

    def chains(self, leaf: CallRef) -> Iterator[Chain]:
        """The chains from ``leaf`` that end: at an entry point, guarded or not.

        Shortest first; for each order call each call above it is crossed once with a guard below
        it and once without.
        """
        roots = order_roots(self._project, self._orders, leaf)
        order = leaf if self._orders.is_order(leaf) else None
        start = Duty(leaf, "call", roots, (), -1, is_told=False, guarded_at=-1, order=order)
        seen: Seen = set()
        waiting = deque([start])
        looked = 0
        given: set[tuple[object, ...]] = set()
        while waiting and not self._is_over(leaf, looked):
            duty = waiting.popleft()
            looked += 1
            self._links += len(duty.below) + 1
            link, duty = self._look(duty)
            if not link.passages or self._is_other_side(duty):
                continue
            links = (*duty.below, link)
            function = duty.call.function
            links, duty = self._decorated(links, duty)
            links, duty = self._in_state(links, duty)
            puts = find_puts(self._project, function, duty.roots)
            if puts:
                for put in puts:
                    waiting.extend(self._put(duty, links, put, seen))
                continue
            callers = self._callers(duty)
            entry = self._entries.get(function)
            if entry is not None and (entry.kind != "uncalled" or not callers):
                is_closing = duty.closing_at >= 0
                yield Chain(
                    links, entry, is_closing, duty.is_told, duty.guarded_at, duty.closing_at
                )
            if not self._is_handed_up(duty, callers, given):
                self._links += len(callers) // CALLERS_A_LINK
                waiting.extend(self._above(duty, links, callers, seen))

    def _is_over(self, leaf: CallRef, looked: int) -> bool:
        """Whether no further call above ``leaf`` is looked at: that would go on for too long."""
        if self._links > MOST_LINKS:
            self._last = self._last or leaf.function
            give_up_from(self._project, self._last)
            return True
        if looked >= MOST_CALLS:
            give_up_above(self._project, leaf.function)
        return looked >= MOST_CALLS

    def _decorated(self, links: tuple[Link, ...], duty: Duty) -> tuple[tuple[Link, ...], Duty]:
        """What decorators of the function that ``duty`` stands in do before it."""
        function = duty.call.function
        is_followed = duty.is_traced or duty.roots == MADE_WITHIN
        for call, passages in self._wrapped(function):
            bad = tuple(p for p in passages if p.status.mark is not Mark.GUARDED)
            if is_followed and not is_given(self._project, function, duty.roots):
                bad = (Passage(Status(Mark.NONE), None),)
            if not bad and duty.guarded_at < 0:
                duty = duty._replace(guarded_at=len(links))
            links = (*links, Link(call, "decorator", bad or passages))
        for call in let_pass(self._project, self._guards, function, duty.roots):
            if duty.guarded_at < 0:
                duty = duty._replace(guarded_at=len(links))
            links = (*links, Link(call, "decorator", (Passage(Status(Mark.GUARDED), None),)))
        return links, duty

    def _is_handed_up(
        self, duty: Duty, callers: tuple[CallSite, ...], given: set[tuple[object, ...]]
    ) -> bool:
        """Whether the callers were ``given`` the same for another call, as they are from now on:
        what they hand to the function makes no difference."""
        function = duty.call.function
        if duty.handed is not None or asked_parameters(self._project, function):
            return False
        up = (function, callers, *duty.standing())
        is_known = up in given
        given.add(up)
        return is_known

    def _above(
        self, duty: Duty, links: tuple[Link, ...], callers: tuple[CallSite, ...], seen: Seen
    ) -> Iterator[Duty]:
        """The duties of those who call the function that ``duty`` stands in, and that come to the
        order with the literals that they hand to it; those that are not in ``seen`` yet."""
        at = len(duty.below)
        is_asked = duty.is_traced and duty.guarded_at in (-1, at)
        is_alike = not (is_asked and asked_parameters(self._project, duty.call.function))
        told, below = _decided(duty, links[at]) if is_asked else duty, links
        for caller, above in zip(callers, calls_above(self._project, duty, callers), strict=True):
            if not is_alike:
                link = assuming(self._project, self._guards.passages, links[at], caller)
                told, below = _decided(duty, link), (*links[:at], link, *links[at + 1 :])
            one = above
            if one.roots is None and duty.handed is not None:
                calls = [link.call for link in below]
                one = one._replace(roots=captured(self._project, calls, duty.handed[0], one.call))
            if below[at].passages:
                yield from handed_up(told, one, below, self._orders, seen)

    def _is_other_side(self, duty: Duty) -> bool:
        """Whether a call never comes to the order at the bottom, which is of the other side."""
        if not duty.below or duty.via != "call" or not duty.is_same:
            return False
        order, callee = duty.below[0].call, duty.below[-1].call.function
        return asks_for_other_side(self._project, self._orders.closing, duty.call, callee, order)

    def _in_state(self, links: tuple[Link, ...], duty: Duty) -> tuple[tuple[Link, ...], Duty]:
        """What is known once all of a function is known to run in some states of a machine."""
        passages = self._states.of_handler(duty.call.function) if duty.guarded_at < 0 else ()
        if not passages:
            return links, duty
        if all(passage.status.mark is Mark.GUARDED for passage in passages):
            duty = duty._replace(guarded_at=len(links) - 1)
        return (*links[:-1], links[-1]._replace(passages=passages)), duty

    def _put(self, duty: Duty, links: tuple[Link, ...], put: Put, seen: Seen) -> Iterator[Duty]:
        """The duty of what puts an order into the queue that it is taken from."""
        calls = self._project.function(put.call.function).calls
        roots = names_in(put.value, calls) or None
        known = (duty.is_traced, None, duty.is_same, duty.dispatched)
        return handed_up(duty, Above(put.call, "queue", roots, *known), links, self._orders, seen)

    def _callers(self, duty: Duty) -> tuple[CallSite, ...]:
        """The calls of the function that ``duty`` stands in, as far as they can lead to it."""
        callers = callers_coming_to(self._project, duty.call, duty.dispatched)
        if duty.handed is None:
            return callers
        return handing_in(self._project, duty.handed, duty.call.function, callers)

    def _look(self, duty: Duty) -> tuple[Link, Duty]:
        """How the guard fared before the call of ``duty``, and the duty with what is now known."""
        ref = duty.call
        passages = self._guards.passages(ref.function, ref.call, duty.roots)
        bad = tuple(p for p in passages if p.status.is_past_guard)
        if bad:
            within = () if duty.below else self._handed(ref)
            passages = self._states.before(ref) or within or passages
            bad = tuple(p for p in passages if p.status.is_past_guard)
        duty = self._told(duty)
        if duty.is_same and duty.closing_at < 0 and _is_reducing(passages):
            duty = duty._replace(closing_at=len(duty.below), is_told=True)
        if passages and not bad and duty.guarded_at < 0:
            duty = duty._replace(guarded_at=len(duty.below))
        if bad and not duty.is_traced:
            bad = (Passage(Status(Mark.NONE), None),)
        link = Link(ref, duty.via, bad or passages, duty.is_same, duty.roots)
        is_anew = any(passage.status.is_anew for passage in bad)
        return link, duty._replace(roots=MADE_WITHIN) if is_anew else duty

    def _told(self, duty: Duty) -> Duty:
        """``duty`` with what its call and its function say of opening or closing a position."""
        if duty.closing_at >= 0 and duty.closing_at == len(duty.below) - 1:
            is_sell = self._orders.is_order(duty.call) and self._is_spot_sell(duty)
            return duty._replace(closing_at=len(duty.below)) if is_sell else duty
        if duty.closing_at >= 0 or not duty.is_same:
            return duty
        closes = duty._replace(closing_at=len(duty.below), is_told=True)
        closing = self._orders.closing
        if closing.has_reduce_only(duty.call):
            return closes
        if closing.is_closing_function(duty.call.function) and not self._is_opening_below(duty):
            return closes
        if is_in_closing_branch(self._project, closing, duty.call):
            return closes
        is_placing = self._orders.is_order(duty.call)
        if not duty.below and not is_placing:
            return closes  # It is there because it closes.
        if is_placing and closing.is_reducing(duty.call):
            return closes
        if not is_placing and closing.has_protective_type(duty.call):
            return closes
        if duty.via == "call" and duty.below and self._sells_holding(duty):
            return closes
        side = closing.side(duty.call) if not duty.is_told else ""
        if not duty.is_told and self._is_spot_sell(duty):
            return closes
        if is_placing and closing.is_of_other_side(duty.call.function, side):
            return closes
        return duty._replace(is_told=duty.is_told or side == "buy")

    def _is_opening_below(self, duty: Duty) -> bool:
        """Whether a function nearer to the order is named for opening a position: then that is
        what it does for a caller that is named for an exit, too."""
        role = self._project.vocabulary.roles["opens-position"]
        functions = (self._project.function(link.call.function) for link in duty.below)
        return any(role.plays_name(one.name) for one in functions)

    def _sells_holding(self, duty: Duty) -> bool:
        """Whether a call hands what is held to a function that sells it."""
        closing = self._orders.closing
        if not any(closing.side(link.call) == "sell" for link in duty.below if link.is_same):
            return False
        return closing.hands_holding(duty.call, duty.below[-1].call.function)

    def _is_spot_sell(self, duty: Duty) -> bool:
        """Whether a call sells, where only what is held can be sold."""
        closing = self._orders.closing
        calls = (duty.call, *(link.call for link in duty.below))
        files = frozenset(call.function.source for call in calls)
        is_sell = closing.side(duty.call) == "sell"
        return is_sell and (closing.is_spot() or closing.is_spot_along(files))


def _decided(duty: Duty, link: Link) -> Duty:
    """``duty`` with what ``link``, the last one below it, tells."""
    is_yes = not any(one.status.is_past_guard for one in link.passages)
    return duty._replace(guarded_at=len(duty.below)) if is_yes else duty


def _is_reducing(passages: tuple[Passage, ...]) -> bool:
    """Whether an order reduces a position on every way to it."""
    return bool(passages) and all(one.status.is_reducing for one in passages)
