"""Tests on an order's status, and where orders of each fate go on after them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from botlint.checks.fills.fates import Fate
from botlint.checks.fills.statuses import Statuses
from botlint.checks.roots import targets_in
from botlint.facts.types import Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.ways import arms_of, nodes_from

_STATUS = frozenset({"eq", "ne", "in", "notin", "is", "isnot"})


class Divide(NamedTuple):
    """A test that divides orders by their status, with its arms for those that are filled wholly
    and in part; ``fate`` is what becomes of the latter."""

    node: int
    full: int
    partial: int
    subject: frozenset[str]
    fate: Fate


def has_comparison(function: Function) -> bool:
    """Whether a function has tests, and compares something, or asks something that may."""
    return any(
        node.kind in (Kind.TEST, Kind.ASSIGN) and _compares(node.value, 0)
        for node in function.nodes
    ) and any(node.kind is Kind.TEST for node in function.nodes)


def _compares(value: Expression | None, depth: int) -> bool:
    if type(value) is Result:
        return True
    if type(value) is not Operation or depth > 4:
        return False
    return value.kind in _STATUS or any(_compares(part, depth + 1) for part in value.args)


def divides_by(statuses: Statuses) -> Iterator[Divide]:
    """The tests that tell an order that is filled wholly from one that is filled in part."""
    for number, node in enumerate(statuses.function.nodes):
        if node.kind is not Kind.TEST:
            continue
        full = statuses.truth(node.value, Fate.FULL)
        partial = None if full is None else statuses.truth(node.value, Fate.PARTIAL)
        if full is None or partial is None or full is partial:
            continue
        arms = (node.next, node.other) if full else (node.other, node.next)
        yield Divide(number, arms[0], arms[1], statuses.subject(node.value), Fate.PARTIAL)


def reached_by(statuses: Statuses, start: int, fate: Fate, ends: frozenset[str]) -> frozenset[int]:
    """The nodes that an order of a fate can get to, up to where one of ``ends`` is bound to another
    order."""
    function = statuses.function
    by_status = statuses.onward(fate)

    def is_end(node: Node) -> bool:
        return binds_anew(node, ends) and not statuses.is_asked_again(node)

    def onward(node: Node) -> Iterable[int]:
        if not is_end(node):
            return by_status(node)
        return (node.other,) if node.kind is Kind.ITERATE else ()

    return frozenset(
        number
        for number in nodes_from(function, (start,), onward)
        if not is_end(function.nodes[number])
    )


def binds_anew(node: Node, names: frozenset[str]) -> bool:
    """Whether a node binds one of ``names`` to another value."""
    if node.kind not in (Kind.ASSIGN, Kind.ITERATE):
        return False
    return isinstance(node.target, Name | Operation) and not names.isdisjoint(
        targets_in(node.target)
    )


def own_branch(function: Function, test: int) -> frozenset[int]:
    """The nodes that only those get to for whom a test holds."""
    true, false = arms_of(function, test)
    return true - false
