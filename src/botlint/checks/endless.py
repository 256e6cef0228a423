"""Loops that go on as long as the bot runs: ``while``, and a stream that is followed."""

from __future__ import annotations

from botlint.facts.types import Function, Kind, Name, Node, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import loops_of_call, while_loops
from botlint.project import CallRef, Project

_COUNTING = frozenset({"count", "cycle"})


def endless_loops(project: Project, ref: FunctionRef) -> frozenset[int]:
    """The numbers of the loops of a function that no collection ends: over a generator of the
    program they are as long as its own."""
    function = project.function(ref)
    return while_loops(function) | frozenset(
        node.loop
        for node in function.nodes
        if node.kind is Kind.ITERATE and node.loop >= 0 and _is_stream(project, ref, node)
    )


def is_in_endless(project: Project, ref: CallRef) -> bool:
    """Whether a call stands in such a loop."""
    around = loops_of_call(project.function(ref.function), ref.call)
    return not around.isdisjoint(endless_loops(project, ref.function))


def _is_stream(project: Project, ref: FunctionRef, node: Node) -> bool:
    function = project.function(ref)
    call = node.value.call if isinstance(node.value, Result) else -1
    made = project.program.callees(ref, call) if call >= 0 else ()
    generators = [one for one in map(project.function, made) if one.is_generator]
    if generators:
        return any(map(while_loops, generators))
    return _is_awaited(function, node) or (call >= 0 and _is_counting(function, call))


def _is_awaited(function: Function, node: Node) -> bool:
    """Whether a loop waits for each of its elements: ``async for``."""
    body = function.nodes[node.next] if node.next >= 0 else None
    return body is not None and body.kind is Kind.AWAIT and body.value == node.value


def _is_counting(function: Function, number: int) -> bool:
    call = function.calls[number]
    last = call.func.path.rpartition(".")[2] if isinstance(call.func, Name) else ""
    return last in _COUNTING or (last == "iter" and len(call.args) == 2)
