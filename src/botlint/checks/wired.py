"""Required functions: does anything that runs ever call them?

A function is reached if some chain of callers begins at an entry point: a ``__main__`` block, a
thread, a task, a hook, the body of a module. One that nothing in the program calls begins no chain,
whatever it calls itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Span, Step
from botlint.patterns import PatternSet, parse_pattern
from botlint.project import Project

MOST_CALLERS = 5


def check_wired(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """Each required function that nothing that runs ever calls, at its ``def``."""
    required = PatternSet([parse_pattern(text) for text in parameters.get("functions", ())])
    hits = [
        _hit(project, ref)
        for ref in _required_functions(project, required)
        if not is_reached(project, ref)
    ]
    return sorted(hits, key=lambda hit: hit.place)


def is_reached(project: Project, ref: FunctionRef) -> bool:
    """Whether a chain of callers leads from something that runs to the function."""
    return not any_caller(project, ref)[1]


def any_caller(
    project: Project, ref: FunctionRef
) -> tuple[frozenset[FunctionRef], tuple[FunctionRef, ...]]:
    """All functions that lead to ``ref``, and, if nothing runs them, those that nothing calls."""
    entries = project.program.entries()
    seen: set[FunctionRef] = set()
    uncalled: set[FunctionRef] = set()
    waiting = [ref]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        entry = entries.get(function)
        if (entry is not None and entry.kind != "uncalled") or _is_module(project, function):
            return frozenset(seen), ()
        sites = project.program.callers(function)
        if not sites:
            uncalled.add(function)
        waiting += [site.function for site in sites]
    return frozenset(seen), tuple(sorted(uncalled or {ref}))


def _required_functions(project: Project, required: PatternSet) -> tuple[FunctionRef, ...]:
    found = []
    for ref in project.program.functions():
        function = project.function(ref)
        if not required.candidates(function.name):
            continue
        pattern = required.deciding_pattern((project.program.qualified(ref),))
        if pattern is not None and not pattern.is_negative:
            found.append(ref)
    return tuple(found)


def _is_module(project: Project, ref: FunctionRef) -> bool:
    return project.function(ref).parent < 0


def _hit(project: Project, ref: FunctionRef) -> Hit:
    program = project.program
    function = project.function(ref)
    name = program.display(ref)
    line = function.span.line
    place = project.place(ref, Span(line, function.span.column, line, function.span.column + 4))
    uncalled = [one for one in any_caller(project, ref)[1] if one != ref]
    trace = [Step(place, f"nothing that runs ever calls `{name}`")]
    trace += [
        Step(
            project.place(one, project.function(one).span),
            f"`{program.display(one)}` leads to it, and nothing in the program calls that",
        )
        for one in uncalled[:MOST_CALLERS]
    ]
    return Hit(
        place=place,
        saw={"what": f"`{name}`", "where": name, "name": name, "function": name},
        confidence=Confidence.HIGH,
        trace=tuple(trace),
        cause=f"{place.path}:{place.span.line}",
        symbol=name,
    )
