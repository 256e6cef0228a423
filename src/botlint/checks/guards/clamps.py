"""Comparisons that decide without leaving: a value is clamped, or there is nothing to compare.

``if price < floor: price = floor`` holds a price against a limit although both ways lead on, and
``if entry is not None and price < entry * 0.9: return`` has nothing to say where there is no entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from botlint.checks.guards.question import compares_nothing
from botlint.checks.roots import targets_in
from botlint.facts.types import EXIT, RAISED, Expression, Function, Kind, Node, Operation
from botlint.flow.ways import bits_of, is_head, nodes_in_turn, normally

if TYPE_CHECKING:
    from botlint.checks.guards.body import Body

Compares = Callable[[Expression], bool]


def is_clamp(node: Node, compares: Compares) -> bool:
    """Whether a binding takes one of two values by what a comparison says."""
    value = node.value
    if (
        compares is compares_nothing
        or node.kind is not Kind.ASSIGN
        or type(value) is not Operation
        or value.kind != "if"
    ):
        return False
    return _compares(value.args[0], compares)


def is_clamped(body: Body, number: int) -> bool:
    """Whether one arm of a test does no more than to give something that was compared another
    value, and both go on alike."""
    nodes = body.function.nodes
    compared = _names_in(nodes[number].value)
    then, otherwise = (body.turn(arm, number) for arm in normally(nodes[number]))
    own = then ^ otherwise
    return any(
        bound.kind is Kind.ASSIGN and not compared.isdisjoint(targets_in(bound.target))
        for one, bound in enumerate(nodes)
        if own >> one & 1
    )


def compared_lines(function: Function, compares: Compares) -> frozenset[int]:
    """The lines on which a test decides by a comparison."""
    if compares is compares_nothing:
        return frozenset()
    return frozenset(
        node.span.line
        for node in function.nodes
        if node.kind is Kind.TEST and node.value is not None and compares(node.value)
    )


def own_nodes(function: Function, number: int) -> frozenset[int]:
    """The nodes that only one arm of a test leads to."""
    node = function.nodes[number]
    then, otherwise = (frozenset(nodes_in_turn(function, arm, number)) for arm in normally(node))
    return then ^ otherwise


def own_in_passing(function: Function, number: int) -> frozenset[int]:
    """The nodes that only one arm of a test leads to, where both arms go on to the same."""
    node = function.nodes[number]
    then, otherwise = (frozenset(nodes_in_turn(function, arm, number)) for arm in normally(node))
    nodes = function.nodes
    is_joined = any(
        one not in (EXIT, RAISED) and not (nodes[one].loop == node.loop and is_head(nodes[one]))
        for one in then & otherwise
    )
    return then ^ otherwise if is_joined else frozenset()


def arm_without(body: Body, number: int, compares: Compares) -> int:
    """Which arm of a test leads past a comparison that the other one leads to: 1 the true one, -1
    the false one; 0 if neither does."""
    node = body.function.nodes[number]
    question = ("comparing", compares)
    if question not in body.answers:
        body.answers[question] = bits_of(_comparing(body.function, compares))
    comparing = body.answers[question]
    then, otherwise = (bool(comparing & body.turn(arm, number)) for arm in (node.next, node.other))
    return int(otherwise) - int(then)


def _comparing(function: Function, compares: Compares) -> Iterator[int]:
    for number, node in enumerate(function.nodes):
        if node.kind is Kind.TEST and node.value is not None and _compares(node.value, compares):
            yield number


def _compares(value: Expression, compares: Compares) -> bool:
    if compares(value):
        return True
    if not isinstance(value, Operation) or value.kind not in ("and", "or", "not"):
        return False
    return any(_compares(part, compares) for part in value.args)


def _names_in(value: Expression | None) -> frozenset[str]:
    if isinstance(value, Operation):
        return frozenset().union(*(_names_in(part) for part in value.args))
    return frozenset(targets_in(value))
