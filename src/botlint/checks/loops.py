"""Loops that trade: a ``while`` that goes on and on, from which an order can be placed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.orders import Orders
from botlint.checks.reads import last_segment
from botlint.facts.types import Constant, Function, Kind, Name, Operation
from botlint.flow.names import FunctionRef
from botlint.model import Place
from botlint.project import CallRef, Project

_COMPARING = frozenset({"eq", "ne", "lt", "le", "gt", "ge", "in", "notin", "is", "isnot"})
_PENDING = frozenset({"run_pending", "run_continuously"})


class Loop(NamedTuple):
    """A ``while`` loop, and the first call in it by which an order can be placed."""

    function: FunctionRef
    number: int
    call: int


def trading_loops(project: Project) -> dict[FunctionRef, tuple[Loop, ...]]:
    """The trading loops of a program, by the function that they stand in."""
    return project.answer(("trading loops",), lambda: _by_function(project))


def loops_around(function: Function, number: int) -> Iterator[int]:
    """A loop and all that it stands in, innermost first."""
    while number >= 0:
        yield number
        number = function.loops[number]


def loop_place(project: Project, loop: Loop) -> Place:
    """Where the head of a loop stands."""
    for node in project.function(loop.function).nodes:
        if node.kind is Kind.PASS and node.loop == loop.number:
            return project.place(loop.function, node.span)
    return project.place(loop.function, project.function(loop.function).span)


def is_endless(project: Project, loop: Loop) -> bool:
    """Whether a loop is left only by a flag, and goes on after the order: no loop of attempts."""
    function = project.function(loop.function)
    return not _is_bounded(function, loop.number) and _is_repeated(function, loop)


def _is_bounded(function: Function, number: int) -> bool:
    """Whether the head of a loop compares something, or asks for what the loop works out."""
    heads = [one for one in function.nodes if one.kind is Kind.PASS and one.loop == number]
    lines = {node.span.line for node in heads}
    within = [one for one in function.nodes if number in loops_around(function, one.loop)]
    for node in within:
        if node.kind is not Kind.TEST or node.span.line not in lines:
            continue
        if isinstance(node.value, Operation) and node.value.kind in _COMPARING:
            return True
        if isinstance(node.value, Name) and "." not in node.value.path:
            bound = [one.value for one in within if one.target == node.value]
            if any(not isinstance(value, Constant) for value in bound):
                return True
    return False


def _is_repeated(function: Function, loop: Loop) -> bool:
    """Whether the loop can go on once its call has returned."""
    nodes = function.nodes
    starts = [one for one in nodes if one.kind is Kind.CALL and one.call == loop.call]
    waiting = [number for one in starts for number in (one.next, one.other) if number >= 0]
    seen: set[int] = set()
    while waiting:
        number = waiting.pop()
        node = nodes[number]
        if number in seen or loop.number not in loops_around(function, node.loop):
            continue
        if node.kind is Kind.PASS and node.loop == loop.number:
            return True
        seen.add(number)
        waiting += [one for one in (node.next, node.other) if one >= 0]
    return False


def while_loops(function: Function) -> frozenset[int]:
    """The numbers of the ``while`` loops of a function."""
    return frozenset(
        node.loop for node in function.nodes if node.kind is Kind.PASS and node.loop >= 0
    )


def _by_function(project: Project) -> dict[FunctionRef, tuple[Loop, ...]]:
    orders = project.answer(("orders",), lambda: Orders(project))
    found: dict[FunctionRef, tuple[Loop, ...]] = {}
    for ref in project.program.functions():
        function = project.function(ref)
        if not function.loops or _is_simulation(project, ref):
            continue
        loops = tuple(_loops_of(project, orders, ref, function))
        if loops:
            found[ref] = loops
    return found


def _loops_of(
    project: Project, orders: Orders, ref: FunctionRef, function: Function
) -> Iterator[Loop]:
    endless = while_loops(function)
    if not endless:
        return
    seen: set[int] = set()
    for node in function.nodes:
        if node.kind is not Kind.CALL or node.loop < 0:
            continue
        around = [one for one in loops_around(function, node.loop) if one in endless]
        if not around or seen.issuperset(around) or not _trades(project, orders, ref, node.call):
            continue
        for one in around:
            if one not in seen:
                seen.add(one)
                yield Loop(ref, one, node.call)


def _trades(project: Project, orders: Orders, ref: FunctionRef, call: int) -> bool:
    """Whether a call places an order, or runs what does."""
    if orders.is_order(CallRef(ref, call)):
        return True
    if any(orders.is_leading(one) for one in project.program.callees(ref, call)):
        return True
    return last_segment(project.function(ref).calls[call].func) in _PENDING and _is_scheduled(
        project, orders
    )


def _is_scheduled(project: Project, orders: Orders) -> bool:
    """Whether some job of a scheduler leads to an order."""
    return project.answer(("scheduled orders",), lambda: _has_jobs(project, orders))


def _has_jobs(project: Project, orders: Orders) -> bool:
    entries = project.program.entries()
    for segment in ("do", "add_job", "run_repeating", "run_daily"):
        for ref, number in project.program.calls_named(segment):
            for callee, _ in project.program.edges(ref, number):
                if callee in entries and orders.is_leading(callee):
                    return True
    return False


def _is_simulation(project: Project, ref: FunctionRef) -> bool:
    names = project.program.qualified(ref).split(".")
    simulators = project.vocabulary.roles["simulator"]
    return any(simulators.plays_name(name) for name in names)
