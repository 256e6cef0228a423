"""Which sealed literals an expression can be: through names, members, dicts, constants of modules.

A literal that may be a credential is followed to where it is used; its text is never seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.facts.types import Constant, Expression, Item, Kind, Name, Operation, Result, Sealed
from botlint.flow.bindings import bindings_of
from botlint.flow.callgraph import CallGraph
from botlint.flow.names import FunctionRef

_DEEPEST = 8
_CHOOSING = frozenset({"or", "if", "and", "await", "star"})

Sealing = tuple[int, int]
"""A sealed literal of the program: the number of its source, and its own."""


def sealed_in(graph: CallGraph, ref: FunctionRef, expression: Expression) -> tuple[Sealing, ...]:
    """The sealed literals that ``expression`` can be where it stands in ``ref``."""
    return tuple(dict.fromkeys(_of_value(graph, ref, expression, 0)))


def _of_value(
    graph: CallGraph, ref: FunctionRef, value: Expression, depth: int
) -> Iterator[Sealing]:
    if depth > _DEEPEST:
        return
    if type(value) is Sealed:
        yield (ref.source, value.number)
    elif type(value) is Name:
        for function, bound in _values(graph, ref, value.path):
            yield from _of_value(graph, function, bound, depth + 1)
    elif type(value) is Operation and value.kind in _CHOOSING:
        for part in value.args:
            yield from _of_value(graph, ref, part, depth + 1)
    elif type(value) is Item and type(value.key) is Constant:
        for function, entry in _entries(graph, ref, value, depth):
            yield from _of_value(graph, function, entry, depth + 1)
    elif type(value) is Result:
        yield from _of_result(graph, ref, value.call, depth)


def _values(
    graph: CallGraph, ref: FunctionRef, path: str
) -> Iterator[tuple[FunctionRef, Expression]]:
    for function, binding in bindings_of(graph.receivers, ref, path):
        if binding.kind == "value" and binding.value is not None:
            yield function, binding.value
        elif binding.kind == "parameter":
            default = graph.index.function(function).parameters[binding.number].default
            if default is not None:
                yield function, default


def _entries(
    graph: CallGraph, ref: FunctionRef, item: Item, depth: int
) -> Iterator[tuple[FunctionRef, Expression]]:
    """What stands under a key of a dict, or at a place of a tuple, that the program writes down."""
    key = item.key.value if type(item.key) is Constant else None
    for function, held in _containers(graph, ref, item.value, depth + 1):
        if held.kind == "dict":
            for name, value in zip(held.args[::2], held.args[1::2], strict=False):
                if type(name) is Constant and name.value == key:
                    yield function, value
        elif type(key) is int and held.kind in ("tuple", "list") and -1 < key < len(held.args):
            yield function, held.args[key]


def _containers(
    graph: CallGraph, ref: FunctionRef, value: Expression, depth: int
) -> Iterator[tuple[FunctionRef, Operation]]:
    if depth > _DEEPEST:
        return
    if type(value) is Operation:
        yield ref, value
    elif type(value) is Name:
        for function, bound in _values(graph, ref, value.path):
            yield from _containers(graph, function, bound, depth + 1)
    elif type(value) is Item:
        for function, entry in _entries(graph, ref, value, depth + 1):
            yield from _containers(graph, function, entry, depth + 1)


def _of_result(graph: CallGraph, ref: FunctionRef, number: int, depth: int) -> Iterator[Sealing]:
    calls = graph.index.function(ref).calls
    if number >= len(calls):
        return
    call = calls[number]
    if type(call.func) is Name and call.func.path.endswith(".get") and call.args:
        held = Name(call.func.path[: -len(".get")])
        yield from _of_value(graph, ref, Item(held, call.args[0]), depth + 1)
        return
    for callee in graph.link(ref, number).callees[:3]:
        for node in graph.index.function(callee).nodes:
            if node.kind is Kind.RETURN and node.value is not None:
                yield from _of_value(graph, callee, node.value, depth + 1)
