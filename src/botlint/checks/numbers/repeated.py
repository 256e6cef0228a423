"""A value that must come from one place, made in several: nonces that overtake each other.

A place makes the value where a name, a member, a key or a keyword that plays its role gets what a
clock or a random source gives, or where a function named for it asks a clock: itself, or by a
function whose answer it hands on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botlint.checks.hits import hit_in
from botlint.checks.numbers.hosts import is_elsewhere
from botlint.checks.reached import is_reached
from botlint.checks.roots import arguments_of, keyed_entries, names_in
from botlint.facts.types import (
    Attribute,
    Call,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Place, Span, Step
from botlint.project import CallRef, Project
from botlint.roles import Role

DEEPEST = 6

IsNamed = Callable[[str], bool]


def find_repeated(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each place but the first that makes a value of the role ``value`` from a ``source``."""
    role = project.vocabulary.roles[parameters["value"]]
    made = sorted(_find_made(project, role, parameters["source"]))
    if len({function for _, function in made}) < 2:
        return
    makers = frozenset(function for _, function in made)
    first, maker = made[0]
    for place, function in made[1:]:
        is_named = role.plays_name(project.function(function).name)
        if function == maker or _asks(project, function, makers, is_named=is_named):
            continue
        if is_elsewhere(project, maker, function):
            continue
        name = project.program.display(function)
        other = project.program.display(maker)
        yield hit_in(
            project,
            function,
            place,
            {"first": f"{first.path}:{first.span.line}"},
            (
                Step(first, f"`{other}` makes one here"),
                Step(place, f"`{name}` makes another here"),
            ),
            Confidence.MEDIUM,
            related=(Step(first, f"the first, in `{other}`"),),
        )


def _asks(
    project: Project, ref: FunctionRef, makers: frozenset[FunctionRef], *, is_named: bool
) -> bool:
    """Whether a maker asks another one, too, and gives that one's values another form, as its name
    says; or makes its own only where the other is not there."""
    function = project.function(ref)
    tests = (node.value for node in function.nodes if node.kind is Kind.TEST)
    tested = frozenset().union(*(names_in(value, function.calls) for value in tests))
    for number, call in enumerate(function.calls):
        if any(one in makers and one != ref for one in project.program.callees(ref, number)):
            receiver = call.func.path.rpartition(".")[0] if type(call.func) is Name else ""
            if is_named or receiver in tested:
                return True
    return False


def _find_made(project: Project, role: Role, source: str) -> Iterator[tuple[Place, FunctionRef]]:
    clocks: dict[FunctionRef, set[int]] = {}
    for ref in project.calls_playing(source):
        clocks.setdefault(ref.function, set()).add(ref.call)
    for segment in project.program.segments():
        if role.plays_name(segment):
            for counter in project.program.functions_named(segment):
                clocks.setdefault(counter, set())
    found: set[Place] = set()
    for maker in sorted(clocks):
        place = _place_made(project, maker, clocks, role.plays_name)
        if place is not None and place not in found and is_reached(project, maker):
            found.add(place)
            yield place, maker


def _place_made(
    project: Project, maker: FunctionRef, clocks: Mapping[FunctionRef, set[int]], is_named: IsNamed
) -> Place | None:
    """Where a function makes the value first, or one does whose answer it hands on for its name."""
    function = project.function(maker)
    span = _span_made(function, clocks[maker], is_named)
    if span is not None:
        return project.place(maker, span)
    handed = (one.value for one in function.nodes if one.kind is Kind.RETURN)
    numbers = [one.call for one in handed if type(one) is Result] if is_named(function.name) else []
    callees = {one for number in numbers for one in project.program.callees(maker, number)}
    asked = [CallRef(one, n) for one in callees & clocks.keys() for n in clocks[one]]
    return min(map(project.call_place, asked), default=None)


def _span_made(function: Function, clocks: set[int], is_named: IsNamed) -> Span | None:
    """Where a function makes the value first, if it does: from a clock, or by counting."""
    if is_named(function.name):
        counted = [node.span for node in function.nodes if node.kind is Kind.AUGMENT]
        asked = [function.calls[number].span for number in sorted(clocks)]
        return min((*counted, *asked), default=None)
    is_sent = _has_key(function, is_named)
    for node in function.nodes:
        is_named_so = is_sent and node.kind is Kind.ASSIGN and is_named(_name_of(node.target))
        if is_named_so and _holds(node.value, function.calls, clocks, 0):
            return node.span
        if node.value is not None and _is_keyed(node.value, function.calls, clocks, is_named):
            return node.span
    for call in function.calls:
        for name, value in call.keywords:
            if name and is_named(name) and _holds(value, function.calls, clocks, 0):
                return call.span
        if any(_is_keyed(one, function.calls, clocks, is_named) for one in arguments_of(call)):
            return call.span
    return None


def _has_key(function: Function, is_named: IsNamed) -> bool:
    """Whether a function sends such a value along under its name."""
    targets = (node.target for node in function.nodes if type(node.target) is Item)
    if any(is_named(_name_of(target)) for target in targets):
        return True
    values = [value for call in function.calls for value in call.args]
    values += [value for call in function.calls for _, value in call.keywords]
    values += [node.value for node in function.nodes if node.value is not None]
    if any(name and is_named(name) for call in function.calls for name, _ in call.keywords):
        return True
    return any(is_named(key) for value in values for key in _keys_of(value))


def _keys_of(value: Expression) -> list[str]:
    if type(value) is not Operation or value.kind != "dict":
        return []
    keys = (key.value for key in value.args[::2] if type(key) is Constant)
    return [key for key in keys if isinstance(key, str)]


def _name_of(target: Expression | None) -> str:
    if isinstance(target, Name):
        return target.path
    if isinstance(target, Item) and isinstance(target.key, Constant):
        return str(target.key.value)
    return target.name if isinstance(target, Attribute) else ""


def _is_keyed(
    value: Expression, calls: tuple[Call, ...], clocks: set[int], is_named: IsNamed
) -> bool:
    """Whether a dict display gives the value to a key named for it."""
    return any(
        is_named(key) and _holds(entry, calls, clocks, 0) for key, entry in keyed_entries(value)
    )


def _holds(value: Expression | None, calls: tuple[Call, ...], clocks: set[int], depth: int) -> bool:
    """Whether what a clock gives stands in ``value``, also inside calls: ``str(int(time()))``."""
    if depth > DEEPEST:
        return False
    if isinstance(value, Result):
        if value.call in clocks:
            return True
        call = calls[value.call]
        parts = list(arguments_of(call))
        receiver = call.func.value if isinstance(call.func, Attribute) else None
        return any(
            _holds(part, calls, clocks, depth + 1)
            for part in (*parts, receiver)
            if part is not None
        )
    if isinstance(value, Operation):
        return any(_holds(part, calls, clocks, depth + 1) for part in value.args)
    if isinstance(value, Attribute | Item):
        return _holds(value.value, calls, clocks, depth + 1)
    return False
