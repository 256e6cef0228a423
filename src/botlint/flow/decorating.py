"""The functions of a program that get another one as its decorators.

A decorator that may be written with and without arguments hands what it gets on to one of its own::

    def retried(function=None, *, times=3):
        def decorate(function): ...
        return decorate if function is None else decorate(function)
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.facts.types import Call, Expression, Kind, Name, Operation, Result
from botlint.flow.index import Index
from botlint.flow.names import FunctionRef
from botlint.flow.receivers import Receivers
from botlint.flow.values import Func

_INERT = frozenset(
    {"property", "staticmethod", "classmethod", "abstractmethod", "wraps", "contextmanager"}
    | {"asynccontextmanager", "lru_cache", "cache", "cached_property", "setter", "deleter"}
    | {"overload", "override", "final", "getter", "singledispatch", "total_ordering", "dataclass"}
)
"""Decorators that no function of a program is the body of."""


def decorators_of(index: Index, receivers: Receivers, ref: FunctionRef) -> tuple[FunctionRef, ...]:
    """The functions of the program that get ``ref`` as their argument, as decorators."""
    function = index.function(ref)
    parent = index.parent(ref)
    if not function.decorators or parent is None:
        return ()
    found: dict[FunctionRef, None] = {}
    for number, decorator in enumerate(function.decorators):
        if index.decorator_name(ref, number).rpartition(".")[2] in _INERT:
            continue
        for value in receivers.values(parent, decorator):
            if type(value) is Func:
                found[value.ref] = None
                found.update(dict.fromkeys(_handed_on_to(index, value.ref)))
    return tuple(found)


def _handed_on_to(index: Index, ref: FunctionRef) -> Iterator[FunctionRef]:
    """The functions within a decorator that it hands what it decorates on to, for their answer."""
    function = index.function(ref)
    nested = {index.function(one).name: one for one in index.nested(ref)}
    if not nested or not function.parameters:
        return
    given = (Name(function.parameters[0].name),)
    for node in function.nodes:
        for call in _called(function.calls, node.value) if node.kind is Kind.RETURN else ():
            if type(call.func) is Name and call.func.path in nested and call.args == given:
                yield nested[call.func.path]


def _called(calls: tuple[Call, ...], value: Expression | None) -> Iterator[Call]:
    """The calls whose answer a returned value may be."""
    if type(value) is Result:
        yield calls[value.call]
    elif type(value) is Operation and value.kind in ("if", "or", "and"):
        for part in value.args:
            yield from _called(calls, part)
