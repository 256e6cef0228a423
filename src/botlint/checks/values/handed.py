"""Whether a call hands a carried value over by another way than a parameter of its own name."""

from __future__ import annotations

from botlint.checks.orders.orders import PLACE
from botlint.checks.reads import Key, is_read, last_segment, walk
from botlint.checks.roots import (
    arguments_of,
    assigned_in,
    names_handed,
    names_in,
    origins_of,
    receiver_of,
)
from botlint.checks.values.flow import Value
from botlint.checks.values.scope import Carried
from botlint.facts.types import Call, Expression, Item, Kind, Name, Operation, Result
from botlint.flow.program import ClassRef, FunctionRef
from botlint.patterns import normalise_segment
from botlint.project import CallRef

ASKING = (
    "get",
    "pop",
    "fetch",
    "load",
    "list_",
    "query",
    "is_",
    "has_",
    "find",
    "count_",
    "search",
)
"""How calls begin that look something up, and do nothing that an id would have to reach."""

DEEPEST = 2
"""An object is followed so often from one function into the next."""

_HOLDING = frozenset({"dict", "list", "tuple", "str", "format", "join", "replace", "copy"})


def is_handed(carried: Carried, call: CallRef, value: Value) -> bool:
    """Whether a call gets the value in a text, in a record, in the object that holds it, or by a
    ``with`` on something that was given it."""
    handed = names_handed(carried.project.function(call.function), call.call)
    origins = origins_of(carried.project, call.function)
    answers = _answers(carried, call.function) - _whole(carried, call)
    if value.path in handed or value.path in origins.closure(handed, answers):
        return True
    if not value.is_key and value.root != value.path and value.root in handed:
        return True
    if value.is_key and _is_key_handed(carried, call, value, origins.closure(handed, answers)):
        return True
    return is_around(carried, call, value)


def is_held(carried: Carried, call: CallRef, value: Value) -> bool:
    """Whether something that a call gets holds the value: a text or a record that is made with it,
    an object of a class with a field for it."""
    program = carried.project.program
    ref = call.function
    function = carried.project.function(ref)
    waiting = list(arguments_of(carried.project.call(call)))
    seen: set[Expression] = set()
    while waiting:
        part = waiting.pop()
        if part in seen:
            continue
        seen.add(part)
        if isinstance(part, Name):
            kind = program.type_of(ref, part)
            has_field = isinstance(kind, ClassRef) and bool(carried.field_of(kind))
            if has_field or part.path in (value.path, value.root):
                return True
            waiting += assigned_in(carried.project, ref).get(part.path, ())
        elif isinstance(part, Operation):
            waiting += part.args
        elif isinstance(part, Result):
            made = function.calls[part.call]
            if last_segment(made.func)[:1].isupper() or last_segment(made.func) in _HOLDING:
                waiting += arguments_of(made)
    return is_around(carried, call, value)


def is_in_object(carried: Carried, call: CallRef, callee: FunctionRef) -> bool:
    """Whether ``callee``, or what it hands on to, reads the value out of an object that the call
    hands over, or may do so: its class has a field for it."""
    program = carried.project.program
    for parameter in carried.project.function(callee).parameters:
        handed = program.argument_of(call.function, call.call, callee, parameter.name)
        if not isinstance(handed, Name):
            continue
        kind = program.type_of(callee, Name(parameter.name))
        if isinstance(kind, ClassRef) and carried.field_of(kind):
            return True
        if _is_member_read(carried, callee, parameter.name, DEEPEST):
            return True
    return False


def is_inside_at_callers(carried: Carried, call: CallRef, value: Value) -> bool:
    """Whether what a call hands over comes from the callers of its function, and each of them has
    made it of the value that it hands over beside: ``place(plan.id, Request(key=plan.id))``."""
    program = carried.project.program
    function = carried.project.function(call.function)
    own = {one.name for one in function.parameters}
    records = names_handed(function, call.call) & own - {value.root}
    sites = [one for one in program.callers(call.function) if one.via == "call"]
    return bool(sites) and any(
        all(
            _is_made_of(carried, CallRef(one.function, one.call), call.function, record, value.root)
            for one in sites
        )
        for record in records
    )


