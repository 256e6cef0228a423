"""Functions that only hand on to another: wrappers that were left behind when code moved."""

from __future__ import annotations

from botlint.facts.types import Function, Kind, Result
from botlint.flow.program import FunctionRef, Program

_MOST = 8
_KINDS = frozenset({Kind.EXIT, Kind.RAISED, Kind.ENTRY, Kind.CALL, Kind.RETURN})


def settled(program: Program, ref: FunctionRef) -> FunctionRef:
    """The function that does the work of one that does nothing but return what it returns."""
    for _ in range(_MOST):
        if not _is_forwarding(program.function(ref)):
            break
        callees = program.callees(ref, 0)
        if len(callees) != 1:
            break
        ref = callees[0]
    return ref


def _is_forwarding(function: Function) -> bool:
    if len(function.calls) != 1 or function.decorators or function.is_generator:
        return False
    if any(node.kind not in _KINDS for node in function.nodes):
        return False
    return any(node.value == Result(0) for node in function.nodes if node.kind is Kind.RETURN)
