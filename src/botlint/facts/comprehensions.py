"""Comprehensions and generator expressions, read as the loops that they are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from botlint.facts.events import BranchEvent, Event, LoopEvent, pruned
from botlint.facts.types import Expression, Operation, Result

if TYPE_CHECKING:
    from botlint.facts.expressions import Reader


def read_comprehension(
    reader: Reader,
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
    events: list[Event],
) -> Expression:
    """The expression of a comprehension; what happens in it is one loop event."""
    element, conditions, inner = _read_generators(reader, node, 0)
    first = node.generators[0]
    value = reader.value(first.iter, events)
    if inner:
        target = reader.target(first.target, [])
        events.append(LoopEvent(target, value, inner, reader.span_of(node)))
    return Operation("comprehension", (element, value, *conditions))


def _read_generators(
    reader: Reader, node: Any, depth: int
) -> tuple[Expression, list[Expression], list[Event]]:
    """The events inside generator ``depth``: its conditions, then what stands within it."""
    events: list[Event] = []
    current = events
    conditions: list[Expression] = []
    for test in node.generators[depth].ifs:
        condition = reader.value(test, current)
        conditions.append(condition)
        then: list[Event] = []
        current.append(BranchEvent(condition, then, [], reader.span_of(test)))
        current = then
    if depth + 1 < len(node.generators):
        following = node.generators[depth + 1]
        value = reader.value(following.iter, current)
        element, more, inner = _read_generators(reader, node, depth + 1)
        if inner or isinstance(value, Result):
            target = reader.target(following.target, [])
            current.append(LoopEvent(target, value, inner, reader.span_of(following.iter)))
        return element, [*conditions, *more], pruned(events)
    if isinstance(node, ast.DictComp):
        pair = (reader.value(node.key, current), reader.value(node.value, current))
        return Operation("tuple", pair), conditions, pruned(events)
    return reader.value(node.elt, current), conditions, pruned(events)
