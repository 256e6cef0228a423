"""Code that looks at a status: does it deal with each of the families?

A test on an order's status divides the orders. What is booked only for those that are filled
wholly, while no way that an order filled in part can take books it or looks at how much was filled,
loses that part. Statuses count as the library in use spells them: a branch for a status that it
never reports is no way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from botlint.checks.fills.bookings import Bookings
from botlint.checks.fills.dropped import find_dropped
from botlint.checks.fills.given_back import find_given
from botlint.checks.fills.handed_on import is_given, names_returned
from botlint.checks.fills.legs import find_one_leg
from botlint.checks.fills.measured import Measured
from botlint.checks.fills.requested import find_requested
from botlint.checks.fills.spellings import is_own_status
from botlint.checks.fills.statuses import Fate, Statuses
from botlint.checks.hits import hit_in
from botlint.checks.orders.orders import is_simulator
from botlint.checks.roots import targets_in
from botlint.checks.weight import weighed
from botlint.facts.types import EXIT, Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.model import Confidence, Hit, Step
from botlint.project import Project

_STATUS = frozenset({"eq", "ne", "in", "notin", "is", "isnot"})


class Divide(NamedTuple):
    """A test that divides orders by their status, with its arms for the two fates."""

    node: int
    full: int
    partial: int
    subject: frozenset[str]


def check_handled(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """Hits of one report: ``partial`` (a fill in part has no way), ``requested`` (what was asked
    for is booked), ``one-leg`` (of several orders one is kept) or ``dropped`` (nobody hears of the
    error of one of the ``actions``)."""
    hits = _REPORTS[parameters["report"]](project, parameters)
    return sorted(weighed(project, hits), key=lambda hit: hit.place)


def _find_partial(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    for ref in project.program.functions():
        yield from _lost(project, ref)


def _lost(project: Project, ref: FunctionRef) -> Iterator[Hit]:
    function = project.function(ref)
    if not _has_comparison(function) or is_simulator(project, ref):
        return
    statuses = Statuses(project, ref)
    bookings = project.answer(("bookings",), lambda: Bookings(project))
    found: set[int] = set()
    for divide in _divides(statuses):
        if divide.node in found or is_own_status(project, ref, divide.subject):
            continue
        booked = _booked(project, bookings, ref, statuses, divide)
        if booked is None:
            continue
        if _is_measuring(project, bookings, ref, statuses, divide.subject):
            return
        if not _is_ignoring(bookings, ref, statuses, divide):
            continue
        yield _hit(project, ref, statuses, divide, booked)
        # What stands on the way of those that are filled wholly has the same cause.
        found |= _reached(statuses, divide.full, Fate.FULL, divide.subject)


def _is_measuring(
    project: Project,
    bookings: Bookings,
    ref: FunctionRef,
    statuses: Statuses,
    orders: frozenset[str],
) -> bool:
    """Whether something that an order filled in part gets to works with the filled quantity."""
    nodes = statuses.function.nodes
    flags = statuses.flags()
    reached = _reached(statuses, statuses.function.entry, Fate.PARTIAL, frozenset())
    measured = Measured(project, bookings, ref, flags)
    return any(
        bookings.measures(ref, nodes[number], flags, orders)
        and not measured.is_idle(nodes[number], reached - {number})
        for number in reached
    )


def _has_comparison(function: Function) -> bool:
    return any(
        node.kind in (Kind.TEST, Kind.ASSIGN) and _compares(node.value, 0)
        for node in function.nodes
    ) and any(node.kind is Kind.TEST for node in function.nodes)


def _compares(value: Expression | None, depth: int) -> bool:
    if type(value) is Result:
        return True
    if type(value) is not Operation or depth > 4:
        return False
    return value.kind in _STATUS or any(_compares(part, depth + 1) for part in value.args)


def _divides(statuses: Statuses) -> Iterator[Divide]:
    for number, node in enumerate(statuses.function.nodes):
        if node.kind is not Kind.TEST:
            continue
        full = statuses.truth(node.value, Fate.FULL)
        partial = None if full is None else statuses.truth(node.value, Fate.PARTIAL)
        if full is None or partial is None or full is partial:
            continue
        arms = (node.next, node.other) if full else (node.other, node.next)
        yield Divide(number, arms[0], arms[1], statuses.subject(node.value))


def _reached(statuses: Statuses, start: int, fate: Fate, ends: frozenset[str]) -> frozenset[int]:
    """The nodes that an order of a fate can get to, up to where one of ``ends`` is bound to another
    order."""
    function = statuses.function
    by_status = statuses.onward(fate)

    def is_end(node: Node) -> bool:
        return _binds(node, ends) and not statuses.is_asked_again(node)

    def onward(node: Node) -> Iterable[int]:
        if not is_end(node):
            return by_status(node)
        return (node.other,) if node.kind is Kind.ITERATE else ()

    return frozenset(
        number
        for number in nodes_from(function, (start,), onward)
        if not is_end(function.nodes[number])
    )


def _binds(node: Node, names: frozenset[str]) -> bool:
    if node.kind not in (Kind.ASSIGN, Kind.ITERATE):
        return False
    return isinstance(node.target, Name | Operation) and not names.isdisjoint(
        targets_in(node.target)
    )


def _booked(
    project: Project, bookings: Bookings, ref: FunctionRef, statuses: Statuses, divide: Divide
) -> int | None:
    """The first booking that only an order that is filled wholly gets to. To forget what is held
    is no booking of a part where the whole adds to it."""
    full = _reached(statuses, divide.full, Fate.FULL, divide.subject)
    partial = _reached(statuses, divide.partial, Fate.PARTIAL, divide.subject)
    nodes = statuses.function.nodes
    measured = Measured(project, bookings, ref, statuses.flags())
    booked = [
        number
        for number in sorted(full - partial)
        if bookings.books(ref, nodes[number]) or measured.is_kept(nodes[number])
    ]
    is_adding = any(not bookings.removes(ref, nodes[number]) for number in booked)
    dealt = [
        number
        for number in partial
        if bookings.books(ref, nodes[number])
        and not (is_adding and bookings.removes(ref, nodes[number]))
    ]
    if dealt or any(_is_traded(bookings, ref, statuses, one) for one in partial - full):
        return None
    if not booked:
        return find_given(project, bookings, ref, full, partial, measured)
    return min(booked, key=lambda number: nodes[number].span)


def _is_traded(bookings: Bookings, ref: FunctionRef, statuses: Statuses, test: int) -> bool:
    """Whether a test is for an order that was filled in part, and its branch places another one: to
    sell what is there, or to buy the rest."""
    function = statuses.function
    node = function.nodes[test]
    if node.kind is not Kind.TEST or not statuses.is_for_part(node.value):
        return False
    own = set(nodes_from(function, (node.next,), normally, (test,)))
    own -= set(nodes_from(function, (node.other,), normally, (test,)))
    return any(
        bookings.is_order(ref, Result(one.call))
        for one in map(function.nodes.__getitem__, own)
        if one.kind is Kind.CALL
    )


def _is_ignoring(bookings: Bookings, ref: FunctionRef, statuses: Statuses, divide: Divide) -> bool:
    """Whether an order filled in part is dropped: its way goes on and hands it to nobody."""
    function = statuses.function
    partial = _reached(statuses, divide.partial, Fate.PARTIAL, divide.subject)
    for number in partial:
        node = function.nodes[number]
        if node.kind is Kind.RETURN and divide.subject & names_returned(node.value):
            return False
        if node.kind is Kind.CALL and _is_handed_on(bookings, ref, node, divide.subject):
            return False
    return (
        EXIT in partial
        or _goes_round(function, divide)
        or _is_replaced(bookings, ref, statuses, divide)
    )


def _is_handed_on(
    bookings: Bookings, ref: FunctionRef, node: Node, subject: frozenset[str]
) -> bool:
    """Whether a function nobody can look into, or one that measures, gets the order."""
    return is_given(Result(node.call), bookings.calls(ref), subject) and bookings.is_open(
        ref, node.call
    )


def _goes_round(function: Function, divide: Divide) -> bool:
    """Whether the way leads to another order: the next of a loop."""
    loop = function.nodes[divide.node].loop
    heads = [node for node in function.nodes if node.kind is Kind.ITERATE and node.loop == loop]
    return loop >= 0 and bool(heads)


def _is_replaced(bookings: Bookings, ref: FunctionRef, statuses: Statuses, divide: Divide) -> bool:
    """Whether the way leads to where another order is placed and takes this one's name."""
    nodes = statuses.function.nodes
    return any(
        _binds(nodes[number], divide.subject) and bookings.is_order(ref, nodes[number].value)
        for number in _reached(statuses, divide.partial, Fate.PARTIAL, frozenset())
    )


