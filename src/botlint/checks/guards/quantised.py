"""Prices and amounts that reach the exchange without being rounded to what it takes.

Only of programs that round the price or the amount of some order.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.followed import Followed, State
from botlint.checks.guards.following import Following
from botlint.checks.guards.one_way import follow_ways
from botlint.checks.guards.slots import is_reference, slots_of
from botlint.checks.guards.unrounded import Sent, find_unrounded
from botlint.checks.reads import last_segment
from botlint.checks.weight import weigh
from botlint.facts.types import Expression
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

_ROUNDING = frozenset({"round", "floor", "ceil", "trunc", "quantize"})


def find_unquantised(asked: Asked) -> Iterator[Hit]:
    """Each order that gets a raw price or amount, in a program that rounds those of another."""
    follow = Following(asked)
    raw: list[tuple[CallRef, str, Followed]] = []
    sent: list[Sent] = []
    is_idle = _has_idle_quantiser(asked.project)
    is_quantising = is_idle or bool(asked.project.calls_playing("quantise"))
    for order in asked.orders.leaves if is_quantising else ():
        if _rounds_itself(asked.project, order):
            continue
        slots = [
            (slot, value, _follow(asked.project, follow, order, value))
            for slot, value in slots_of(asked.project, order)
        ]
        is_half = any(found.state is State.ROUNDED for _, _, found in slots)
        # What nobody gives is unknown, but where the same order's other value was rounded.
        least = State.GIVEN if is_half else State.RAW
        raw += [
            (order, slot, found)
            for slot, value, found in slots
            if found.state >= least and not is_reference(asked.project, order, slot, value)
        ]
        sent += [
            Sent(order, slot, value, found.state is State.ROUNDED)
            for slot, value, found in slots
            if not found.is_cut
        ]
    for one, step in find_unrounded(asked.project, sent):
        if is_reference(asked.project, one.order, one.slot, one.value):
            continue
        raw.append((one.order, one.slot, Followed(State.GIVEN, (step,))))
    told: set[CallRef] = set()
    is_rounding = is_idle or any(one.is_rounded for one in sent)
    for order, slot, found in raw:
        if order not in told and (is_rounding or found.state is State.LEFT_OUT):
            told.add(order)
            yield weigh(asked.project, order.function, _hit(asked, order, slot, found))


def _follow(project: Project, follow: Following, order: CallRef, value: Expression) -> Followed:
    found = follow.value(order.function, value, 0)
    if found.state is not State.ROUNDED:
        return found
    return follow_ways(project, follow, order, value) or found


def _has_idle_quantiser(project: Project) -> bool:
    """Whether the program has a quantiser of its own that nothing calls: its orders go past it."""
    program = project.program
    return any(
        project.function_plays(ref, "quantise") and not program.callers(ref)
        for ref in program.functions()
    )


def _rounds_itself(project: Project, order: CallRef) -> bool:
    """Whether the function of the program that sends the order rounds what it gets."""
    within = project.program.callees(order.function, order.call)
    return any(
        last_segment(call.func) in _ROUNDING or project.plays(CallRef(ref, number), "quantise")
        for ref in within
        for number, call in enumerate(project.function(ref).calls)
    )


def _hit(asked: Asked, order: CallRef, slot: str, found: Followed) -> Hit:
    project = asked.project
    place = project.call_place(order)
    name = project.program.display(order.function)
    written = project.written(order)
    return Hit(
        place=place,
        saw={"order": written, "what": f"`{slot}`", "function": name},
        confidence=Confidence.MEDIUM,
        trace=(*found.trace, Step(place, f"`{written}` sends `{slot}` as it is")),
        cause=f"quantised:{place.path}:{place.span.line}",
        symbol=name,
        mitigation=1 if found.state in (State.GIVEN, State.LEFT_OUT) else 0,
    )
