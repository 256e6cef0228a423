"""The expressions of ``x-validations``: what must hold between several settings.

Names (dotted for what stands deeper), numbers, texts, truth values, arithmetic, comparisons,
``in``, ``and`` / ``or`` / ``not``, ``len(...)``; nothing else. What a name doesn't tell makes the
outcome unknown, as far as it matters.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from botlint.configs.types import UNKNOWN

_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda one, many: one in _elements(many),
    ast.NotIn: lambda one, many: one not in _elements(many),
}


class ExpressionFault(ValueError):
    """A text that is no expression of settings."""


def holds(text: str, settings: Mapping[str, Any]) -> bool | None:
    """Whether an expression is true of ``settings``; ``None`` where they don't tell.

    Raises :class:`ExpressionFault` for what is no such expression.
    """
    value = _evaluate(_parse(text), settings)
    return None if value is UNKNOWN else bool(value)


def names_in(text: str) -> tuple[str, ...]:
    """The settings of which an expression speaks, in the order of the text."""
    return tuple(dict.fromkeys(_names(_parse(text))))


@lru_cache(maxsize=1024)
def _parse(text: str) -> ast.expr:
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ExpressionFault(f"{text!r} is no expression: {error.msg}") from error
    for part in ast.walk(tree):
        if isinstance(part, ast.expr) and not _is_allowed(part):
            raise ExpressionFault(f"{ast.unparse(part)!r} is not allowed in {text!r}")
    return tree


def _is_allowed(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, bool | int | float | str)
    if isinstance(node, ast.Call):
        named = isinstance(node.func, ast.Name) and node.func.id == "len"
        return named and len(node.args) == 1 and not node.keywords
    if isinstance(node, ast.Compare):
        return all(type(one) in _COMPARISONS for one in node.ops)
    if isinstance(node, ast.BinOp):
        return type(node.op) in _ARITHMETIC
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub | ast.Not)
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Attribute | ast.Name)
    return isinstance(node, ast.Name | ast.BoolOp)


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name | ast.Attribute):
        yield ast.unparse(node)
        return
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Call) and child is node.func):
            yield from _names(child)


def _evaluate(node: ast.expr, settings: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name | ast.Attribute):
        return _look_up(ast.unparse(node), settings)
    if isinstance(node, ast.BoolOp):
        return _choose(node, settings)
    if isinstance(node, ast.Call):
        return _try(len, _evaluate(node.args[0], settings))
    if isinstance(node, ast.UnaryOp):
        step = operator.not_ if isinstance(node.op, ast.Not) else operator.neg
        return _try(step, _evaluate(node.operand, settings))
    if isinstance(node, ast.BinOp):
        sides = (_evaluate(one, settings) for one in (node.left, node.right))
        return _try(_ARITHMETIC[type(node.op)], *(_number(one) for one in sides))
    assert isinstance(node, ast.Compare)  # _parse lets nothing else through
    return _compare(node, settings)


def _look_up(name: str, settings: Mapping[str, Any]) -> Any:
    value: Any = settings
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return UNKNOWN
        value = value[part]
    return value


def _choose(node: ast.BoolOp, settings: Mapping[str, Any]) -> Any:
    """What decides decides, whatever is unknown beside it."""
    deciding = isinstance(node.op, ast.Or)
    values = [_evaluate(one, settings) for one in node.values]
    known = [bool(one) for one in values if one is not UNKNOWN]
    if deciding in known:
        return deciding
    return not deciding if len(known) == len(values) else UNKNOWN


def _compare(node: ast.Compare, settings: Mapping[str, Any]) -> Any:
    values = [_evaluate(one, settings) for one in (node.left, *node.comparators)]
    outcomes = [
        _try(_COMPARISONS[type(op)], left, right)
        for op, left, right in zip(node.ops, values, values[1:], strict=False)
    ]
    if False in outcomes:
        return False
    return UNKNOWN if UNKNOWN in outcomes else True


def _elements(value: Any) -> Any:
    if isinstance(value, str):
        raise TypeError(value)  # a part of a text is not one of its elements
    return value


def _number(value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else UNKNOWN


def _try(step: Callable[..., Any], *values: Any) -> Any:
    if any(value is UNKNOWN for value in values):
        return UNKNOWN
    try:
        return step(*values)
    except (ArithmeticError, TypeError, ValueError):
        return UNKNOWN
