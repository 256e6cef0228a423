"""Jobs: functions that a queue of a library runs elsewhere, for who asked for that.

``place.delay(order)`` and ``place.apply_async((order,))`` of Celery, ``place.send(order)`` of
Dramatiq, ``place.schedule((order,))`` of Huey, ``queue.enqueue(place, order)`` of RQ, and
``app.send_task("desk.place", (order,))`` lead to the function, with what it is handed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botlint.facts.types import Call, Constant, Expression, Operation, Result
from botlint.flow.index import CallNumber, Index
from botlint.flow.names import FunctionRef, split_member
from botlint.flow.values import Func

if TYPE_CHECKING:
    from botlint.flow.receivers import Receivers

_MEMBERS = frozenset(
    {"delay", "apply_async", "delay_on_commit", "apply_async_on_commit", "s", "si", "signature"}
    | {"send", "send_with_options", "schedule", "defer", "defer_async", "kiq", "remote", "spool"}
)
"""Members of a decorated function by which it is run elsewhere."""

_HANDED = {"enqueue": 0, "enqueue_call": 0, "enqueue_in": 1, "enqueue_at": 1}
"""Methods of a queue that get the function, with its position."""

_NAMED = frozenset({"send_task", "signature", *_HANDED})
"""Methods that get the name of the function."""

JOB_DECORATORS = frozenset({"task", "db_task", "local_task"})
"""Decorators after which the call itself asks for a job, as Huey's and Prefect's do."""

_PACKED = frozenset({"apply_async", "apply_async_on_commit", "send_with_options", "schedule"})
_PACKED_BEHIND = frozenset({"send_task", "signature"})

Handed = tuple[tuple[Expression, ...], tuple[tuple[str | None, Expression], ...]]


class Jobs:
    """The jobs of a program."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._by_text: dict[str, tuple[FunctionRef, ...]] = {}

    def asking(self) -> Iterator[CallNumber]:
        """The calls that may ask for a job, by how they are written."""
        for segment in sorted(_MEMBERS | _NAMED):
            yield from self._index.calls_by_segment.get(segment, ())

    def of(
        self, ref: FunctionRef, call: Call, segment: str, receivers: Receivers
    ) -> tuple[FunctionRef, ...]:
        """The functions that a call of something outside asks to be run."""
        found: list[FunctionRef] = []
        if segment in _MEMBERS:
            owner = split_member(call.func)[0]
            values = receivers.values(ref, owner) if owner is not None else ()
            decorated = [one.ref for one in values if type(one) is Func]
            found += [one for one in decorated if self._index.function(one).decorators]
        if segment in _HANDED:
            for value in _given(call, _HANDED[segment], ("func", "f")):
                found += [one.ref for one in receivers.values(ref, value) if type(one) is Func]
        if segment in _NAMED and not found:
            for value in _given(call, _HANDED.get(segment, 0), ("name", "func", "f")):
                if type(value) is Constant and isinstance(value.value, str):
                    found += self._named(value.value)
        return tuple(dict.fromkeys(found))

    def _named(self, text: str) -> tuple[FunctionRef, ...]:
        """The functions that bear a name as jobs: their own, with the module's, or a given one."""
        if text not in self._by_text:
            own = self._index.functions_by_name.get(text.rpartition(".")[2], ())
            meant = [one for one in own if f".{self._index.qualified(one)}".endswith(f".{text}")]
            told = [one for one in self._index.functions() if text in self._told_names(one)]
            self._by_text[text] = tuple(meant if "." in text and meant else told)
        return self._by_text[text]

    def _told_names(self, ref: FunctionRef) -> Iterator[str]:
        parent = self._index.parent(ref) or ref
        for decorator in self._index.function(ref).decorators:
            if type(decorator) is Result:
                for name, value in self._index.call(parent, decorator.call).keywords:
                    if name == "name" and type(value) is Constant and isinstance(value.value, str):
                        yield value.value


def handed_to_job(call: Call, segment: str) -> Handed:
    """The arguments that reach the function of a job."""
    if segment in _PACKED or segment in _PACKED_BEHIND:
        first = 1 if segment in _PACKED_BEHIND else 0
        given = {name: value for name, value in call.keywords if name}
        packed = given.get("args", call.args[first] if len(call.args) > first else None)
        named = given.get("kwargs", call.args[first + 1] if len(call.args) > first + 1 else None)
        return _items(packed), tuple(_entries(named))
    return call.args[_HANDED[segment] + 1 if segment in _HANDED else 0 :], call.keywords


def is_job_call(segment: str) -> bool:
    """Whether a call may ask for a job, by the last segment of its name."""
    return segment in _MEMBERS or segment in _NAMED


def _given(call: Call, position: int, names: tuple[str, ...]) -> Iterator[Expression]:
    if len(call.args) > position:
        yield call.args[position]
    yield from (value for name, value in call.keywords if name in names)


def _items(value: Expression | None) -> tuple[Expression, ...]:
    if type(value) is Operation and value.kind in ("tuple", "list"):
        return value.args
    return ()


def _entries(value: Expression | None) -> Iterator[tuple[str | None, Expression]]:
    if type(value) is Operation and value.kind == "dict":
        for key, entry in zip(value.args[::2], value.args[1::2], strict=True):
            if type(key) is Constant and isinstance(key.value, str):
                yield key.value, entry
