"""Values that are lost on the way: in a dict that its reader looks into, in a copy of a record in
which the value is blotted out."""

from __future__ import annotations

from typing import NamedTuple

from botlint.checks.reads import Key, is_read, last_segment, walk
from botlint.checks.roots import arguments_of, have_common, names_in
from botlint.checks.values.flow import Value
from botlint.checks.values.payloads import entries_of, shown_record
from botlint.checks.values.scope import Carried, is_same
from botlint.checks.values.targets import Target, is_nothing
from botlint.facts.types import Constant, Expression, Function, Kind, Name
from botlint.flow.program import FunctionRef
from botlint.flow.ways import anyhow, nodes_from, nodes_of_call
from botlint.model import Confidence, Place, Step
from botlint.project import CallRef

COPYING = frozenset({"replace", "_replace", "model_copy", "copy", "evolve"})
"""How calls are named that copy a record, with some of its fields set anew."""


class Lost(NamedTuple):
    """A value that a record goes without, and the step that shows who would have taken it."""

    value: Value
    what: str
    step: Step
    confidence: Confidence = Confidence.MEDIUM


def lost_in_record(
    carried: Carried, call: CallRef, target: Target, state: frozenset[Value]
) -> Lost | None:
    """A value in scope that the callee reads from a dict which the call builds without it."""
    if target.ref is None:
        return None
    program = carried.project.program
    for parameter in program.function(target.ref).parameters:
        key, place = _key_read(carried, target.ref, parameter.name)
        given = program.argument_of(call.function, call.call, target.ref, parameter.name)
        if not key or given is None:
            continue
        entries = entries_of(shown_record(carried.project, call, given))
        if entries is None or not is_nothing(entries.get(key, Constant(None))):
            continue
        for value in sorted(state):
            if is_same(value.name, key) and not _holds(carried, call, entries, value):
                return Lost(
                    value,
                    f"it reads {key!r} from {parameter.name}",
                    Step(place, f"`{target.name}` reads `{key}` from `{parameter.name}`"),
                )
    return None


def lost_in_copy(carried: Carried, call: CallRef, state: frozenset[Value]) -> Lost | None:
    """A value in scope that a copy of a record is made to go without."""
    facts = carried.project.call(call)
    if last_segment(facts.func) not in COPYING:
        return None
    entries = {name: value for name, value in facts.keywords if name}
    if "update" in entries:
        entries |= entries_of(shown_record(carried.project, call, entries["update"])) or {}
    place = carried.project.call_place(call)
    for name, given in sorted(entries.items(), key=lambda entry: entry[0]):
        if not carried.plays(name) or not is_nothing(given):
            continue
        value = next((one for one in sorted(state) if is_same(one.name, name)), None)
        if value is not None:
            step = Step(place, f"`{name}` is blotted out")
            return Lost(value, f"it sets {name} to nothing", step)
    return None


def _key_read(carried: Carried, ref: FunctionRef, record: str) -> tuple[str, Place]:
    """The key of the value that a function reads of a record, and where; ``""`` if it reads none,
    or puts it there itself."""
    found = ""
    place = carried.project.place(ref, carried.project.function(ref).span)
    for use in carried.project.program.sources[ref.source].keys:
        if use.function != ref.index or use.record != Name(record) or not carried.plays(use.key):
            continue
        if use.mode != "read":
            return "", place
        if not found:
            found, place = use.key, carried.project.place(ref, use.span)
    return found, place


def _holds(carried: Carried, call: CallRef, entries: dict[str, Expression], value: Value) -> bool:
    """Whether some entry is made from the value, or is the record that holds it."""
    calls = carried.project.function(call.function).calls
    names = {name for given in entries.values() for name in names_in(given, calls)}
    return value.path in names or (value.root != value.path and value.root in names)


def is_of_other_arm(carried: Carried, call: CallRef, value: Value) -> bool:
    """Whether a function asks a record and reads the value out of it only on ways that never come
    to a call, nor from it: on this one the record says something else, and may have none."""
    function = carried.project.function(call.function)
    tests = [node.value for node in function.nodes if node.kind is Kind.TEST]
    if not any(have_common((value.root,), names_in(one, function.calls)) for one in tests):
        return False
    key = Key(Name(value.root), value.name)
    reading = {
        number
        for number, node in enumerate(function.nodes)
        for part in (node.value, *(_given(function, node.call) if node.call >= 0 else ()))
        if any(is_read(one, key, function.calls) for one in walk(part, function.calls))
    }
    here = nodes_of_call(function, call.call)
    after = nodes_from(function, here, anyhow)
    if not reading or not reading.isdisjoint(after):
        return False
    return here.isdisjoint(nodes_from(function, reading, anyhow))


def _given(function: Function, number: int) -> tuple[Expression, ...]:
    return arguments_of(function.calls[number])
