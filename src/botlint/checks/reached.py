"""Does anything that runs ever come to a function?

A function is reached if some chain of callers begins at an entry point: a ``__main__`` block, a
thread, a task, a hook, the body of a module. One that nothing in the program calls begins no chain,
whatever it calls itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.emptiness import is_made
from botlint.facts.types import Kind, Name, Result
from botlint.flow.program import FunctionRef
from botlint.flow.ways import live_nodes, nodes_of_call
from botlint.project import Project

_REGISTERED = frozenset({"thread", "task", "schedule", "signal", "callback", "subscriber"})
_STARTED = frozenset({"Thread", "Process", "Timer"})
"""Bases whose objects the program itself must make and start, so that a method of theirs runs."""


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


def never_begun(project: Project, ref: FunctionRef) -> tuple[FunctionRef, ...]:
    """What leads to a function and is begun by nothing, sorted; empty if something that runs may
    come to it.

    Stricter than :func:`any_caller`: what is registered runs only if the code that registers it
    does, and a call that no way leads to runs nothing. What hands back what it has set up is there
    for a caller outside.
    """
    seen: set[FunctionRef] = set()
    idle: set[FunctionRef] = set()
    waiting = [ref]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        above = tuple(_above(project, function))
        if _is_begun(project, function, above):
            return ()
        if not above:
            idle.add(function)
        waiting += above
    return tuple(sorted(idle or {ref}))


def _is_begun(project: Project, ref: FunctionRef, above: tuple[FunctionRef, ...]) -> bool:
    if _is_module(project, ref):
        return True
    entry = project.program.entries().get(ref)
    if entry is None or entry.kind == "uncalled":
        return False
    if entry.kind == "override":
        return not _is_never_made(project, ref)
    if entry.kind not in _REGISTERED or not above:
        return True
    return any(_is_for_outside(project, one) for one in above)


def _above(project: Project, ref: FunctionRef) -> Iterator[FunctionRef]:
    """The functions in which a call that some way leads to runs or registers ``ref``."""
    for site in project.program.callers(ref):
        function = project.function(site.function)
        if not live_nodes(function).isdisjoint(nodes_of_call(function, site.call)):
            yield site.function


def _is_for_outside(project: Project, ref: FunctionRef) -> bool:
    """Whether a function that nothing calls returns what it has set up: ``create_app``."""
    entry = project.program.entries().get(ref)
    return (
        entry is not None
        and entry.kind == "uncalled"
        and any(
            node.kind is Kind.RETURN and type(node.value) in (Name, Result)
            for node in project.function(ref).nodes
        )
    )


def _is_never_made(project: Project, ref: FunctionRef) -> bool:
    """Whether a method belongs to a kind of thread of which the program makes none."""
    owner = project.program.owner(ref)
    if owner is None or _STARTED.isdisjoint(project.program.foreign_bases(owner)):
        return False
    return not is_made(project, owner)


def _is_module(project: Project, ref: FunctionRef) -> bool:
    return project.function(ref).parent < 0
