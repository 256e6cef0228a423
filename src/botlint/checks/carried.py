"""Carried values: an id in scope reaches what can take it, and is not made anew on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from botlint.checks.orders.orders import PLACE
from botlint.checks.reads import has_spread, last_segment
from botlint.checks.roots import Origins, names_handed, targets_in
from botlint.checks.values.anew import calls_in_scope, find_made_anew, scope_step
from botlint.checks.values.bound import is_bound_here
from botlint.checks.values.events import find_bare_events
from botlint.checks.values.flow import Value
from botlint.checks.values.handed import (
    ASKING,
    is_handed,
    is_held,
    is_in_object,
    is_inside_at_callers,
)
from botlint.checks.values.records import (
    Lost,
    is_of_other_arm,
    lost_in_copy,
    lost_in_record,
)
from botlint.checks.values.scope import Carried
from botlint.checks.values.targets import Target, handed_by_name, is_nothing, target_of
from botlint.checks.values.unread import find_unread
from botlint.facts.types import Call, Kind, Name, Result
from botlint.model import Confidence, Hit, Step
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project


def find_dropped(carried: Carried, targets: frozenset[str]) -> Iterator[Hit]:
    """Calls that go without the value in scope, though what they call takes it; of a function that
    never reads the value and has no such call, its order."""
    unread = dict(find_unread(carried)) if "unread" in targets else {}
    anew = find_made_anew(carried) if unread else ()
    told = {(hit.place.path, hit.symbol) for hit in anew}
    for call, state in calls_in_scope(carried):
        taking = targets - {"orders"} if call.function in unread else targets
        lost = _lost(carried, call, state, taking)
        if lost is not None:
            hit = _hit(carried, call, lost)
            told.add((hit.place.path, hit.symbol))
            yield hit
    yield from (hit for hit in unread.values() if (hit.place.path, hit.symbol) not in told)


def _lost(
    carried: Carried, call: CallRef, state: frozenset[Value], targets: frozenset[str]
) -> Lost | None:
    facts = carried.project.call(call)
    if "parameters" in targets:
        lost = lost_in_copy(carried, call, state)
        if lost is not None:
            return lost
    if has_spread(facts) or normalise_segment(last_segment(facts.func)).startswith(ASKING):
        return None
    target = target_of(carried, call)
    if target is None or _is_empty(facts, target):
        return None
    if "parameters" in targets:
        lost = _dropped(carried, call, target, state) or lost_in_record(
            carried, call, target, state
        )
        if lost is not None:
            return lost
    if "orders" in targets and carried.project.plays(call, PLACE):
        return _untakeable(carried, call, target, state)
    return None


def _is_empty(facts: Call, target: Target) -> bool:
    """Whether a call makes a record with nothing in it: what an idle state is, and not a copy."""
    return target.ref is None and not facts.args and not facts.keywords


REPORTS: Mapping[str, Callable[[Carried, frozenset[str]], Iterable[Hit]]] = {
    "dropped": find_dropped,
    "made-anew": lambda carried, _: find_made_anew(carried),
    "bare-events": lambda carried, _: find_bare_events(carried),
}


def check_carried(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """The hits of one report about the values of one role, sorted by place."""
    role = parameters["value"]
    carried = project.answer(("carried", role), lambda: Carried(project, role))
    targets = frozenset(parameters.get("targets", ()))
    hits = REPORTS[parameters["report"]](carried, targets)
    return sorted(hits, key=lambda hit: (hit.place, hit.saw["value"]))


def _dropped(
    carried: Carried, call: CallRef, target: Target, state: frozenset[Value]
) -> Lost | None:
    """The value in scope that the target takes by a parameter, and that it isn't given."""
    takers = {value: _taker(carried, call, target, value) for value in sorted(state)}
    taken = [value for value, name in takers.items() if name]
    refused = [value for value in taken if _is_refused(target, takers[value])]
    if any(_is_carried(carried, call, target, value) for value in taken if value not in refused):
        return None
    for value in taken:
        if value in refused and is_held(carried, call, value):
            return None
        taking = takers[value]
        if value.root == last_segment(carried.project.call(call).func):
            continue
        if _given(carried, call, target, taking) == "other":
            continue
        if _is_set_later(carried, call, taking) or _is_left_out(carried, call, value, taking):
            continue
        return _lost_at(target, value, f"it takes {taking}")
    return None


def _is_left_out(carried: Carried, call: CallRef, value: Value, name: str) -> bool:
    """Whether a parameter is given ``None`` where the record need not have the value."""
    is_nothing_given = any(
        keyword == name and is_nothing(one) for keyword, one in carried.project.call(call).keywords
    )
    return is_nothing_given and value.is_key and is_of_other_arm(carried, call, value)


