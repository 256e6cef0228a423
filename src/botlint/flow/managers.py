"""Which ``with`` statements can swallow an exception."""

from __future__ import annotations

from botlint.facts.types import Constant, Expression, Function, Kind, Result
from botlint.flow.callgraph import CallGraph
from botlint.flow.names import FunctionRef
from botlint.flow.values import Cls, External, Func, Instance, Values

_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})
_SWALLOWING = frozenset({"contextlib.suppress", "pytest.raises", "trio.move_on_after"})


def swallows(graph: CallGraph, ref: FunctionRef, value: Expression) -> bool:
    """Whether the manager ``value`` may swallow what is raised in its body."""
    called: Values = ()
    if type(value) is Result:
        called = graph.receivers.values(ref, graph.index.call(ref, value.call).func)
    for one in called:
        if type(one) is External and one.name in _SWALLOWING:
            return True
        if type(one) is Func and graph.index.has_decorator(one.ref, _MANAGERS):
            return _ends_normally(graph.index.function(one.ref))
    for one in (*called, *graph.receivers.values(ref, value)):
        if type(one) is not Cls and type(one) is not Instance:
            continue
        for name in ("__exit__", "__aexit__"):
            method = graph.receivers.classes.find_method(one.ref, name)
            if method is not None and _may_return_true(graph.index.function(method)):
                return True
    return False


def _ends_normally(function: Function) -> bool:
    """Whether an exception at a ``yield`` can lead to the normal end of a generator."""
    seen: set[int] = set()
    waiting = [node.exc for node in function.nodes if node.kind is Kind.YIELD]
    while waiting:
        number = waiting.pop()
        if number < 0 or number in seen:
            continue
        seen.add(number)
        node = function.nodes[number]
        if node.kind is Kind.EXIT:
            return True
        waiting += [node.next, node.other, node.exc]
    return False


def _may_return_true(function: Function) -> bool:
    return any(
        node.kind is Kind.RETURN
        and node.value is not None
        and not (type(node.value) is Constant and not node.value.value)
        for node in function.nodes
    )
