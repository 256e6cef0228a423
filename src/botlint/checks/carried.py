"""Carried values: an id in scope reaches what can take it, and is not made anew on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from botlint.checks.carried_scope import Carried, Value, is_same
from botlint.checks.carried_targets import Target, is_nothing, target_of
from botlint.checks.carried_unread import find_unread
from botlint.checks.orders import PLACE
from botlint.checks.reads import has_spread, last_segment, walk
from botlint.checks.roots import Origins, arguments_of, names_in
from botlint.facts.types import Call, Kind, Name, Operation, Result
from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Step
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project

_ASKING = (
    "get_",
    "fetch_",
    "load_",
    "list_",
    "query_",
    "is_",
    "has_",
    "find_",
    "count_",
    "search_",
)
_MAKING = frozenset({"uuid4", "uuid1", "uuid7", "token_hex", "token_urlsafe", "ulid", "nanoid"})
_MAKING_WORDS = ("new_", "generate_", "make_", "create_", "next_")


def find_dropped(carried: Carried, targets: frozenset[str]) -> Iterator[Hit]:
    """Calls that go without the value in scope, though what they call takes it."""
    unread = {}
    if "unread" in targets:
        unread = dict(find_unread(carried))
        yield from unread.values()
    for call, state in _calls_in_scope(carried):
        facts = carried.project.call(call)
        segment = normalise_segment(last_segment(facts.func))
        if has_spread(facts) or segment.startswith(_ASKING):
            continue
        target = target_of(carried, call)
        if target is None or call.function in unread:
            continue
        if "parameters" in targets:
            value = _dropped(carried, call, target, state)
            if value is not None:
                yield _hit(carried, call, target, value)
                continue
        if "orders" in targets and carried.project.plays(call, PLACE):
            value = _untakeable(carried, call, target, state)
            if value is not None:
                yield _hit(carried, call, target, value)


def find_made_anew(carried: Carried) -> Iterator[Hit]:
    """Calls that make a new value where one was given to the function."""
    for call, state in _calls_in_scope(carried):
        if not _is_making(carried, call):
            continue
        name = _made_for(carried, call)
        function = carried.project.function(call.function)
        given = {one.name for one in function.parameters}
        for value in sorted(state):
            if name and value.path in given and is_same(value.name, name):
                yield _anew_hit(carried, call, value)
                break


REPORTS: Mapping[str, Callable[[Carried, frozenset[str]], Iterable[Hit]]] = {
    "dropped": find_dropped,
    "made-anew": lambda carried, _: find_made_anew(carried),
}


def check_carried(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """The hits of one report about the values of one role, sorted by place."""
    role = parameters["value"]
    carried = project.answer(("carried", role), lambda: Carried(project, role))
    targets = frozenset(parameters.get("targets", ()))
    hits = REPORTS[parameters["report"]](carried, targets)
    return sorted(hits, key=lambda hit: (hit.place, hit.saw["value"]))


def _calls_in_scope(carried: Carried) -> Iterator[tuple[CallRef, frozenset[Value]]]:
    """All calls before which a value is surely in scope, each once."""
    for ref in carried.project.program.functions():
        function = carried.project.function(ref)
        states = carried.at(ref) if function.calls else {}
        found: dict[int, frozenset[Value]] = {}
        for number, state in states.items():
            node = function.nodes[number]
            if node.kind is Kind.CALL and node.call >= 0:
                found[node.call] = found.get(node.call, state) & state
        for number in sorted(found):
            if found[number]:
                yield CallRef(ref, number), found[number]


def _dropped(
    carried: Carried, call: CallRef, target: Target, state: frozenset[Value]
) -> Value | None:
    """The value in scope that the target takes by a parameter, and that it isn't given."""
    for value in sorted(state):
        taking = target.takes(value.name)
        if not taking or value.root == last_segment(carried.project.call(call).func):
            continue
        given = _given(carried, call, target, taking)
        if given == "other" or _is_carried(carried, call, target, value):
            continue
        return value
    return None


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
) -> Value | None:
    """The value in scope, if an order wrapper of the program has no parameter for any."""
    if target.ref is None or target.is_open() or target.keys:
        return None
    if any(carried.plays(one.name) for one in target.parameters):
        return None
    for value in sorted(state):
        if not _is_carried(carried, call, target, value):
            return value
    return None


