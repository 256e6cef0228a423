"""Sales booked while they rest: a limit order to sell has been sent, nobody reads its answer, and
the position is forgotten as if all of it were sold.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.fills.bookings import Bookings
from botlint.checks.given import said_in
from botlint.checks.hits import hit_in
from botlint.checks.orders.orders import Orders, is_simulator
from botlint.checks.reads import used_results
from botlint.checks.roots import names_given, names_in
from botlint.facts.types import Function, Item, Kind, Name, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_of_call, round_after
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

_LOOKING = ("order-lookup", "open-orders")
_HELD = frozenset({"position", "positions", "holding", "holdings", "held", "inventory"})


def find_rested(project: Project) -> Iterator[Hit]:
    """Each place that forgets a position once a limit order to sell it is out."""
    orders: Orders = project.answer(("orders",), lambda: Orders(project))
    bookings: Bookings = project.answer(("bookings",), lambda: Bookings(project))
    looking = {
        _part(project, ref.function) for role in _LOOKING for ref in project.calls_playing(role)
    }
    for order in orders.placing:
        ref = order.function
        if not _is_resting_sale(project, orders, order) or is_simulator(project, ref):
            continue
        if _part(project, ref) in looking or _is_read(project, order):
            continue
        function = project.function(ref)
        done = {function.nodes[one].next for one in nodes_of_call(function, order.call)} - {-1}
        after = done.union(*(round_after(function, one) for one in done))
        for number in sorted(after, key=lambda one: function.nodes[one].span):
            node = function.nodes[number]
            if bookings.removes(ref, node) and _is_position(project, function, node):
                yield _hit(project, order, node)
                break


def _part(project: Project, ref: FunctionRef) -> tuple[int, int]:
    """The class that a function belongs to, or its module."""
    return ref.source, project.function(ref).owner


def _is_resting_sale(project: Project, orders: Orders, order: CallRef) -> bool:
    roles = project.vocabulary.roles
    if orders.closing.side(order) != "sell" or orders.closing.has_protective_type(order):
        return False
    said = {project.written(order).rpartition(".")[2], *said_in(project, order)}
    is_limit = any(roles["limit-type"].plays_name(one) for one in said)
    return is_limit and not any(roles["immediate-type"].plays_name(one) for one in said)


def _is_read(project: Project, order: CallRef) -> bool:
    """Whether somebody may read an order's answer: it is kept under a name that more than a log
    reads, or goes on from there at once."""
    function = project.function(order.function)
    names = names_given(function, order.call)
    if not names:
        return order.call in used_results(function)
    if any("." in name for name in names):
        return True
    for node in function.nodes:
        if node.kind is Kind.CALL and project.plays(CallRef(order.function, node.call), "log"):
            continue
        given = node.value
        read = names_in(given, function.calls)
        if node.kind is Kind.CALL:
            call = function.calls[node.call]
            values = (call.func, *call.args, *(value for _, value in call.keywords))
            read = frozenset().union(*(names_in(one, function.calls) for one in values))
        if any(one.partition(".")[0] in names for one in read):
            return True
    return False


def _is_position(project: Project, function: Function, node: Node) -> bool:
    """Whether what a node empties is a position that is kept: of an object, or of a script."""
    target = node.target
    if node.kind is Kind.CALL:
        func = function.calls[node.call].func
        path = func.path.rpartition(".")[0] if type(func) is Name else ""
    else:
        target = target.value if type(target) is Item else target
        path = target.path if type(target) is Name else ""
    is_kept = "." in path or function.name == "<module>" or path in function.outer
    words = project.vocabulary.words(path.rpartition(".")[2])
    return is_kept and not words.isdisjoint(_HELD)


def _hit(project: Project, order: CallRef, node: Node) -> Hit:
    ref = order.function
    function = project.function(ref)
    span = function.calls[node.call].span if node.kind is Kind.CALL else node.span
    place = project.place(ref, span)
    written = project.written(order)
    steps = (
        Step(project.call_place(order), f"`{written}` leaves a limit order to sell in the book"),
        Step(place, "the position is forgotten, and nothing has asked whether it was sold"),
    )
    what = f"the position as sold, whatever becomes of the limit order of `{written}`"
    return hit_in(project, ref, place, {"what": what}, steps, Confidence.MEDIUM)