def _decided_at(statuses: Statuses, node: Node) -> Node:
    """Where the truth of a test is made: the test, or what the tested name was set to."""
    value = node.value
    while isinstance(value, Operation) and value.kind == "not":
        value = value.args[0]
    if isinstance(value, Name):
        held = statuses.held(value.path)
        if held is not None:
            return held
    return node


def _hit(
    project: Project, ref: FunctionRef, statuses: Statuses, divide: Divide, booked: int
) -> Hit:
    function = statuses.function
    node = _decided_at(statuses, function.nodes[divide.node])
    place = project.place(ref, node.span)
    library = statuses.spellings.library or "the exchange"
    way = function.nodes[divide.partial] if divide.partial >= 0 else function.nodes[EXIT]
    steps = [
        Step(place, f"this holds only for an order that {library} reports as filled wholly"),
        Step(project.place(ref, function.nodes[booked].span), "what was filled is booked here"),
    ]
    if way.kind not in (Kind.EXIT, Kind.RAISED):
        steps.append(Step(project.place(ref, way.span), "an order filled in part goes on here"))
    return hit_in(
        project,
        ref,
        place,
        {"library": library},
        tuple(steps),
        Confidence.HIGH if statuses.spellings.library else Confidence.MEDIUM,
    )


_REPORTS: dict[str, Callable[[Project, Mapping[str, Any]], Iterator[Hit]]] = {
    "dropped": find_dropped,
    "one-leg": find_one_leg,
    "partial": _find_partial,
    "requested": find_requested,
}
