"""Where a coroutine is interrupted while it holds a lock: it waits, and others run meanwhile.

A wait between two accesses to a store breaks what stood in between; one before or behind the only
access does only where the lock is held to keep others from the store all the while.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botlint.checks.locks.chains import Chain, Chains
from botlint.checks.locks.concurrency import is_pause
from botlint.checks.locks.locks import Lock
from botlint.checks.locks.stores import Mutation, mutations_of
from botlint.checks.mentions import mentioned_in
from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of, receiver_of
from botlint.facts.types import Attribute, Expression, Function, Kind, Name, Node, Result
from botlint.flow.program import FunctionRef, Variable
from botlint.flow.ways import anyhow, nodes_from, points_from
from botlint.model import Step
from botlint.project import Project


def find_pause(project: Project, chains: Chains, change: Mutation, lock: Lock) -> Step | None:
    """The first wait of the function that makes a change while it holds a lock."""
    pauses = _pauses(project, chains, change.function, lock)
    return _waiting(project, change.function, lock, pauses[0]) if pauses else None


def find_interruption(
    project: Project, chains: Chains, change: Mutation, lock: Lock
) -> Step | None:
    """The same between two accesses to the store; where the lock is its callers', any wait if one
    of these looks at the store, too."""
    ref = change.function
    function = project.function(ref)
    pauses = _pauses(project, chains, ref, lock)
    held = frozenset(n for n in range(len(function.nodes)) if lock in chains.at(ref, n))
    touching = _touching(project, change, held) if pauses else frozenset()
    is_from_callers = function.entry in held and _is_in_callers(project, ref, change.store)
    for number in pauses:
        is_between = _is_within_change(function, number, touching) or (
            _leads(function, touching, number, held)
            and _leads(function, [function.nodes[number].next], touching, held)
        )
        if is_from_callers or is_between:
            return _waiting(project, ref, lock, number)
    return None


def _pauses(project: Project, chains: Chains, ref: FunctionRef, lock: Lock) -> list[int]:
    """The nodes at which a function waits while it holds a lock, other than for the lock itself."""
    function = project.function(ref)
    return [
        number
        for number in range(len(function.nodes))
        if is_pause(function, number) and lock in chains.at(ref, number)
    ]


def _waiting(project: Project, ref: FunctionRef, lock: Lock, number: int) -> Step:
    name = project.program.display(ref)
    text = f"`{name}` waits here while it holds `{lock.shown}`: others run meanwhile"
    return Step(project.place(ref, project.function(ref).nodes[number].span), text)


def runs_in_thread(project: Project, chain: Chain) -> bool:
    """Whether what a chain leads to runs beside the event loop: in a thread or an executor, or as a
    plain function that a framework takes for its own threads."""
    runs = [*(site.function for site in chain.sites[1:]), chain.end]
    if any(
        site.via in ("thread", "task") and not project.function(callee).is_async
        for site, callee in zip(chain.sites, runs, strict=False)
    ):
        return True
    entry = project.program.entries().get(chain.start)
    is_plain = not project.function(chain.start).is_async
    return is_plain and entry is not None and entry.kind in ("thread", "hook")


def _leads(
    function: Function, starts: Iterable[int], ends: Iterable[int] | int, held: frozenset[int]
) -> bool:
    """Whether a way leads from one of some nodes on to another, with the lock held all along."""
    wanted = frozenset([ends] if isinstance(ends, int) else ends)

    def onward(node: Node) -> Iterator[int]:
        return (one for one in anyhow(node) if one in held)

    reached = nodes_from(function, (one for one in starts if one in held), onward)
    return any(one in wanted for one in reached)


def _is_in_callers(project: Project, ref: FunctionRef, store: Variable) -> bool:
    """Whether the name of a store stands in a function from which a chain of calls leads to one."""

    def above(one: FunctionRef) -> Iterator[FunctionRef]:
        return (site.function for site in project.program.callers(one))

    return any(store.name in mentioned_in(project, one) for one in points_from(above(ref), above))


def _is_within_change(function: Function, pause: int, touching: frozenset[int]) -> bool:
    """Whether a wait is that of ``total += await ask()``, which has read the total by then."""
    awaited = Result(function.nodes[pause].call)
    return any(
        node.kind is Kind.AUGMENT and awaited in walk(node.value, ())
        for node in (function.nodes[number] for number in touching)
    )


def _touching(project: Project, mutation: Mutation, held: frozenset[int]) -> frozenset[int]:
    """The nodes that look at a store or change it, themselves or by what they call."""
    ref, store = mutation.function, mutation.store
    function = project.function(ref)
    changed = {one.node for one in mutations_of(project)[store] if one.function == ref}
    return frozenset(
        number
        for number in held
        if number in changed or _looks(project, ref, function.nodes[number], store)
    )


def _looks(project: Project, ref: FunctionRef, node: Node, store: Variable) -> bool:
    function = project.function(ref)
    values: list[Expression | None] = [node.value, node.target]
    if node.kind is Kind.CALL:
        call = function.calls[node.call]
        values += [receiver_of(call), *arguments_of(call)]
        if any(
            store.name in mentioned_in(project, callee)
            for callee in project.program.callees(ref, node.call)
        ):
            return True
    return any(_is_of(project, ref, part, store) for value in values for part in walk(value, ()))


def _is_of(project: Project, ref: FunctionRef, part: Expression, store: Variable) -> bool:
    if type(part) is Name:
        segments = part.path.split(".")
        if store.name not in segments:
            return False
        root = ".".join(segments[: segments.index(store.name) + 1])
        return project.program.variable(ref, Name(root)) == store
    return type(part) is Attribute and part.name == store.name
