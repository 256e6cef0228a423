"""Walks over the call graph: what leads to a function, and in which order to summarise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from botlint.flow.names import CallSite, FunctionRef
from botlint.flow.ways import points_from

Point = TypeVar("Point")
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


def settle(
    start: Point,
    following: Callable[[Point], Iterable[Point]],
    begun: set[Point],
    finish: Callable[[Point], object],
) -> None:
    """Answer the questions that ``start`` depends on, and then ``start``, each once: as a function
    that asks itself would, but however long the chain is.

    ``following`` are the questions that one depends on, ``begun`` all that were come to before.
    ``finish`` is called when all that a question depends on is begun or finished.
    """
    begun.add(start)
    path = [(start, iter(following(start)))]
    while path:
        point, waiting = path[-1]
        further = next((one for one in waiting if one not in begun), None)
        if further is None:
            path.pop()
            finish(point)
        else:
            begun.add(further)
            path.append((further, iter(following(further))))


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
