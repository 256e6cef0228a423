"""One set of guard roles asked of a project: which orders are guarded, which are not, and why."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from botlint.checks.guards.chains import Chain, Link
from botlint.checks.guards.deeds import Basis
from botlint.checks.guards.duty import DutyWalk
from botlint.checks.guards.guards import Guards
from botlint.checks.guards.price_guards import PriceGuards
from botlint.checks.guards.sanity_guards import SanityGuards
from botlint.checks.guards.setting_guards import SettingGuards
from botlint.checks.guards.states import Mark, Status
from botlint.checks.orders.orders import Orders
from botlint.checks.orders.wrappers import is_endpoint, is_handing_on, is_wrapper
from botlint.flow.forwarding import outer_callers
from botlint.flow.names import FunctionRef
from botlint.model import Place
from botlint.project import CallRef, Project

_APART = frozenset({"queue", "topic", "thread"})
"""What stands above one of these asks for an order; the order itself is placed below."""


class Answer(NamedTuple):
    """What one run of the duty walk found for one set of roles."""

    open_chains: tuple[Chain, ...]
    guarded: tuple[Chain, ...]
    closing: tuple[Chain, ...]


class Asked:
    """One set of guard roles asked of a project."""

    def __init__(self, project: Project, roles: tuple[str, ...]) -> None:
        self.project = project
        self.roles = roles
        self.orders = project.answer(("orders",), lambda: Orders(project))
        self.guards = project.answer(("guards", roles), lambda: _guards(project, roles))

    @property
    def answer(self) -> Answer:
        """All chains of all orders."""
        return self.project.answer(("answer", self.roles), self._walk)

    def opening(self) -> list[tuple[CallRef, Chain]]:
        """For each unguarded opening order its chain that explains best, then the shortest.

        In the order of the program.
        """
        found: dict[CallRef, Chain] = {}
        for chain in self.answer.open_chains:
            anchor = self.anchor(chain)
            known = found.get(anchor) if anchor is not None else None
            if anchor is not None and (known is None or _reach(chain) > _reach(known)):
                found[anchor] = chain
        return sorted(found.items(), key=lambda pair: self.project.call_place(pair[0]))

    def links(self) -> list[Link]:
        """The calls by which opening orders are reached, each once."""
        found: dict[tuple[CallRef, frozenset[str] | None], Link] = {}
        for chain in (*self.answer.open_chains, *self.answer.guarded):
            for link in chain.links:
                found.setdefault((link.call, link.roots), link)
        return list(found.values())

    def anchor(self, chain: Chain) -> CallRef | None:
        """The outermost order call of a chain; ``None`` where the chain never leaves a function
        that wraps orders by its own name."""
        return None if self.is_wrapped(chain) else self._outermost(chain)

    def is_wrapped(self, chain: Chain) -> bool:
        """Whether a chain never leaves a function that wraps orders by its own name, so that who
        places them is not in the program."""
        first, *above = chain.links
        if above and above[0].via == "callback" and is_handing_on(self.project, first.call):
            return True
        top = chain.links[-1].call.function
        if not above and is_endpoint(self.project, chain.entry, first.call):
            return True
        if not self.orders.is_inside_order(top):
            return False
        return is_wrapper(self.project, top, chain.entry, chain.links[0].call)

    def wrapped(self) -> frozenset[CallRef]:
        """The orders in such functions, that are placed in no other way."""
        chains = [chain for part in self.answer for chain in part]
        wrapped = {self._outermost(one) for one in chains if self.is_wrapped(one)}
        placed = {link.call for one in chains if not self.is_wrapped(one) for link in one.links}
        return frozenset(one for one in wrapped if one is not None and one not in placed)

    def _outermost(self, chain: Chain) -> CallRef | None:
        anchor: CallRef | None = None
        for link in chain.links:
            if link.via in _APART or self._is_started(link):
                break
            if self.orders.is_order(link.call):
                anchor = link.call
        return anchor

    def _is_started(self, link: Link) -> bool:
        """Whether a task is started that does not belong to an order being placed here."""
        is_own = self.orders.is_order(link.call) or self.orders.is_inside_order(link.call.function)
        return link.via == "task" and not is_own

    def guard_named(self, chain: Chain, place: Place) -> str:
        """The name of the guard that a chain tells of, best of the one decided at ``place``."""
        passages = [passage for link in chain.links for passage in link.passages if passage.guard]
        at_place = [
            one.guard for one in passages if one.step is not None and one.step.place == place
        ]
        worst = chain.worst().guard
        return at_place[0] if at_place else worst

    def is_played(self, chain: Chain) -> bool:
        """Whether the guard's role is played in the program that the chain belongs to.

        A function that nothing calls could belong to any.
        """
        if not self.project.answer(("guarding", self.roles), self._is_guarding):
            return False
        if chain.entry is not None and chain.entry.kind == "uncalled":
            return True
        program = self.project.program
        question = ("programs that guard", self.roles)
        running = self.project.answer(question, lambda: program.reaches(self._running))
        return not running.isdisjoint(program.reaches(frozenset({chain.links[-1].call.function})))

    def open_by_deed(self, anchor: CallRef, chain: Chain) -> Chain | None:
        """A chain to an order, ``chain`` where none is known, on which no call or comparison guards
        it by what it does; ``None``: one does so on every chain."""
        chains = self._by_deed(anchor)
        is_guarded = chains and all(one.guarded_at >= 0 for one in chains)
        still = [one for one in chains if one.guarded_at < 0]
        return None if is_guarded else max(still, key=_plainness, default=chain)

    def guarded_by_deed(self, anchor: CallRef) -> Chain | None:
        """The chain that shows best how an order is guarded by what something does, if one is on
        every chain."""
        chains = self._by_deed(anchor)
        if not chains or any(one.guarded_at < 0 for one in chains):
            return None
        return max(chains, key=lambda one: (_reach(one)[1:], -one.guarded_at))

    def _by_deed(self, anchor: CallRef) -> list[Chain]:
        """All opening chains to an order, with what guards it by what it does."""
        leaves = self.project.answer(("leaves", self.roles), self._find_leaves)
        chains = (one for leaf in sorted(leaves[anchor]) for one in self._chains_by_deed(leaf))
        return [one for one in chains if not one.is_closing and self.anchor(one) == anchor]

    def _chains_by_deed(self, leaf: CallRef) -> tuple[Chain, ...]:
        walk = self.project.answer(("walk by deed", self.roles), self._walk_by_deed)
        return self.project.answer(("by deed", self.roles, leaf), lambda: tuple(walk.chains(leaf)))

    def _walk_by_deed(self) -> DutyWalk:
        guards = Guards(self.project, self.roles, Basis.DEED)
        return DutyWalk(self.project, self.orders, guards)

    def _find_leaves(self) -> dict[CallRef, set[CallRef]]:
        """The calls that send what each order call places."""
        found: dict[CallRef, set[CallRef]] = {}
        for chain in (*self.answer.open_chains, *self.answer.guarded):
            anchor = self.anchor(chain)
            if anchor is not None:
                found.setdefault(anchor, set()).add(chain.links[0].call)
        return found

    @cached_property
    def _running(self) -> frozenset[FunctionRef]:
        """What runs a call that plays the role; a preflight named for orders that close says
        nothing of others."""
        return frozenset(ref.function for ref in self.guards.calls if not self.is_of_exits(ref))

    def is_of_exits(self, ref: CallRef) -> bool:
        """Whether a call is a preflight or a gate that is named for orders that close."""
        name = self.project.written(ref).rpartition(".")[2]
        if not self.orders.closing.is_closing_name(name):
            return False
        plays = self.project.plays
        is_gate = plays(ref, "risk-gate") and not plays(ref, "kill-switch")
        return is_gate or plays(ref, "preflight")

    def _is_guarding(self) -> bool:
        """Whether what plays the role has to do with orders at all, somewhere: a function on the
        way to one runs it, or calls what runs it."""
        chains = (*self.answer.open_chains, *self.answer.guarded)
        links = [link for chain in chains for link in chain.links]
        if any(self._is_by_role(link, one.status) for link in links for one in link.passages):
            return True
        near = {link.call.function for link in links if link.call.function.index > 0}
        runs = self._running
        program = self.project.program
        callers = (site.function for ref in runs for site in outer_callers(program, ref))
        return not near.isdisjoint({*runs, *callers, *self.guards.reading})

    def _is_by_role(self, link: Link, status: Status) -> bool:
        """Whether something that plays the role was met on a way to an order, and not just a
        comparison."""
        if status.mark is Mark.NONE or status.call >= 0 or status.node < 0:
            return status.mark is not Mark.NONE
        return not self.guards.is_unnamed(link.call.function, status.node)

    def sells(self) -> Iterator[Chain]:
        """The chains of the orders that may be sells: some call of them says so."""
        walk = DutyWalk(self.project, self.orders, self.guards)
        for leaf in self.orders.leaves:
            if self.orders.closing.side(leaf) != "buy":
                yield from walk.chains(leaf)

    def closing_chains(self) -> tuple[Chain, ...]:
        """The chains of all that closes a position, orders and other calls."""
        question = ("closing chains", self.roles)
        return self.project.answer(question, lambda: (*self.answer.closing, *self._closed()))

    def _closed(self) -> Iterator[Chain]:
        """The chains of the calls that close a position and are no orders by their name."""
        walk = DutyWalk(self.project, self.orders, self.guards)
        for leaf in self.orders.closers():
            yield from walk.chains(leaf)

    def _walk(self) -> Answer:
        walk = DutyWalk(self.project, self.orders, self.guards)
        chains = [chain for leaf in self.orders.leaves for chain in walk.chains(leaf)]
        opening = [chain for chain in chains if not chain.is_closing]
        return Answer(
            tuple(chain for chain in opening if chain.guarded_at < 0),
            tuple(chain for chain in opening if chain.guarded_at >= 0),
            tuple(chain for chain in chains if chain.is_closing),
        )


def _guards(project: Project, roles: tuple[str, ...]) -> Guards:
    if roles == ("price-check",):
        return PriceGuards(project, roles)
    if roles == ("price-sanity",):
        return SanityGuards(project, roles)
    if roles == ("market-ban",):
        return SettingGuards(project, roles)
    return Guards(project, roles, Basis.LIMIT if roles == ("preflight",) else Basis.ROLE)


def top_of(chain: Chain) -> FunctionRef:
    """The entry point of a chain; a thread is one of its own."""
    for below, link in zip(chain.links, chain.links[1:], strict=False):
        if link.via == "thread":
            return below.call.function
    return chain.links[-1].call.function


def _plainness(chain: Chain) -> tuple[bool, tuple[int, bool, bool, int]]:
    """How well a chain shows that nothing guards an order: best where nothing ran at all."""
    return (chain.worst().status.mark is Mark.NONE, _reach(chain))


def _reach(chain: Chain) -> tuple[int, bool, bool, int]:
    is_live = chain.entry is not None and chain.entry.kind != "uncalled"
    return (chain.worst().status.mark, is_live, chain.is_told, -len(chain.links))
