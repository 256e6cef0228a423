"""Loops that end themselves once no turn has gone well for too long, or too often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botlint.checks.loops import heads_of
from botlint.checks.reads import walk
from botlint.checks.roots import names_in, targets_in
from botlint.checks.running.spared import good_nodes
from botlint.facts.types import Constant, Expression, Function, Kind, Node, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import loops_around, nodes_from, normally
from botlint.project import CallRef, Project

_ORDERED = frozenset({"lt", "le", "gt", "ge"})


def is_outlasted(project: Project, ref: FunctionRef, clause: int, loop: int) -> bool:
    """Whether ``while`` loop ``loop`` is left by a test of what a turn sets back only if ``clause``
    gets no error in it: a count that goes up, or the time of the last good turn."""
    function = project.function(ref)
    good = good_nodes(function, clause, loop)
    rest = [
        node
        for number, node in enumerate(function.nodes)
        if number not in good and loop in loops_around(function, node.loop)
    ]

    def is_time(value: Expression | None) -> bool:
        return type(value) is Result and project.plays(CallRef(ref, value.call), "clock")

    def asks_of(node: Node, names: frozenset[str]) -> bool:
        return not names.isdisjoint(names_in(node.value, function.calls))

    starts = (function.nodes[number] for number in good)
    started = _bound(one for one in starts if type(one.value) is Constant or is_time(one.value))
    told = started | _bound(one for one in rest if asks_of(one, started))
    rising = _bound(one for one in rest if _is_count(one))
    rising |= _bound(one for one in function.nodes if is_time(one.value))
    heads = frozenset(heads_of(function, loop))
    for node in rest:
        if node.kind is Kind.TEST and asks_of(node, told) and _leaves(function, node, heads):
            compared = list(_compared(function, node))
            if any(is_time(one) for one in compared) or asks_of(node, rising):
                return bool(compared)
    return False


def _compared(function: Function, node: Node) -> Iterator[Expression]:
    """All that stands in what a test holds against a limit."""
    for part in walk(node.value, function.calls):
        if isinstance(part, Operation) and part.kind in _ORDERED:
            yield from walk(part, function.calls)


def _bound(nodes: Iterable[Node]) -> frozenset[str]:
    return frozenset(name for node in nodes for name in targets_in(node.target))


def _is_count(node: Node) -> bool:
    """Whether a node adds to what it binds."""
    if node.kind is Kind.AUGMENT:
        return True
    sums = (one for one in walk(node.value, ()) if isinstance(one, Operation) and one.kind == "+")
    return node.target is not None and any(node.target in one.args for one in sums)


def _leaves(function: Function, node: Node, heads: frozenset[int]) -> bool:
    """Whether an arm of a test leads to no other turn."""
    return any(heads.isdisjoint(nodes_from(function, (arm,), normally)) for arm in normally(node))
