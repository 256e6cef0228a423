"""What an order was asked for, by the names that the code has for it, and what gets these names."""

from __future__ import annotations

from botlint.checks.reads import last_segment
from botlint.checks.roots import arguments_of, targets_in, values_given
from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.project import Project

DEEPEST = 4
_ASKED = frozenset(
    {"amount", "qty", "quantity", "size", "volume", "shares", "units", "lots", "contracts", "price"}
    | {"px", "limit"}
)
QUANTITY = _ASKED - {"price", "px", "limit"}
_REPEATING = frozenset({"orig", "original", "requested", "ordered"})
_HELD = frozenset(
    {"position", "positions", "holding", "holdings", "held", "inventory", "portfolio", "assets"}
)
_CONVERTING = frozenset({"float", "Decimal", "abs", "int"})
_DISPLAYS = frozenset({"dict", "tuple", "list", "+", "-"})
UNBOOKED = frozenset({"reserve", "release", "order", "orders", "pending", "request", "intent"})


def names_asked(project: Project, function: Function, call: Call) -> set[str]:
    """The names that an order gets for its quantity and its price."""
    values = list(arguments_of(call))
    for value in tuple(values):
        for part in (value, *values_given(function, value)):
            if isinstance(part, Result):
                made = function.calls[part.call]
                values += arguments_of(made)
            elif isinstance(part, Operation) and part.kind == "dict":
                values += part.args[1::2]
    names = {name for value in values if (name := _label(value))}
    return {name for name in names if not _ASKED.isdisjoint(project.vocabulary.words(name))}


def fields_asked(project: Project, function: Function, call: Call) -> set[str]:
    """The fields of the records that an order gets whole which say what is asked for."""
    words = project.vocabulary.words
    given = (value.path for value in arguments_of(call) if isinstance(value, Name))
    whole = {path for path in given if path not in ("self", "cls") and not is_held(words(path))}
    if not whole:
        return whole
    read = set[str]().union(*(names_booked(function, node) for node in function.nodes))
    fields = (name.rpartition(".") for name in read)
    return {
        f"{record}.{field}"
        for record, _, field in fields
        if record in whole and not _ASKED.isdisjoint(words(field))
    }


def fields_said_back(
    project: Project, function: Function, answer: frozenset[str]
) -> frozenset[str]:
    """The fields of an order's ``answer`` which only repeat how much was asked for: ``origQty``."""
    words = project.vocabulary.words
    read = frozenset[str]().union(
        *(names_booked(function, node) for node in function.nodes if node.value is not None)
    )
    fields = (name.rpartition(".") for name in read)
    return frozenset(
        f"{record}.{field}"
        for record, _, field in fields
        if record in answer
        and not _REPEATING.isdisjoint(words(field))
        and not QUANTITY.isdisjoint(words(field))
    )


def copies_of(function: Function, asked: set[str]) -> frozenset[str]:
    """The local names that only ever hold one of ``asked``, whatever they are called."""
    bound: dict[str, list[bool]] = {}
    for node in function.nodes:
        is_copy = node.kind is Kind.ASSIGN and _is_copy(function, node.value, asked)
        for name in targets_in(node.target):
            bound.setdefault(name, []).append(is_copy and node.target == Name(name))
    own = {parameter.name for parameter in function.parameters}
    return frozenset(
        name
        for name, copied in bound.items()
        if all(copied) and "." not in name and name not in own
    )


def _is_copy(function: Function, value: Expression | None, asked: set[str]) -> bool:
    if isinstance(value, Result):
        call = function.calls[value.call]
        is_converted = last_segment(call.func) in _CONVERTING and len(call.args) == 1
        value = call.args[0] if is_converted else None
    return _label(value) in asked


def names_booked(function: Function, node: Node) -> frozenset[str]:
    """The names that a booking gets as they are, also in a display or a record that is built."""
    values: list[Expression | None] = [node.value]
    if node.kind is Kind.CALL:
        call = function.calls[node.call]
        values = list(arguments_of(call))
    found: set[str] = set()
    depth = 0
    while values and depth < DEEPEST:
        following: list[Expression | None] = []
        for value in values:
            if label := _label(value):
                found.add(label)
                following += _made(function, value)
            elif isinstance(value, Operation) and value.kind in _DISPLAYS:
                following += value.args
            elif isinstance(value, Result):
                call = function.calls[value.call]
                if _is_record(call):
                    following += arguments_of(call)
        values = following
        depth += 1
    return frozenset(found)


def _made(function: Function, value: Expression | None) -> list[Expression | None]:
    """What a local name holds, if that is a record that is built there, and nothing else."""
    given = values_given(function, value) if isinstance(value, Name) else []
    made = given[0] if len(given) == 1 else None
    if not isinstance(made, Result):
        return []
    return [made] if last_segment(function.calls[made.call].func)[:1].isupper() else []


def _is_record(call: Call) -> bool:
    last = last_segment(call.func)
    return last[:1].isupper() or last in ("float", "Decimal", "dict", "str", "abs", "round")


def _label(value: Expression | None) -> str:
    """What a name, or a literal item of one, is called here; empty for anything else."""
    if isinstance(value, Name):
        return value.path
    if not isinstance(value, Item) or not isinstance(value.value, Name):
        return ""
    key = value.key.value if isinstance(value.key, Constant) else None
    return f"{value.value.path}.{key}" if isinstance(key, str) else ""


def is_held(words: frozenset[str]) -> bool:
    """Whether the words of a name say that it is about what is held, and no order that rests."""
    return not words.isdisjoint(_HELD) and words.isdisjoint(UNBOOKED)
