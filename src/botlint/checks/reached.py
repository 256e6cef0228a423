"""Does anything that runs ever come to a function?

A function is reached if some chain of callers begins at an entry point: a ``__main__`` block, a
thread, a task, a hook, the body of a module. One that nothing in the program calls begins no chain,
whatever it calls itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from botlint.checks.emptiness import is_made
from botlint.checks.endless import endless_loops
from botlint.facts.types import Kind, Name, Result
from botlint.flow.program import FunctionRef
from botlint.flow.ways import live_nodes, nodes_of_call, points_from
from botlint.project import Project

_REGISTERED = frozenset({"thread", "task", "schedule", "signal", "callback", "subscriber"})
_AT_ONCE = frozenset({"main", "script"})
_LATER = _REGISTERED | {"hook"}
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
    if any(endless_loops(project, one) for one in within):
        return True
    return not _registering(project).isdisjoint(project.program.path(one) for one in within)


def _registering(project: Project) -> frozenset[str]:
    """The files in which something is registered that runs later."""
    entries = project.program.entries().values()
    return project.answer(
        ("registering",),
        lambda: frozenset(one.place.path for one in entries if one.kind in _LATER),
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