def _taker(carried: Carried, call: CallRef, target: Target, value: Value) -> str:
    """The parameter that takes a value: one that may be left out, or one that must be given and
    is given ``None``; ``""`` if there is none."""
    optional = target.takes(value.name)
    name = target.demands(value.name) if not optional else ""
    if not name:
        return optional
    handed = dict(handed_by_name(carried, call, target)).get(name)
    return name if handed is not None and is_nothing(handed) else ""


def _is_refused(target: Target, name: str) -> bool:
    """Whether the parameter that must take a value is given ``None`` on purpose: what else the
    call gets then tells of the value only if it holds it."""
    return any(one.name == name and one.default is None for one in target.parameters)


def _given(carried: Carried, call: CallRef, target: Target, name: str) -> str:
    """What a call gives to a parameter: ``nothing`` or ``other``."""
    facts = carried.project.call(call)
    for keyword, value in facts.keywords:
        if keyword == name:
            return "nothing" if is_nothing(value) else "other"
    if target.ref is not None:
        program = carried.project.program
        handed = program.argument_of(call.function, call.call, target.ref, name)
        return "other" if handed is not None and not is_nothing(handed) else "nothing"
    place = next((n for n, one in enumerate(target.parameters) if one.name == name), -1)
    is_handed = 0 <= place < len(facts.args) and not is_nothing(facts.args[place])
    return "other" if is_handed else "nothing"


def _untakeable(
    carried: Carried, call: CallRef, target: Target, state: frozenset[Value]
) -> Lost | None:
    """The value in scope, if an order wrapper of the program has no parameter for any."""
    if target.ref is None or target.is_open() or target.keys:
        return None
    if any(carried.plays(one.name) for one in target.parameters):
        return None
    if _is_client(carried, target) or is_in_object(carried, call, target.ref):
        return None
    function = carried.project.function(call.function)
    handed = Origins(function).closure(names_handed(function, call.call))
    for value in sorted(state):
        is_inside = value.root in handed and (value.is_key or value.path in handed)
        is_inside = is_inside or is_inside_at_callers(carried, call, value)
        if not is_inside and not _is_carried(carried, call, target, value):
            return _lost_at(target, value, f"it has no parameter for {value.name}")
    return None


def _lost_at(target: Target, value: Value, what: str) -> Lost:
    sure = Confidence.MEDIUM if value.is_key else target.confidence
    return Lost(value, what, Step(target.place, f"`{target.name}`: {what}"), sure)


def _is_carried(carried: Carried, call: CallRef, target: Target, value: Value) -> bool:
    """Whether a call hands the value over in some other way: in a text, a record, an object,
    or by a ``with`` on something that was given it."""
    if is_handed(carried, call, value) or is_bound_here(carried, call, value):
        return True
    function = carried.project.function(call.function)
    if value.is_key and value.root in names_handed(function, call.call):
        return _reads_key(carried, call, target, value)
    return False


def _is_client(carried: Carried, target: Target) -> bool:
    """Whether an order method sends the request itself: then it is an SDK, if a home-made one."""
    if target.ref is None:
        return False
    program = carried.project.program
    near = [target.ref]
    for number in range(len(program.function(target.ref).calls)):
        callees = program.callees(target.ref, number)
        near += [one for one in callees if program.owner(one) == program.owner(target.ref)]
    return any(
        carried.project.plays(CallRef(ref, number), "http-request")
        for ref in near
        for number in range(len(program.function(ref).calls))
    )


def _is_set_later(carried: Carried, call: CallRef, name: str) -> bool:
    """Whether the object that a call makes gets the value by an assignment to its field."""
    function = carried.project.function(call.function)
    targets = {one for node in function.nodes for one in targets_in(node.target)}
    return any(
        f"{made}.{name}" in targets
        for node in function.nodes
        if node.kind is Kind.ASSIGN and node.value == Result(call.call)
        for made in targets_in(node.target)
    )


def _reads_key(carried: Carried, call: CallRef, target: Target, value: Value) -> bool:
    """Whether the callee takes the value out of the record that it is handed."""
    if target.ref is None:
        return False
    program = carried.project.program
    for parameter in carried.project.function(target.ref).parameters:
        handed = program.argument_of(call.function, call.call, target.ref, parameter.name)
        if handed == Name(value.root):
            return value.name in carried.keys_of(target.ref, parameter.name)
    return False


def _hit(carried: Carried, call: CallRef, lost: Lost) -> Hit:
    project = carried.project
    name = project.program.display(call.function)
    place = project.call_place(call)
    written = project.written(call)
    return Hit(
        place=place,
        saw={"value": lost.value.shown, "call": written, "what": lost.what, "function": name},
        confidence=lost.confidence,
        trace=(
            scope_step(carried, call.function, lost.value),
            Step(place, f"`{written}` is called without it"),
            lost.step,
        ),
        cause=f"carried:{place.path}:{place.span.line}:{place.span.column}",
        symbol=name,
    )
