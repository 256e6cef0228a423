"""Gates that fail open: when a risk gate or kill switch raises, a handler goes on to the order.

Each gate is asked about for itself. That another one stands before the same order is no reason:
what this one was to stop passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from functools import partial
from typing import NamedTuple

import msgspec

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain, Link
from botlint.checks.guards.passages import show_step
from botlint.checks.guards.paths import Walk
from botlint.checks.guards.question import (
    Guard,
    Question,
    leaves_nothing,
    makes_nothing,
    reads_nothing,
)
from botlint.checks.guards.states import Mark, Status, told_at_end
from botlint.checks.guards.telling import going_on, named, tell, without_guards
from botlint.facts.types import Function, Kind, Name
from botlint.flow.ways import nodes_leading, nodes_of_call
from botlint.model import Hit, Place, Step
from botlint.project import CallRef

_CATCHING = frozenset({Kind.EXCEPT, Kind.UNWIND, Kind.FINALLY})


class _Reached(NamedTuple):
    """An order that a handler leads to, by the call of ``link``."""

    anchor: CallRef
    chain: Chain
    link: Link
    step: Step


def find_open_gates(
    asked: Asked, told: Set[tuple[CallRef, Place]]
) -> Iterator[tuple[CallRef, Hit]]:
    """Each handler that goes on to an opening order when a gate fails, but for what is ``told`` of
    an order and its handler already; and that gate. Of several clauses of one ``try``, the first,
    with the others as related places."""
    found: dict[tuple[CallRef, tuple[int, int]], list[_Reached]] = {}
    for gate, one in _all_reached(asked):
        if (one.anchor, one.step.place) not in told:
            tried = _tried_at(asked, gate, one.step.place)
            found.setdefault((gate, tried), []).append(one)
    for (gate, _), orders in sorted(found.items()):
        yield gate, _hit(asked, gate, orders)


def _tried_at(asked: Asked, gate: CallRef, place: Place) -> tuple[int, int]:
    """The lines that a handler of a gate's function is for; its own, if it is no clause."""
    line = place.span.line
    nodes = asked.project.function(gate.function).nodes
    clauses = (one for one in nodes if one.kind is Kind.EXCEPT and one.span == place.span)
    return next((one.region for one in clauses), (line, line))


def _all_reached(asked: Asked) -> Iterator[tuple[CallRef, _Reached]]:
    for chain in (*asked.answer.open_chains, *asked.answer.guarded):
        anchor = asked.anchor(chain)
        if anchor is None:
            continue
        for link in chain.links:
            for gate, step in _opened(asked, link):
                yield gate, _Reached(anchor, chain, link, step)


def _hit(asked: Asked, gate: CallRef, orders: list[_Reached]) -> Hit:
    project = asked.project
    place, *clauses = sorted({one.step.place for one in orders})
    at_place = [one for one in orders if one.step.place == place]
    first = min(at_place, key=lambda one: (_is_idle(one.chain), one.anchor, len(one.chain.links)))
    others = sorted({one.anchor for one in orders} - {first.anchor}, key=project.call_place)
    alike = (Step(one, "what is caught here goes on, too") for one in clauses)
    related = (*alike, *(named(asked, one) for one in others))
    hit = tell(asked, first.anchor, without_guards(first.chain), place, related)
    trace = _led_by(hit.trace, first.step, project.call_place(first.link.call))
    return msgspec.structs.replace(going_on(hit, _name_of(asked, gate)), trace=trace)


def _name_of(asked: Asked, gate: CallRef) -> str:
    """What a gate is called: also one that is handed to what runs it in a thread."""
    roles = [asked.project.vocabulary.roles[role] for role in asked.roles]
    handed = (one.path for one in asked.project.call(gate).args if isinstance(one, Name))
    named = (path for path in handed if any(role.plays_call((path,)) for role in roles))
    return next(named, asked.project.written(gate))


def _is_idle(chain: Chain) -> bool:
    return chain.entry is None or chain.entry.kind == "uncalled"


def _led_by(trace: tuple[Step, ...], step: Step, onward: Place) -> tuple[Step, ...]:
    """A trace with the handler before the call to which it goes on."""
    at = next((n for n, one in enumerate(trace) if one.place == onward), len(trace))
    return trace if step in trace else (*trace[:at], step, *trace[at:])


def _opened(asked: Asked, link: Link) -> tuple[tuple[CallRef, Step], ...]:
    ref, number, roots = link.call.function, link.call.call, link.roots
    key = ("open gates", asked.roles, ref, number, roots)
    return asked.project.answer(key, lambda: tuple(_find_opened(asked, link)))


def _find_opened(asked: Asked, link: Link) -> Iterator[tuple[CallRef, Step]]:
    """The gates in the function of a link that guard its call, and that it also comes to from a
    handler which has caught their failure."""
    function = asked.project.function(link.call.function)
    leading = nodes_leading(function, nodes_of_call(function, link.call.call))
    for number in range(len(function.calls)):
        gate = CallRef(link.call.function, number)
        guard = asked.guards.at(gate)
        if guard is None or guard.lost is not None or asked.project.plays(gate, "preflight"):
            continue
        if not _may_be_caught(function, number, leading):
            continue
        statuses = statuses_of(asked, link, number, guard)
        if all(one.mark is not Mark.GUARDED for one in statuses):
            continue
        for status in sorted(one for one in statuses if one.mark is Mark.OPEN):
            step = show_step(asked.project, asked.guards.at, gate.function, status)
            if step is not None:
                yield gate, step


def statuses_of(asked: Asked, link: Link, number: int, guard: Guard) -> frozenset[Status]:
    """How call number ``number`` in the function of a link, taken for ``guard`` and asked about for
    itself, fares on the ways to the call of the link."""
    function = asked.project.function(link.call.function)
    targets = nodes_of_call(function, link.call.call)
    walk = Walk(function, _about(asked, link, number, guard), targets)
    return frozenset(told_at_end(state) for state in walk.reaching(targets))


def _may_be_caught(function: Function, call: int, leading: frozenset[int]) -> bool:
    line = function.calls[call].span.line
    nodes = (function.nodes[number] for number in leading)
    return any(
        node.kind in _CATCHING and node.region[0] <= line <= node.region[1] for node in nodes
    )


def _about(asked: Asked, link: Link, number: int, guard: Guard) -> Question:
    """The question about one gate only."""
    return asked.guards.question(link.call.function, link.roots)._replace(
        guard_at=partial(_only, number, guard),
        named_sign=reads_nothing,
        read_sign=reads_nothing,
        left_by=leaves_nothing,
        held=frozenset(),
        made_by=makes_nothing,
    )


def _only(number: int, guard: Guard, call: int) -> Guard | None:
    return guard if call == number else None
