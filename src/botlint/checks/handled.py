"""Code that looks at a status: does it deal with each of the families?

A test on an order's status divides the orders. What is booked only for those that are filled
wholly, while no way that an order filled in part can take books it or looks at how much was filled,
loses that part. Statuses count as the library in use spells them: a branch for a status that it
never reports is no way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from botlint.checks.fills.bookings import Bookings
from botlint.checks.fills.divides import (
    Divide,
    binds_anew,
    divides_by,
    has_comparison,
    own_branch,
    reached_by,
)
from botlint.checks.fills.dropped import find_dropped
from botlint.checks.fills.fates import Fate
from botlint.checks.fills.given_back import find_given
from botlint.checks.fills.handed_on import is_given, names_returned
from botlint.checks.fills.legs import find_one_leg
from botlint.checks.fills.measured import Measured
from botlint.checks.fills.requested import find_requested
from botlint.checks.fills.spellings import is_own_status
from botlint.checks.fills.statuses import Statuses
from botlint.checks.hits import hit_in
from botlint.checks.orders.orders import is_simulator
from botlint.checks.weight import weighed
from botlint.facts.types import EXIT, Function, Kind, Name, Node, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Step
from botlint.project import Project


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
    if not has_comparison(function) or is_simulator(project, ref):
        return
    statuses = Statuses(project, ref)
    bookings = project.answer(("bookings",), lambda: Bookings(project))
    found: set[int] = set()
    for divide in _divides_to_look_at(bookings, ref, statuses):
        if divide.node in found or is_own_status(project, ref, divide.subject):
            continue
        booked = _booked(project, bookings, ref, statuses, divide)
        if booked is None or _is_measuring(project, bookings, ref, statuses, divide):
            continue
        if not _is_ignoring(bookings, ref, statuses, divide):
            continue
        yield _hit(project, ref, statuses, divide, booked)
        # What stands on the way of those that are filled wholly has the same cause.
        found |= reached_by(statuses, divide.full, Fate.FULL, divide.subject)


def _divides_to_look_at(
    bookings: Bookings, ref: FunctionRef, statuses: Statuses
) -> Iterator[Divide]:
    """The tests by which a part may be lost: for good, or, where one has a branch of its own that
    only waits for the rest, when the order is cancelled then."""
    divides = tuple(divides_by(statuses))
    yield from divides
    if _only_waits(bookings, ref, statuses):
        yield from (one._replace(fate=Fate.CANCELLED) for one in divides)


def _only_waits(bookings: Bookings, ref: FunctionRef, statuses: Statuses) -> bool:
    """Whether there are branches for an order that was filled in part, and none of them books it,
    trades, or hands on what was filled."""
    function = statuses.function
    flags = statuses.flags()
    tests = [
        number
        for number, node in enumerate(function.nodes)
        if node.kind is Kind.TEST and statuses.is_for_part(node.value)
    ]
    return bool(tests) and not any(
        bookings.books(ref, node)
        or (
            node.kind is Kind.CALL
            and (
                bookings.is_order(ref, Result(node.call))
                or bookings.measures(ref, node, flags, statuses.subject(function.nodes[test].value))
            )
        )
        for test in tests
        for node in map(function.nodes.__getitem__, own_branch(function, test))
    )


def _is_measuring(
    project: Project, bookings: Bookings, ref: FunctionRef, statuses: Statuses, divide: Divide
) -> bool:
    """Whether something that an order filled in part gets to works with the filled quantity."""
    nodes = statuses.function.nodes
    flags = statuses.flags()
    reached = reached_by(statuses, statuses.function.entry, divide.fate, frozenset())
    measured = Measured(project, bookings, ref, flags)
    return any(
        bookings.measures(ref, nodes[number], flags, divide.subject)
        and not measured.is_idle(nodes[number], reached - {number})
        for number in reached
    )


def _booked(
    project: Project, bookings: Bookings, ref: FunctionRef, statuses: Statuses, divide: Divide
) -> int | None:
    """The first booking that only an order that is filled wholly gets to. To forget what is held
    is no booking of a part where the whole adds to it."""
    full = reached_by(statuses, divide.full, Fate.FULL, divide.subject)
    partial = reached_by(statuses, divide.partial, divide.fate, divide.subject)
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
    return any(
        bookings.is_order(ref, Result(one.call))
        for one in map(function.nodes.__getitem__, own_branch(function, test))
        if one.kind is Kind.CALL
    )


def _is_ignoring(bookings: Bookings, ref: FunctionRef, statuses: Statuses, divide: Divide) -> bool:
    """Whether an order filled in part is dropped: its way goes on and hands it to nobody."""
    function = statuses.function
    partial = reached_by(statuses, divide.partial, divide.fate, divide.subject)
    for number in partial:
        node = function.nodes[number]
        if node.kind is Kind.RETURN and divide.subject & names_returned(node.value):
            return False
        if node.kind is Kind.CALL and _is_handed_on(bookings, ref, node, divide.subject):
            return False
    return (
        EXIT in partial
        or _goes_round(function, divide)
        or statuses.is_for_unheard_part(function.nodes[divide.node].value)
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
        binds_anew(nodes[number], divide.subject) and bookings.is_order(ref, nodes[number].value)
        for number in reached_by(statuses, divide.partial, divide.fate, frozenset())
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
