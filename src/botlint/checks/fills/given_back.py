"""Functions that make of an order's answer what their callers book.

Where such a function gives something only for an order that was filled wholly, and nothing for one
that was filled in part, the part is booked by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.failing import is_failure
from botlint.checks.fills.bookings import Bookings
from botlint.checks.fills.measured import Measured
from botlint.checks.roots import have_common, names_given, names_handed, names_in
from botlint.facts.types import EXIT, Function, Kind, Node, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.project import Project

DEEPEST = 3


def find_given(
    project: Project,
    bookings: Bookings,
    ref: FunctionRef,
    full: frozenset[int],
    partial: frozenset[int],
    measured: Measured,
) -> int | None:
    """The ``return`` by which only an order that is filled wholly gives what a caller books, or how
    much was filled, while one that is filled in part gives nothing of it."""
    function = project.function(ref)
    given = [one for one in sorted(full - partial) if _gives(function.nodes[one])]
    others = [function.nodes[one] for one in partial if function.nodes[one].kind is Kind.RETURN]
    said = [one for one in given if measured.is_in(function.nodes[one])]
    if said and others and not any(measured.is_in(node) for node in others):
        return said[0]
    if not given or any(_gives(node) for node in others) or not (others or EXIT in partial):
        return None
    return given[0] if any(True for _ in _booked(project, bookings, ref)) else None


def _gives(node: Node) -> bool:
    return node.kind is Kind.RETURN and not is_failure(node.value)


def _booked(
    project: Project, bookings: Bookings, ref: FunctionRef, depth: int = 0
) -> Iterator[int]:
    """The bookings of callers that get what the function gave, also by one that hands it on."""
    for site in project.program.callers(ref) if depth < DEEPEST else ():
        if site.via != "call":
            continue
        function = project.function(site.function)
        if any(
            one.kind is Kind.RETURN and one.value == Result(site.call) for one in function.nodes
        ):
            yield from _booked(project, bookings, site.function, depth + 1)
        names = names_given(function, site.call)
        starts = [node.next for node in function.nodes if node.call == site.call]
        for number in nodes_from(function, starts, normally):
            node = function.nodes[number]
            if bookings.books(site.function, node) and _gets(function, node, site.call, names):
                yield number


def _gets(function: Function, node: Node, call: int, names: frozenset[str]) -> bool:
    if node.kind is not Kind.CALL:
        return have_common(names, names_in(node.value, function.calls))
    given = function.calls[node.call]
    handed = names_handed(function, node.call)
    return have_common(names, handed) or Result(call) in given.args
