"""A carried value made anew where one is in scope, and what reports of carried values share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.reads import walk
from botlint.checks.roots import names_in, origins_of, targets_in
from botlint.checks.values.flow import Value
from botlint.checks.values.near import MAKING, MAKING_WORDS, functions_near
from botlint.checks.values.scope import Carried, is_same
from botlint.checks.values.targets import handed_by_name, target_of
from botlint.facts.types import Call, Expression, Function, Kind, Name, Operation, Result
from botlint.flow.program import FunctionRef
from botlint.flow.ways import nodes_of_call
from botlint.model import Confidence, Hit, Step
from botlint.patterns import normalise_segment
from botlint.project import CallRef

CLOCK = "clock"


def find_made_anew(carried: Carried) -> Iterator[Hit]:
    """Calls that make a new value where one was given to the function, or hand a new one over
    where the function has its own. A value that is made of the one in scope carries it."""
    for call, state in calls_in_scope(carried):
        if not (_is_making(carried, call) or carried.project.plays(call, CLOCK)):
            continue
        handed = _handed_as(carried, call)
        made = _bound_as(carried, call) or handed
        function = carried.project.function(call.function)
        given = {one.name for one in function.parameters}
        for value in sorted(state):
            is_open = value.path in given or (
                handed is not None and _is_local(function, call, value)
            )
            if made is None or not is_open or not is_same(value.name, made.name):
                continue
            if not _is_made_from(carried, call.function, made.text, value):
                yield _anew_hit(carried, call, value)
            break


class Made(NamedTuple):
    """A new value: the name of what takes it, and all that it is made of."""

    name: str
    text: Expression


def calls_in_scope(carried: Carried) -> Iterator[tuple[CallRef, frozenset[Value]]]:
    """All calls before which a value is surely in scope, each once."""
    for ref in functions_near(carried):
        for number, state in sorted(carried.before_calls(ref).items()):
            if state:
                yield CallRef(ref, number), state


def _is_making(carried: Carried, call: CallRef) -> bool:
    segment = normalise_segment(carried.project.written(call).rpartition(".")[2])
    if segment in MAKING:
        return True
    bare = next((segment[len(one) :] for one in MAKING_WORDS if segment.startswith(one)), "")
    return bool(bare) and carried.plays(bare)


def _is_made_from(carried: Carried, ref: FunctionRef, text: Expression, value: Value) -> bool:
    """Whether a new value is made of the one in scope: such a one carries it."""
    names = names_in(text, carried.project.function(ref).calls)
    return not names.isdisjoint((value.path, value.root)) or value.path in origins_of(
        carried.project, ref
    ).closure(names)


def _bound_as(carried: Carried, call: CallRef) -> Made | None:
    """The name of the value that a new one is bound to."""
    function = carried.project.function(call.function)
    for node in function.nodes:
        if node.kind is Kind.ASSIGN and isinstance(node.target, Name) and node.value is not None:
            name = node.target.path.rpartition(".")[2]
            is_or = isinstance(node.value, Operation) and node.value.kind in ("or", "if")
            if carried.plays(name) and not is_or and _holds(node.value, call, function.calls):
                return Made(name, node.value)
    return None


def _handed_as(carried: Carried, call: CallRef) -> Made | None:
    """The name of the parameter or keyword that a new value is handed over as."""
    calls = carried.project.function(call.function).calls
    for number, other in enumerate(calls):
        for keyword, value in other.keywords:
            if keyword and carried.plays(keyword) and _holds(value, call, calls):
                return Made(keyword, value)
        if any(_holds(value, call, calls) for value in other.args):
            target = target_of(carried, CallRef(call.function, number))
            given = handed_by_name(carried, CallRef(call.function, number), target)
            for name, value in given:
                if carried.plays(name) and _holds(value, call, calls):
                    return Made(name, value)
    return None


def _is_local(function: Function, call: CallRef, value: Value) -> bool:
    """Whether a function has bound the value itself, in the very round of a loop in which the call
    stands: in another round a new decision is made."""
    bound = [node for node in function.nodes if value.root in targets_in(node.target)]
    made = [function.nodes[number] for number in nodes_of_call(function, call.call)]
    return bool(bound) and all(one.loop == other.loop for one in bound for other in made)


def _holds(value: Expression | None, call: CallRef, calls: tuple[Call, ...]) -> bool:
    return any(isinstance(part, Result) and part.call == call.call for part in walk(value, calls))


def _anew_hit(carried: Carried, call: CallRef, value: Value) -> Hit:
    place = carried.project.call_place(call)
    name = carried.project.program.display(call.function)
    written = carried.project.written(call)
    parameters = carried.project.function(call.function).parameters
    has = "is given" if any(one.name == value.path for one in parameters) else "has"
    saw = {"value": value.shown, "call": written, "what": "makes another", "function": name}
    return Hit(
        place=place,
        saw={**saw, "has": has},
        confidence=Confidence.HIGH,
        trace=(
            scope_step(carried, call.function, value),
            Step(place, f"`{written}` makes a new one all the same"),
        ),
        cause=f"carried:{place.path}:{place.span.line}:{place.span.column}",
        symbol=name,
    )


def scope_step(carried: Carried, ref: FunctionRef, value: Value) -> Step:
    """The step of a trace that says where a function has the value from."""
    function = carried.project.function(ref)
    name = carried.project.program.display(ref)
    for node in function.nodes:
        if node.kind is Kind.ASSIGN and node.target == Name(value.root):
            return Step(carried.project.place(ref, node.span), f"`{name}` has `{value.shown}`")
    return Step(carried.project.place(ref, function.span), f"`{name}` has `{value.shown}`")
