"""Stores that are changed without their lock, or under different ones."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from botlint.checks.locks.chains import Chains, chains_of
from botlint.checks.locks.changing import CHANGING, INSIDE
from botlint.checks.locks.interrupted import find_interruption, find_pause, runs_in_thread
from botlint.checks.locks.locks import Lock
from botlint.checks.locks.protected import Locked, Protection, is_wanted, protections_of
from botlint.checks.locks.stores import (
    Mutation,
    shown_store,
    stores_of,
)
from botlint.checks.locks.together import apart_of
from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Step
from botlint.project import Project

_VERBS = {"assigned": "is assigned", "deleted": "is deleted from", "augmented": "is changed"}


def find_unlocked(project: Project) -> Iterable[Hit]:
    """POS001: changes without a lock of stores that are changed under one elsewhere."""
    chains = chains_of(project)
    for protection in protections_of(project):
        if not is_wanted(project, protection):
            continue
        pause, is_of_loop = None, chains.held.locks.is_for_coroutines(protection.lock)
        if is_of_loop:
            pause = _pause_in(project, chains, protection)
        for mutation, chain in protection.free:
            is_safe = is_of_loop and pause is None and not runs_in_thread(project, chain)
            if not is_safe and _is_wanted_change(project, protection, mutation):
                yield _unlocked_hit(project, protection, mutation, chains.steps(chain), pause)


def _is_wanted_change(project: Project, protection: Protection, mutation: Mutation) -> bool:
    """Another value of a variable whose content is what the lock is for counts only by role; so
    does a change of a container that the store keeps, where nobody makes such a one locked."""
    if stores_of(project).is_portfolio(protection.store.name):
        return True
    if mutation.part == INSIDE and mutation.how in CHANGING:
        return any(one.mutation.part == INSIDE for one in protection.locked)
    return mutation.is_content()


def _pause_in(project: Project, chains: Chains, protection: Protection) -> Step | None:
    """Where a coroutine waits while it holds a lock of the store: there others can come between.

    Coroutines that never wait under their lock can't be interrupted, and need none. A number, and
    what stands under another lock besides, needs one only for waits between look and change.
    """
    changes = (*protection.locked, *protection.other)
    is_number = _is_number([one.mutation for one in changes])
    for one in changes:
        for lock in sorted(one.locks):
            is_strict = is_number or (lock != protection.lock and protection.lock in one.locks)
            find = find_interruption if is_strict else find_pause
            step = find(project, chains, one.mutation, lock)
            if step is not None:
                return step
    return None


def _is_number(changes: list[Mutation]) -> bool:
    """Whether a store is only ever given another value, and no content of it changes."""
    return all(one.key is None and one.how in ("assigned", "augmented") for one in changes)


def _unlocked_hit(
    project: Project,
    protection: Protection,
    mutation: Mutation,
    chain: tuple[Step, ...],
    pause: Step | None,
) -> Hit:
    place = stores_of(project).place(mutation)
    store = shown_store(project, protection.store)
    name = project.program.display(mutation.function)
    is_most = len(protection.locked) > len(protection.free)
    steps = [_locked_step(project, protection.locked[0], protection.lock, store)]
    steps += [pause] if pause is not None else []
    steps += chain
    steps.append(Step(place, f"`{name}` changes `{store}` here, and nobody holds a lock"))
    return Hit(
        place=place,
        saw={
            "store": store,
            "lock": f"`{protection.lock.shown}`",
            "function": name,
            "what": f"which {_times(len(protection.locked))}",
        },
        confidence=Confidence.HIGH if is_most else Confidence.MEDIUM,
        trace=tuple(steps),
        cause=apart_of(project).get(place, f"{place.path}:{place.span.line}"),
        symbol=name,
        mitigation=0 if stores_of(project).is_portfolio(protection.store.name) else 1,
    )


def _times(count: int) -> str:
    return "another change of it holds" if count == 1 else f"{count} other changes of it hold"


def _locked_step(project: Project, one: Locked, lock: Lock, store: str) -> Step:
    name = project.program.display(one.mutation.function)
    text = f"`{name}` changes `{store}` with `{lock.shown}` held"
    return Step(stores_of(project).place(one.mutation), text)


def find_two_locks(project: Project) -> Iterable[Hit]:
    """POS003: changes of one store under a lock that has nothing to do with its usual one; those of
    one function are one."""
    for protection in protections_of(project):
        if not is_wanted(project, protection):
            continue
        found: dict[tuple[FunctionRef, Lock], Hit] = {}
        for one in protection.other:
            lock = min(one.locks)
            hit = _two_locks_hit(project, protection, one, lock)
            first = found.setdefault((one.mutation.function, lock), hit)
            if first is not hit:
                related = (*first.related, hit.trace[-1])
                found[one.mutation.function, lock] = replace(first, related=related)
        yield from found.values()


def _two_locks_hit(project: Project, protection: Protection, one: Locked, lock: Lock) -> Hit:
    place = stores_of(project).place(one.mutation)
    store = shown_store(project, protection.store)
    name = project.program.display(one.mutation.function)
    return Hit(
        place=place,
        saw={
            "store": store,
            "lock": lock.shown,
            "other": protection.lock.shown,
            "function": name,
        },
        confidence=Confidence.MEDIUM,
        trace=(
            _locked_step(project, protection.locked[0], protection.lock, store),
            Step(place, f"`{name}` changes it with `{lock.shown}` held, which is another lock"),
        ),
        cause=apart_of(project).get(place, f"{place.path}:{place.span.line}"),
        symbol=name,
    )
