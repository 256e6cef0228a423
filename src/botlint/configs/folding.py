"""What an expression of a constants module is, where its text alone tells."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from botlint.configs.types import UNKNOWN

_MOST_DIGITS = 4_000
_LONGEST = 100_000
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}
_CASTS: dict[str, Callable[[Any], Any]] = {
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
    "tuple": list,
    "list": list,
    "set": list,
    "frozenset": list,
    "Decimal": float,
    "decimal.Decimal": float,
}
_FROM_ENVIRONMENT = frozenset({"os.getenv", "getenv", "os.environ.get", "environ.get"})


class Folded(NamedTuple):
    """A value, and the variable of the environment that replaces it."""

    value: Any
    environment: str = ""


def fold(node: ast.expr | None, known: Mapping[str, Any]) -> Folded:
    """What ``node`` is when the names ``known`` have these values.

    ``os.getenv("X", "1")`` is its default, and unknown where it has none; tuples and sets are
    lists.
    """
    if isinstance(node, ast.Constant):
        plain = isinstance(node.value, bool | int | float | str | None)
        return Folded(node.value if plain else UNKNOWN)
    if isinstance(node, ast.Name | ast.Attribute):
        return Folded(known.get(ast.unparse(node), UNKNOWN))
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return Folded([fold(one, known).value for one in node.elts])
    if isinstance(node, ast.Dict):
        return Folded(_fold_dict(node, known))
    if isinstance(node, ast.UnaryOp):
        inner = fold(node.operand, known)
        return Folded(_try(_UNARY[type(node.op)], inner.value), inner.environment)
    if isinstance(node, ast.BinOp):
        return _fold_binary(node, known)
    if isinstance(node, ast.Compare):
        return Folded(UNKNOWN, _environment_in(node.left, known))
    if isinstance(node, ast.BoolOp):
        return _fold_choice(node, known)
    if isinstance(node, ast.Call):
        return _fold_call(node, known)
    if isinstance(node, ast.Subscript):
        return Folded(UNKNOWN, _environment_of_item(node))
    return Folded(UNKNOWN)


def _fold_dict(node: ast.Dict, known: Mapping[str, Any]) -> Any:
    found: dict[Any, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        name = fold(key, known).value if key is not None else UNKNOWN
        if not isinstance(name, bool | int | float | str):
            return UNKNOWN
        found[name] = fold(value, known).value
    return found


def _fold_binary(node: ast.BinOp, known: Mapping[str, Any]) -> Folded:
    left, right = fold(node.left, known), fold(node.right, known)
    environment = left.environment or right.environment
    step = _BINARY.get(type(node.op))
    if step is None or not (_is_small(left.value) and _is_small(right.value)):
        return Folded(UNKNOWN, environment)
    if isinstance(node.op, ast.Pow) and not _is_modest(left.value, right.value):
        return Folded(UNKNOWN, environment)
    if isinstance(node.op, ast.Mult) and not (
        isinstance(left.value, int | float) and isinstance(right.value, int | float)
    ):
        return Folded(UNKNOWN, environment)
    return Folded(_try(step, left.value, right.value), environment)


def _fold_choice(node: ast.BoolOp, known: Mapping[str, Any]) -> Folded:
    """``os.getenv("X") or 5`` is 5 unless the environment says otherwise."""
    parts = [fold(one, known) for one in node.values]
    environment = next((one.environment for one in parts if one.environment), "")
    if isinstance(node.op, ast.Or):
        rest = [one for one in parts if not (one.value is UNKNOWN and one.environment)]
        if len(rest) == 1:
            return Folded(rest[0].value, environment)
    return Folded(UNKNOWN, environment)


def _fold_call(node: ast.Call, known: Mapping[str, Any]) -> Folded:
    name = ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""
    if name in _FROM_ENVIRONMENT and node.args:
        variable = fold(node.args[0], known).value
        default = node.args[1] if len(node.args) > 1 else None
        default = default or next(
            (one.value for one in node.keywords if one.arg == "default"), None
        )
        value = fold(default, known).value if default is not None else UNKNOWN
        return Folded(value, variable if isinstance(variable, str) else "")
    cast = _CASTS.get(name)
    if cast is not None and len(node.args) == 1 and not node.keywords:
        inner = fold(node.args[0], known)
        return Folded(_try(cast, inner.value), inner.environment)
    environments = [_environment_in(one, known) for one in (node.func, *node.args)]
    return Folded(UNKNOWN, next((one for one in environments if one), ""))


def _environment_in(node: ast.expr, known: Mapping[str, Any]) -> str:
    """The variable that a call on it asks for: ``os.getenv("X", "1").lower()``."""
    if isinstance(node, ast.Attribute):
        return _environment_in(node.value, known)
    if isinstance(node, ast.Call | ast.Subscript):
        return fold(node, known).environment
    return ""


def _environment_of_item(node: ast.Subscript) -> str:
    name = ast.unparse(node.value) if isinstance(node.value, ast.Name | ast.Attribute) else ""
    if name not in ("os.environ", "environ") or not isinstance(node.slice, ast.Constant):
        return ""
    return node.slice.value if isinstance(node.slice.value, str) else ""


def _is_small(value: Any) -> bool:
    if isinstance(value, str | list):
        return len(value) <= _LONGEST
    if isinstance(value, int):
        return value.bit_length() <= _MOST_DIGITS
    return isinstance(value, float)


def _is_modest(base: Any, power: Any) -> bool:
    if not isinstance(base, int | float) or not isinstance(power, int | float):
        return False
    return abs(power) <= 400 and abs(base) <= 1e6


def _try(step: Callable[..., Any], *values: Any) -> Any:
    if any(value is UNKNOWN for value in values):
        return UNKNOWN
    try:
        value = step(*values)
    except (ArithmeticError, TypeError, ValueError):
        return UNKNOWN
    return value if isinstance(value, bool | int | float | str | list) else UNKNOWN
