"""The value that a module of constants gives a name, as far as it can be worked out."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from botlint.checks.roots import values_given
from botlint.facts.types import (
    EXIT,
    Constant,
    Expression,
    Function,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.ways import nodes_from, normally

Value = bool | int | float | str | None

DEEPEST = 8

_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
}
_CASTS: Mapping[str, Callable[[str], Value]] = {
    "Decimal": float,
    "decimal.Decimal": float,
    "float": float,
    "int": int,
    "str": str,
}
_ENVIRONMENT = frozenset({"os.getenv", "getenv", "os.environ.get", "environ.get"})


class Unknown(Exception):
    """A value that depends on more than the module shows."""


def last_assignment(module: Function, name: str) -> Node | None:
    """The assignment of a name that wins, the last one of the file."""
    found = module.assigning.get(Name(name), ())
    return max(found, key=lambda node: node.span, default=None)


def value_of(module: Function, name: str) -> Value:
    """What the module gives ``name``; an environment variable counts with its default.

    Raises :class:`Unknown` where that can't be told.
    """
    return _of_name(module, name, 0)


def fold(module: Function, value: Expression | None) -> Value:
    """The value of an expression in the names of a module; raises :class:`Unknown`."""
    return _fold(module, value, 0)


def _of_name(module: Function, name: str, depth: int) -> Value:
    node = last_assignment(module, name)
    if node is None or depth > DEEPEST:
        raise Unknown(name)
    values = set(map(repr, values_given(module, Name(name))))
    if len(values) > 1 and not _is_after_all(module, node):
        raise Unknown(name)
    return _fold(module, node.value, depth + 1)


def _is_after_all(module: Function, node: Node) -> bool:
    """Whether an assignment is made on every way through the module."""
    at = [number for number, one in enumerate(module.nodes) if one is node]
    ways = nodes_from(module, (module.entry,), normally, at)
    return EXIT not in ways


def _fold(module: Function, value: Expression | None, depth: int) -> Value:
    if depth > DEEPEST:
        raise Unknown
    if isinstance(value, Constant):
        return value.value
    if isinstance(value, Name) and "." not in value.path:
        return _of_name(module, value.path, depth)
    if isinstance(value, Operation):
        return _fold_operation(module, value, depth)
    if isinstance(value, Result):
        return _fold_call(module, value.call, depth)
    raise Unknown


def _fold_operation(module: Function, value: Operation, depth: int) -> Value:
    parts = [_fold(module, part, depth + 1) for part in value.args]
    if value.kind == "neg" and _is_number(parts[0]):
        return -parts[0]  # type: ignore[operator]  # _is_number
    if value.kind in _ARITHMETIC and all(map(_is_number, parts)):
        try:
            return _ARITHMETIC[value.kind](parts[0], parts[1])  # type: ignore[arg-type]
        except (ArithmeticError, ValueError) as error:
            raise Unknown from error
    raise Unknown


def _fold_call(module: Function, number: int, depth: int) -> Value:
    call = module.calls[number]
    name = call.func.path if isinstance(call.func, Name) else ""
    if name in _ENVIRONMENT and len(call.args) > 1:
        return _fold(module, call.args[1], depth + 1)
    if name in _CASTS and len(call.args) == 1:
        given = _fold(module, call.args[0], depth + 1)
        try:
            return _CASTS[name](given)  # type: ignore[arg-type]  # int() takes what it takes
        except (TypeError, ValueError) as error:
            raise Unknown from error
    raise Unknown


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
