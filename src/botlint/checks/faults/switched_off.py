"""Refusals that a written constant has switched off: ``if notional < least and False: raise``.

A test whose two arms go the same way although something stands in one of them has been decided by a
constant. Told is what then never refuses: a ``raise`` or a ``return`` in a guard, or in a function
that leads to an order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile

from botlint.checks.faults.guarding import guards_of
from botlint.checks.faults.refusals import never_refuses
from botlint.checks.hits import fault, step
from botlint.checks.orders.orders import Orders
from botlint.facts.types import RAISED, Function, Kind, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import live_nodes
from botlint.model import Hit, Span
from botlint.project import Project

_REFUSING = (Kind.RAISE, Kind.RETURN)


def find_switched_off(project: Project) -> Iterable[Hit]:
    """One hit for each refusal that no way leads to, at what would have to let it happen."""
    orders = project.answer(("orders",), lambda: Orders(project))
    guards = guards_of(project)
    for ref in project.program.functions():
        if ref not in guards and not orders.is_leading(ref):
            continue
        function = project.function(ref)
        live = live_nodes(function)
        is_refusing = any(
            node.kind in _REFUSING and number not in live
            for number, node in enumerate(function.nodes)
        )
        if is_refusing and not (ref in guards and never_refuses(project, ref)):
            yield from _decided(project, ref, function, live)


def _decided(
    project: Project, ref: FunctionRef, function: Function, live: frozenset[int]
) -> Iterator[Hit]:
    told: set[Span] = set()
    for number in sorted(live):
        node = function.nodes[number]
        if node.kind is not Kind.TEST or node.next != node.other or node.span in told:
            continue
        lost = next((one for one in _behind(node, function, live) if one.kind in _REFUSING), None)
        if lost is None:
            continue
        told.add(node.span)
        what = "raises" if lost.kind is Kind.RAISE else "returns"
        text = "a written constant decides this test, whatever it asks"
        steps = (
            step(project, ref, node.span, text),
            step(project, ref, lost.span, f"so this never {what}"),
        )
        yield fault(project, ref, node.span, f"{text}: what hangs on it never {what}", steps)


def _behind(test: Node, function: Function, live: frozenset[int]) -> list[Node]:
    """The nodes that no way leads to and that are written right behind a test."""
    later = sorted(
        (node.span, number not in live)
        for number, node in enumerate(function.nodes)
        if node.span > test.span and number > RAISED
    )
    written = {span for span, is_dead in takewhile(lambda one: one[1], later) if is_dead}
    nodes = (node for number, node in enumerate(function.nodes) if number not in live)
    return sorted((node for node in nodes if node.span in written), key=lambda node: node.span)
