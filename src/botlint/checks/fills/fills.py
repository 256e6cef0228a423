"""What a local collection gets, and how: by ``append``, by its keys, or by a comprehension."""

from __future__ import annotations

from typing import NamedTuple

from botlint.checks.roots import targets_in
from botlint.facts.types import (
    Call,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)

_PUTS = {"append": 0, "add": 0, "appendleft": 0, "insert": 1}
_CHANGING = frozenset({*_PUTS, "extend", "update", "extendleft", "setdefault"})
_EMPTY = frozenset({"list", "dict", "set", "deque", "collections.deque", "OrderedDict"})
_DISPLAYS = frozenset({"list", "dict", "set", "tuple"})


class Fills(NamedTuple):
    """All that a local collection gets: ``puts`` are nodes with the element that they put in,
    ``filtered`` the comprehensions that it is made by."""

    puts: tuple[tuple[int, Expression], ...]
    filtered: tuple[Operation, ...]


def read_fills(function: Function, name: str) -> Fills | None:
    """All that the local collection ``name`` gets; ``None`` if that can't be told."""
    if "." in name or any(parameter.name == name for parameter in function.parameters):
        return None
    puts: list[tuple[int, Expression]] = []
    filtered: list[Operation] = []
    for number, node in enumerate(function.nodes):
        if node.kind is Kind.CALL:
            if changes(function.calls[node.call], name):
                element = _put(function.calls[node.call])
                if element is None:
                    return None
                puts.append((number, element))
        elif node.target is not None and name in targets_in(node.target):
            if isinstance(node.target, Item) and node.value is not None:
                puts.append((number, node.value))
            elif _is_filter(node):
                filtered.append(node.value)  # type: ignore[arg-type]  # _is_filter
            elif node.target != Name(name) or not is_empty(node.value, function.calls):
                return None
    return Fills(tuple(puts), tuple(filtered)) if puts or filtered else None


def changes(call: Call, name: str) -> bool:
    """Whether a call puts something into the collection ``name``."""
    return is_changing(call) and call.func.path.rpartition(".")[0] == name  # type: ignore[union-attr]  # is_changing


def is_changing(call: Call) -> bool:
    """Whether a call puts something into a collection."""
    return type(call.func) is Name and call.func.path.rpartition(".")[2] in _CHANGING


def put_into(call: Call) -> str:
    """The local collection that a call puts one element into, ``""`` for none."""
    if type(call.func) is not Name:
        return ""
    base, _, method = call.func.path.rpartition(".")
    return base if method in _PUTS and "." not in base else ""


def _put(call: Call) -> Expression | None:
    method = call.func.path.rpartition(".")[2] if isinstance(call.func, Name) else ""
    place = _PUTS.get(method, -1)
    return call.args[place] if 0 <= place < len(call.args) else None


def _is_filter(node: Node) -> bool:
    value = node.value
    return (
        node.kind is Kind.ASSIGN
        and isinstance(node.target, Name)
        and isinstance(value, Operation)
        and value.kind == "comprehension"
        and len(value.args) > 2
    )


def is_empty(value: Expression | None, calls: tuple[Call, ...]) -> bool:
    """Whether a value is a collection that is made without elements."""
    if isinstance(value, Operation):
        return value.kind in _DISPLAYS and not value.args
    if not isinstance(value, Result):
        return False
    call = calls[value.call]
    is_made = isinstance(call.func, Name) and call.func.path in _EMPTY
    return is_made and not call.args and not call.keywords
