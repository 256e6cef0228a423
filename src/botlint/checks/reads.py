"""Reads of a record's keys within one function: what they are, and what they decide."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from botlint.checks.roots import arguments_of, receiver_of, targets_in
from botlint.facts.types import (
    Attribute,
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
from botlint.flow.ways import arms_taken, is_head, nodes_from, normally

_READERS = frozenset({"get", "pop"})
_PASSING_ON = frozenset(
    {
        "float",
        "int",
        "str",
        "bool",
        "Decimal",
        "abs",
        "max",
        "min",
        "round",
        "len",
        "strip",
        "lower",
    }
)
_COMPARING: dict[str, Callable[[Any, Any], object]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "is": operator.is_,
    "isnot": operator.is_not,
}


class Key(NamedTuple):
    """A key of a record, as one function writes it."""

    record: Expression
    name: str


def walk(value: Expression | None, calls: tuple[Call, ...]) -> Iterator[Expression]:
    """``value`` and everything in it, through the arguments and receivers of calls."""
    # All checks look through values all the time, and most of these are a name or a constant.
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if part is None:
            continue
        yield part
        if type(part) is Name or type(part) is Constant:
            continue
        if type(part) is Operation:
            waiting += part.args
        elif type(part) is not Result:
            waiting += parts_of(part)
        elif part.call < len(calls):
            call = calls[part.call]
            waiting += [receiver_of(call), *arguments_of(call)]


def parts_of(value: Expression) -> tuple[Expression, ...]:
    """What an expression is directly made of."""
    if type(value) is Operation:
        return value.args
    if type(value) is Item:
        return (value.value, value.key)
    if type(value) is Attribute:
        return (value.value,)
    return ()


def used_results(function: Function) -> frozenset[int]:
    """The numbers of the calls whose result is used for anything."""
    values = [*function.decorators]
    for node in function.nodes:
        values += (one for one in (node.value, node.target) if one is not None)
    for call in function.calls:
        values += (call.func, *call.args, *(value for _, value in call.keywords))
    parts = (part for value in values for part in walk(value, ()))
    return frozenset(part.call for part in parts if type(part) is Result)


def is_used(function: Function, call: int) -> bool:
    """Whether anything is done with what call number ``call`` gives."""
    values = [node.value for node in function.nodes]
    values += [part for one in function.calls for part in (one.func, *arguments_of(one))]
    return any(part == Result(call) for value in values for part in walk(value, ()))


def has_spread(call: Call) -> bool:
    """Whether a call hands over ``*args`` or ``**keywords``, which may hold anything."""
    return any(name is None for name, _ in call.keywords) or any(
        type(value) is Operation and value.kind == "star" for value in call.args
    )


def last_segment(value: Expression) -> str:
    """The last name of a dotted chain or member, ``""`` for anything else."""
    if type(value) is Name:
        return value.path.rpartition(".")[2]
    return value.name if type(value) is Attribute else ""


def is_class_name(name: str) -> bool:
    """Whether a name without dots is written like that of a class: ``Order``, ``_Order``."""
    return name.lstrip("_")[:1].isupper()


def is_read(value: Expression, key: Key, calls: tuple[Call, ...]) -> bool:
    """Whether an expression is ``record["key"]``, ``record.get("key")`` or ``"key" in record``."""
    if type(value) is Item:
        return value.value == key.record and value.key == Constant(key.name)
    if type(value) is Operation:
        return value.kind in ("in", "notin") and value.args == (Constant(key.name), key.record)
    if type(value) is not Result or value.call >= len(calls):
        return False
    call = calls[value.call]
    return (
        last_segment(call.func) in _READERS
        and receiver_of(call) == key.record
        and call.args[:1] == (Constant(key.name),)
    )


def _names_holding(function: Function, is_source: Callable[[Expression], bool]) -> frozenset[str]:
    """The names of a function that hold a value, also converted or compared."""
    held: set[str] = set()
    while True:
        found = {
            name
            for node in function.nodes
            if node.kind is Kind.ASSIGN and type(node.target) is not Item
            if _carries(node.value, is_source, held, function.calls)
            for name in targets_in(node.target)
        }
        if found <= held:
            return frozenset(held)
        held |= found


def is_decisive(
    function: Function, is_source: Callable[[Expression], bool], is_guard: Callable[[int], bool]
) -> bool:
    """Whether a value decides if a function goes on.

    It does where it is handed to a call that ``is_guard``, where a comparison with it is returned,
    or where one outcome of a test of it leads to a ``raise``, a ``return`` or such a call, and the
    other doesn't. A test that only fills in an optional part of a report decides nothing.
    """
    held = _names_holding(function, is_source)

    def mentions(value: Expression | None) -> bool:
        return any(
            is_source(part) or (type(part) is Name and part.path in held)
            for part in walk(value, function.calls)
        )

    for number, call in enumerate(function.calls):
        if is_guard(number) and any(mentions(given) for given in arguments_of(call)):
            return True
    for node in function.nodes:
        if node.kind in (Kind.TEST, Kind.ASSERT) and mentions(node.value):
            if _is_turning(function, node, is_guard):
                return True
        elif node.kind is Kind.RETURN and type(node.value) is Operation:
            is_verdict = node.value.kind in _COMPARING
            if is_verdict and mentions(node.value):
                return True
    return False


def _is_turning(function: Function, test: Node, is_guard: Callable[[int], bool]) -> bool:
    """Whether only one outcome of a test leads to where the function is left or guarded."""
    then, otherwise = (_following(function, arm, test.loop) for arm in normally(test))
    return any(
        function.nodes[number].kind in (Kind.RAISE, Kind.RETURN)
        or (function.nodes[number].kind is Kind.CALL and is_guard(function.nodes[number].call))
        for number in then ^ otherwise
    )


def _following(function: Function, start: int, loop: int) -> frozenset[int]:
    """The nodes that can come next without an exception or another turn of a loop; ``loop`` is
    the one that what comes before ``start`` stands in."""
    first = function.nodes[start]

    def onward(node: Node) -> tuple[int, ...]:
        if is_head(node) and node.loop == loop >= 0:
            return ()
        return () if node.kind is Kind.ITERATE and node is not first else normally(node)

    return frozenset(nodes_from(function, (start,), onward))


def stands_behind_own_read(function: Function, key: Key, writes: frozenset[int]) -> bool:
    """Whether the nodes ``writes`` run only where the key already had a value.

    ``if price: record["price"] = q(price)``, with ``price = record.get("price")``, writes nothing
    that wasn't there.
    """
    if not any(_is_deciding(function, node, key) for node in function.nodes):
        return False

    def onward(node: Node) -> tuple[int, ...]:
        return (*arms_taken(node, says=_outcome(function, node, key)), node.exc)

    return writes.isdisjoint(nodes_from(function, (function.entry,), onward))


def _is_deciding(function: Function, node: Node, key: Key) -> bool:
    """Whether a node reads the key: without one, no test can depend on it."""
    if node.kind is Kind.CALL:
        return is_read(Result(node.call), key, function.calls)
    return any(is_read(part, key, ()) for part in walk(node.value, ()))


def _outcome(function: Function, node: Node, key: Key) -> bool | None:
    """How a test ends while the key is not there; ``None`` where that can't be told."""
    if node.kind not in (Kind.TEST, Kind.ASSERT) or node.value is None:
        return None
    value = node.value
    if type(value) is Operation and value.kind in ("in", "notin"):
        return value.kind == "notin" if is_read(value, key, function.calls) else None
    if type(value) is Operation and value.kind in _COMPARING:
        left, right = (_without_key(function, part, key) for part in value.args)
        if left is None or right is None:
            return None
        try:
            return bool(_COMPARING[value.kind](left.value, right.value))
        except TypeError:
            return False
    held = _without_key(function, value, key)
    return None if held is None or type(value) is Constant else bool(held.value)


