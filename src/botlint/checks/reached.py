"""Does anything that runs ever come to a function?

A function is reached if some chain of callers begins at an entry point: a ``__main__`` block, a
thread, a task, a hook, the body of a module. One that nothing in the program calls begins no chain,
whatever it calls itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from botlint.checks.emptiness import is_made
from botlint.checks.endless import endless_loops
from botlint.facts.types import Function, Kind, Name, Node, Result
from botlint.flow.entries import IS_MAIN
from botlint.flow.program import FunctionRef
from botlint.flow.ways import (
    anyhow,
    live_nodes,
    loops_around,
    nodes_from,
    nodes_of_call,
    points_from,
)
from botlint.model import Span
from botlint.project import Project

_REGISTERED = frozenset({"thread", "task", "schedule", "signal", "callback", "subscriber"})
_GOING_ON = _REGISTERED - {"task", "signal"}
_AT_ONCE = frozenset({"main", "script"})
_STARTED = frozenset({"Thread", "Process", "Timer"})
"""Bases whose objects the program itself must make and start, so that a method of theirs runs."""


def is_reached(project: Project, ref: FunctionRef) -> bool:
    """Whether a chain of callers leads from something that runs to the function."""
    entries, callers = project.program.entries(), project.program.callers

    def is_run(one: FunctionRef) -> bool:
        entry = entries.get(one)
        return (entry is not None and entry.kind != "uncalled") or _is_module(project, one)

    above = points_from((ref,), lambda one: (site.function for site in callers(one)))
    return any(map(is_run, above))


def is_by_hand(project: Project, ref: FunctionRef) -> bool:
    """Whether only scripts that run once lead to a function: files that nothing imports, and no
    ``while``, thread, scheduler or server on the way."""
    return bool(_starts_by_hand(project, ref))


def is_run_once(project: Project, ref: FunctionRef) -> bool:
    """Whether, besides, none of these scripts sets anything up that goes on elsewhere, and the
    program that goes on is another one."""
    starts = _starts_by_hand(project, ref)
    if not starts or any(goes_on(project, start) for start in starts):
        return False
    return _another_goes_on(project, starts)


def is_in_demo(project: Project, ref: FunctionRef, span: Span) -> bool:
    """Whether a place stands in what the ``__main__`` block of a module does that others import,
    where that block ends by itself and the program that goes on is another one."""
    entry = project.program.entries().get(ref) if ref.index == 0 else None
    if entry is None or entry.kind != "main" or not project.program.is_imported(ref.source):
        return False
    body = project.function(ref)
    imported = nodes_from(body, (body.entry,), _as_imported)
    if any(_is_at(body, body.nodes[number], span) for number in imported):
        return False
    return not goes_on(project, ref) and _another_goes_on(project, {ref})


def _as_imported(node: Node) -> tuple[int, ...]:
    return (node.other, node.exc) if node.value == IS_MAIN else anyhow(node)


def _is_at(body: Function, node: Node, span: Span) -> bool:
    if node.kind in (Kind.ENTRY, Kind.EXIT, Kind.RAISED):
        return False
    return (body.calls[node.call].span if node.kind is Kind.CALL else node.span).covers(span)


def _another_goes_on(project: Project, starts: Iterable[FunctionRef]) -> bool:
    bodies = (FunctionRef(source, 0) for source in range(len(project.program.sources)))
    return any(goes_on(project, one) for one in bodies if one not in starts)


def _starts_by_hand(project: Project, ref: FunctionRef) -> frozenset[FunctionRef]:
    return project.answer(("by hand", ref), lambda: _find_starts_by_hand(project, ref))


def _find_starts_by_hand(project: Project, ref: FunctionRef) -> frozenset[FunctionRef]:
    """The bodies of the scripts that lead to a function, if nothing else does."""
    program, entries = project.program, project.program.entries()
    starts: set[FunctionRef] = set()
    for one in points_from((ref,), lambda one: (site.function for site in program.callers(one))):
        entry = entries.get(one)
        if entry is not None and entry.kind != "uncalled":
            if entry.kind not in _AT_ONCE or program.is_imported(one.source):
                return frozenset()
            starts.add(one)
        if any(site.via == "thread" for site in program.callers(one)):
            return frozenset()
        if endless_loops(project, one):
            return frozenset()
    return frozenset(starts)


def goes_on(project: Project, start: FunctionRef) -> bool:
    """Whether what a script leads to loops without end, or registers what runs later."""
    return project.answer(("goes on", start), lambda: _find_going_on(project, start))


def _find_going_on(project: Project, start: FunctionRef) -> bool:
    within = project.program.reachable((start,))
    if any(_keeps_on(project, one) for one in within):
        return True
    if not _registering(project).isdisjoint(within):
        return True
    return not _serving(project).isdisjoint(project.program.path(one) for one in within)


def _keeps_on(project: Project, ref: FunctionRef) -> bool:
    """Whether a function has an endless loop that is more than waiting for an answer to return."""
    function = project.function(ref)
    returning = {
        loop
        for node in function.nodes
        if node.kind is Kind.RETURN
        for loop in loops_around(function, node.loop)
    }
    return not endless_loops(project, ref) <= returning


def _registering(project: Project) -> frozenset[FunctionRef]:
    """The functions in which something is registered that goes on for itself: a task that does has
    a loop of its own, and what handles a signal only waits for the end."""
    entries = project.program.entries().values()
    return project.answer(
        ("registering",),
        lambda: frozenset(
            project.function_at(one.place) for one in entries if one.kind in _GOING_ON
        ),
    )


def _serving(project: Project) -> frozenset[str]:
    """The files that hand functions to a framework."""
    entries = project.program.entries().values()
    return project.answer(
        ("serving",), lambda: frozenset(one.place.path for one in entries if one.kind == "hook")
    )


def never_begun(project: Project, ref: FunctionRef) -> tuple[FunctionRef, ...]:
    """What leads to a function and is begun by nothing, sorted; empty if something that runs may
    come to it.

    Stricter than :func:`is_reached`: what is registered runs only if the code that registers it
    does, and a call that no way leads to runs nothing. What hands back what it has set up is there
    for a caller outside.
    """
    above = cache(lambda one: tuple(_above(project, one)))
    idle: set[FunctionRef] = set()
    for one in points_from((ref,), above):
        if _is_begun(project, one, above(one)):
            return ()
        if not above(one):
            idle.add(one)
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
