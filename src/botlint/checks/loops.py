"""Loops that trade: a ``while`` that goes on and on, from which an order can be placed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from botlint.checks.orders.orders import Orders, is_simulator
from botlint.checks.reads import last_segment
from botlint.checks.roots import receiver_of
from botlint.facts.types import (
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.names import CallSite, FunctionRef
from botlint.flow.reach import leading_to
from botlint.flow.ways import loops_around, nodes_from, nodes_of_call, normally, while_loops
from botlint.model import Place
from botlint.project import CallRef, Project

_LEFT = frozenset(
    {"empty", "is_empty", "isempty", "qsize", "has_next", "has_more", "has_items", "has_pending"}
)
_TAKING = frozenset({"pop", "popleft", "popitem", "get", "get_nowait", "remove", "clear"})
_COMPARING = frozenset({"eq", "ne", "lt", "le", "gt", "ge", "in", "notin", "is", "isnot"})
_PENDING = frozenset({"run_pending", "run_continuously"})
_SCHEDULING = ("do", "add_job", "run_repeating", "run_daily")
_LEAVING_WITH = ("add_", "register", "subscribe", "on_", "bind", "connect", "set_")
"""How the names of calls begin by which a function is left with others."""


class Loop(NamedTuple):
    """A ``while`` loop, and the first call in it by which an order can be placed.

    ``opens`` says that it is one that opens a position.
    """

    function: FunctionRef
    number: int
    call: int
    opens: bool


def trading_loops(project: Project) -> dict[FunctionRef, tuple[Loop, ...]]:
    """The trading loops of a program, by the function that they stand in."""
    return project.answer(("trading loops",), lambda: _by_function(project))


def loop_place(project: Project, loop: Loop) -> Place:
    """Where the head of a loop stands."""
    for node in project.function(loop.function).nodes:
        if is_head_of(node, loop.number):
            return project.place(loop.function, node.span)
    return project.place(loop.function, project.function(loop.function).span)


def is_head_of(node: Node, number: int) -> bool:
    """Whether a node is the head of ``while`` loop ``number``."""
    return node.kind is Kind.PASS and node.loop == number


def heads_of(function: Function, number: int) -> list[int]:
    """The nodes by which each turn of ``while`` loop ``number`` begins."""
    return [place for place, node in enumerate(function.nodes) if is_head_of(node, number)]


def nodes_of_turn(function: Function, number: int) -> frozenset[int]:
    """The nodes that a turn of ``while`` loop ``number`` may come to when all goes well."""
    heads = heads_of(function, number)
    starts = [one for head in heads for one in normally(function.nodes[head])]
    return frozenset(nodes_from(function, starts, normally, heads))


def is_endless(project: Project, loop: Loop) -> bool:
    """Whether a loop is left only by a flag, and goes on after the order: no loop of attempts."""
    function = project.function(loop.function)
    return not _is_bounded(function, loop.number) and _is_repeated(function, loop)


def is_waiting(project: Project, loop: Loop) -> bool:
    """Whether a loop goes on until its order has an answer, however long that takes: its head asks
    for nothing but that."""
    function = project.function(loop.function)
    within = _nodes_within(function, loop.number)
    names = {_found_empty(value) for value in _asked_by_head(function, loop.number)}
    if len(names) != 1 or None in names:
        return False
    order = function.calls[loop.call].span
    bound = [one.value for one in within if one.target in names]
    return bool(bound) and all(
        isinstance(value, Result) and function.calls[value.call].span == order for value in bound
    )


def _found_empty(value: Expression | None) -> Name | None:
    """The local name that a test finds to be empty: ``order is None``, ``not order``."""
    if not isinstance(value, Operation) or value.kind not in ("is", "eq", "not"):
        return None
    name, *rest = value.args
    if type(name) is not Name or "." in name.path or rest not in ([], [Constant(None)]):
        return None
    return name


def _is_bounded(function: Function, number: int) -> bool:
    """Whether the head of a loop compares something, or asks for what the loop works out."""
    within = _nodes_within(function, number)
    for asked in _asked_by_head(function, number):
        if isinstance(asked, Operation) and asked.kind in _COMPARING:
            return True
        if _is_left(function, asked) or _is_drained(function, within, asked):
            return True
        if isinstance(asked, Name) and "." not in asked.path:
            bound = [one.value for one in within if one.target == asked]
            if any(not isinstance(value, Constant) for value in bound):
                return True
    return False


def _nodes_within(function: Function, number: int) -> list[Node]:
    return [one for one in function.nodes if number in loops_around(function, one.loop)]


def _asked_by_head(function: Function, number: int) -> list[Expression | None]:
    """What the tests at the head of a loop ask."""
    lines = {function.nodes[head].span.line for head in heads_of(function, number)}
    tests = (one for one in _nodes_within(function, number) if one.kind is Kind.TEST)
    return [one.value for one in tests if one.span.line in lines]


def _is_left(function: Function, value: Expression | None) -> bool:
    """Whether a test asks if a queue still holds anything: ``signals.empty()``."""
    if not isinstance(value, Result):
        return False
    call = function.calls[value.call]
    return last_segment(call.func) in _LEFT and not call.args and not call.keywords


def _is_drained(function: Function, within: list[Node], value: Expression | None) -> bool:
    """Whether a test asks if a collection holds anything that the loop takes from: ``signals``."""
    made = (function.calls[one.call] for one in within if one.kind is Kind.CALL)
    return isinstance(value, Name) and any(
        last_segment(call.func) in _TAKING and receiver_of(call) == value for call in made
    )


def _is_repeated(function: Function, loop: Loop) -> bool:
    """Whether the loop can go on once its call has returned."""
    nodes = function.nodes

    def onward(node: Node) -> tuple[int, ...]:
        return normally(node) if loop.number in loops_around(function, node.loop) else ()

    return any(
        is_head_of(nodes[number], loop.number)
        for call in nodes_of_call(function, loop.call)
        for number in nodes_from(function, normally(nodes[call]), onward)
    )


class Trading:
    """Which functions lead to real orders, and which of them to orders that open a position.

    Where the program places no real order at all, those that it plays at count as real.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        orders = project.answer(("orders",), lambda: Orders(project))
        self._closing = orders.closing
        self.orders = frozenset(orders.leaves or orders.placing)
        self._opening = frozenset(one for one in self.orders if not self._is_closing(one))
        self.leading = leading_to({ref.function for ref in self.orders}, self._callers)
        self.opening = leading_to({ref.function for ref in self._opening}, self._callers_that_open)

    def is_leading(self, ref: FunctionRef, call: int) -> bool:
        """Whether a call places a real order, or runs what does."""
        return self._is_among(ref, call, self.orders, self.leading)

    def is_opening(self, ref: FunctionRef, call: int) -> bool:
        """Whether a call places an order that opens a position, or runs what does."""
        if self._closing.has_protective_type(CallRef(ref, call)):
            return False
        return self._is_among(ref, call, self._opening, self.opening)

    def _is_among(
        self,
        ref: FunctionRef,
        call: int,
        orders: frozenset[CallRef],
        functions: frozenset[FunctionRef],
    ) -> bool:
        if CallRef(ref, call) in orders:
            return True
        return next(self.run_by(ref, call, functions), None) is not None

    def run_by(
        self, ref: FunctionRef, call: int, among: frozenset[FunctionRef]
    ) -> Iterator[FunctionRef]:
        """The functions ``among`` some that a call runs, also as the jobs of a scheduler."""
        edges = self._project.program.edges(ref, call)
        yield from (one for one, via in edges if one in among and self._is_run(ref, call, via))
        if last_segment(self._project.function(ref).calls[call].func) in _PENDING:
            jobs = (one for one in self._jobs if one[1] in among)
            yield from (job for at, job in jobs if self._is_beside(ref, at))

    def _is_beside(self, ref: FunctionRef, other: FunctionRef) -> bool:
        """Whether two functions run in one program: they stand in one file, or something leads to
        both."""
        if ref.source == other.source:
            return True
        reaches = self._project.program.reaches
        return not reaches(frozenset({ref})).isdisjoint(reaches(frozenset({other})))

    def _is_closing(self, ref: CallRef) -> bool:
        closing = self._closing
        if closing.is_reducing(ref) or closing.is_closing_function(ref.function):
            return True
        return closing.side(ref) == "sell" and closing.is_spot()

    def _callers(self, ref: FunctionRef) -> tuple[CallSite, ...]:
        sites = self._project.program.callers(ref)
        return tuple(one for one in sites if self._is_run(*one))

    def _callers_that_open(self, ref: FunctionRef) -> tuple[CallSite, ...]:
        sites = self._callers(ref)
        return tuple(
            one
            for one in sites
            if not self._closing.is_closing_function(one.function)
            and not self._closing.has_protective_type(CallRef(one.function, one.call))
        )

    def _is_run(self, ref: FunctionRef, call: int, via: str) -> bool:
        """Whether a call runs what it gets, or leaves it with others for an event to come."""
        if via != "callback":
            return True
        name = last_segment(self._project.function(ref).calls[call].func)
        return not name.startswith(_LEAVING_WITH) and name != "on"

    @cached_property
    def _jobs(self) -> tuple[tuple[FunctionRef, FunctionRef], ...]:
        """What a scheduler runs, by its own name where the call can't be followed, each after the
        function that hands it over."""
        program = self._project.program
        found: set[tuple[FunctionRef, FunctionRef]] = set()
        for segment in _SCHEDULING:
            for ref, number in program.calls_named(segment):
                handed = program.function(ref).calls[number].args[:1]
                edges = [callee for callee, _ in program.edges(ref, number)]
                named = [one for value in handed for one in self._named(value)]
                found.update((ref, one) for one in edges or named)
        return tuple(sorted(found))

    def _named(self, value: Expression) -> tuple[FunctionRef, ...]:
        name = last_segment(value)
        return self._project.program.functions_named(name) if name else ()


def trading(project: Project) -> Trading:
    """What leads to orders in a project."""
    return project.answer(("trading",), lambda: Trading(project))


def _by_function(project: Project) -> dict[FunctionRef, tuple[Loop, ...]]:
    found: dict[FunctionRef, tuple[Loop, ...]] = {}
    for ref in project.program.functions():
        function = project.function(ref)
        if function.loops and not is_simulator(project, ref):
            loops = tuple(_loops_of(trading(project), ref, function))
            if loops:
                found[ref] = loops
    return found


def _loops_of(traded: Trading, ref: FunctionRef, function: Function) -> Iterator[Loop]:
    endless = while_loops(function)
    found: dict[int, Loop] = {}
    for node in function.nodes:
        if not endless or node.kind is not Kind.CALL or node.loop < 0:
            continue
        around = [one for one in loops_around(function, node.loop) if one in endless]
        if not around or not traded.is_leading(ref, node.call):
            continue
        opens = traded.is_opening(ref, node.call)
        for one in around:
            if one not in found or (opens and not found[one].opens):
                found[one] = Loop(ref, one, node.call, opens)
    yield from (found[number] for number in sorted(found))
