"""Locks that are taken while others are held: in both orders, or twice by one holder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from botlint.checks.chains import Chains, chains_of
from botlint.checks.locks import Lock
from botlint.checks.roots import receiver_of
from botlint.checks.sections import Taking
from botlint.facts.types import Name
from botlint.flow.program import CallSite, FunctionRef
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import CallRef, Project

_DEEPEST = 5


class Inner(NamedTuple):
    """A lock is taken in ``function``, by way of ``calls`` (the first is made by the holder)."""

    function: FunctionRef
    taking: Taking
    calls: tuple[CallRef, ...]


class Nested(NamedTuple):
    """``inner`` is taken while ``outer`` is held, besides ``held``."""

    holder: FunctionRef
    outer: Lock
    held: frozenset[Lock]
    inner: Inner


def find_inverted(project: Project) -> Iterable[Hit]:
    """POS006: two locks that are taken in both orders; a hit at each inner one."""
    pairs: dict[tuple[Lock, Lock], list[Nested]] = {}
    for one in _all_nested(project):
        if one.outer != one.inner.taking.lock:
            pairs.setdefault((one.outer, one.inner.taking.lock), []).append(one)
    for (outer, inner), nested in sorted(pairs.items(), key=lambda item: item[0]):
        against = pairs.get((inner, outer), ())
        for one in nested:
            other = next((two for two in against if not one.held & two.held), None)
            if other is not None:
                yield _inverted_hit(project, one, other)


def find_retaken(project: Project) -> Iterable[Hit]:
    """POS009: a lock that is not re-entrant, taken again by its holder."""
    locks = chains_of(project).held.locks
    for one in _all_nested(project):
        lock = one.inner.taking.lock
        if lock != one.outer or lock.is_keyed or locks.is_reentrant(lock):
            continue
        if _is_same_object(project, one):
            yield _retaken_hit(project, one)


def _all_nested(project: Project) -> tuple[Nested, ...]:
    return project.answer(("nested-locks",), lambda: tuple(_find(project)))


def _find(project: Project) -> Iterator[Nested]:
    chains = chains_of(project)
    for ref in _with_locks(project, chains):
        around = frozenset(lock for lock in chains.by_decorators(ref) if lock.is_known())
        for taking in chains.held.sections(ref).takings:
            if taking.lock.is_known() and not taking.is_tried:
                yield from _nested(ref, Inner(ref, taking, ()), taking.held | around)
        for number in range(len(project.function(ref).calls)):
            held = chains.held.at_call(ref, number) | around
            if not any(lock.is_known() for lock in held):
                continue
            for inner in _taken_by(project, chains, ref, number, 0, frozenset({ref})):
                yield from _nested(ref, inner, held)


def _with_locks(project: Project, chains: Chains) -> list[FunctionRef]:
    """The functions that hold a lock somewhere: they take one, or a decorator does."""
    program = project.program
    found = {ref for ref in chains.held.functions() if chains.held.sections(ref).takings}
    for ref in program.functions():
        if program.function(ref).decorators and chains.by_decorators(ref):
            found.add(ref)
    return sorted(found)


def _nested(ref: FunctionRef, inner: Inner, held: frozenset[Lock]) -> Iterator[Nested]:
    lock = inner.taking.lock
    around = held | inner.taking.held
    for outer in sorted(held):
        if outer.is_known() and (lock == outer or lock not in around):
            yield Nested(ref, outer, around - {outer}, inner)


def _taken_by(
    project: Project,
    chains: Chains,
    ref: FunctionRef,
    number: int,
    depth: int,
    seen: frozenset[FunctionRef],
) -> Iterator[Inner]:
    """The locks that are taken before a call returns, by what it surely calls."""
    program = project.program
    if depth >= _DEEPEST or program.resolution(ref, number).kind != "exact":
        return
    call = CallRef(ref, number)
    for callee, via in program.edges(ref, number):
        if (
            callee in seen
            or via != "call"
            or not chains.runs_here(CallSite(ref, number, via), callee)
        ):
            continue
        for taking in chains.held.sections(callee).takings:
            if taking.lock.is_known() and not taking.is_tried:
                yield Inner(callee, taking, (call,))
        for inner_number in range(len(program.function(callee).calls)):
            for inner in _taken_by(
                project, chains, callee, inner_number, depth + 1, seen | {callee}
            ):
                yield inner._replace(calls=(call, *inner.calls))


def _is_same_object(project: Project, one: Nested) -> bool:
    """Whether it is the lock of the same object, and not of another one of that class.

    All calls on the way are the object's own methods; globals are the same everywhere.
    """
    expression = one.inner.taking.expression
    outer = [
        taking.expression
        for taking in chains_of(project).held.sections(one.holder).takings
        if taking.lock == one.outer
    ]
    if isinstance(expression, Name) and "." not in expression.path:
        return True
    if not one.inner.calls:
        return expression in outer
    receivers = [receiver_of(project.call(call)) for call in one.inner.calls]
    is_own = all(receiver in (Name("self"), Name("cls")) for receiver in receivers)
    return is_own and expression in outer


def _inner_place(project: Project, one: Nested) -> Place:
    return project.place(one.inner.function, one.inner.taking.span)


def _steps(project: Project, one: Nested) -> list[Step]:
    holder = project.program.display(one.holder)
    steps = [
        Step(project.place(one.holder, taking.span), f"`{holder}` takes `{one.outer.shown}`")
        for taking in chains_of(project).held.sections(one.holder).takings
        if taking.lock == one.outer
    ][:1]
    for call in one.inner.calls:
        name = project.program.display(call.function)
        text = f"`{name}` calls `{project.written(call)}`"
        steps.append(Step(project.call_place(call), text))
    name = project.program.display(one.inner.function)
    text = f"`{name}` takes `{one.inner.taking.lock.shown}` while `{one.outer.shown}` is held"
    steps.append(Step(_inner_place(project, one), text))
    return steps


def _inverted_hit(project: Project, one: Nested, other: Nested) -> Hit:
    place = _inner_place(project, one)
    name = project.program.display(one.inner.function)
    return Hit(
        place=place,
        saw={
            "lock": one.inner.taking.lock.shown,
            "outer": one.outer.shown,
            "function": name,
        },
        confidence=Confidence.HIGH,
        trace=(*_steps(project, one), *_steps(project, other)),
        cause=f"order {place.path}:{place.span.line}",
        symbol=name,
    )


def _retaken_hit(project: Project, one: Nested) -> Hit:
    place = _inner_place(project, one)
    name = project.program.display(one.inner.function)
    return Hit(
        place=place,
        saw={"lock": one.outer.shown, "function": name, "creator": one.outer.creator},
        confidence=Confidence.HIGH,
        trace=tuple(_steps(project, one)),
        cause=f"twice {place.path}:{place.span.line}",
        symbol=name,
    )
