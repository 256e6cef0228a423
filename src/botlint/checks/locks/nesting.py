"""Locks that are taken while others are held, in one function or by way of what it calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.locks.chains import Chains, chains_of
from botlint.checks.locks.locks import Lock
from botlint.checks.locks.same_object import (
    home_of,
    seen_from_caller,
    stands_in,
    unaliased,
)
from botlint.checks.locks.sections import Taking
from botlint.checks.locks.wrapped import takings_by_decorators
from botlint.facts.types import Name, Result
from botlint.flow.forwarding import settled
from botlint.flow.program import CallSite, FunctionRef
from botlint.project import CallRef, Project

_DEEPEST = 5


class Inner(NamedTuple):
    """``lock`` is taken in ``function``, by way of ``calls`` (the first is made by the holder).

    ``names`` are what the function ``named_in``, which the last call runs, calls it.
    """

    function: FunctionRef
    taking: Taking
    lock: Lock
    named_in: FunctionRef
    names: frozenset[Name]
    calls: tuple[CallRef, ...] = ()


class Nested(NamedTuple):
    """``inner`` is taken while ``outer`` is held, besides ``held``."""

    holder: FunctionRef
    outer: Lock
    held: frozenset[Lock]
    inner: Inner


def all_nested(project: Project) -> tuple[Nested, ...]:
    """All locks that are surely taken while another, or the same, is held."""
    return project.answer(("nested-locks",), lambda: tuple(_find(project)))


def _find(project: Project) -> Iterator[Nested]:
    chains = chains_of(project)
    for ref in _with_locks(project, chains):
        around = frozenset(lock for lock in chains.by_decorators(ref) if lock.is_known())
        for inner in _own(project, chains, ref):
            yield from _nested(ref, inner, inner.taking.held | around)
        for number in range(len(project.function(ref).calls)):
            held = chains.held.at_call(ref, number) | around
            if not any(lock.is_known() for lock in held):
                continue
            for inner in _taken_by(project, chains, ref, number, 0, frozenset({ref})):
                yield from _nested(ref, inner, held)


def _with_locks(project: Project, chains: Chains) -> list[FunctionRef]:
    """The functions that hold a lock somewhere: they take one, or what they call, or a decorator
    does."""
    program = project.program
    found = {ref for ref in chains.held.functions() if any(chains.held.sections(ref).must.values())}
    for ref in program.functions():
        if program.function(ref).decorators and chains.by_decorators(ref):
            found.add(ref)
    return sorted(found)


def _nested(ref: FunctionRef, inner: Inner, held: frozenset[Lock]) -> Iterator[Nested]:
    lock = inner.lock
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
        site = CallSite(ref, number, via)
        is_sure = via == "call" or chains.is_called_by_name(site, callee)
        if callee in seen or not is_sure or not chains.runs_here(site, callee):
            continue
        for inner in (*_own(project, chains, callee), *_wrapping(project, chains, callee)):
            yield inner._replace(calls=(call,))
        for inner_number in range(len(program.function(callee).calls)):
            for inner in _taken_by(
                project, chains, callee, inner_number, depth + 1, seen | {callee}
            ):
                yield inner._replace(calls=(call, *inner.calls))


def _own(project: Project, chains: Chains, ref: FunctionRef) -> Iterator[Inner]:
    """The locks that a function itself takes."""
    for taking in chains.held.sections(ref).takings:
        if taking.lock.is_known() and not taking.is_tried:
            yield Inner(ref, taking, taking.lock, ref, _names(project, ref, taking))


def _wrapping(project: Project, chains: Chains, ref: FunctionRef) -> Iterator[Inner]:
    """The locks that the decorators of a function take when it is called."""
    for one in takings_by_decorators(project, chains.held, ref):
        if one.lock.is_known() and not one.taking.is_tried:
            names = _own_name(project, ref, one.lock)
            yield Inner(one.wrapper, one.taking, one.lock, ref, names)


def is_same_object(project: Project, one: Nested) -> bool:
    """Whether it is the lock of the same object, and not of another one of that class: what it is
    called at the inner place is what it is called at the outer one, seen from there."""
    names: frozenset[Name] = one.inner.names
    callee = one.inner.named_in
    for name in names:
        variable = project.program.variable(callee, name) if "." not in name.path else None
        if variable is not None and variable.kind == "global":
            return True
    left = list(one.inner.calls)
    waiting: list[tuple[FunctionRef, Name]] = []
    while left:
        names |= {name for ref, name in waiting if ref == callee}
        above = [call.function for call in left]
        far = {(_meant(project, callee, name, above), name) for name in names}
        waiting += [(ref, name) for ref, name in far if ref is not None]
        near = frozenset(name for ref, name in far if ref is None)
        names = _seen(project, callee, near, left[-1])
        callee = left.pop().function
    names |= {name for ref, name in waiting if ref == callee}
    return bool(names & _outer_names(project, one))


def _meant(
    project: Project, ref: FunctionRef, name: Name, above: list[FunctionRef]
) -> FunctionRef | None:
    """The nearest function ``above`` in which a name of a nested function means the same."""
    outer = home_of(project, ref, name)
    if outer is None or outer == ref:
        return None
    return next((one for one in reversed(above) if stands_in(project, one, outer)), None)


def _outer_names(project: Project, one: Nested) -> frozenset[Name]:
    """What the holder calls the lock that it holds."""
    held = chains_of(project).held
    found: frozenset[Name] = frozenset()
    for taking in held.sections(one.holder).takings:
        if taking.lock == one.outer:
            found |= _names(project, one.holder, taking)
    if one.outer in chains_of(project).by_decorators(one.holder):
        found |= _own_name(project, one.holder, one.outer)
    for number in range(len(project.function(one.holder).calls)):
        for callee in project.program.callees(one.holder, number):
            if held.lends(callee):
                found |= _lifted(project, callee, one.outer, CallRef(one.holder, number))
    return found


def _names(project: Project, ref: FunctionRef, taking: Taking) -> frozenset[Name]:
    """What a function calls the lock that it takes somewhere."""
    if type(taking.expression) is Name:
        return frozenset({unaliased(project, ref, taking.expression)})
    if type(taking.expression) is not Result:
        return frozenset()
    call = CallRef(ref, taking.expression.call)
    found: frozenset[Name] = frozenset()
    for callee in project.program.callees(ref, call.call):
        found |= _lifted(project, callee, taking.lock, call)
    return found


def _lifted(
    project: Project, callee: FunctionRef, lock: Lock, call: CallRef, depth: int = 0
) -> frozenset[Name]:
    """What the caller calls a lock that ``callee``, or what that only hands on to, takes for it."""
    if settled(project.program, callee) != callee and depth < _DEEPEST:
        inner, handing = project.program.callees(callee, 0)[0], CallRef(callee, 0)
        return _seen(project, callee, _lifted(project, inner, lock, handing, depth + 1), call)
    takings = chains_of(project).held.sections(callee).takings
    names = frozenset(
        unaliased(project, callee, one.expression)
        for one in takings
        if one.lock == lock and type(one.expression) is Name
    )
    return _seen(project, callee, names, call)


def _seen(
    project: Project, callee: FunctionRef, names: frozenset[Name], call: CallRef
) -> frozenset[Name]:
    seen = (seen_from_caller(project, callee, name, call) for name in names)
    return frozenset(name for name in seen if name is not None)


def _own_name(project: Project, ref: FunctionRef, lock: Lock) -> frozenset[Name]:
    """What a method calls the lock of its object that a decorator takes for it."""
    parameters = project.function(ref).parameters
    if not parameters:
        return frozenset()
    return frozenset({Name(f"{parameters[0].name}.{lock.name.rpartition('.')[2]}")})
