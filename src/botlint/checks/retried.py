"""Repeated actions: do they carry an id, and is a duplicate that the exchange refuses looked up?

An order that the exchange calls a duplicate exists. The branch for it is a clause whose type is
named so, or a test inside a clause that asks for that word or code. It must fetch the order, and of
several that it gets take the one whose client order id is the order's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from botlint.checks.hits import hit_in
from botlint.checks.orders.orders import Orders
from botlint.checks.retries.taken import find_taken_unasked
from botlint.checks.retries.ticks import find_renewed
from botlint.checks.retries.unstable import find_unstable
from botlint.checks.weight import weighed
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Operation
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.model import Hit, Place, Step
from botlint.project import CallRef, Project

DEEPEST = 5
_ASKING = frozenset({"eq", "in", "or", "and", "is"})


class Branch(NamedTuple):
    """The node of a branch for duplicates, and the nodes that only it leads to."""

    node: int
    own: frozenset[int]


def check_retried(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """Hits of one report. ``duplicate``: branches of the role ``duplicate`` without a call of the
    role ``lookup``, or with one that takes an order without comparing what plays the role
    ``identity``. ``unstable``: orders that are sent again without an id that stays the same."""
    report = _REPORTS[parameters.get("report", "duplicate")]
    return sorted(weighed(project, report(project, parameters)), key=lambda hit: hit.place)


def _find_duplicates(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    orders = project.answer(("orders",), lambda: Orders(project))
    for ref in project.program.functions():
        if orders.is_leading(ref):
            yield from _find_in(project, ref, parameters)


def _find_unstable(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    yield from find_unstable(project, parameters)
    yield from find_renewed(project, parameters)


def _find_in(project: Project, ref: FunctionRef, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    function = project.function(ref)
    role = parameters["duplicate"]
    for branch in _branches(project, function, role):
        nodes = [function.nodes[number] for number in sorted(branch.own)]
        if any(node.kind is Kind.RAISE for node in nodes):
            continue
        asked = [
            found
            for node in nodes
            if node.kind is Kind.CALL
            for found in _lookups(project, CallRef(ref, node.call), parameters["lookup"])
        ]
        place = project.place(ref, function.nodes[branch.node].span)
        if not asked:
            yield _hit(project, ref, place, "does not fetch the order that exists", ())
            continue
        taken = (_taken(project, one, parameters["identity"]) for one in asked)
        first = next((step for step in taken if step is not None), None)
        if first is not None:
            what = "takes an order without comparing its client order id"
            yield _hit(project, ref, place, what, (first,))


def _branches(project: Project, function: Function, role: str) -> Iterator[Branch]:
    nodes = function.nodes
    clauses = [node for node in nodes if node.kind is Kind.EXCEPT]
    for number, node in enumerate(nodes):
        is_clause = node.kind is Kind.EXCEPT and _is_duplicate(project, node.value, role, 0)
        is_test = node.kind is Kind.TEST and any(
            one.span.line <= node.span.line <= one.span.end_line for one in clauses
        )
        if is_clause or (is_test and _is_duplicate(project, node.value, role, 0)):
            own = set(nodes_from(function, (node.next,), normally))
            if is_test:
                own -= set(nodes_from(function, (node.other,), normally, (node.next,)))
            inside = node.span if is_clause else None
            yield Branch(
                number,
                frozenset(
                    one
                    for one in own
                    if inside is None or inside.line <= nodes[one].span.line <= inside.end_line
                ),
            )


def _is_duplicate(project: Project, value: Expression | None, role: str, depth: int) -> bool:
    """Whether a type or a test names a duplicate: by a word of its name, a text, or a code."""
    if value is None or depth > DEEPEST:
        return False
    known = project.vocabulary.roles[role]
    if isinstance(value, Name):
        return known.plays_name(value.path)
    if isinstance(value, Constant):
        text = str(value.value).casefold()
        return not isinstance(value.value, bool) and (
            known.plays_name(text.replace(" ", "_")) or text.lstrip("-") in known.words
        )
    if isinstance(value, Operation) and (depth == 0 or value.kind in _ASKING | {"tuple", "neg"}):
        is_asking = value.kind in _ASKING or value.kind in ("tuple", "list", "set", "neg")
        return is_asking and any(_is_duplicate(project, one, role, depth + 1) for one in value.args)
    return False


def _lookups(project: Project, ref: CallRef, role: str, depth: int = 0) -> Iterator[CallRef]:
    """The calls that look orders up, in a call or what it runs."""
    if depth > DEEPEST or project.plays(ref, "log"):
        return
    callees = project.program.callees(ref.function, ref.call)
    if project.plays(ref, role):
        yield ref
    for callee in callees:
        if callee != ref.function:
            for number in range(len(project.function(callee).calls)):
                yield from _lookups(project, CallRef(callee, number), role, depth + 1)


def _taken(project: Project, ref: CallRef, identity: str) -> Step | None:
    span = find_taken_unasked(project, ref, identity)
    if span is None:
        return None
    text = f"one of the orders that `{project.written(ref)}` gave is taken, whatever its id"
    return Step(project.place(ref.function, span), text)


def _hit(
    project: Project, ref: FunctionRef, place: Place, what: str, more: tuple[Step, ...]
) -> Hit:
    name = project.program.display(ref)
    return hit_in(
        project,
        ref,
        place,
        {"what": what},
        (Step(place, f"the branch for a duplicate order, in `{name}`"), *more),
    )


_REPORTS: dict[str, Callable[[Project, Mapping[str, Any]], Iterator[Hit]]] = {
    "duplicate": _find_duplicates,
    "unstable": _find_unstable,
}
