"""Functions that are given a carried value and never read it: there it ends."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.orders.orders import PLACE
from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of
from botlint.checks.stubs import is_stub
from botlint.checks.values.scope import Carried
from botlint.facts.types import Function, Name
from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef


def find_unread(carried: Carried) -> Iterator[tuple[FunctionRef, Hit]]:
    """A hit for each function whose order goes out without the value that it takes."""
    project = carried.project
    orders = {call.function: call for call in reversed(project.calls_playing(PLACE))}
    for ref in sorted(orders):
        function = project.function(ref)
        if is_stub(function):
            continue
        for parameter in function.parameters:
            if parameter.kind in ("*", "**") or not carried.plays(parameter.name):
                continue
            if not is_read_in(carried, ref, parameter.name):
                yield ref, _hit(carried, orders[ref], parameter.name)
                break


def is_read_in(carried: Carried, ref: FunctionRef, name: str) -> bool:
    """Whether a function, or one that stands in it, reads a name anywhere."""
    program = carried.project.program
    function = program.function(ref)
    if _mentions(function, name) or any(call.func == Name("locals") for call in function.calls):
        return True
    return any(is_read_in(carried, nested, name) for nested in program.nested(ref))


def _mentions(function: Function, name: str) -> bool:
    values = [node.value for node in function.nodes]
    values += [given for call in function.calls for given in (*arguments_of(call), call.func)]
    values += [node.target for node in function.nodes]
    return any(
        isinstance(part, Name) and part.path.partition(".")[0] == name
        for value in values
        for part in walk(value, ())
    )


def _hit(carried: Carried, call: CallRef, parameter: str) -> Hit:
    project = carried.project
    place = project.call_place(call)
    name = project.program.display(call.function)
    written = project.written(call)
    start = project.place(call.function, project.function(call.function).span)
    what = "it ends here, nothing reads it"
    return Hit(
        place=place,
        saw={"value": parameter, "call": written, "what": what, "function": name},
        confidence=Confidence.HIGH,
        trace=(
            Step(start, f"`{name}` takes `{parameter}`, and reads it nowhere"),
            Step(place, f"`{written}` goes out without it"),
        ),
        cause=f"carried:{place.path}:{place.span.line}:{place.span.column}",
        symbol=name,
    )
