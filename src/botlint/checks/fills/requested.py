"""Fills booked as asked for: the order's answer says what was filled, and nobody reads it.

A booking gets the very name that the order got as its quantity, on a way on which the order may be
filled in part, while nothing tests how much was filled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from botlint.checks.fills.answers import gives_answer
from botlint.checks.fills.asked_for import (
    QUANTITY,
    UNBOOKED,
    copies_of,
    fields_asked,
    fields_said_back,
    is_held,
    names_asked,
    names_booked,
)
from botlint.checks.fills.bookings import Bookings, is_position_record
from botlint.checks.fills.cumulative import find_cumulative
from botlint.checks.fills.fates import Fate
from botlint.checks.fills.measured import Measured
from botlint.checks.fills.rested import find_rested
from botlint.checks.fills.statements import writes_position
from botlint.checks.fills.statuses import Statuses
from botlint.checks.hits import hit_in
from botlint.checks.orders.orders import Orders, is_simulator
from botlint.checks.roots import (
    Origins,
    names_given,
    names_in,
    targets_in,
)
from botlint.facts.types import (
    Function,
    Item,
    Kind,
    Name,
    Node,
    Result,
)
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, nodes_of_call
from botlint.model import Hit, Step
from botlint.project import CallRef, Project


class Booked(NamedTuple):
    """A booking with the names that the order was asked for by."""

    node: int
    names: tuple[str, ...]


def find_requested(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each booking of what was asked for, and each that adds up what is a sum already or forgets
    what is still to be sold."""
    orders: Orders = project.answer(("orders",), lambda: Orders(project))
    bookings = project.answer(("bookings",), lambda: Bookings(project))
    for ref in project.program.functions():
        if not orders.is_leading(ref) or is_simulator(project, ref):
            continue
        told: set[int] = set()
        for order in _orders(project, orders, ref):
            booked = _find_booked(project, bookings, ref, order)
            if booked is not None and booked.node not in told:
                told.add(booked.node)
                yield _hit(project, ref, order, booked)
    yield from find_cumulative(project, parameters)
    yield from find_rested(project)


def _orders(project: Project, orders: Orders, ref: FunctionRef) -> Iterator[int]:
    """The calls of a function that place an order and give its answer."""
    for number in range(len(project.function(ref).calls)):
        if gives_answer(project, orders, CallRef(ref, number)):
            yield number


def _find_booked(
    project: Project, bookings: Bookings, ref: FunctionRef, order: int
) -> Booked | None:
    function = project.function(ref)
    asked = names_asked(project, function, function.calls[order])
    asked |= fields_asked(project, function, function.calls[order])
    if not any(_is_quantity(project, name) for name in asked):
        return None
    origins = Origins(function)
    answer = names_given(function, order)
    asked = {name for name in asked if not _is_rebound(function, origins, name, answer)}
    asked |= fields_said_back(project, function, answer)
    copies = copies_of(function, {name for name in asked if _is_quantity(project, name)})
    asked |= copies
    starts = [function.nodes[number].next for number in nodes_of_call(function, order)]
    statuses = Statuses(project, ref)
    reached = frozenset(nodes_from(function, starts, statuses.onward(Fate.PARTIAL)))
    measured = Measured(project, bookings, ref, statuses.flags() | copies)
    telling = [one for one in reached if measured.tells_parts(function.nodes[one], asked)]
    if any(function.nodes[one].kind is not Kind.TEST for one in telling):
        return None
    # What is booked before such a test is booked whatever it says.
    reached = frozenset(nodes_from(function, starts, statuses.onward(Fate.PARTIAL), telling))
    asked -= {n for n in asked - copies if _is_other_by_then(function, n, asked, reached)}
    for number in sorted(reached, key=lambda one: function.nodes[one].span):
        node = function.nodes[number]
        if not _is_position(project, bookings, ref, node) or measured.is_in(node):
            continue
        names = names_booked(function, node) & asked
        if any(name in copies or _is_quantity(project, name) for name in names):
            return Booked(number, tuple(sorted(names)))
    return None


