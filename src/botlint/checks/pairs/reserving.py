"""Functions that reserve by what they do, whatever they are called.

``check_order_allowed`` that puts what it allows into ``self.reserved`` reserves it, where other
functions take it out of that store again.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from botlint.checks.locks.changing import ENTRY, Raw, written_changes
from botlint.checks.orders.orders import Orders
from botlint.checks.pairs.pairs import Pair
from botlint.checks.reads import last_segment
from botlint.facts.types import Kind, Operation
from botlint.flow.names import FunctionRef
from botlint.flow.program import Variable
from botlint.project import CallRef, Project

_IN = frozenset({"assigned", "setdefault", "add", "append"})
_OUT = frozenset({"deleted", "pop", "remove", "discard"})


class Changing(NamedTuple):
    """The functions that put something into a store, and those that take something out."""

    putting: set[FunctionRef]
    taking: set[FunctionRef]


def pairs_by_store(project: Project, stores: str, opening_role: str) -> tuple[Pair, ...]:
    """A pair for each store, of those that play the role ``stores``, that one function fills and
    another one empties: the calls of the first that lead to an order, and of the second. What plays
    ``opening_role`` by its name is no matter of these."""
    found = []
    for changing in _changing(project, stores).values():
        closing = _calls_of(project, changing.taking - changing.putting)
        opening = [
            one
            for one in _calls_of(project, changing.putting)
            if one.function not in changing.putting | changing.taking
            and not project.plays(one, opening_role)
            and _is_before_order(project, one)
        ]
        if opening and closing:
            found.append(
                Pair(
                    project, tuple(opening), frozenset(closing), lambda name: False, is_listed=True
                )
            )
    return tuple(found)


def _changing(project: Project, stores: str) -> dict[Variable, Changing]:
    role = project.vocabulary.roles[stores]
    found: dict[Variable, Changing] = defaultdict(lambda: Changing(set(), set()))
    for raw in written_changes(project.program):
        name = last_segment(raw.root)
        if raw.part != ENTRY or not name or not role.plays_name(name):
            continue
        variable = project.program.variable(raw.function, raw.root)
        if variable is None or variable.kind == "local":
            continue
        if _is_put(project, raw):
            found[variable].putting.add(raw.function)
        elif _is_taken(project, raw):
            found[variable].taking.add(raw.function)
    return dict(sorted(found.items()))


def _is_put(project: Project, raw: Raw) -> bool:
    return raw.how in _IN or _operator(project, raw) == "+"


def _is_taken(project: Project, raw: Raw) -> bool:
    return raw.how in _OUT or _operator(project, raw) == "-"


def _operator(project: Project, raw: Raw) -> str:
    node = project.function(raw.function).nodes[raw.node]
    is_sum = node.kind is Kind.AUGMENT and type(node.value) is Operation
    return node.value.kind if is_sum else ""  # type: ignore[union-attr]  # is_sum


def _calls_of(project: Project, functions: set[FunctionRef]) -> list[CallRef]:
    sites = (site for ref in sorted(functions) for site in project.program.callers(ref))
    return sorted({CallRef(site.function, site.call) for site in sites if site.via == "call"})


def _is_before_order(project: Project, call: CallRef) -> bool:
    orders = project.answer(("orders",), lambda: Orders(project))
    return call.function.index > 0 and orders.is_leading(call.function)
