"""On every path from every entry point to an order, a guard has completed and said yes.

One order gets one finding, at its outermost call, or where the verdict is lost: at the preflight
whose verdict nobody heeds, or at the handler that goes on after it failed. Where nothing plays the
guard's role at all, that is said once, at the first order, with all others as related places; but
before that, calls and comparisons are taken for guards that do what guards do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from botlint.checks.deeds import Basis
from botlint.checks.duty import Chain, DutyWalk
from botlint.checks.guards import Guards
from botlint.checks.orders import Orders
from botlint.checks.states import Mark
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import CallRef, Project


class Answer(NamedTuple):
    """What one run of the duty walk found for one set of roles."""

    open_chains: tuple[Chain, ...]
    guarded: tuple[Chain, ...]
    closing: tuple[Chain, ...]


def check_guarded(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """Hits of one report: ``unguarded``, ``verdict-ignored``, ``fails-open``, ``unguarded-peer``
    or ``blocks-close``, for the guards of the roles ``guard``."""
    report = _REPORTS[parameters["report"]]
    return report(Asked(project, tuple(parameters["guard"])))


class Asked:
    """One set of guard roles asked of a project."""

    def __init__(self, project: Project, roles: tuple[str, ...]) -> None:
        self.project = project
        self.roles = roles
        self.orders = project.answer(("orders",), lambda: Orders(project))
        basis = Basis.LIMIT if roles == ("preflight",) else Basis.ROLE
        self.guards = project.answer(("guards", roles), lambda: Guards(project, roles, basis))
        self.answer = project.answer(("answer", roles), self._walk)

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

    def anchor(self, chain: Chain) -> CallRef | None:
        """The outermost order call of a chain; ``None`` where the chain never leaves a function
        that places orders by its own name."""
        if self.orders.is_inside_order(chain.links[-1].call.function):
            return None
        anchor: CallRef | None = None
        for link in chain.links:
            if link.via in _APART:
                break
            if self.orders.is_order(link.call):
                anchor = link.call
        return anchor

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
        if chain.entry is not None and chain.entry.kind == "uncalled":
            return bool(self.guards.calls)
        return self.guards.is_reached_from(chain.links[-1].call.function)

    def is_guarded_by_deed(self, anchor: CallRef) -> bool:
        """Whether calls or comparisons guard an order by what they do, on every chain to it."""
        return self.project.answer(("deeds", self.roles), self._walk_deeds).get(anchor, False)

    def _walk_deeds(self) -> dict[CallRef, bool]:
        guards = Guards(self.project, self.roles, Basis.DEED)
        walk = DutyWalk(self.project, self.orders, guards)
        found: dict[CallRef, bool] = {}
        for leaf in self.orders.leaves:
            for chain in walk.chains(leaf):
                anchor = self.anchor(chain)
                if anchor is not None and not chain.is_closing:
                    found[anchor] = found.get(anchor, True) and chain.guarded_at >= 0
        return found

    def _walk(self) -> Answer:
        walk = DutyWalk(self.project, self.orders, self.guards)
        chains = [chain for leaf in self.orders.leaves for chain in walk.chains(leaf)]
        opening = [chain for chain in chains if not chain.is_closing]
        return Answer(
            tuple(chain for chain in opening if chain.guarded_at < 0),
            tuple(chain for chain in opening if chain.guarded_at >= 0),
            tuple(chain for chain in chains if chain.is_closing),
        )


def _unguarded(asked: Asked) -> Iterable[Hit]:
    """ORD001: no guard for the order completed on some path."""
    alone: list[tuple[CallRef, Chain]] = []
    for anchor, chain in asked.opening():
        if chain.worst().status.mark is not Mark.NONE:
            continue
        if asked.is_played(chain):
            yield _hit(asked, anchor, chain)
        else:
            alone.append((anchor, chain))
    unplayed = [pair for pair in alone if not asked.is_guarded_by_deed(pair[0])]
    if unplayed:
        yield _once(asked, unplayed)


def _ignored(asked: Asked) -> Iterable[Hit]:
    """ORD002: the guard ran, and its verdict did not decide."""
    for anchor, chain in asked.opening():
        worst = chain.worst()
        if worst.status.mark is Mark.RAN and worst.step is not None:
            hit = _hit(asked, anchor, chain, worst.step.place)
            yield _weakened(hit) if worst.status.is_unknown_outcome else hit


def _opened(asked: Asked) -> Iterable[Hit]:
    """ORD003: the guard failed, and a handler went on to the order; once for each handler."""
    found: dict[Place, list[tuple[CallRef, Chain]]] = {}
    for anchor, chain in asked.opening():
        worst = chain.worst()
        if worst.status.mark is Mark.OPEN and worst.step is not None:
            found.setdefault(worst.step.place, []).append((anchor, chain))
    for place, pairs in sorted(found.items()):
        related = tuple(_named(asked, anchor) for anchor, _ in pairs[1:])
        yield _hit(asked, *pairs[0], place, related)


def _peers(asked: Asked) -> Iterable[Hit]:
    """ORD013: a gate guards another opening order that the same entry point reaches."""
    guarded = {asked.anchor(chain): chain for chain in asked.answer.guarded}
    for anchor, chain in asked.opening():
        peers = [
            ref
            for ref, peer in guarded.items()
            if ref is not None and ref != anchor and _top(peer) == _top(chain)
        ]
        if peers:
            yield _hit(asked, anchor, chain, None, (_named(asked, min(peers)),))


def _top(chain: Chain) -> FunctionRef:
    """The entry point of a chain; a thread is one of its own."""
    for below, link in zip(chain.links, chain.links[1:], strict=False):
        if link.via == "thread":
            return below.call.function
    return chain.links[-1].call.function


def _blocked(asked: Asked) -> Iterable[Hit]:
    """ORD014: a guard also stops orders that close a position; once for each guard."""
    found: dict[tuple[str, int], list[tuple[Place, Chain]]] = {}
    for chain in asked.answer.closing:
        for link in chain.links[: chain.closing_at + 1]:
            for passage in link.passages:
                if passage.status.mark is Mark.GUARDED and passage.step is not None:
                    place = passage.step.place
                    line = (place.path, place.span.line)
                    found.setdefault(line, []).append((place, chain))
    for _, pairs in sorted(found.items()):
        place, chain = min(pairs, key=lambda pair: (len(pair[1].links), pair[0]))
        anchor = asked.anchor(chain) or chain.links[0].call
        yield _hit(asked, anchor, chain, place)


def _hit(
    asked: Asked,
    anchor: CallRef,
    chain: Chain,
    place: Place | None = None,
    related: tuple[Step, ...] = (),
) -> Hit:
    project = asked.project
    where = project.call_place(anchor) if place is None else place
    entry = chain.entry
    is_script = entry is not None and entry.kind == "script"
    is_uncalled = entry is not None and entry.kind == "uncalled"
    guard = asked.guard_named(chain, where)
    return Hit(
        place=where,
        saw={
            "order": project.written(anchor),
            "guard": guard or " or ".join(asked.roles),
            "function": project.program.display(anchor.function),
            "entry": entry.text if entry is not None else "",
        },
        confidence=Confidence.HIGH if chain.is_told else Confidence.MEDIUM,
        trace=_trace(asked, chain),
        related=related,
        cause=f"{where.path}:{where.span.line}",
        symbol=project.program.display(anchor.function),
        mitigation=3 if is_script else 1 if is_uncalled else 0,
    )


def _once(asked: Asked, pairs: list[tuple[CallRef, Chain]]) -> Hit:
    """Nothing plays the role: one hit for the program, at its first order."""
    anchor, chain = pairs[0]
    hit = _hit(asked, anchor, chain)
    related = tuple(_named(asked, other) for other, _ in pairs[1:])
    return _with(hit, related=related, confidence=Confidence.MEDIUM)


def _weakened(hit: Hit) -> Hit:
    return _with(hit, confidence=Confidence.MEDIUM)


def _with(hit: Hit, **changes: Any) -> Hit:
    fields = {name: getattr(hit, name) for name in hit.__struct_fields__}
    return Hit(**{**fields, **changes})


def _named(asked: Asked, anchor: CallRef) -> Step:
    return Step(asked.project.call_place(anchor), f"`{asked.project.written(anchor)}`")


def _trace(asked: Asked, chain: Chain) -> tuple[Step, ...]:
    """From the entry point down to the order, with what became of the guard on the way."""
    project = asked.project
    steps: list[Step] = []
    if chain.entry is not None:
        steps.append(Step(chain.entry.place, chain.entry.text))
    for link in reversed(chain.links):
        reason = max(link.passages, key=lambda p: _REACH[p.status.mark], default=None)
        if reason is not None and reason.step is not None:
            steps.append(reason.step)
        verb = "places the order" if link is chain.links[0] else _VERBS.get(link.via, "calls")
        text = (
            f"`{project.program.display(link.call.function)}` {verb} `{project.written(link.call)}`"
        )
        steps.append(Step(project.call_place(link.call), text))
    return tuple(steps)


_APART = frozenset({"topic", "thread"})
"""What stands above one of these asks for an order; the order itself is placed below."""

_VERBS = {
    "topic": "publishes to the subscriber by",
    "thread": "starts a thread by",
    "task": "starts a task by",
    "callback": "hands a function to",
    "table": "calls a function from a table by",
}
_REACH = {Mark.GUARDED: 0, Mark.NONE: 1, Mark.RAN: 2, Mark.OPEN: 3}


def _reach(chain: Chain) -> tuple[int, int]:
    return (_REACH[chain.worst().status.mark], -len(chain.links))


_REPORTS: dict[str, Callable[[Asked], Iterable[Hit]]] = {
    "unguarded": _unguarded,
    "verdict-ignored": _ignored,
    "fails-open": _opened,
    "unguarded-peer": _peers,
    "blocks-close": _blocked,
}
