"""The literal strings that a name can stand for."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.facts.types import Constant, Expression, Name, Operation
from botlint.flow.callgraph import CallGraph
from botlint.flow.names import FunctionRef
from botlint.flow.scopes import Binding
from botlint.flow.values import Cls, Instance, Module

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
    for function, binding in bindings_of(graph, ref, path):
        if binding.kind == "value" and binding.value is not None:
            yield from _of_value(graph, function, binding.value, depth + 1)
        elif binding.kind == "parameter":
            default = graph.index.function(function).parameters[binding.number].default
            if default is not None:
                yield from _of_value(graph, function, default, depth + 1)


def bindings_of(
    graph: CallGraph, ref: FunctionRef, path: str
) -> Iterator[tuple[FunctionRef, Binding]]:
    """All bindings of a dotted name as a function sees it, with the function each stands in."""
    base, _, name = path.rpartition(".")
    if base:
        for owner in graph.receivers.named(ref, base):
            yield from _of_member(graph, owner, name)
        return
    scope: FunctionRef | None = ref
    while scope is not None:
        found = graph.index.scope(scope).names.get(name)
        if found:
            for binding in found:
                if binding.kind == "import":
                    yield from _imported(graph, scope, binding.number)
                else:
                    yield scope, binding
            return
        scope = graph.index.parent(scope)


def _imported(
    graph: CallGraph, ref: FunctionRef, number: int
) -> Iterator[tuple[FunctionRef, Binding]]:
    statement = graph.index.sources[ref.source].imports[number]
    raw = graph.index.modules.target(ref.source, statement)
    if raw is not None and statement.name:
        yield from _of_member(graph, Module(raw), statement.name)


def _of_member(graph: CallGraph, owner: object, name: str) -> Iterator[tuple[FunctionRef, Binding]]:
    if isinstance(owner, Module):
        source = graph.index.modules.by_raw.get(owner.raw)
        if source is None or not graph.index.sources[source].functions:
            return
        top = FunctionRef(source, 0)
        for binding in graph.index.scope(top).names.get(name, ()):
            if binding.kind != "import":
                yield top, binding
    elif isinstance(owner, Cls | Instance):
        for one in graph.receivers.classes.ancestry(owner.ref):
            yield from graph.receivers.classes.members(one).bindings.get(name, ())
