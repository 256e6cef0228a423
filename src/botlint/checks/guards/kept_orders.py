"""Where a function keeps an order that it places, or its id, and what a function asks by name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from botlint.checks.roots import (
    PUTS,
    SELF,
    arguments_of,
    have_common,
    names_given,
    names_in,
    origins_of,
    targets_in,
)
from botlint.facts.types import Item, Kind, Name, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import points_from
from botlint.project import CallRef, Project

MOST_HOLDERS = 200
_NONE: frozenset[str] = frozenset()


def kept_in(project: Project, order: CallRef) -> frozenset[str]:
    """The last parts of the names of what gets an order, or its id, and outlives the call: in its
    function, or in those that are handed it."""
    start = (order.function, names_given(project.function(order.function), order.call))
    holders = points_from((start,), lambda one: _handed(project, *one))
    return frozenset(
        name for ref, given in islice(holders, MOST_HOLDERS) for name in _kept(project, ref, given)
    )


def _handed(
    project: Project, ref: FunctionRef, given: frozenset[str]
) -> Iterator[tuple[FunctionRef, frozenset[str]]]:
    """The functions that are handed something of what is ``given``, with what they call it."""
    program = project.program
    calls = project.function(ref).calls
    origins = origins_of(project, ref)
    for number in range(len(calls)):
        for callee in program.callees(ref, number):
            names = {one.name for one in project.function(callee).parameters}
            values = {one: program.argument_of(ref, number, callee, one) for one in names}
            handed = {one: origins.closure(names_in(values[one], calls)) for one in names}
            of_order = frozenset(one for one in names if have_common(handed[one], given))
            if of_order:
                yield callee, of_order


def _kept(project: Project, ref: FunctionRef, given: frozenset[str]) -> Iterator[str]:
    """The last parts of the names of what outlives a function and gets what it calls ``given``."""
    function = project.function(ref)
    origins = origins_of(project, ref)

    def is_of_order(names: frozenset[str]) -> bool:
        return have_common(origins.closure(names), given)

    for node in function.nodes:
        if node.kind is Kind.ASSIGN and _outlives(node):
            key = names_in(node.target.key, ()) if isinstance(node.target, Item) else _NONE
            if is_of_order(names_in(node.value, function.calls) | key):
                yield from (one.rpartition(".")[2] for one in targets_in(node.target))
    for call in function.calls:
        base, _, method = call.func.path.rpartition(".") if isinstance(call.func, Name) else _NO
        names = (names_in(one, function.calls) for one in arguments_of(call))
        if base and method in PUTS and is_of_order(_NONE.union(*names)):
            yield base.rpartition(".")[2]


def segments_of(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The single parts of all dotted names that a function uses."""
    function = project.function(ref)
    values = [node.value for node in function.nodes if node.value is not None]
    values += [one for call in function.calls for one in (*arguments_of(call), call.func)]
    names = _NONE.union(*(names_in(one, function.calls) for one in values))
    return frozenset(part for name in names for part in name.split("."))


def _outlives(node: Node) -> bool:
    """Whether a binding fills a member of the object, or an entry of some record."""
    if isinstance(node.target, Item):
        return True
    return isinstance(node.target, Name) and node.target.path.partition(".")[0] in SELF


_NO = ("", "", "")