def _without_key(function: Function, value: Expression, key: Key) -> Constant | None:
    """What an expression is while the key is not there, if it is a constant then."""
    if type(value) is Constant:
        return value
    if type(value) is Result and is_read(value, key, function.calls):
        call = function.calls[value.call]
        default = call.args[1] if len(call.args) > 1 else Constant(None)
        return default if type(default) is Constant else None
    if type(value) is not Name:
        return None
    bound = [
        node.value if node.kind is Kind.ASSIGN else None
        for node in function.nodes
        if node.target is not None and value.path in targets_in(node.target)
    ]
    held = {_without_key(function, one, key) if type(one) is Result else None for one in bound}
    return held.pop() if len(held) == 1 else None


def _carries(
    value: Expression | None,
    is_source: Callable[[Expression], bool],
    held: set[str],
    calls: tuple[Call, ...],
) -> bool:
    """Whether a value is the one in question, converted, combined or compared."""
    if value is None:
        return False
    if type(value) is Name:
        return value.path in held
    if is_source(value):
        return True
    if type(value) is Operation:
        if value.kind == "dict":
            return False
        return any(_carries(part, is_source, held, calls) for part in value.args)
    if type(value) is Result:
        call = calls[value.call]
        if last_segment(call.func) not in _PASSING_ON:
            return False
        given = [*call.args, receiver_of(call)]
        return any(_carries(part, is_source, held, calls) for part in given)
    return False
