"""Structured events about orders that go without the value in scope, though others of their sink
carry it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from botlint.checks.orders.orders import PLACE
from botlint.checks.roots import names_in, origins_of, receiver_of
from botlint.checks.values.bound import is_bound_around
from botlint.checks.values.flow import Value
from botlint.checks.values.handed import is_handed
from botlint.checks.values.payloads import Payload, payload_of
from botlint.checks.values.scope import Carried, is_same
from botlint.checks.values.unread import is_read_in
from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Step
from botlint.patterns import normalise_segment
from botlint.project import CallRef

_SINK = "event-sink"
_LOG = "log"
_SUBJECT = "order-event"

FEWEST = 2
"""Events that have this many keys in common are about one thing."""

Sink = tuple[str, object]


class _Event(NamedTuple):
    call: CallRef
    payload: Payload


def find_bare_events(carried: Carried) -> Iterator[Hit]:
    """A hit for each event about an order without the value that another event of its sink has."""
    for sink, events in _events_by_sink(carried).items():
        carrying = [event for event in events if any(map(carried.plays, event.payload.keys))]
        if not carrying:
            continue
        for event in events:
            if event in carrying:
                continue
            peers = carrying
            if not _is_about_order(carried, event.payload):
                peers = [peer for peer in carrying if _tells_as_much(carried, event, peer)]
            found = _missing(carried, event, peers)
            if found is not None:
                sure = Confidence.HIGH if sink[0] == "function" else Confidence.MEDIUM
                yield _hit(carried, event, *found, sure)


def _events_by_sink(carried: Carried) -> Mapping[Sink, list[_Event]]:
    project = carried.project
    found: dict[Sink, list[_Event]] = {}
    calls = {*project.calls_playing(_SINK), *project.calls_playing(_LOG)}
    for call in sorted(calls):
        if project.plays(call, PLACE):
            continue
        payload = payload_of(project, call)
        if payload is not None:
            found.setdefault(_sink_of(carried, call), []).append(_Event(call, payload))
    return found


def _sink_of(carried: Carried, call: CallRef) -> Sink:
    """What makes two calls calls of one sink: what they run; else how they are written, of a
    logger in one file."""
    resolution = carried.project.program.resolution(call.function, call.call)
    if resolution.kind in ("exact", "unique-name") and resolution.callees:
        return "function", resolution.callees[0]
    if not carried.project.plays(call, _SINK):
        return "log", call.function.source
    segments = [normalise_segment(one) for one in carried.project.written(call).split(".")]
    return "name", tuple(segments[-2:])


def _is_about_order(carried: Carried, payload: Payload) -> bool:
    names = carried.project.vocabulary.roles[_SUBJECT]
    return any(names.plays_name(word) for word in payload.words)


def _tells_as_much(carried: Carried, event: _Event, peer: _Event) -> bool:
    """Whether an event is about what another one is about: it has all its keys but for the value's,
    or tells of them where the function is given the value for nothing else."""
    keys = {key for key in peer.payload.keys if not carried.plays(key)}
    if not keys <= event.payload.keys or not keys:
        return False
    is_same_kind = keys == event.payload.keys and len(keys) >= FEWEST
    return is_same_kind or _is_given_for_nothing(carried, event.call.function)


def _is_given_for_nothing(carried: Carried, ref: FunctionRef) -> bool:
    """Whether a function takes the value and reads it nowhere."""
    given = [one for one in carried.project.function(ref).parameters if carried.plays(one.name)]
    plain = [one for one in given if one.kind not in ("*", "**")]
    return bool(plain) and not any(is_read_in(carried, ref, one.name) for one in plain)


def _missing(
    carried: Carried, event: _Event, carrying: list[_Event]
) -> tuple[Value, _Event] | None:
    """The value in scope that an event goes without, and an event that carries it."""
    ref = event.call.function
    function = carried.project.function(ref)
    state = carried.before_calls(ref).get(event.call.call, frozenset())
    for value in sorted(state):
        is_guessed = value.is_key and value.name not in carried.keys_of(ref, value.root)
        peer = _peer(value, carrying)
        if peer is None or is_guessed or is_handed(carried, event.call, value):
            continue
        receiver = names_in(receiver_of(carried.project.call(event.call)), function.calls)
        origins = origins_of(carried.project, ref)
        if value.path in origins.closure(receiver) or is_bound_around(carried, event.call, value):
            continue
        return value, peer
    return None


def _peer(value: Value, carrying: list[_Event]) -> _Event | None:
    for event in carrying:
        if any(is_same(value.name, key) for key in event.payload.keys):
            return event
    return None


def _hit(carried: Carried, event: _Event, value: Value, peer: _Event, sure: Confidence) -> Hit:
    project = carried.project
    ref: FunctionRef = event.call.function
    place = project.call_place(event.call)
    written = project.written(event.call)
    name = project.program.display(ref)
    key = next(key for key in sorted(peer.payload.keys) if is_same(value.name, key))
    start = project.place(ref, project.function(ref).span)
    return Hit(
        place=place,
        saw={"value": value.shown, "call": written, "what": "is not told", "function": name},
        confidence=Confidence.MEDIUM if value.is_key else sure,
        trace=(
            Step(start, f"`{name}` has `{value.shown}`"),
            Step(place, f"`{written}` tells of an order without it"),
            Step(project.call_place(peer.call), f"here the same sink is told `{key}`"),
        ),
        cause=f"carried:{place.path}:{place.span.line}:{place.span.column}",
        symbol=name,
    )
