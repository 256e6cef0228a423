"""Whether a call hands a carried value over by another way than a parameter of its own name."""

from __future__ import annotations

from botlint.checks.carried_scope import Carried, Value
from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of, names_in, origins_of
from botlint.facts.types import Call, Kind, Name, Result
from botlint.project import CallRef


def is_handed(carried: Carried, call: CallRef, value: Value) -> bool:
    """Whether a call gets the value in a text, in a record, in the object that holds it, or by a
    ``with`` on something that was given it."""
    handed = names_handed(carried, call)
    origins = origins_of(carried.project, call.function)
    if value.path in handed or value.path in origins.closure(handed):
        return True
    if not value.is_key and value.root != value.path and value.root in handed:
        return True
    return is_around(carried, call, value)


def names_handed(carried: Carried, call: CallRef) -> frozenset[str]:
    """The dotted names in the arguments of a call."""
    function = carried.project.function(call.function)
    return frozenset(
        name
        for given in arguments_of(carried.project.call(call))
        for name in names_in(given, function.calls)
    )


def is_around(carried: Carried, call: CallRef, value: Value) -> bool:
    """Whether the call stands inside a ``with`` on something that was given the value."""
    function = carried.project.function(call.function)
    line = carried.project.call(call).span.line
    for node in function.nodes:
        if node.kind is Kind.UNWIND and node.region[0] <= line <= node.region[1]:
            for part in walk(node.value, function.calls):
                if isinstance(part, Result) and _mentions(function.calls[part.call], value):
                    return True
    return False


def _mentions(call: Call, value: Value) -> bool:
    return any(
        isinstance(part, Name) and part.path == value.path
        for given in arguments_of(call)
        for part in walk(given, ())
    )
