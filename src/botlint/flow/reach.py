"""Walks over the call graph: what leads to a function, and in which order to summarise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from botlint.flow.names import CallSite, FunctionRef
from botlint.flow.ways import points_from

Point = TypeVar("Point")
Answer = TypeVar("Answer")
CallersOf = Callable[[FunctionRef], tuple[CallSite, ...]]
CalleesOf = Callable[[FunctionRef], Iterable[FunctionRef]]


def leading_to(
    targets: Iterable[FunctionRef], callers: CallersOf, avoiding: Iterable[FunctionRef] = ()
) -> frozenset[FunctionRef]:
    """All functions from which one of ``targets`` can be reached, with the targets, but for those
    of ``avoiding`` and what leads there by way of these only."""

    def above(ref: FunctionRef) -> Iterator[FunctionRef]:
        return (site.function for site in callers(ref))

    return frozenset(points_from(sorted(targets), above, avoiding))


def reachable_from(starts: Iterable[FunctionRef], callees: CalleesOf) -> frozenset[FunctionRef]:
    """All functions that can be reached from ``starts``, with the starts."""
    return frozenset(points_from(sorted(starts), callees))


class Answers(Generic[Point, Answer]):
    """Answers that depend on each other, each worked out once: as a function that asks itself
    would, but however long the chain is.

    ``asked_for`` are the questions that one depends on; ``find`` works out its answer once each of
    them has its own, or is begun further up: then that has the answer ``nothing`` so far.
    """

    def __init__(
        self,
        asked_for: Callable[[Point], Iterable[Point]],
        find: Callable[[Point], Answer],
        nothing: Answer,
    ) -> None:
        self._asked_for = asked_for
        self._find = find
        self._nothing = nothing
        self._known: dict[Point, Answer] = {}
        self._begun: set[Point] = set()

    def of(self, question: Point) -> Answer:
        """The answer to a question; ``nothing`` while it is being worked out."""
        if question not in self._begun:
            self._settle(question)
        return self._known.get(question, self._nothing)

    def _settle(self, start: Point) -> None:
        begun = self._begun
        begun.add(start)
        path = [(start, iter(self._asked_for(start)))]
        while path:
            question, waiting = path[-1]
            further = next((one for one in waiting if one not in begun), None)
            if further is None:
                path.pop()
                self._known[question] = self._find(question)
            else:
                begun.add(further)
                path.append((further, iter(self._asked_for(further))))


def bottom_up(refs: Iterable[FunctionRef], callees: CalleesOf) -> list[tuple[FunctionRef, ...]]:
    """The functions ``refs``, callees first; those that call each other stand together.

    Where the calls leave the order open, it is that of ``refs``. Tarjan's algorithm for strongly
    connected components, without recursion.
    """
    wanted = list(dict.fromkeys(refs))
    within = set(wanted)
    order: dict[FunctionRef, int] = {}
    lowest: dict[FunctionRef, int] = {}
    stack: list[FunctionRef] = []
    stacked: set[FunctionRef] = set()
    found: list[tuple[FunctionRef, ...]] = []
    for start in wanted:
        if start in order:
            continue
        order[start] = lowest[start] = len(order)
        stack.append(start)
        stacked.add(start)
        path = [(start, iter([one for one in callees(start) if one in within]))]
        while path:
            ref, following = path[-1]
            callee = next(following, None)
            if callee is None:
                path.pop()
                if path:
                    above = path[-1][0]
                    lowest[above] = min(lowest[above], lowest[ref])
                if lowest[ref] == order[ref]:
                    found.append(_pop_component(ref, stack, stacked))
            elif callee not in order:
                order[callee] = lowest[callee] = len(order)
                stack.append(callee)
                stacked.add(callee)
                path.append((callee, iter([one for one in callees(callee) if one in within])))
            elif callee in stacked:
                lowest[ref] = min(lowest[ref], order[callee])
    return found


def _pop_component(
    ref: FunctionRef, stack: list[FunctionRef], stacked: set[FunctionRef]
) -> tuple[FunctionRef, ...]:
    component: list[FunctionRef] = []
    while True:
        one = stack.pop()
        stacked.discard(one)
        component.append(one)
        if one == ref:
            return tuple(sorted(component))
