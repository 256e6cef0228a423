"""The literal strings that a name can stand for."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.facts.types import Constant, Expression, Name, Operation
from botlint.flow.bindings import bindings_of
from botlint.flow.callgraph import CallGraph
from botlint.flow.names import FunctionRef

_DEEPEST = 6
_TEXTUAL = frozenset({"fstring", "+", "%", "or", "if", "and"})


def string_values(graph: CallGraph, ref: FunctionRef, path: str) -> tuple[str, ...]:
    """The strings that the dotted name ``path`` can stand for in a function.

    Of a string that is put together, its literal parts.
    """
    found = dict.fromkeys(_of_name(graph, ref, path, 0))
    return tuple(found)


def _of_value(graph: CallGraph, ref: FunctionRef, value: Expression, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if type(value) is Constant:
        if isinstance(value.value, str):
            yield value.value
    elif type(value) is Name:
        yield from _of_name(graph, ref, value.path, depth)
    elif type(value) is Operation and value.kind in _TEXTUAL:
        for part in value.args:
            yield from _of_value(graph, ref, part, depth + 1)


def _of_name(graph: CallGraph, ref: FunctionRef, path: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    for function, binding in bindings_of(graph.receivers, ref, path):
        if binding.kind == "value" and binding.value is not None:
            yield from _of_value(graph, function, binding.value, depth + 1)
        elif binding.kind == "parameter":
            default = graph.index.function(function).parameters[binding.number].default
            if default is not None:
                yield from _of_value(graph, function, default, depth + 1)
