"""Where a function keeps an order that it places, or its id, and what a function asks by name."""

from __future__ import annotations

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
from botlint.project import CallRef, Project

_NONE: frozenset[str] = frozenset()


def kept_in(project: Project, order: CallRef) -> frozenset[str]:
    """The last parts of the names of what gets an order, or its id, and outlives the call."""
    function = project.function(order.function)
    given = names_given(function, order.call)
    origins = origins_of(project, order.function)

    def is_of_order(names: frozenset[str]) -> bool:
        return have_common(origins.closure(names), given)

    found: set[str] = set()
    for node in function.nodes:
        if node.kind is Kind.ASSIGN and _outlives(node):
            key = names_in(node.target.key, ()) if isinstance(node.target, Item) else _NONE
            if is_of_order(names_in(node.value, function.calls) | key):
                found.update(one.rpartition(".")[2] for one in targets_in(node.target))
    for call in function.calls:
        base, _, method = call.func.path.rpartition(".") if isinstance(call.func, Name) else _NO
        names = (names_in(one, function.calls) for one in arguments_of(call))
        if base and method in PUTS and is_of_order(_NONE.union(*names)):
            found.add(base.rpartition(".")[2])
    return frozenset(found)


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