def _is_quantity(project: Project, name: str) -> bool:
    return not QUANTITY.isdisjoint(project.vocabulary.words(name))


def _is_rebound(function: Function, origins: Origins, name: str, answer: frozenset[str]) -> bool:
    """Whether a name gets what the order's answer says."""
    for node in function.nodes:
        bound = targets_in(node.target) if node.kind in (Kind.ASSIGN, Kind.AUGMENT) else ()
        if name not in bound and name.rpartition(".")[0] not in bound:
            continue
        sources = origins.closure(names_in(node.value, function.calls) - {name})
        if not sources.isdisjoint(answer):
            return True
    return False


def _is_other_by_then(
    function: Function, name: str, asked: set[str], reached: frozenset[int]
) -> bool:
    """Whether a name gets another value once the order is out, which is not made of what was asked
    for: ``qty = float(position.qty)``, as the exchange has it."""
    bound = [node for number in reached if (node := function.nodes[number]).kind is Kind.ASSIGN]
    anew = {one for node in bound if type(node.value) is Result for one in targets_in(node.target)}
    return any(
        name in targets_in(node.target)
        and bool(made := names_in(node.value, function.calls))
        and all(one not in asked or one.partition(".")[0] in anew - {name} for one in made)
        for node in bound
    )


def _is_position(project: Project, bookings: Bookings, ref: FunctionRef, node: Node) -> bool:
    """Whether a node books into what is held: no reservation, and no order that rests."""
    words = project.vocabulary.words
    if node.kind is Kind.CALL:
        one = CallRef(ref, node.call)
        written = project.written(one)
        if project.plays(one, "book"):
            return words(written).isdisjoint(UNBOOKED) and not project.plays(one, "log")
        path, _, method = written.rpartition(".")
        if _stores_given(project, bookings, one) or writes_position(project, one):
            return True
        return method in ("append", "add", "update", "setdefault") and is_held(words(path))
    if node.kind is Kind.ASSIGN and not bookings.books(ref, node):
        return False
    if node.kind not in (Kind.ASSIGN, Kind.AUGMENT):
        return False
    target = node.target.value if isinstance(node.target, Item) else node.target
    if not isinstance(target, Name):
        return False
    return is_held(words(target.path)) or is_position_record(
        project, bookings.calls(ref), node.value
    )


def _stores_given(project: Project, bookings: Bookings, one: CallRef) -> bool:
    """Whether a function of the program stores a quantity that it is given as a position."""
    if project.plays(one, "log"):
        return False
    for called in project.program.callees(one.function, one.call):
        callee = settled(project.program, called)
        function = project.function(callee)
        own = {parameter.name for parameter in function.parameters}
        own = {name for name in own if _is_quantity(project, name)}
        for node in function.nodes if own else ():
            if not names_booked(function, node) & own:
                continue
            if node.kind is Kind.CALL and writes_position(project, CallRef(callee, node.call)):
                return True
            is_store = node.kind in (Kind.ASSIGN, Kind.AUGMENT)
            if is_store and _is_position(project, bookings, callee, node):
                return True
    return False


def _hit(project: Project, ref: FunctionRef, order: int, booked: Booked) -> Hit:
    function = project.function(ref)
    node = function.nodes[booked.node]
    span = function.calls[node.call].span if node.kind is Kind.CALL else node.span
    place = project.place(ref, span)
    placed = CallRef(ref, order)
    names = " and ".join(f"`{one}`" for one in booked.names)
    what = f"{names} as asked for of `{project.written(placed)}`, not what its answer says"
    return hit_in(
        project,
        ref,
        place,
        {"what": what},
        (
            Step(project.call_place(placed), f"the order is asked for {names}"),
            Step(place, f"{names} is booked, whatever was filled"),
        ),
    )
