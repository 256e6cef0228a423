"""Stores that two threads of one run change, and that no lock protects anywhere."""

from __future__ import annotations

from collections.abc import Iterable

from botlint.checks.hits import hit_in
from botlint.checks.locks.chains import chains_of
from botlint.checks.locks.concurrency import Start, makers_of, starts_behind, starts_of
from botlint.checks.locks.protected import protections_of
from botlint.checks.locks.stores import (
    Mutation,
    mutations_of,
    shown_store,
    sorted_stores,
    stores_of,
)
from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project


def find_shared_by_threads(project: Project) -> Iterable[Hit]:
    """POS001 too: no lock at all for a store that two threads change."""
    protected = {one.store for one in protections_of(project)}
    mutations = mutations_of(project)
    chains = chains_of(project)
    for store in sorted_stores(project, mutations):
        if store in protected or not stores_of(project).is_portfolio(store.name):
            continue
        shared = [
            one
            for one in mutations[store]
            if one.is_content()
            and not chains.is_private(one.function)
            and not chains.near(one.function, one.node)
        ]
        pair = _two_threads(project, shared)
        if pair is not None:
            yield _shared_hit(project, *pair)


def _two_threads(
    project: Project, mutations: list[Mutation]
) -> tuple[Mutation, Start, Mutation, Start] | None:
    """Two changes of one store, of which one is made in a thread and the other beside it."""
    started = [
        (one, start)
        for one in mutations
        for start in sorted(starts_of(project, one.function))
        if start.kind in _BESIDE
    ]
    for one, start in started:
        if start.kind != "thread":
            continue
        makers = makers_of(project, start)
        for other, beside in started:
            if beside.function != start.function and _run_together(project, makers, other, beside):
                return one, start, other, beside
    return None


def _run_together(
    project: Project,
    makers: frozenset[FunctionRef],
    other: Mutation,
    beside: Start,
) -> bool:
    """Whether a thread and another start belong to one run of the program, and the change isn't
    made by the function that starts the thread, before it does."""
    if other.function in makers:
        return False
    above = {one for maker in makers for one in starts_behind(project, maker)}
    if beside.kind != "thread":
        return beside in above
    return any(
        starts_behind(project, maker) & above or maker in makers
        for maker in makers_of(project, beside)
    )


_BESIDE = frozenset({"thread", "main", "script", "project script"})


def _shared_hit(
    project: Project, one: Mutation, start: Start, other: Mutation, beside: Start
) -> Hit:
    stores = stores_of(project)
    place = stores.place(other)
    store = shown_store(project, other.store)
    steps = []
    for mutation, begin in ((one, start), (other, beside)):
        steps.append(_start_step(project, begin))
        shown = project.program.display(mutation.function)
        steps.append(Step(stores.place(mutation), f"`{shown}` changes `{store}`, without a lock"))
    return hit_in(
        project,
        other.function,
        place,
        {"store": store, "lock": "any lock", "what": "though two threads change it"},
        tuple(steps),
        Confidence.MEDIUM,
    )


def _start_step(project: Project, start: Start) -> Step:
    entry = project.program.entries().get(start.function) if start.call < 0 else None
    if entry is not None:
        return Step(entry.place, entry.text)
    call = CallRef(start.function, max(start.call, 0))
    return Step(project.call_place(call), f"`{project.written(call)}` starts it, in a thread")
