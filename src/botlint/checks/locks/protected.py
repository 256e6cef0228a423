"""Which lock protects which store, and which changes of the store go without it."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from botlint.checks.locks.chains import Chain, chains_of, is_unknown
from botlint.checks.locks.locks import Lock, locks_of
from botlint.checks.locks.stores import Mutation, mutations_of, sorted_stores, stores_of
from botlint.facts.types import Name
from botlint.flow.program import ClassRef, FunctionRef, Variable
from botlint.project import Project


class Locked(NamedTuple):
    """A change with the locks that are always held there."""

    mutation: Mutation
    locks: frozenset[Lock]


class Protection(NamedTuple):
    """A store with the lock that most of its changes hold, and all its changes.

    ``free`` are the changes with a chain on which no lock at all is held.
    """

    store: Variable
    lock: Lock
    locked: tuple[Locked, ...]
    other: tuple[Locked, ...]
    free: tuple[tuple[Mutation, Chain], ...]


_NOTHING: frozenset[Lock] = frozenset()


def protections_of(project: Project) -> tuple[Protection, ...]:
    """All stores that some lock protects somewhere, by name."""
    return project.answer(("protections",), lambda: _find(project))


def _find(project: Project) -> tuple[Protection, ...]:
    mutations = mutations_of(project)
    found: list[Protection] = []
    for store in sorted_stores(project, mutations):
        for group in _objects(project, mutations[store]):
            protection = _protection(project, store, group)
            if protection is not None:
                found.append(protection)
    return tuple(found)


def _objects(project: Project, mutations: list[Mutation]) -> list[list[Mutation]]:
    """The changes that can be of one object: those of unrelated subclasses never are."""
    program = project.program
    classes = sorted({one.receiver for one in mutations if one.receiver is not None})
    lineages = {cls: set(program.ancestry(cls)) for cls in classes}
    leaves = [
        cls
        for cls in classes
        if not any(cls != other and cls in lineages[other] for other in classes)
    ]
    if len(leaves) < 2:
        return [mutations]
    return [
        [one for one in mutations if one.receiver is None or one.receiver in lineages[leaf]]
        for leaf in leaves
    ]


def _protection(project: Project, store: Variable, mutations: list[Mutation]) -> Protection | None:
    chains = chains_of(project)
    shared = [one for one in mutations if not chains.is_private(one.function)]
    locked = [Locked(one, chains.near(one.function, one.node)) for one in shared]
    evident = Counter(
        lock
        for one in locked
        for lock in one.locks
        if lock.is_known() and _is_evidence(project, one.mutation, lock)
    )
    if not evident:
        return None
    lock = max(
        evident,
        key=lambda one: (evident[one], not one.is_keyed, is_own(project, store, one), one.name),
    )
    free: list[tuple[Mutation, Chain]] = []
    other: list[Locked] = []
    for one in locked:
        if lock in one.locks or is_unknown(one.locks):
            continue
        if one.locks:
            above = chains.at(one.mutation.function, one.mutation.node)
            if lock not in above and not is_unknown(above):
                other.append(one)
            continue
        chain = chains.without(one.mutation.function, bool)
        above = chains.at(one.mutation.function, one.mutation.node) if chain is None else _NOTHING
        if chain is not None:
            free.append((one.mutation, chain))
        elif above and lock not in above and not is_unknown(above):
            other.append(one._replace(locks=above))
    return Protection(
        store, lock, tuple(one for one in locked if lock in one.locks), tuple(other), tuple(free)
    )


def is_own(project: Project, store: Variable, lock: Lock) -> bool:
    """Whether lock and store are attributes of one class, or globals that one module binds."""
    owner = project.variable_names(store)[0].rpartition(".")[0]
    if lock.name.rpartition(".")[0] == owner:
        return True
    if store.kind != "attribute":
        return store.kind == "global" and _is_imported(project, store.source, lock)
    program = project.program
    cls = ClassRef(store.source, store.owner)
    kin = (*program.ancestry(cls), *program.subclasses(cls))
    return any(lock.name.startswith(program.qualified_class(one) + ".") for one in kin)


def _is_imported(project: Project, source: int, lock: Lock) -> bool:
    """Whether a module binds the lock of another one by an import at its top."""
    name = lock.name.rpartition(".")[2]
    module = FunctionRef(source, 0)
    return any(
        one.name == name
        and one.function == 0
        and locks_of(project).of(module, Name(one.local)) == lock
        for one in project.program.sources[source].imports
    )


def _is_evidence(project: Project, mutation: Mutation, lock: Lock) -> bool:
    """Whether a lock is there for the store: its own, or taken by the very function that changes
    it. One that some caller happens to hold says little."""
    if is_own(project, mutation.store, lock):
        return True
    return lock in chains_of(project).held.at(mutation.function, mutation.node)


def is_wanted(project: Project, protection: Protection) -> bool:
    """Whether a store is one that rules speak of: it plays the role and has its own lock, or most
    changes of it are locked."""
    is_most = len(protection.locked) >= len(protection.free)
    is_locked_by_own = is_own(project, protection.store, protection.lock)
    if stores_of(project).is_portfolio(protection.store.name):
        return is_locked_by_own or is_most
    if project.vocabulary.roles["telemetry"].plays_name(protection.store.name):
        return False
    is_content = any(one.mutation.is_content() for one in protection.locked)
    return is_content and is_most and is_locked_by_own
