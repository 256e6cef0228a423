"""Waits for an order that end while it may be open: by the clock, or after so many tries.

A wait is a loop that asks what became of an order, and sleeps. Where an answer ends it, that says
what became of the order; where the clock does, or a count, the order may rest in the book.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from botlint.checks.fills.fates import Fate
from botlint.checks.fills.statuses import Statuses
from botlint.checks.reads import last_segment
from botlint.checks.retries.leaving import is_attempt
from botlint.checks.roots import assigned_in, names_in, targets_in
from botlint.facts.types import Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import is_head, loops_around, nodes_from, normally
from botlint.project import CallRef, Project

DEEPEST = 1
"""Functions of the program that tell whether time is up are looked into this deep."""

_COMPARING = frozenset({"lt", "le", "gt", "ge", "and", "or", "not"})
_COUNTING = frozenset({"range", "count"})


class GivingUp:
    """Where the functions of a project give up waiting for an order; a loop that makes one of the
    calls ``placing`` is no wait."""

    def __init__(self, project: Project, placing: frozenset[CallRef]) -> None:
        self._project = project
        self._placing = placing
        self._ends: dict[FunctionRef, tuple[int, ...]] = {}

    def ends(self, ref: FunctionRef) -> tuple[int, ...]:
        """The nodes at which a function goes on when a wait has given up."""
        if ref not in self._ends:
            self._ends[ref] = tuple(sorted(set(self._find(ref))))
        return self._ends[ref]

    def asks(self, ref: CallRef) -> bool:
        """Whether a call asks what became of an order, or runs what asks it."""
        callees = self._project.program.callees(ref.function, ref.call)
        return self._project.plays(ref, "order-lookup") or any(
            one in self._asking for one in callees
        )

    def is_of_tries(self, ref: FunctionRef, loop: int) -> bool:
        """Whether a loop ends after so many tries, or when time is up."""
        return any(self._ends_of(ref, loop))

    @cached_property
    def _asking(self) -> frozenset[FunctionRef]:
        return frozenset(ref.function for ref in self._project.calls_playing("order-lookup"))

    def _find(self, ref: FunctionRef) -> Iterator[int]:
        for loop in range(len(self._project.function(ref).loops)):
            if self._is_wait(ref, loop):
                yield from self._ends_of(ref, loop)

    def _ends_of(self, ref: FunctionRef, loop: int) -> Iterator[int]:
        """Where it goes on after a loop whose time or tries are up."""
        function = self._project.function(ref)
        for node in _within(function, loop):
            if self._is_end(ref, node):
                yield from (one for one in normally(node) if _leaves(function, loop, one))

    def _is_wait(self, ref: FunctionRef, loop: int) -> bool:
        """Whether a loop sleeps, and asks for an order."""
        within = _within(self._project.function(ref), loop)
        calls = [CallRef(ref, node.call) for node in within if node.kind is Kind.CALL]
        if not any(self._project.plays(one, "sleep") for one in calls):
            return False
        if not self._placing.isdisjoint(calls):
            return False
        if any(self.asks(one) for one in calls):
            return True
        statuses = Statuses(self._project, ref)
        tests = (node.value for node in within if node.kind is Kind.TEST)
        return any(statuses.truth(one, Fate.FULL) is not None for one in tests)

    def _is_end(self, ref: FunctionRef, node: Node) -> bool:
        """Whether a node counts tries, or asks if time or tries are up."""
        function = self._project.function(ref)
        if node.kind is Kind.ITERATE:
            return _is_counting(function, node)
        return node.kind is Kind.TEST and self._asks_time(ref, node.value, 0)

    def _asks_time(self, ref: FunctionRef, value: Expression | None, depth: int) -> bool:
        """Whether a test asks for the time or the tries, itself, by a name that it has bound, or by
        a function of the program."""
        if value is None:
            return False
        names = names_in(value, self._project.function(ref).calls)
        assigned = assigned_in(self._project, ref)
        bound = (one for name in names for one in assigned.get(name, ()))
        return self._has_time(ref, value, depth) or any(
            self._has_time(ref, one, DEEPEST) for one in bound
        )

    def _has_time(self, ref: FunctionRef, value: Expression, depth: int) -> bool:
        if isinstance(value, Operation):
            return any(self._has_time(ref, part, depth) for part in value.args)
        if isinstance(value, Name):
            return self._project.vocabulary.roles["patience"].plays_name(
                value.path.rpartition(".")[2]
            )
        if not isinstance(value, Result):
            return False
        if self._project.plays(CallRef(ref, value.call), "clock"):
            return True
        callees = self._project.program.callees(ref, value.call) if depth < DEEPEST else ()
        return any(
            _is_comparing(node) and self._asks_time(callee, node.value, DEEPEST)
            for callee in callees
            for node in self._project.function(callee).nodes
        )


def _within(function: Function, loop: int) -> list[Node]:
    return [node for node in function.nodes if loop in loops_around(function, node.loop)]


def _is_comparing(node: Node) -> bool:
    """Whether a node tests something, or returns what a comparison says."""
    is_return = node.kind is Kind.RETURN and isinstance(node.value, Operation)
    return node.kind is Kind.TEST or (is_return and node.value.kind in _COMPARING)  # type: ignore[union-attr]  # is_return


def _is_counting(function: Function, node: Node) -> bool:
    """Whether a ``for`` counts: over ``range``, or by a name that counts attempts."""
    if any(is_attempt(name) for name in targets_in(node.target)):
        return True
    value = node.value
    return isinstance(value, Result) and last_segment(function.calls[value.call].func) in _COUNTING


def _leaves(function: Function, loop: int, start: int) -> bool:
    """Whether it goes on from ``start`` without another turn of a loop."""

    def onward(node: Node) -> tuple[int, ...]:
        return normally(node) if loop in loops_around(function, node.loop) else ()

    return not any(
        function.nodes[number].loop == loop and is_head(function.nodes[number])
        for number in nodes_from(function, (start,), onward)
    )
