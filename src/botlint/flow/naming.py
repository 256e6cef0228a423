"""The names by which patterns know a call."""

from __future__ import annotations

from functools import cached_property

from botlint.flow.by_text import find_by_text
from botlint.flow.callers import Callers
from botlint.flow.callgraph import CallGraph
from botlint.flow.index import CallNumber
from botlint.flow.names import FunctionRef, split_member, written_name
from botlint.flow.values import Cls, External, Instance, Super


class Naming:
    """The names of all calls of a program, each worked out once."""

    def __init__(self, graph: CallGraph, callers: Callers) -> None:
        self._graph = graph
        self._callers = callers
        self._known: dict[CallNumber, tuple[str, ...]] = {}

    def of(self, ref: FunctionRef, call: int) -> tuple[str, ...]:
        """The names of what is called: as written, then as it resolves."""
        known = self._known.get((ref, call))
        if known is None:
            known = (*_names_of_call(self._graph, ref, call), *self.by_text.get((ref, call), ()))
            self._known[ref, call] = known
        return known

    @cached_property
    def by_text(self) -> dict[CallNumber, tuple[str, ...]]:
        """The calls that hand over the name of a method which is called then, and its names."""
        return find_by_text(self._graph, self._callers)


def _names_of_call(graph: CallGraph, ref: FunctionRef, number: int) -> tuple[str, ...]:
    """The chain as written, then the qualified names that it resolves to.

    A method is named by the class of its receiver too, where that is another one than its own, and
    something from outside by the name that it is imported by: ``ccxt.binance.create_order``.
    """
    index = graph.index
    calls = index.function(ref).calls
    call = calls[number]
    found = {written_name(call.func, calls): None}
    receiver, name = split_member(call.func)
    values = graph.receivers.values(ref, call.func)
    for value in values:
        if type(value) is Cls:
            found[index.qualified_class(value.ref)] = None
    if receiver is not None:
        for owner in graph.receivers.values(ref, receiver):
            if type(owner) is Instance or type(owner) is Cls or type(owner) is Super:
                found[f"{index.qualified_class(owner.ref)}.{name}"] = None
    for edge in graph.link(ref, number).edges:
        if edge.via in ("call", "table") and index.function(edge.function).name not in _MAKING:
            found[index.qualified(edge.function)] = None
    for value in values:
        if type(value) is External:
            found[value.name] = None
    return tuple(found)


_MAKING = frozenset({"__init__", "__new__", "__post_init__"})
