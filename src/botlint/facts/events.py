"""What evaluating an expression brings about, in order.

An *event* is a call, a binding by ``:=``, a suspension, or a branch or loop with events of its own.
The graph builder (:mod:`botlint.facts.cfg`) chains events into nodes.
"""

from __future__ import annotations

from botlint.facts.types import Expression
from botlint.model import Span


class CallEvent:
    """Call number ``call`` is made."""

    __slots__ = ("call", "span")

    def __init__(self, call: int, span: Span) -> None:
        self.call = call
        self.span = span


class BindEvent:
    """``target := value``."""

    __slots__ = ("span", "target", "value")

    def __init__(self, target: Expression, value: Expression, span: Span) -> None:
        self.target = target
        self.value = value
        self.span = span


class PauseEvent:
    """``yield`` or an ``await`` of something that is no call."""

    __slots__ = ("is_yield", "span", "value")

    def __init__(self, value: Expression | None, span: Span, *, is_yield: bool) -> None:
        self.value = value
        self.span = span
        self.is_yield = is_yield


class BranchEvent:
    """``value`` decides which of two runs of events comes next."""

    __slots__ = ("otherwise", "span", "then", "value")

    def __init__(
        self, value: Expression, then: list[Event], otherwise: list[Event], span: Span
    ) -> None:
        self.value = value
        self.then = then
        self.otherwise = otherwise
        self.span = span


class LoopEvent:
    """A comprehension: ``target`` takes each element of ``value``, ``inner`` happens each time."""

    __slots__ = ("inner", "span", "target", "value")

    def __init__(
        self, target: Expression, value: Expression, inner: list[Event], span: Span
    ) -> None:
        self.target = target
        self.value = value
        self.inner = inner
        self.span = span


Event = CallEvent | BindEvent | PauseEvent | BranchEvent | LoopEvent


def pruned(events: list[Event]) -> list[Event]:
    """``events``, or nothing where they are branches in which nothing happens."""
    return events if any(_happens(event) for event in events) else []


def _happens(event: Event) -> bool:
    if isinstance(event, BranchEvent):
        return any(map(_happens, event.then)) or any(map(_happens, event.otherwise))
    return True
