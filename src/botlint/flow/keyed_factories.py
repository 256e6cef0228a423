"""What a factory gives that looks its class up in a written table by what it is handed: where the
call hands in a literal, ``get_client("binance")`` gives an object of that one class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

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
from botlint.flow.names import FunctionRef, split_member
from botlint.flow.values import Cls, Instance, Values, union
from botlint.flow.written_tables import entry_at

if TYPE_CHECKING:
    from botlint.flow.receivers import Receivers

_CASES: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
}


class _Lookup(NamedTuple):
    """A table, and the parameter by which something is looked up in it, past some methods."""

    table: Name
    parameter: str
    methods: tuple[str, ...]


def made_by_key(receivers: Receivers, factory: FunctionRef, call: Call) -> Values:
    """What a call of a factory makes; ``()`` if it is none, or if its key isn't known there."""
    function = receivers.index.function(factory)
    given = [node.value for node in function.nodes if node.kind is Kind.RETURN and node.value]
    if not given or function.is_generator:
        return ()
    found: list[Values] = []
    for value in given:
        made = function.calls[value.call].func if type(value) is Result else None
        lookup = _lookup(function, made) if made is not None else None
        key = _key_of(function, call, lookup.parameter) if lookup else ""
        if lookup is None or not key:
            return ()
        for method in lookup.methods:
            key = _CASES[method](key)
        classes = entry_at(receivers, factory, lookup.table, key)
        found.append(tuple(Instance(one.ref) for one in classes if type(one) is Cls))
    return union(found) if all(found) else ()


def _lookup(function: Function, value: Expression) -> _Lookup | None:
    """How a value is taken out of a table by a parameter: at once, or bound to a name before."""
    if type(value) is Name:
        bound = function.assigned.get(value, ())
        return _lookup(function, bound[0]) if len(bound) == 1 and bound[0] != value else None
    table, key = None, None
    if type(value) is Item:
        table, key = value.value, value.key
    elif type(value) is Result:
        call = function.calls[value.call]
        table, name = split_member(call.func)
        key = call.args[0] if name == "get" and len(call.args) == 1 else None
    methods: list[str] = []
    while type(key) is Result:
        key, name = split_member(function.calls[key.call].func)
        if name not in _CASES:
            return None
        methods.append(name)
    if type(table) is not Name or type(key) is not Name or not _is_kept(function, key):
        return None
    return _Lookup(table, key.path, tuple(reversed(methods)))


def _is_kept(function: Function, name: Name) -> bool:
    """Whether a parameter holds what was handed in, if that is no empty text: it is bound anew only
    where it is found to be empty."""
    if all(one.name != name.path for one in function.parameters):
        return False
    anew = [number for number, node in enumerate(function.nodes) if node.target == name]
    return all(
        _finds_empty(function.nodes[before], name, number)
        for number in anew
        for before in function.previous[number]
    )


def _finds_empty(test: Node, name: Name, onward: int) -> bool:
    """Whether a node is a test that goes on to another one where what a name holds is empty."""
    if test.kind is not Kind.TEST:
        return False
    if test.value == name:
        return test.other == onward != test.next
    empty = (Operation("not", (name,)), Operation("is", (name, Constant(None))))
    return test.value in empty and test.next == onward != test.other


def _key_of(function: Function, call: Call, name: str) -> str:
    """The literal that a call hands to a parameter, ``""`` if it hands in something else."""
    at = next(n for n, one in enumerate(function.parameters) if one.name == name)
    at -= function.owner >= 0
    value = dict(call.keywords).get(name)
    if value is None and 0 <= at < len(call.args):
        is_spread = any(type(one) is Operation and one.kind == "star" for one in call.args)
        value = None if is_spread else call.args[at]
    return value.value if type(value) is Constant and isinstance(value.value, str) else ""