def _is_carried(carried: Carried, call: CallRef, target: Target, value: Value) -> bool:
    """Whether a call hands the value over in some other way: in a text, a record, an object,
    or by a ``with`` on something that was given it."""
    function = carried.project.function(call.function)
    facts = carried.project.call(call)
    origins = Origins(function)
    handed = frozenset(
        name for given in arguments_of(facts) for name in names_in(given, function.calls)
    )
    if handed & {value.path} or value.path in origins.closure(handed):
        return True
    if not value.is_key and value.root != value.path and value.root in handed:
        return True
    if value.is_key and value.root in handed and _reads_key(carried, call, target, value):
        return True
    return _is_around(carried, call, value)


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


def _is_around(carried: Carried, call: CallRef, value: Value) -> bool:
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


def _is_making(carried: Carried, call: CallRef) -> bool:
    segment = normalise_segment(carried.project.written(call).rpartition(".")[2])
    if segment in _MAKING:
        return True
    bare = next((segment[len(one) :] for one in _MAKING_WORDS if segment.startswith(one)), "")
    return bool(bare) and carried.plays(bare)


def _made_for(carried: Carried, call: CallRef) -> str:
    """The name of the value that a new one is made for."""
    function = carried.project.function(call.function)
    for node in function.nodes:
        if node.kind is Kind.ASSIGN and isinstance(node.target, Name):
            name = node.target.path.rpartition(".")[2]
            is_or = isinstance(node.value, Operation) and node.value.kind in ("or", "if")
            if carried.plays(name) and not is_or and _holds(node.value, call, function.calls):
                return name
    for other in function.calls:
        for keyword, value in other.keywords:
            if keyword and carried.plays(keyword) and _holds(value, call, function.calls):
                return keyword
    return ""


def _holds(value: Any, call: CallRef, calls: tuple[Call, ...]) -> bool:
    return any(isinstance(part, Result) and part.call == call.call for part in walk(value, calls))


def _hit(carried: Carried, call: CallRef, target: Target, value: Value) -> Hit:
    project = carried.project
    name = project.program.display(call.function)
    taking = target.takes(value.name)
    what = f"takes {taking}" if taking else f"has no parameter for {value.name}"
    sure = Confidence.MEDIUM if value.is_key else target.confidence
    place = project.call_place(call)
    written = project.written(call)
    return Hit(
        place=place,
        saw={"value": value.shown, "call": written, "what": what, "function": name},
        confidence=sure,
        trace=(
            _scope_step(carried, call.function, value),
            Step(place, f"`{written}` is called without it"),
            Step(target.place, f"`{target.name}` {what}"),
        ),
        cause=f"carried:{place.path}:{place.span.line}:{place.span.column}",
        symbol=name,
    )


def _anew_hit(carried: Carried, call: CallRef, value: Value) -> Hit:
    place = carried.project.call_place(call)
    name = carried.project.program.display(call.function)
    written = carried.project.written(call)
    return Hit(
        place=place,
        saw={"value": value.shown, "call": written, "what": "makes another", "function": name},
        confidence=Confidence.HIGH,
        trace=(
            _scope_step(carried, call.function, value),
            Step(place, f"`{written}` makes a new one all the same"),
        ),
        cause=f"carried:{place.path}:{place.span.line}:{place.span.column}",
        symbol=name,
    )


def _scope_step(carried: Carried, ref: FunctionRef, value: Value) -> Step:
    function = carried.project.function(ref)
    name = carried.project.program.display(ref)
    for node in function.nodes:
        if node.kind is Kind.ASSIGN and node.target == Name(value.root):
            return Step(carried.project.place(ref, node.span), f"`{name}` has `{value.shown}`")
    return Step(carried.project.place(ref, function.span), f"`{name}` has `{value.shown}`")
