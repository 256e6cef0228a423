"""Calls that wait for the network or sleep while the lock of a store is held.

Everybody else who needs the store waits as long. In a coroutine only what blocks the event loop
counts, and waiting at all under a lock of threads, which then nobody else of this thread can give
back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from botlint.checks.locks.chains import Chains, chains_of
from botlint.checks.locks.locks import Lock
from botlint.checks.locks.protected import is_wanted, protections_of
from botlint.checks.locks.stores import shown_store, stores_of
from botlint.facts.types import Kind
from botlint.flow.program import FunctionRef, Variable
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

_WAITING = "network-wait"

Way = tuple[CallRef, ...]


def find_waits(project: Project) -> Iterable[Hit]:
    """POS005: one hit for each call under the lock that waits, itself or in what it calls."""
    guarded = _guarded(project)
    if not guarded:
        return
    chains = chains_of(project)
    ways: dict[FunctionRef, Way] | None = None
    for ref in chains.held.functions():
        function = project.function(ref)
        seen: set[int] = set()
        for number, node in enumerate(function.nodes):
            if node.kind is not Kind.CALL or node.call in seen:
                continue
            locks = sorted(chains.held.at(ref, number) & guarded.keys())
            if not locks:
                continue
            ways = _ways(project, chains) if ways is None else ways
            way = _way_of(project, ways, CallRef(ref, node.call))
            if way is not None and _is_blocking(project, chains, way, locks[0]):
                seen.add(node.call)
                yield _hit(project, way, locks[0], guarded[locks[0]])


def _guarded(project: Project) -> dict[Lock, Variable]:
    """The locks of positions, balances and orders, each with one such store."""
    found: dict[Lock, Variable] = {}
    for one in protections_of(project):
        if stores_of(project).is_portfolio(one.store.name) and is_wanted(project, one):
            found.setdefault(one.lock, one.store)
    return found


def _leaves(project: Project) -> list[CallRef]:
    """The calls that themselves wait: they play a role and lead out of the program."""
    return [
        ref
        for ref in project.calls_playing(_WAITING)
        if not project.program.callees(ref.function, ref.call)
    ]


def _ways(project: Project, chains: Chains) -> dict[FunctionRef, Way]:
    """For each function that waits before it returns, the calls down to the one that does."""
    found: dict[FunctionRef, Way] = {}
    waiting: deque[FunctionRef] = deque()
    for leaf in _leaves(project):
        if leaf.function not in found and leaf.function.index:
            found[leaf.function] = (leaf,)
            waiting.append(leaf.function)
    while waiting:
        ref = waiting.popleft()
        for site in project.program.callers(ref):
            is_known = project.program.resolution(site.function, site.call).kind == "exact"
            if site.function in found or not is_known or not chains.runs_here(site, ref):
                continue
            found[site.function] = (CallRef(site.function, site.call), *found[ref])
            waiting.append(site.function)
    return found


def _way_of(project: Project, ways: dict[FunctionRef, Way], call: CallRef) -> Way | None:
    program = project.program
    callees = program.callees(call.function, call.call)
    if not callees:
        return (call,) if project.plays(call, _WAITING) else None
    if program.resolution(call.function, call.call).kind != "exact":
        return None
    for callee in callees:
        if callee in ways and chains_of(project).runs_callee(call.function, call.call, callee):
            return (call, *ways[callee])
    return None


def _is_blocking(project: Project, chains: Chains, way: Way, lock: Lock) -> bool:
    is_awaited = project.call(way[-1]).is_awaited
    if project.written(way[-1]).startswith("asyncio.") and not is_awaited:
        return False
    return not is_awaited or not chains.held.locks.is_for_coroutines(lock)


def _hit(project: Project, way: Way, lock: Lock, store: Variable) -> Hit:
    first, last = way[0], way[-1]
    name = project.program.display(first.function)
    shown = shown_store(project, store)
    steps = [
        Step(
            project.call_place(one),
            f"`{project.program.display(one.function)}` calls `{project.written(one)}`"
            + (f" with `{lock.shown}` held" if one == first else "")
            + (", which waits" if one == last else ""),
        )
        for one in way
    ]
    place = project.call_place(first)
    return Hit(
        place=place,
        saw={
            "call": project.written(last),
            "lock": lock.shown,
            "store": shown,
            "function": name,
        },
        confidence=Confidence.HIGH if len(way) == 1 else Confidence.MEDIUM,
        trace=tuple(steps),
        cause=f"waits {place.path}:{place.span.line}",
        symbol=name,
    )
