"""Which coroutines can run at the same time: the starts that they are reached from.

A start is an entry point, or a place where a coroutine is handed to something that runs it beside
its caller. What one start alone reaches, awaited step by step, never meets itself, unless the start
happens again and again: a route, a callback, a task made in a loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from botlint.checks.locks.chains import chains_of
from botlint.checks.reads import last_segment
from botlint.facts.types import Function, Kind, Operation, Result
from botlint.flow.program import CallSite, FunctionRef
from botlint.project import Project

_MOST = 300
_ONCE = frozenset({"main", "script", "project script", "import", "task", "thread"})
_SPAWNING = frozenset(
    {"create_task", "ensure_future", "run_coroutine_threadsafe", "start_soon", "gather", "spawn"}
    | {"wait", "as_completed"}
)
_THREADS = frozenset({"Thread", "Timer", "start_new_thread"})


class Start(NamedTuple):
    """``call`` is -1 for an entry point. ``kind`` is that of the entry point, ``thread`` for
    the function that a thread runs, or ``spawned``."""

    function: FunctionRef
    call: int
    is_once: bool
    kind: str


def run_alone(project: Project, refs: Iterable[FunctionRef]) -> bool:
    """Whether all ``refs`` are reached from one start only, which happens once."""
    starts: set[Start] = set()
    for ref in refs:
        starts |= starts_of(project, ref)
        if len(starts) > 1 or not all(start.is_once for start in starts):
            return False
    return True


def starts_of(project: Project, ref: FunctionRef) -> frozenset[Start]:
    """All starts from which a function is reached."""
    return project.answer(("starts", ref), lambda: _find_starts(project, ref, _is_shared))


def starts_behind(project: Project, ref: FunctionRef) -> frozenset[Start]:
    """The same, also through constructors and loaders, which can start threads as well."""
    return project.answer(("behind", ref), lambda: _find_starts(project, ref, _is_any))


def _is_shared(project: Project, ref: FunctionRef) -> bool:
    """Whether what a function changes may be shared: not in constructors and loaders."""
    return not ref.index or not chains_of(project).is_private(ref)


def _is_any(project: Project, ref: FunctionRef) -> bool:
    return True


def _find_starts(
    project: Project, ref: FunctionRef, follows: Callable[[Project, FunctionRef], bool]
) -> frozenset[Start]:
    program = project.program
    entries = program.entries()
    found: set[Start] = set()
    waiting, seen = [ref], {ref}
    while waiting and len(seen) < _MOST:
        one = waiting.pop()
        entry = entries.get(one)
        if entry is not None:
            kind = "thread" if _is_run_of_thread(project, one) else entry.kind
            found.add(Start(one, -1, entry.kind in _ONCE, kind))
        for site in program.callers(one):
            function = project.function(site.function)
            is_async = project.function(one).is_async
            spawning = _spawning(function, site.call) if is_async else ""
            if _makes_thread(function, site):
                found.add(Start(one, -1, _is_once(function, site.call, "thread"), "thread"))
            elif site.via not in ("call", "decorator", "table") or spawning:
                is_once = _is_once(function, site.call, spawning)
                found.add(Start(site.function, site.call, is_once, "spawned"))
            elif (
                site.function not in seen
                and _is_sure(project, site)
                and follows(project, site.function)
            ):
                seen.add(site.function)
                waiting.append(site.function)
    return frozenset(found)


def makers_of(project: Project, start: Start) -> frozenset[FunctionRef]:
    """The functions that start a thread."""
    found = {
        site.function
        for site in project.program.callers(start.function)
        if _makes_thread(project.function(site.function), site)
    }
    owner = project.program.owner(start.function)
    if not found and owner is not None:
        for name in ("__init__", "start"):
            method = project.program.find_method(owner, name)
            if method is not None:
                found.update(site.function for site in project.program.callers(method))
    return frozenset(found)


def _is_sure(project: Project, site: CallSite) -> bool:
    return project.program.resolution(site.function, site.call).kind != "unique-name"


def _makes_thread(function: Function, site: CallSite) -> bool:
    segment = last_segment(function.calls[site.call].func)
    return site.via == "thread" and segment in _THREADS


def _is_run_of_thread(project: Project, ref: FunctionRef) -> bool:
    """Whether a method is the ``run`` of a subclass of ``threading.Thread``."""
    owner = project.program.owner(ref)
    if owner is None or project.function(ref).name != "run":
        return False
    return "threading.Thread" in project.program.foreign_bases(owner)


def _is_once(function: Function, number: int, spawning: str) -> bool:
    """Whether a coroutine is started here once: not in a loop or a comprehension."""
    return bool(spawning) and all(
        node.loop < 0 for node in function.nodes if node.kind is Kind.CALL and node.call == number
    )


def _spawning(function: Function, number: int) -> str:
    """What a coroutine is handed to, to be run beside its caller; ``""`` if it is awaited."""
    if function.calls[number].is_awaited:
        return ""
    for other in function.calls:
        segment = last_segment(other.func)
        if segment in _SPAWNING and any(_holds(argument, number) for argument in other.args):
            return segment
    is_collected = any(
        isinstance(node.value, Operation) and _holds(node.value, number)
        for node in function.nodes
        if node.value is not None
    )
    return "?" if is_collected else ""


def _holds(value: object, number: int) -> bool:
    if value == Result(number):
        return True
    return isinstance(value, Operation) and any(_holds(part, number) for part in value.args)


def is_pause(function: Function, number: int) -> bool:
    """Whether a coroutine may be suspended at a node."""
    node = function.nodes[number]
    if node.kind is Kind.CALL:
        return function.calls[node.call].is_awaited
    return node.kind is Kind.AWAIT
