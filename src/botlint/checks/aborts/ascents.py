"""The ways of an abort from its ``raise`` up the callers, through decorators, to where it ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from botlint.checks.aborts.aborts import Aborts, Raise
from botlint.checks.aborts.deferred import is_keeping_errors, raising_nodes
from botlint.checks.aborts.flights import End
from botlint.checks.reads import used_results
from botlint.facts.types import Function, Kind, Name
from botlint.flow.program import ClassRef, FunctionRef

Way = tuple[tuple[FunctionRef, int], ...]
"""A function, and the clause in it that stops the abort or ``-1``, for each that it comes to."""


def ways(aborts: Aborts, raised: Raise) -> Iterator[Way]:
    """The ways of an abort up the callers.

    A way ends where something that is not meant for the abort stops it (last clause ≥ 0), or where
    it leaves the last function that has callers.
    """
    waiting: deque[Way] = deque([((raised.function, raised.node),)])
    seen: set[tuple[FunctionRef, int]] = set()
    while waiting:
        points = waiting.popleft()
        function, node = points[-1]
        if (function, node) in seen:
            continue
        seen.add((function, node))
        passed = tuple((ref, -1) for ref, _ in points[:-1])
        ends = aborts.ends(function, node, raised.cls)
        yield from ((*passed, (function, one.clause)) for one in _stops(ends))
        if not _is_leaving(ends):
            continue
        passed = (*passed, (function, -1))
        is_out = True
        for wrapper, ends in _around(aborts, function, raised.cls):
            yield from ((*passed, (wrapper, one.clause)) for one in _stops(ends))
            is_out = _is_leaving(ends)
            if not is_out:
                break
        if is_out:
            yield passed
            callee = aborts.project.function(function)
            for site in aborts.project.program.callers(function):
                if site.via != "thread":
                    caller = aborts.project.function(site.function)
                    for number in raising_nodes(callee, caller, site.call):
                        kept = _kept_at(caller, number)
                        if kept is None:
                            waiting.append((*points, (site.function, number)))
                        elif not kept:
                            yield (*passed, (site.function, number))


def _kept_at(function: Function, number: int) -> bool | None:
    """Whether anything gets the exceptions that a node gives back as results, of which none is
    raised there; ``None`` where they are raised."""
    node = function.nodes[number]
    if node.kind is not Kind.CALL or not is_keeping_errors(function.calls[node.call]):
        return None
    return node.call in used_results(function)


def _around(
    aborts: Aborts, ref: FunctionRef, cls: ClassRef
) -> Iterator[tuple[FunctionRef, tuple[End, ...]]]:
    """What the wrappers that decorators put around a function do, the innermost first."""
    program = aborts.project.program
    for decorator in reversed(program.decorators(ref)):
        parameters = program.function(decorator).parameters
        for wrapper in program.nested(decorator) if parameters else ():
            function = program.function(wrapper)
            calls = [
                number
                for number, node in enumerate(function.nodes)
                if node.kind is Kind.CALL
                and function.calls[node.call].func == Name(parameters[0].name)
            ]
            ends = {end for number in calls for end in aborts.ends(wrapper, number, cls)}
            if calls:
                yield wrapper, tuple(sorted(ends))


def _stops(ends: tuple[End, ...]) -> Iterator[End]:
    return (end for end in ends if end.clause >= 0 and not end.is_on_purpose)


def _is_leaving(ends: tuple[End, ...]) -> bool:
    return any(end.clause < 0 for end in ends)
