"""What stands behind a statement that always fails: nobody comes to it before that is mended."""

from __future__ import annotations

from collections.abc import Iterable, Set

from botlint.checks.reads import walk
from botlint.facts.types import RAISED, Expression, Function, Kind, Node, Operation
from botlint.flow.names import FunctionRef
from botlint.flow.ways import anyhow, nodes_from
from botlint.model import Hit, Place, Span
from botlint.project import Project

_READING = frozenset({Kind.TEST, Kind.ITERATE, Kind.ASSIGN, Kind.AUGMENT, Kind.RETURN, Kind.RAISE})
_AROUND = frozenset({Kind.EXCEPT, Kind.FINALLY, Kind.UNWIND})
_CHOOSING = frozenset({"if", "and", "or", "comprehension"})

Told = tuple[Place, str]
"""A fault, by its place and what is wrong."""


def told_in_front(
    project: Project, hits: Iterable[Hit], failing: Iterable[Hit]
) -> dict[Told, list[Hit]]:
    """Those of ``hits`` to which every way in the function leads past one of ``failing``, a call or
    an import that always raises: by the first of these that can be reached."""
    known: dict[FunctionRef, list[Hit]] = {}
    for hit in failing:
        known.setdefault(project.function_at(hit.place), []).append(hit)
    found: dict[Told, list[Hit]] = {}
    for hit in hits:
        ref = project.function_at(hit.place)
        others = [one for one in known.get(ref, ()) if one.place != hit.place]
        front = _in_front(project.function(ref), hit, others)
        if front is not None:
            found.setdefault(told(front), []).append(hit)
    return found


def told(hit: Hit) -> Told:
    """The fault that a hit tells of."""
    return hit.place, hit.saw["what"]


def _in_front(function: Function, hit: Hit, failing: list[Hit]) -> Hit | None:
    """The first of ``failing`` that can be reached and lets nothing come to ``hit``, alone if one
    does, else with the others."""
    at = _nodes_at(function, hit.place.span) if failing else frozenset()
    if not at or at.isdisjoint(_reached(function, ())):
        return None
    reached = _reached(function, failing)
    if not at.isdisjoint(reached):
        return None
    nodes = [function.nodes[number] for number in reached]
    met = {_span(function, node) or node.span for node in nodes}
    fronts = sorted((one for one in failing if one.place.span in met), key=_place)
    alone = (one for one in fronts if at.isdisjoint(_reached(function, (one,))))
    return next(alone, next(iter(fronts), None))


def _reached(function: Function, failing: Iterable[Hit]) -> frozenset[int]:
    """The nodes that some way leads to where each of ``failing`` raises."""
    spans = {one.place.span for one in failing}

    def onward(node: Node) -> Iterable[int]:
        return _raising(function, node) if _fails(function, node, spans) else anyhow(node)

    return frozenset(nodes_from(function, (function.entry,), onward))


def _fails(function: Function, node: Node, spans: Set[Span]) -> bool:
    """Whether a node is one at ``spans`` that fails each time that it runs."""
    span = _span(function, node)
    if span is not None:
        return span in spans
    # A test may stand at what it leads to: `ready and risk.check()`.
    if node.span not in spans or node.span in function.calls_at:
        return False
    return node.kind in _READING and not _is_partly_read(node.value)


def _is_partly_read(value: Expression | None) -> bool:
    """Whether some part of a value is asked for only where another allows it."""
    return any(type(part) is Operation and part.kind in _CHOOSING for part in walk(value, ()))


def _raising(function: Function, node: Node) -> Iterable[int]:
    """Where it goes on when a node raises: of one that isn't reckoned to, to whatever may stand
    around it."""
    if node.exc >= 0:
        return (node.exc,)
    around = (
        number
        for number, one in enumerate(function.nodes)
        if one.kind in _AROUND and one.region[0] <= node.span.line <= one.region[1]
    )
    return (*around, RAISED)


def _place(hit: Hit) -> Span:
    return hit.place.span


def _span(function: Function, node: Node) -> Span | None:
    """Where a node fails that calls or imports; ``None`` for others."""
    if node.kind is Kind.CALL:
        return function.calls[node.call].span
    return node.span if node.kind is Kind.IMPORT else None


def _nodes_at(function: Function, span: Span) -> frozenset[int]:
    """The nodes at which something stands: those of just this place, else the narrowest around."""
    spans = {number: _span(function, one) or one.span for number, one in enumerate(function.nodes)}
    exact = frozenset(number for number, one in spans.items() if one == span)
    around = {number: one for number, one in spans.items() if one.covers(span)}
    return exact or frozenset(
        number
        for number, one in around.items()
        if not any(one != other and one.covers(other) for other in around.values())
    )