def _is_made_of(
    carried: Carried, site: CallRef, callee: FunctionRef, record: str, name: str
) -> bool:
    """Whether what a call gives to the parameter ``record`` is made of what it gives to the one
    that is called ``name``."""
    program = carried.project.program
    calls = carried.project.function(site.function).calls
    origins = origins_of(carried.project, site.function)
    made, given = (
        names_in(program.argument_of(site.function, site.call, callee, one), calls)
        for one in (record, name)
    )
    return not given.isdisjoint(origins.closure(made))


def _is_member_read(carried: Carried, ref: FunctionRef, record: str, depth: int) -> bool:
    """Whether a function reads the value as a member of what its parameter ``record`` is."""
    paths = (path.rpartition(".") for path in carried.paths_of(ref))
    if any(base == record and carried.plays(member) for base, _, member in paths):
        return True
    program = carried.project.program
    calls = carried.project.function(ref).calls if depth else ()
    return any(
        program.argument_of(ref, number, callee, one.name) == Name(record)
        and _is_member_read(carried, callee, one.name, depth - 1)
        for number, inner in enumerate(calls)
        if Name(record) in arguments_of(inner)
        for callee in program.callees(ref, number)
        for one in carried.project.function(callee).parameters
    )


def _is_key_handed(carried: Carried, call: CallRef, value: Value, names: frozenset[str]) -> bool:
    """Whether what a call gets was read out of a record by the key of the value: there, or where
    one of ``names`` was bound."""
    function = carried.project.function(call.function)
    key = Key(Name(value.root), value.name)
    parts = list(arguments_of(carried.project.call(call)))
    parts += [
        node.value
        for node in function.nodes
        if node.kind is Kind.ASSIGN
        and isinstance(node.target, Name)
        and node.target.path in names
        and node.value is not None
    ]
    return any(
        is_read(one, key, function.calls) for part in parts for one in walk(part, function.calls)
    )


def _answers(carried: Carried, ref: FunctionRef) -> frozenset[str]:
    """The names of what was looked up or answered: as a whole it may hold the value that was asked
    with, a part of it (``record["price"]``) doesn't."""
    return carried.project.answer(("answers", ref), lambda: _find_answers(carried, ref))


def _find_answers(carried: Carried, ref: FunctionRef) -> frozenset[str]:
    function = carried.project.function(ref)
    found: set[str] = set()
    for node in function.nodes:
        if node.kind is Kind.ASSIGN and isinstance(node.target, Name):
            is_answer = any(
                isinstance(part, Item)
                or (isinstance(part, Result) and _is_asking(carried, CallRef(ref, part.call)))
                for part in walk(node.value, ())
            )
            if is_answer:
                found.add(node.target.path)
    return frozenset(found)


def _whole(carried: Carried, call: CallRef) -> frozenset[str]:
    """The names that a call hands over as they are, no parts of them."""
    calls = carried.project.function(call.function).calls
    found: set[str] = set()
    waiting: list[Expression | None] = list(arguments_of(carried.project.call(call)))
    while waiting:
        part = waiting.pop()
        if isinstance(part, Name):
            found.add(part.path)
        elif isinstance(part, Operation):
            waiting += part.args
        elif isinstance(part, Result):
            waiting += arguments_of(calls[part.call])
            if not _is_asking(carried, CallRef(call.function, part.call)):
                waiting.append(receiver_of(calls[part.call]))
    return frozenset(found)


def _is_asking(carried: Carried, call: CallRef) -> bool:
    if normalise_segment(last_segment(carried.project.call(call).func)).startswith(ASKING):
        return True
    return carried.project.plays(call, PLACE)


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
