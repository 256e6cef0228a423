"""The variables of one function that hold a guard's verdict on some path."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from botlint.checks.guards.question import Guard
from botlint.checks.roots import arguments_of, have_common, receiver_of, targets_in
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Operation,
    Result,
)

RETURNED = "<return>"


def read_flags(
    function: Function, switches: frozenset[str], guard: Callable[[int], Guard | None]
) -> frozenset[str]:
    """The variables that hold a guard's verdict on some path, so that constants in them matter."""
    found: set[str] = {RETURNED, *switches}
    waiting: list[tuple[list[str], tuple[str, ...]]] = []
    for node in function.nodes:
        if node.kind is Kind.ASSIGN and node.value is not None:
            calls, names = _read_in(function, node.value)
            if any(guard(number) is not None for number in calls):
                found.update(targets_in(node.target))
            elif names:
                waiting.append((names, targets_in(node.target)))
    size = 0
    while size < len(found):
        size = len(found)
        for names, targets in waiting:
            if have_common(names, found):
                found.update(targets)
    return frozenset(found)


_MOST_SWITCHES = 3


def read_switches(function: Function) -> frozenset[str]:
    """The variables that only hold true or false, put there as such, and that a test asks or a
    returned record tells: what a test of the verdict has put into them is the verdict."""
    values: dict[str, set[Expression | None]] = {}
    for node in function.nodes:
        for name in targets_in(node.target) if node.kind in _BINDING else ():
            values.setdefault(name, set()).add(node.value if node.kind is Kind.ASSIGN else None)
    asked = {
        name
        for node in function.nodes
        if node.kind is Kind.TEST and node.value is not None
        for name in _read_in(function, node.value)[1]
    }
    asked |= {
        value.path
        for node in function.nodes
        if node.kind is Kind.RETURN
        for value in _told_in(function, node.value)
        if isinstance(value, Name)
    }
    found = [name for name in sorted(asked) if values.get(name) == _BOTH]
    switches = found if len(found) <= _MOST_SWITCHES else []
    return frozenset((*switches, *_emptied_in(function)))


def _emptied_in(function: Function) -> frozenset[str]:
    """The variables that a test asks, and that something above has taken away."""
    empty = {
        node.target.path
        for node in function.nodes
        if node.kind is Kind.ASSIGN
        and isinstance(node.target, Name)
        and node.value == Constant(None)
    }
    if not empty:
        return frozenset()
    asked = {
        name
        for node in function.nodes
        if node.kind is Kind.TEST and node.value is not None
        for name in _read_in(function, node.value)[1]
    }
    found = [name for name in sorted(asked & empty) if _is_emptied(function, name)]
    return frozenset(found[:_MOST_SWITCHES])


def _is_emptied(function: Function, name: str) -> bool:
    """Whether a variable holds something, until what a test says takes it away: it gets ``None``,
    and is bound to nothing else below."""
    bound = [node for node in function.nodes if name in targets_in(node.target)]
    empty = [node for node in bound if node.kind is Kind.ASSIGN and node.value == Constant(None)]
    others = [node.span.line for node in bound if node not in empty]
    if any(parameter.name == name for parameter in function.parameters):
        others.append(function.span.line)
    return bool(others) and any(node.span.line > max(others) for node in empty)


def _told_in(function: Function, value: Expression | None) -> Iterator[Expression]:
    """What the record holds that a returned value makes; or a variable that is returned."""
    if isinstance(value, Name):
        yield value
    elif isinstance(value, Result):
        yield from arguments_of(function.calls[value.call])
    elif isinstance(value, Operation) and value.kind in ("dict", "tuple"):
        yield from value.args


_BINDING = frozenset({Kind.ASSIGN, Kind.AUGMENT, Kind.ITERATE, Kind.DELETE, Kind.ENTER})
_BOTH: set[Expression | None] = {Constant(value=True), Constant(value=False)}


def _read_in(function: Function, value: Expression) -> tuple[list[int], list[str]]:
    """The calls whose results ``value`` is made of, and its names, through arguments of calls."""
    calls: list[int] = []
    names: list[str] = []
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if type(part) is Result:
            calls.append(part.call)
            call = function.calls[part.call]
            waiting += arguments_of(call)
            receiver = receiver_of(call)
            waiting += [] if receiver is None else [receiver]
        elif type(part) is Name:
            names.append(part.path)
        elif type(part) is Operation:
            waiting += part.args
        elif type(part) is Item or type(part) is Attribute:
            waiting.append(part.value)
    return calls, names
