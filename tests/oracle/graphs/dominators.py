"""What stands on every path, by its definition; and what botlint's walks say of it.

A call *dominates* another if there is no path on which the other is made before the first has
returned: if it can't be come to once the edges are taken away by which the first returns. The walk
that looks for guards (:mod:`botlint.checks.guards.paths`) must say so of a guard that raises when
it refuses; where it says more, because a path contradicts itself, no run may show the contrary.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tests.oracle.graphs.paths import number_of
from tests.oracle.graphs.tracing import Trace

from botlint.checks.guards.paths import Walk
from botlint.checks.guards.question import Guard, Question
from botlint.checks.guards.states import Mark
from botlint.facts.types import Function, Kind

Pair = tuple[int, int]


class Difference(NamedTuple):
    """Call ``first`` stands before ``second`` on every path, or it does not: ``who`` is wrong."""

    who: str
    first: int
    second: int

    def __str__(self) -> str:
        return f"{self.who}: call {self.first} before call {self.second} on every path?"


def compare(function: Function, traces: Iterable[Trace], most: int = 4) -> list[Difference]:
    """Where definition, walk and runs differ, for up to ``most`` calls of ``function``."""
    by_number: dict[int, frozenset[int]] = {}
    for call, written in enumerate(function.calls):
        number = number_of(written)
        if number >= 0:
            by_number[number] = by_number.get(number, frozenset()) | {call}
    refuted = _refuted(traces)
    found: list[Difference] = []
    for first in sorted(by_number)[:most]:
        defined = _made_without(function, by_number[first])
        walked = _walked_without(function, by_number[first])
        for second in sorted(by_number):
            is_dominated = not defined & by_number[second]
            is_walked = not walked & by_number[second]
            if is_dominated and not is_walked:
                found.append(Difference("the walk misses it", first, second))
            if is_walked and (first, second) in refuted and first != second:
                found.append(Difference("a run shows that it is not so", first, second))
    return found


def _made_without(function: Function, calls: frozenset[int]) -> frozenset[int]:
    """The calls that can be come to although none of ``calls`` has returned."""
    seen = {function.entry}
    waiting = [function.entry]
    while waiting:
        node = function.nodes[waiting.pop()]
        is_first = node.kind is Kind.CALL and node.call in calls
        for following in (-1 if is_first else node.next, node.other, node.exc):
            if following >= 0 and following not in seen:
                seen.add(following)
                waiting.append(following)
    return _calls_at(function, seen)


def _walked_without(function: Function, calls: frozenset[int]) -> frozenset[int]:
    """The calls at which botlint sees a path without a guard, if ``calls`` are the guards."""
    question = Question(
        guard_at=lambda call: Guard(None, is_raising=True) if call in calls else None,
        named_sign=lambda _: None,
        polarity=lambda _: 0,
        roots=None,
        decides=lambda _, __: False,
        consents=lambda _, __: 0,
        lets_sell=lambda _: 0,
        members=lambda _: (),
        swallows=lambda _: True,
        is_vetted=lambda _: False,
    )
    reached = Walk(function, question, frozenset()).run()
    return _calls_at(
        function, {node for node, state in reached if state.status.mark is not Mark.GUARDED}
    )


def _calls_at(function: Function, nodes: set[int]) -> frozenset[int]:
    made = [function.nodes[number] for number in nodes]
    return frozenset(node.call for node in made if node.kind is Kind.CALL)


def _refuted(traces: Iterable[Trace]) -> set[Pair]:
    """Pairs of calls of which some run made the second when the first had not returned."""
    numbers = {event[1] for one in traces for event in one.events if event[0] == "call"}
    found: set[Pair] = set()
    for one in traces:
        returned: set[int] = set()
        for event in one.events:
            if event[0] == "call":
                found |= {(first, event[1]) for first in numbers - returned}
                returned |= {event[1]} if event[2] != "raised" else set()
    return found
