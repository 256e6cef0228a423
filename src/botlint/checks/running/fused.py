"""Calls that run through a circuit breaker, which counts their errors itself and opens.

``@breaker`` or ``@circuit(failure_threshold=5)`` on what is called, ``breaker.call(step)``, or
``with breaker.calling():`` around the call.
"""

from __future__ import annotations

from botlint.checks.roots import receiver_of
from botlint.facts.types import Expression, Function, Kind, Name, Result
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

ROLE = "breaker"


def is_fused(project: Project, ref: CallRef) -> bool:
    """Whether a call runs through something that by its name is a circuit breaker."""
    function = project.function(ref.function)
    call = function.calls[ref.call]
    receiver = receiver_of(call)
    if receiver is not None and _is_breaker(project, function, receiver):
        return True
    for node in function.nodes:
        if node.kind is not Kind.UNWIND or node.value is None:
            continue
        is_within = node.region[0] <= call.span.line <= node.region[1]
        if is_within and _is_breaker(project, function, node.value):
            return True
    callees = project.program.callees(ref.function, ref.call)
    return bool(callees) and all(_is_decorated(project, one) for one in callees)


def _is_decorated(project: Project, ref: FunctionRef) -> bool:
    parent = project.program.parent(ref)
    if parent is None:
        return False
    around = project.function(parent)
    return any(_is_breaker(project, around, one) for one in project.function(ref).decorators)


def _is_breaker(project: Project, function: Function, value: Expression) -> bool:
    """Whether a value is a breaker, or what a breaker or something named like one gives."""
    names = project.vocabulary.roles[ROLE]
    if type(value) is Name:
        return any(names.plays_name(part) for part in value.path.split(".")[-2:])
    return type(value) is Result and _is_breaker(project, function, function.calls[value.call].func)
