"""On every path from every entry point to an order, a guard has completed and said yes.

One order gets one finding, at its outermost call, or where the verdict is lost: at the preflight
whose verdict nobody heeds, or at the handler that goes on after it failed. Where nothing plays the
guard's role at all, that is said once, at the first order, with all others as related places; but
before that, calls and comparisons are taken for guards that do what guards do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from botlint.checks.guards.asked import Asked, top_of
from botlint.checks.guards.banned import find_banned
from botlint.checks.guards.blocking import find_blocking
from botlint.checks.guards.chains import Chain
from botlint.checks.guards.common_ways import by_common_way
from botlint.checks.guards.gated import gates_of
from botlint.checks.guards.lenient_gates import (
    find_lenient_gates,
    find_lenient_preflights,
    run_by,
)
from botlint.checks.guards.lenient_wrappers import find_lenient_wrappers
from botlint.checks.guards.open_gates import find_open_gates
from botlint.checks.guards.passages import Passage
from botlint.checks.guards.priced import find_unpriced
from botlint.checks.guards.quantised import find_unquantised
from botlint.checks.guards.replacing import is_replacing
from botlint.checks.guards.robbed import swallowed_before
from botlint.checks.guards.siblings import find_siblings
from botlint.checks.guards.states import Mark
from botlint.checks.guards.telling import (
    beside_deed,
    beside_gates,
    going_on,
    is_one_off,
    named,
    tell,
    tell_once,
    weakened,
    without_guards,
)
from botlint.checks.guards.uncancelled import find_uncancelled
from botlint.checks.guards.unheeded import find_unheeded
from botlint.checks.guards.unproven import find_unproven
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import CallRef, Project


def check_guarded(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """Hits of one report: ``unguarded``, ``verdict-ignored``, ``fails-open``, ``unguarded-peer``,
    ``blocks-close``, ``unpriced``, ``banned``, ``unguarded-sibling``, ``unquantised``,
    ``uncancelled`` or ``unproven-price``, for the guards of the roles ``guard`` (of a sibling: for
    those that have no role)."""
    report = _REPORTS[parameters["report"]]
    return report(Asked(project, tuple(parameters["guard"])))


def _unguarded(asked: Asked) -> Iterable[Hit]:
    """ORD001: no guard for the order completed on some path. Where a clause has swallowed the abort
    that was to stop it, that is the cause. Where it is guarded by what something does that no name
    tells, while others are by name, that is told less surely."""
    alone: list[tuple[CallRef, Chain]] = []
    played: list[tuple[CallRef, Chain]] = []
    for anchor, chain in asked.opening():
        if chain.worst().status.mark is not Mark.NONE:
            continue
        if is_replacing(asked.project, asked.orders.closing, chain):
            continue
        clause = swallowed_before(asked.project, chain)
        if clause is not None:
            cause = f"{clause.path}:{clause.span.line}"
            yield msgspec.structs.replace(tell(asked, anchor, chain), cause=cause)
        elif asked.is_played(chain):
            played.append((anchor, chain))
        else:
            alone.append((anchor, chain))
    for (anchor, chain), *others in by_common_way(asked, played):
        deed = asked.guarded_by_deed(anchor)
        related = tuple(named(asked, other) for other, _ in others)
        hit = tell(asked, anchor, chain, None, related)
        yield hit if deed is None else beside_deed(hit, deed)
    told = [(anchor, asked.open_by_deed(anchor, chain)) for anchor, chain in alone]
    unplayed = [(anchor, chain) for anchor, chain in told if chain is not None]
    for is_apart in (False, True):
        alike = [pair for pair in unplayed if is_one_off(asked, pair[1]) is is_apart]
        if alike:
            gates = gates_of(asked.project, [anchor for anchor, _ in alike])
            yield beside_gates(tell_once(asked, alike), gates)


def _ignored(asked: Asked) -> Iterable[Hit]:
    """ORD002: the guard ran, and its verdict did not decide; once for each guard."""
    for hit, passages in _by_place(asked, Mark.RAN):
        is_unknown = all(passage.status.is_unknown_outcome for passage in passages)
        yield weakened(hit) if is_unknown else hit
    yield from find_unheeded(asked)


def _opened(asked: Asked) -> Iterable[Hit]:
    """ORD003: the guard failed, and a handler went on to the order, or a clause within the guard to
    a yes; once for each of them."""
    found = [going_on(hit, hit.saw["guard"]) for hit, _ in _by_place(asked, Mark.OPEN)]
    yield from found
    yield from find_lenient_preflights(asked)
    yield from find_lenient_wrappers(asked, {hit.place for hit in found})


def _by_place(asked: Asked, mark: Mark) -> Iterable[tuple[Hit, list[Passage]]]:
    """One hit for each place that lets orders pass by ``mark``: at the first of these orders, with
    the others as related places; and how each of them is reached."""
    found: dict[Place, list[tuple[CallRef, Chain]]] = {}
    for anchor, chain in asked.opening():
        worst = chain.worst()
        if worst.status.mark is mark and worst.step is not None:
            found.setdefault(worst.step.place, []).append((anchor, chain))
    for place, pairs in sorted(found.items()):
        related = tuple(named(asked, anchor) for anchor, _ in pairs[1:])
        hit = tell(asked, *pairs[0], place, related)
        yield hit, [chain.worst() for _, chain in pairs]


def _peers(asked: Asked) -> Iterable[Hit]:
    """ORD013: a gate guards another opening order that the same entry point reaches, or the order
    passes the gate where that fails."""
    told: set[tuple[CallRef, Place]] = set()
    guarded = {asked.anchor(chain): chain for chain in asked.answer.guarded}
    for anchor, chain in asked.opening():
        peers = [
            ref
            for ref, peer in guarded.items()
            if ref is not None and ref != anchor and top_of(peer) == top_of(chain)
        ]
        gate = _gate_of(asked, guarded[min(peers)]) if peers else None
        if peers and not (gate and _is_told_before(asked.project, anchor, gate)):
            name = asked.project.written(gate) if gate else chain.worst().guard
            shown = chain if _is_of(chain, name) else without_guards(chain)
            hit = tell(asked, anchor, shown, None, (named(asked, min(peers)),))
            order, others = hit.saw["order"], "which guards other orders of this program"
            what = f"`{order}` is placed without `{name}`, {others}"
            told.update((anchor, step.place) for step in hit.trace)
            yield msgspec.structs.replace(hit, saw={**hit.saw, "guard": name, "what": what})
    yield from _failing_open(asked, told)


def _failing_open(asked: Asked, told: set[tuple[CallRef, Place]]) -> Iterator[Hit]:
    """What lets an order pass when a gate fails. Where the gate itself says yes then, who asks it
    and goes on when the rest fails does what it does: that is told with it."""
    lenient = list(find_lenient_gates(asked))
    sure = {gate: hit for gate, hit in lenient if hit.confidence is Confidence.HIGH}
    also: dict[FunctionRef, list[Step]] = {}
    opened = list(find_open_gates(asked, told))
    for call, hit in opened:
        gates = run_by(asked, call)
        if gates and sure.keys() >= set(gates):
            step = Step(hit.place, f"what fails beside `{hit.saw['guard']}` goes on here, too")
            also.setdefault(gates[0], []).extend((step, *hit.related))
        else:
            yield hit
    for gate, hit in lenient:
        more = also.pop(gate, []) if sure.get(gate) is hit else []
        yield msgspec.structs.replace(hit, related=(*hit.related, *more))
    yield from find_lenient_wrappers(asked, {hit.place for _, hit in opened})


def _is_of(chain: Chain, name: str) -> bool:
    """Whether what became of a guard on a chain is told of the one of that name."""
    guards = {passage.guard for link in chain.links for passage in link.passages}
    return name.rpartition(".")[2] in {one.rpartition(".")[2] for one in guards}


def _gate_of(asked: Asked, chain: Chain) -> CallRef | None:
    """The gate that guards a chain, if a call is one; of several the first that it runs."""
    link = chain.links[chain.guarded_at]
    calls = [one.status.call for one in link.passages]
    if calls and calls[0] >= 0:
        return CallRef(link.call.function, calls[0])
    functions = {link.call.function for link in chain.links}
    return next((ref for ref in asked.guards.calls if ref.function in functions), None)


def _is_told_before(project: Project, anchor: CallRef, gate: CallRef) -> bool:
    """Whether a gate is a preflight too, so that an order without any is told of that alone."""
    if not project.plays(gate, "preflight"):
        return False
    return anchor in project.answer(("without preflight",), lambda: _without_preflight(project))


def _without_preflight(project: Project) -> frozenset[CallRef]:
    return frozenset(anchor for anchor, _ in Asked(project, ("preflight",)).opening())


_REPORTS: dict[str, Callable[[Asked], Iterable[Hit]]] = {
    "unguarded": _unguarded,
    "verdict-ignored": _ignored,
    "fails-open": _opened,
    "unguarded-peer": _peers,
    "blocks-close": find_blocking,
    "unpriced": find_unpriced,
    "banned": find_banned,
    "unguarded-sibling": find_siblings,
    "unquantised": find_unquantised,
    "uncancelled": find_uncancelled,
    "unproven-price": find_unproven,
}
