"""From ``bus.publish("topic", ...)`` to what ``bus.subscribe("topic", f)`` registers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from botlint.facts.types import Call, Constant, Expression, Lambda, Name, Result
from botlint.flow.index import CallNumber, Index
from botlint.flow.names import FunctionRef
from botlint.flow.values import Func, Partial

if TYPE_CHECKING:
    from botlint.flow.receivers import Receivers

_SUBSCRIBING = frozenset(
    {"subscribe", "on", "register", "add_listener", "add_handler", "register_handler", "listen"}
    | {"add_callback", "register_callback", "add_event_handler", "add_subscriber", "once", "bind"}
    | {"add_event_listener", "register_listener", "subscribe_async", "on_event", "connect"}
)
_PUBLISHING = frozenset(
    {"publish", "emit", "fire", "dispatch", "send", "notify", "trigger", "broadcast", "post"}
    | {"publish_event", "emit_event", "send_event", "fire_event", "dispatch_event", "publish_async"}
    | {"emit_async", "put_event", "raise_event", "publish_sync", "emit_sync"}
)
_TOPIC_WORDS = frozenset({"topic", "event", "event_type", "name", "channel", "type", "signal"})


class Registration(NamedTuple):
    """A function registered under a topic; ``topic`` is empty where it can't be told."""

    site: CallNumber
    topic: str
    value: Expression


class Topics:
    """The topics of a program."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def is_registration(self, ref: FunctionRef, number: int) -> bool:
        """Whether a call registers under a topic that some call publishes: then the registered
        function is reached through the topic, and not through the tables of the bus."""
        return (ref, number) in self._matched

    def subscribers(
        self, ref: FunctionRef, number: int, receivers: Receivers
    ) -> tuple[FunctionRef, ...]:
        """The functions that a publishing call runs."""
        topic = self._published.get((ref, number))
        if not topic:
            return ()
        found: dict[FunctionRef, None] = {}
        for registration in self._by_topic.get(topic, ()):
            function, _ = registration.site
            for value in receivers.values(function, registration.value):
                while type(value) is Partial:
                    value = value.value
                if type(value) is Func:
                    found[value.ref] = None
        for function in self._decorated.get(topic, ()):
            found[function] = None
        return tuple(found)

    @cached_property
    def registrations(self) -> tuple[Registration, ...]:
        """All functions that are handed to something like ``subscribe``."""
        found: list[Registration] = []
        for segment in sorted(_SUBSCRIBING & self._index.calls_by_segment.keys()):
            for ref, number in self._index.calls_by_segment[segment]:
                call = self._index.call(ref, number)
                topic, rest = _topic_of(call)
                found.extend(
                    Registration((ref, number), topic, value)
                    for value in rest
                    if type(value) in (Name, Lambda) or _is_partial(value, self._index, ref)
                )
        return tuple(found)

    @cached_property
    def publishing(self) -> tuple[CallNumber, ...]:
        """The calls that publish a topic that somebody subscribes to."""
        return tuple(self._published)

    @cached_property
    def _by_topic(self) -> dict[str, list[Registration]]:
        found: dict[str, list[Registration]] = {}
        for registration in self.registrations:
            if registration.topic:
                found.setdefault(registration.topic, []).append(registration)
        return found

    @cached_property
    def _decorated(self) -> dict[str, list[FunctionRef]]:
        """Functions under ``@bus.on("topic")``."""
        found: dict[str, list[FunctionRef]] = {}
        for ref in self._index.functions():
            function = self._index.function(ref)
            for decorator in function.decorators:
                if type(decorator) is not Result:
                    continue
                parent = self._index.parent(ref) or ref
                call = self._index.call(parent, decorator.call)
                name = call.func.path if type(call.func) is Name else ""
                topic, _ = _topic_of(call)
                if topic and name.rpartition(".")[2] in _SUBSCRIBING:
                    found.setdefault(topic, []).append(ref)
        return found

    @cached_property
    def _published(self) -> dict[CallNumber, str]:
        found: dict[CallNumber, str] = {}
        for segment in sorted(_PUBLISHING & self._index.calls_by_segment.keys()):
            for ref, number in self._index.calls_by_segment[segment]:
                topic, _ = _topic_of(self._index.call(ref, number))
                if topic and (topic in self._by_topic or topic in self._decorated):
                    found[ref, number] = topic
        return found

    @cached_property
    def _matched(self) -> frozenset[CallNumber]:
        topics = set(self._published.values())
        return frozenset(one.site for one in self.registrations if one.topic in topics)


def _topic_of(call: Call) -> tuple[str, tuple[Expression, ...]]:
    """The topic a call names, and its other arguments."""
    named = [value for name, value in call.keywords if name in _TOPIC_WORDS]
    others = tuple(value for name, value in call.keywords if name not in _TOPIC_WORDS)
    if named:
        return _topic_name(named[0]), (*call.args, *others)
    if call.args:
        return _topic_name(call.args[0]), (*call.args[1:], *others)
    return "", others


def _topic_name(value: Expression) -> str:
    """A literal, or the dotted name of a constant or of a member of an enumeration."""
    if type(value) is Constant and isinstance(value.value, str):
        return f"'{value.value}'"
    if type(value) is Name:
        parts = value.path.removesuffix(".value").split(".")
        if parts[-1].isupper():
            return ".".join(parts[-2:]) if len(parts) > 1 else parts[0]
        if parts[-1][:1].isupper():
            return parts[-1]
    return ""


def _is_partial(value: Expression, index: Index, ref: FunctionRef) -> bool:
    if type(value) is not Result:
        return False
    func = index.call(ref, value.call).func
    return type(func) is Name and func.path.rpartition(".")[2] == "partial"
