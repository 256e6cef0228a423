"""Functions that only hand on to another, as they are left behind when code moves."""

from __future__ import annotations

from botlint.facts.types import Function, Kind, Result
from botlint.flow.program import CallSite, FunctionRef, Program

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


def answering(program: Program, ref: FunctionRef) -> tuple[Function, ...]:
    """A function, and those whose answers it gives as they are: ``return self._rest(symbol)``."""
    waiting, seen = [ref], {ref}
    for one in waiting:
        returned = [node.value for node in program.function(one).nodes if node.kind is Kind.RETURN]
        given = (program.callees(one, value.call) for value in returned if type(value) is Result)
        found = sorted({callees[0] for callees in given if len(callees) == 1} - seen)
        waiting += found[: _MOST - len(waiting)]
        seen.update(found)
    return tuple(map(program.function, waiting))


def hands_on(program: Program, ref: FunctionRef, callee: FunctionRef) -> bool:
    """Whether a function does nothing but return what another one returns; never in a circle."""
    if not _is_forwarding(program.function(ref)) or program.callees(ref, 0) != (callee,):
        return False
    last = settled(program, callee)
    return not _is_forwarding(program.function(last)) or len(program.callees(last, 0)) != 1


def outer_callers(program: Program, ref: FunctionRef) -> tuple[CallSite, ...]:
    """The calls of a function, and instead of those in functions that only hand on to it, the calls
    of these."""
    found: list[CallSite] = []
    waiting, seen = [ref], {ref}
    while waiting:
        for site in program.callers(waiting.pop()):
            if not _is_forwarding(program.function(site.function)):
                found.append(site)
            elif site.function not in seen:
                seen.add(site.function)
                waiting.append(site.function)
    return tuple(found)


def _is_forwarding(function: Function) -> bool:
    if len(function.calls) != 1 or function.decorators or function.is_generator:
        return False
    if any(node.kind not in _KINDS for node in function.nodes):
        return False
    return any(node.value == Result(0) for node in function.nodes if node.kind is Kind.RETURN)
