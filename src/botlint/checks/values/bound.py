"""Values that the code around a call has bound for all that it does: a context variable, a bound
logger, a ``with`` of a caller."""

from __future__ import annotations

from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of, receiver_of
from botlint.checks.values.flow import Value
from botlint.checks.values.handed import is_around
from botlint.checks.values.scope import Carried
from botlint.facts.types import Call, Kind, Name, Result
from botlint.flow.program import FunctionRef
from botlint.project import CallRef

_BINDING = frozenset({"bind_contextvars", "bound_contextvars", "contextualize"})
_VARIABLE = "contextvars.ContextVar"
_DEPTH = 4
"""How many callers up a ``with`` is looked for: trails are opened near the top."""


def is_bound_around(carried: Carried, call: CallRef, value: Value) -> bool:
    """Whether the function, or one of its callers, has bound the value for what it runs."""
    return (
        is_around(carried, call, value)
        or is_bound_here(carried, call, value)
        or _has_caller_that_binds(carried, call.function)
    )


def is_bound_here(carried: Carried, call: CallRef, value: Value) -> bool:
    """Whether the function puts the value into a context variable."""
    function = carried.project.function(call.function)
    for number, other in enumerate(function.calls):
        if any(
            isinstance(part, Name) and part.path == value.path
            for given in arguments_of(other)
            for part in walk(given, function.calls)
        ) and _is_binding(carried, CallRef(call.function, number)):
            return True
    return False


def _is_binding(carried: Carried, call: CallRef) -> bool:
    """Whether a call sets a context variable, by itself or in the function that it runs."""
    if _is_setter(carried, call):
        return True
    program = carried.project.program
    return any(
        _is_setter(carried, CallRef(ref, number))
        for ref in program.callees(call.function, call.call)
        for number in range(len(program.function(ref).calls))
    )


def _is_setter(carried: Carried, call: CallRef) -> bool:
    facts = carried.project.call(call)
    segment = last_segment(facts.func)
    if segment in _BINDING:
        return True
    receiver = receiver_of(facts)
    if segment != "set" or receiver is None:
        return False
    return carried.project.program.type_of(call.function, receiver) == _VARIABLE


def _has_caller_that_binds(carried: Carried, ref: FunctionRef) -> bool:
    program = carried.project.program
    seen = {ref}
    layer = [ref]
    for _ in range(_DEPTH):
        above: list[FunctionRef] = []
        for one in layer:
            for site in program.callers(one):
                if _is_inside_binding(carried, site.function, site.call):
                    return True
                if site.function not in seen:
                    seen.add(site.function)
                    above.append(site.function)
        layer = above
    return False


def _is_inside_binding(carried: Carried, ref: FunctionRef, call: int) -> bool:
    """Whether a call stands in a ``with`` on something that is given a value of the role."""
    function = carried.project.function(ref)
    line = function.calls[call].span.line if 0 <= call < len(function.calls) else -1
    return any(
        _is_given(carried, function.calls[part.call])
        for node in function.nodes
        if node.kind is Kind.UNWIND and node.region[0] <= line <= node.region[1]
        for part in walk(node.value, function.calls)
        if isinstance(part, Result)
    )


def _is_given(carried: Carried, call: Call) -> bool:
    return any(
        isinstance(part, Name) and carried.plays(last_segment(part))
        for given in arguments_of(call)
        for part in walk(given, ())
    )
