"""Stores that belong together, changed for one key with no lock from the first change to the last.

A call of a project's function that changes a store for one of its parameters counts as a change
for what it is given there. The stores must be protected somewhere, each by whatever lock, or stand
together in the rule's groups: where nothing is ever locked, nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from botlint.checks.locks.chains import Chains, chains_of, is_unknown
from botlint.checks.locks.concurrency import is_pause
from botlint.checks.locks.protected import Protection, protections_of
from botlint.checks.locks.stores import (
    Mutation,
    mutations_of,
    shown_store,
    sorted_stores,
    stores_of,
)
from botlint.facts.types import Expression, Kind, Name
from botlint.flow.program import FunctionRef, Variable
from botlint.flow.ways import nodes_between
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import CallRef, Project

_DEEPEST = 3


class Change(NamedTuple):
    """A store is changed for ``key`` at a node of a function, there or in what it calls."""

    function: FunctionRef
    node: int
    store: Variable
    key: Expression
    mutation: Mutation


class Apart(NamedTuple):
    """Two changes with no lock over both; ``others`` are further second changes of that kind."""

    first: Change
    second: Change
    steps: tuple[Step, ...]
    others: tuple[Change, ...]


Groups = tuple[tuple[str, ...], ...]
"""Stores that belong together, by name: ``(("Engine.positions", "Portfolio.held_assets"),)``."""


def find_apart(project: Project, groups: Groups) -> Iterable[Hit]:
    """POS002: one hit for each second change. Stores of one group need no lock anywhere."""
    protected = {one.store: one for one in protections_of(project)}
    for apart in _all_apart(project, groups):
        yield _hit(project, apart, protected)


def apart_of(project: Project) -> Mapping[Place, str]:
    """The changes that belong to such a pair, each with the cause that they share."""

    def work_out() -> dict[Place, str]:
        found: dict[Place, str] = {}
        for apart in _all_apart(project, ()):
            cause = _cause(project, apart)
            for change in (apart.first, apart.second, *apart.others):
                if change.mutation.function == change.function:
                    found.setdefault(stores_of(project).place(change.mutation), cause)
        return found

    return project.answer(("apart-of",), work_out)


def _all_apart(project: Project, groups: Groups) -> tuple[Apart, ...]:
    return project.answer(("apart", groups), lambda: tuple(_find(project, groups)))


def _find(project: Project, groups: Groups) -> Iterable[Apart]:
    protected = {one.store for one in protections_of(project)}
    if not protected and not groups:
        return
    changes = changes_of(project)
    together = _together(project, changes)
    for function in sorted(changes):
        for apart in _apart_in(project, function, changes[function]):
            pair = frozenset((apart.first.store, apart.second.store))
            is_one_owner = len({(one.kind, one.source, one.owner) for one in pair}) == 1
            is_pair = is_one_owner and len(together[pair]) > 1
            is_known = pair <= protected or (bool(pair & protected) and is_pair)
            if is_known or _is_grouped(project, pair, groups):
                yield apart


def _is_grouped(project: Project, pair: frozenset[Variable], groups: Groups) -> bool:
    names = [project.variable_names(store)[0] for store in pair]
    return any(
        all(any(f".{name}".endswith(f".{member}") for member in group) for name in names)
        for group in groups
    )


def changes_of(project: Project) -> Mapping[FunctionRef, list[Change]]:
    """The changes of positions, balances and orders for some key, by the function seen from."""

    def work_out() -> dict[FunctionRef, list[Change]]:
        changes: dict[FunctionRef, list[Change]] = {}
        stores = mutations_of(project)
        for store in sorted_stores(project, stores):
            if stores_of(project).is_portfolio(store.name):
                for mutation in stores[store]:
                    _spread(project, mutation, changes)
        return changes

    return project.answer(("changes",), work_out)


def _together(
    project: Project, changes: Mapping[FunctionRef, list[Change]]
) -> dict[frozenset[Variable], set[tuple[Place, Place]]]:
    """The pairs of stores that some function changes for one key, with the places of it."""
    found: dict[frozenset[Variable], set[tuple[Place, Place]]] = {}
    stores = stores_of(project)
    for all_ in changes.values():
        for first in all_:
            for second in all_:
                if first.store < second.store and first.key == second.key:
                    places = (stores.place(first.mutation), stores.place(second.mutation))
                    found.setdefault(frozenset((first.store, second.store)), set()).add(places)
    return found


def _spread(project: Project, mutation: Mutation, changes: dict[FunctionRef, list[Change]]) -> None:
    """Note a change where it stands, and where a call hands in the key that it is for."""
    if mutation.key is None:
        return
    program = project.program
    waiting = [(mutation.function, mutation.node, mutation.key, 0)]
    while waiting:
        function, node, key, depth = waiting.pop()
        changes.setdefault(function, []).append(
            Change(function, node, mutation.store, _plain(project, function, key), mutation)
        )
        names = [one.name for one in project.function(function).parameters]
        if depth >= _DEEPEST or not isinstance(key, Name) or key.path not in names:
            continue
        if project.function(function).is_generator:
            continue  # What a context manager does when it is left comes later.
        for site in program.callers(function):
            given = program.argument_of(site.function, site.call, function, key.path)
            if site.via not in ("call", "decorator") or given is None:
                continue
            for number, one in enumerate(project.function(site.function).nodes):
                if one.kind is Kind.CALL and one.call == site.call:
                    waiting.append((site.function, number, given, depth + 1))


def _plain(project: Project, ref: FunctionRef, key: Expression) -> Expression:
    """A local that only ever stands for one other name is that name."""
    if not isinstance(key, Name) or "." in key.path:
        return key
    variable = project.program.variable(ref, key)
    bindings = project.program.bindings(variable) if variable is not None else ()
    if len(bindings) == 1 and isinstance(bindings[0][1].value, Name):
        return bindings[0][1].value if bindings[0][1].kind == "value" else key
    return key


def _apart_in(project: Project, ref: FunctionRef, changes: list[Change]) -> Iterable[Apart]:
    chains = chains_of(project)
    chain = None if chains.is_private(ref) else chains.without(ref, bool)
    if chain is None:
        return
    found: dict[frozenset[Variable], list[tuple[Change, Change]]] = {}
    seen: set[Place] = set()
    ordered = sorted(changes, key=lambda change: (_place(project, change), change.node))
    for second in ordered:
        place = _place(project, second)
        first = None if place in seen else _first_of(project, chains, ordered, second)
        if first is not None:
            seen.add(place)
            pair = frozenset((first.store, second.store))
            found.setdefault(pair, []).append((first, second))
    for pairs in found.values():
        first, second = pairs[0]
        others = tuple(other for _, other in pairs[1:])
        yield Apart(first, second, chains.steps(chain), others)


def _first_of(
    project: Project, chains: Chains, changes: list[Change], second: Change
) -> Change | None:
    """The first change that a later one belongs to, if no lock is held from it to that one."""
    function = project.function(second.function)
    for first in changes:
        if first.store == second.store or first.key != second.key:
            continue
        if _place(project, first) >= _place(project, second):
            continue
        if _changes_both(changes, first, second):
            continue
        between = nodes_between(function, first.node, second.node)
        if between and not _is_covered(project, chains, first, second, between):
            return first
    return None


def _changes_both(changes: list[Change], first: Change, second: Change) -> bool:
    """Whether one of the two calls changes both stores: then they agree when it returns."""
    return any(
        (change.node == first.node and change.store == second.store)
        or (change.node == second.node and change.store == first.store)
        for change in changes
        if change.key == first.key
    )


def _is_covered(
    project: Project, chains: Chains, first: Change, second: Change, between: frozenset[int]
) -> bool:
    """Whether some lock is held from the first change to the second, or none is needed."""
    ref = first.function
    held = chains.at(ref, first.node) & chains.at(ref, second.node)
    if is_unknown(chains.at(ref, first.node) | chains.at(ref, second.node)):
        return True
    entry = chains.on_entry(ref)
    must = chains.held.sections(ref).must
    for lock in held:
        if lock in entry or all(lock in must[number] for number in between if number in must):
            return True
    protecting = [
        one.lock for one in protections_of(project) if one.store in (first.store, second.store)
    ]
    if protecting and all(chains.held.locks.is_for_coroutines(lock) for lock in protecting):
        return not any(is_pause(project.function(ref), number) for number in between)
    return False


def _place(project: Project, change: Change) -> Place:
    span = project.function(change.function).nodes[change.node].span
    return project.place(change.function, span)


def _cause(project: Project, apart: Apart) -> str:
    place = _place(project, apart.second)
    return f"{place.path}:{place.span.line}"


def _hit(project: Project, apart: Apart, protected: Mapping[Variable, Protection]) -> Hit:
    first, second = apart.first, apart.second
    name = project.program.display(first.function)
    stores = [shown_store(project, one.store) for one in (first, second)]
    steps = [
        Step(
            stores_of(project).place(protected[one.store].locked[0].mutation),
            f"`{shown}` is changed with `{protected[one.store].lock.shown}` held",
        )
        for one, shown in zip((first, second), stores, strict=True)
        if one.store in protected
    ]
    return Hit(
        place=_place(project, second),
        saw={"first": stores[0], "store": stores[1], "function": name},
        confidence=Confidence.HIGH,
        trace=(
            *steps,
            *apart.steps,
            *_change_steps(project, first, f"`{name}` changes `{stores[0]}`"),
            *_change_steps(
                project,
                second,
                f"and then `{stores[1]}` for the same key; no lock is held over both",
            ),
        ),
        related=tuple(
            Step(_place(project, other), f"`{stores[1]}` is changed here too, in its turn")
            for other in apart.others
        ),
        cause=_cause(project, apart),
        symbol=name,
    )


def _change_steps(project: Project, change: Change, text: str) -> tuple[Step, ...]:
    here = Step(_place(project, change), text)
    if change.mutation.function == change.function:
        return (here,)
    inner = project.program.display(change.mutation.function)
    shown = shown_store(project, change.store)
    node = project.function(change.function).nodes[change.node]
    written = project.written(CallRef(change.function, node.call))
    return (
        Step(here.place, f"{text}, by way of `{written}`"),
        Step(stores_of(project).place(change.mutation), f"`{inner}` changes `{shown}` here"),
    )
