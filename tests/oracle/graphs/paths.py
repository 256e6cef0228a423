"""Follows what happened in a run of a function through its graph.

A trace is a path of the graph if one can walk from the entry along edges such that the calls,
iterations, ``with`` and ``except`` clauses that one comes to are those of the trace, in its order,
and each is left by the edge that stands for its outcome. Where the truth of a test follows from
what calls returned, it is left by that arm only. The walk tries all ways at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tests.oracle.graphs.scene import Event
from tests.oracle.graphs.tracing import Trace

from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)

_NOTED = frozenset({"w", "v", "call", "it", "ait", "m", "am", "task", "base", "dec"})
_NOTED |= {"git", "sm", "error", "kind"}
_SILENT = frozenset({"git", "sm"})
"""What these give says nothing of what happens to it."""

Held = Mapping[str, bool]
"""What variables are known to hold."""

_EVENTS = {
    Kind.CALL: "call",
    Kind.ITERATE: "next",
    Kind.ENTER: "enter",
    Kind.LEAVE: "leave",
    Kind.UNWIND: "unwind",
    Kind.AWAIT: "await",
}


class Stuck(NamedTuple):
    """A trace that the graph does not have: ``place`` is the event that no path goes on with."""

    trace: Trace
    place: int

    def __str__(self) -> str:
        events = [" ".join(map(str, event)) for event in self.trace.events]
        events[self.place] = f">>> {events[self.place]}"
        return f"{self.trace.place}: {' · '.join(events[: self.place + 1])}"


def follow(function: Function, trace: Trace) -> Stuck | None:
    """Where ``trace`` leaves the graph of ``function``; ``None`` if it is a path of it.

    A comprehension in which nothing happens is no loop of the graph, by design; a trace is followed
    up to where its iteration raises.
    """
    walk = _Walk(function)
    places: dict[int, Held] = {function.entry: {}}
    for number, event in enumerate(trace.events):
        if event[0] == "next" and event[1] not in walk.iterated:
            if event[2] == "raised":
                return None
            continue
        places = walk.after(places, event)
        if not places:
            return Stuck(trace, number)
    return None


class _Walk:
    def __init__(self, function: Function) -> None:
        self._function = function
        self._numbers = [number_of(call) for call in function.calls]
        self._truth: dict[int, bool] = {}
        nodes = [one for one in function.nodes if one.kind in (Kind.ITERATE, Kind.YIELD)]
        self.iterated = frozenset(map(self._about, nodes))

    def after(self, places: dict[int, Held], event: Event) -> dict[int, Held]:
        """The nodes that control may stand before once ``event`` has happened."""
        found: dict[int, Held] = {}
        seen: dict[int, Held] = {}
        waiting = list(places.items())
        while waiting:
            number, held = waiting.pop()
            held = _common(seen.get(number, held), held)
            if seen.get(number) == held:
                continue
            seen[number] = held
            node = self._function.nodes[number]
            following, now_held = self._consumed(number, node, event, held)
            if following >= 0:
                found[following] = _common(found.get(following, now_held), now_held)
            waiting += [(one, kept) for one, kept in self._passed(node, event, held) if one >= 0]
        if event[0] == "call" and event[2] != "raised":
            for call, known in enumerate(self._numbers):
                if known == event[1]:
                    self._truth[call] = event[2] == "yes"
        return found

    def _about(self, node: Node) -> int:
        """The number of the call of the scene that a node makes or has to do with; -1: none."""
        if node.kind is Kind.CALL:
            return self._numbers[node.call]
        if not isinstance(node.value, Result):
            return -1
        name = self._function.calls[node.value.call].func
        if not isinstance(name, Name) or name.path in _SILENT:
            return -1
        is_plain = node.kind is Kind.YIELD and name.path != "it"
        return -1 if is_plain else self._numbers[node.value.call]

    def _consumed(self, number: int, node: Node, event: Event, held: Held) -> tuple[int, Held]:
        """Where ``event`` leads to from a node at which it happens; -1 from any other."""
        what, kind = event[0], node.kind
        if kind is Kind.EXIT or kind is Kind.RAISED:
            return (number if what == ("exit", "raised")[number] else -1), held
        if kind is Kind.EXCEPT:
            is_here = what == "caught" and event[1] == (node.span.line, node.span.column - 1)
            return (node.next if is_here else -1), held
        if kind is Kind.YIELD:
            return self._yielded(number, node, event), held
        if _EVENTS.get(kind) != what:
            return -1, held
        if kind is not Kind.AWAIT and self._about(node) != event[1]:
            return -1, held
        if event[2] == "raised":
            return node.exc, held
        if event[2] == "over":
            return node.other, held
        return node.next, _without(node.target, held)

    def _yielded(self, number: int, node: Node, event: Event) -> int:
        if event[0] == "yield" and self._about(node) < 0:
            return node.exc if event[1] == "raised" else node.next
        if event[0] == "next" and self._about(node) == event[1]:
            return {"element": number, "over": node.next}.get(event[2], node.exc)
        return -1

    def _passed(self, node: Node, event: Event, held: Held) -> list[tuple[int, Held]]:
        """Where one gets from ``node`` without anything that is noted."""
        kind = node.kind
        if kind is Kind.TEST or kind is Kind.ASSERT:
            truth = self._truth_of(node.value, held)
            arms = [(node.next, held)] if truth is not False else []
            return arms if truth is True else [*arms, (node.other, held)]
        if kind is Kind.EXCEPT:
            return [(node.other, held)]
        if kind is Kind.ASSIGN or kind is Kind.AUGMENT:
            return [(node.next, self._bound(node, held))]
        if kind is Kind.YIELD:
            return [(node.exc, held)] if self._about(node) >= 0 else []
        if kind is Kind.AWAIT and not isinstance(node.value, Result):
            return []
        if kind in _EVENTS and kind is not Kind.AWAIT and self._about(node) >= 0:
            return []
        held = _without(node.target, held)
        return [(node.next, held), (node.other, held), (node.exc, held)]

    def _bound(self, node: Node, held: Held) -> Held:
        truth = self._truth_of(node.value, held) if node.kind is Kind.ASSIGN else None
        held = _without(node.target, held)
        if truth is None or not isinstance(node.target, Name):
            return held
        return {**held, node.target.path: truth}

    def _truth_of(self, value: Expression | None, held: Held) -> bool | None:
        """Whether ``value`` is true, as far as that is known."""
        if isinstance(value, Result):
            return self._truth.get(value.call)
        if isinstance(value, Constant):
            return bool(value.value)
        if isinstance(value, Name):
            return held.get(value.path)
        if not isinstance(value, Operation):
            return None
        if value.kind == "if":
            test = self._truth_of(value.args[0], held)
            return None if test is None else self._truth_of(value.args[1 if test else 2], held)
        parts = [self._truth_of(part, held) for part in value.args]
        if value.kind == "not":
            return None if parts[0] is None else not parts[0]
        if value.kind not in ("and", "or"):
            return None
        strong = value.kind == "or"
        for part in parts:
            if part is None or part is strong:
                return part
        return not strong


def number_of(call: Call) -> int:
    """The number of a call of the scene, -1 for any other."""
    if not isinstance(call.func, Name) or call.func.path not in _NOTED or not call.args:
        return -1
    first = call.args[0]
    return first.value if isinstance(first, Constant) and isinstance(first.value, int) else -1


def _without(target: Expression | None, held: Held) -> Held:
    names = _names(target)
    return {name: truth for name, truth in held.items() if name not in names} if names else held


def _names(target: Expression | None) -> frozenset[str]:
    if isinstance(target, Name):
        return frozenset({target.path})
    if isinstance(target, Operation):
        return frozenset().union(*map(_names, target.args))
    return frozenset()


def _common(first: Held, second: Held) -> Held:
    """What both say."""
    if first == second:
        return first
    return {name: truth for name, truth in first.items() if second.get(name) is truth}
