"""Which managers a ``with`` statement has, and which of them can swallow an exception."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.facts.types import EXIT, Constant, Expression, Function, Kind, Name, Result
from botlint.flow.callgraph import CallGraph
from botlint.flow.names import FunctionRef
from botlint.flow.values import Cls, External, Func, Instance, Values
from botlint.flow.ways import anyhow, nodes_from

_DECORATORS = frozenset({"contextmanager", "asynccontextmanager"})
_SUPPRESSING = frozenset({"contextlib.suppress", "pytest.raises", "trio.move_on_after"})
_STACKS = frozenset({"contextlib.ExitStack", "contextlib.AsyncExitStack"})
_ENTERING = ("enter_context", "enter_async_context", "push", "push_async_exit")


class Manager(NamedTuple):
    """What gets the exceptions of a ``with`` body.

    ``kind`` is ``suppress`` (``function`` is where it is written, by ``call``, ``types`` what it
    swallows),
    ``generator`` (``function`` is the generator that gets them at its ``yield``) or ``exit``
    (``function`` is the ``__exit__``).
    """

    kind: str
    function: FunctionRef
    types: tuple[Expression, ...] = ()
    call: int = -1


def managers(graph: CallGraph, ref: FunctionRef, value: Expression) -> tuple[Manager, ...]:
    """The managers that ``with value`` may have; of a stack, those that are entered into it."""
    return tuple(dict.fromkeys(_find(graph, ref, value)))


def swallows(graph: CallGraph, ref: FunctionRef, value: Expression) -> bool:
    """Whether the manager ``value`` may swallow what is raised in its body."""
    return any(_may_swallow(graph, one) for one in managers(graph, ref, value))


def _find(graph: CallGraph, ref: FunctionRef, value: Expression) -> Iterator[Manager]:
    called: Values = ()
    if type(value) is Result:
        call = graph.index.call(ref, value.call)
        called = graph.receivers.values(ref, call.func)
        for one in called:
            if type(one) is External and one.name in _SUPPRESSING:
                yield Manager("suppress", ref, call.args, value.call)
            if type(one) is External and one.name in _STACKS:
                for entered in _entered(graph.index.function(ref), value):
                    yield from _find(graph, ref, entered)
            if type(one) is Func and graph.index.has_decorator(one.ref, _DECORATORS):
                yield Manager("generator", one.ref)
    for one in (*called, *graph.receivers.values(ref, value)):
        if type(one) is not Cls and type(one) is not Instance:
            continue
        for name in ("__exit__", "__aexit__"):
            method = graph.receivers.classes.find_method(one.ref, name)
            if method is not None:
                yield Manager("exit", method)


def _entered(function: Function, stack: Expression) -> Iterator[Expression]:
    """What a function enters into a stack that it has opened by ``with stack as name``."""
    for node in function.nodes:
        if node.kind is Kind.ENTER and node.value == stack and type(node.target) is Name:
            entering = [Name(f"{node.target.path}.{name}") for name in _ENTERING]
            for call in function.calls:
                if call.func in entering and call.args and call.args[0] != stack:
                    yield call.args[0]


def _may_swallow(graph: CallGraph, manager: Manager) -> bool:
    function = graph.index.function(manager.function)
    if manager.kind == "generator":
        return _ends_normally(function)
    return manager.kind == "suppress" or _may_return_true(function)


def _ends_normally(function: Function) -> bool:
    """Whether an exception at a ``yield`` can lead to the normal end of a generator."""
    starts = [node.exc for node in function.nodes if node.kind is Kind.YIELD]
    return EXIT in nodes_from(function, starts, anyhow)


def _may_return_true(function: Function) -> bool:
    return any(
        node.kind is Kind.RETURN
        and node.value is not None
        and not (type(node.value) is Constant and not node.value.value)
        for node in function.nodes
    )
