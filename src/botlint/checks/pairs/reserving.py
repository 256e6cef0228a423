"""Functions that reserve by what they do, whatever they are called.

``check_order_allowed`` that puts what it allows into ``self.reserved`` reserves it, where other
functions take it out of that store again.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from botlint.checks.locks.changing import WHOLE, Raw, written_changes
from botlint.checks.orders.orders import Orders
from botlint.checks.pairs.pairs import Pair
from botlint.checks.reads import last_segment
from botlint.checks.roots import arguments_of
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


def pairs_by_store(project: Project, stores: str, roles: tuple[str, str]) -> tuple[Pair, ...]:
    """A pair for each store, of those that play the role ``stores``, that one function fills and
    another one empties: the calls of the first that lead to an order, and of the second. What plays
    the first of ``roles`` by its name is no matter of these; who plays the second closes, too."""
    found = []
    for changing in _changing(project, stores).values():
        putting = _with_callers_within(project, changing.putting)
        taking = (changing.taking | _named_within(project, putting, roles[1])) - putting
        closing = _calls_of(project, taking)
        opening = [
            one
            for one in _calls_of(project, putting)
            if _is_asked_for(project, one, putting)
            and one.function not in taking
            and not project.plays(one, roles[0])
        ]
        if opening and closing and changing.taking - putting:
            found.append(
                Pair(
                    project, tuple(opening), frozenset(closing), lambda name: False, is_listed=True
                )
            )
    return tuple(found)


def _with_callers_within(project: Project, functions: set[FunctionRef]) -> set[FunctionRef]:
    """Functions, with those of the same class that call them."""
    found, waiting = set(functions), sorted(functions)
    while waiting:
        ref = waiting.pop()
        owner = project.program.owner(ref)
        for site in project.program.callers(ref):
            above = site.function
            if owner and above not in found and project.program.owner(above) == owner:
                found.add(above)
                waiting.append(above)
    return found


def _named_within(project: Project, functions: set[FunctionRef], role: str) -> set[FunctionRef]:
    """The methods that play a role by their name in the classes of some functions."""
    owners = {owner for ref in functions if (owner := project.program.owner(ref)) is not None}
    members = (one for owner in owners for one in project.program.class_members(owner).values())
    return {one for one in members if project.function_plays(one, role)}


def _is_asked_for(project: Project, call: CallRef, putting: set[FunctionRef]) -> bool:
    """Whether a call from outside of what fills a store hands over what it is filled with, on the
    way to an order; who loads a store hands over nothing."""
    owners = {project.program.owner(ref) for ref in putting}
    owner = project.program.owner(call.function)
    if call.function in putting or (owner is not None and owner in owners):
        return False
    orders = project.answer(("orders",), lambda: Orders(project))
    is_loading = project.plays(call, "loader") or not arguments_of(project.call(call))
    return call.function.index > 0 and not is_loading and orders.is_leading(call.function)


def _changing(project: Project, stores: str) -> dict[Variable, Changing]:
    role = project.vocabulary.roles[stores]
    found: dict[Variable, Changing] = defaultdict(lambda: Changing(set(), set()))
    for raw in written_changes(project.program):
        name = last_segment(raw.root)
        if raw.part == WHOLE or not name or not role.plays_name(name):
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
