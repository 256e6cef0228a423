"""The limits that a class of settings gives a field, in its annotation or where it makes the field.

``Field(ge=1, le=20)`` · ``conint(gt=0)`` · ``PositiveInt`` · ``Literal["paper", "live"]`` ·
``Annotated[float, Field(gt=0)]`` · ``Annotated[int, Ge(1)]``, as pydantic and annotated-types have
them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from botlint.configs.folding import fold
from botlint.configs.requirements import describe_choice, describe_limit, describe_type
from botlint.configs.types import UNKNOWN

WORDS: Mapping[str, str] = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "max_items": "maxLength",
    "max_len": "maxLength",
    "max_length": "maxLength",
    "min_items": "minLength",
    "min_len": "minLength",
    "min_length": "minLength",
    "multiple_of": "multipleOf",
}
"""What limits a field, by the keyword in code: the keyword of JSON Schema that says the same."""

LIMITING = re.compile(
    r"\b(?:con(?:int|float|decimal|str)|(?:Non)?(?:Positive|Negative)(?:Int|Float)|Literal"
    r"|Annotated)\b"
)
"""An annotation that may hold limits."""

_SIGNED = re.compile(r"(Non)?(Positive|Negative)(Int|Float)")
_TEXTS: Mapping[str, bool] = {
    "true": True, "t": True, "yes": True, "y": True, "on": True, "1": True,
    "false": False, "f": False, "no": False, "n": False, "off": False, "0": False,
}  # fmt: skip
_TYPES = {"int": "integer", "float": "number", "Decimal": "number", "bool": "boolean"}
_CONSTRUCTED = {"conint": "int", "confloat": "float", "condecimal": "Decimal", "constr": "str"}
_SINGLE = {"Ge": "ge", "Gt": "gt", "Le": "le", "Lt": "lt", "MultipleOf": "multiple_of"}
_SINGLE |= {"MinLen": "min_length", "MaxLen": "max_length"}
_DEEPEST = 6


class Limits(msgspec.Struct, frozen=True):
    """``kind`` is ``int float Decimal bool str`` or empty; ``bounds`` are keywords of JSON Schema
    with their values; ``choices``, if any, are all that is allowed."""

    kind: str = ""
    bounds: tuple[tuple[str, float], ...] = ()
    choices: tuple[bool | int | float | str | None, ...] = ()

    @property
    def is_limiting(self) -> bool:
        """Whether there is more than a type."""
        return bool(self.bounds or self.choices)

    def joined(self, other: Limits) -> Limits:
        """With further limits of the same field."""
        return Limits(
            self.kind or other.kind, self.bounds + other.bounds, self.choices or other.choices
        )

    def broken_by(self, value: Any) -> str:
        """What the value would have to do to keep the limits, after "must"; empty where it does.

        A text is read as the number that it is meant to be.
        """
        value = self.read(value)
        if value is UNKNOWN or value is None:
            return ""
        if self.choices:
            return "" if value in self.choices else describe_choice(self.choices, "json")
        for keyword, bound in self.bounds:
            if _breaks(keyword, value, bound):
                word = keyword.replace("Length", "Items") if isinstance(value, list) else keyword
                return describe_limit(word, bound)
        return ""

    def misread(self, text: str) -> str:
        """What a text that is no such value at all would have to be; empty where it is one."""
        if self.kind not in _TYPES or self.read(text) is not UNKNOWN:
            return ""
        return describe_type(_TYPES[self.kind])

    def read(self, value: Any) -> Any:
        """The value as the class would take it; ``UNKNOWN`` for what it would not."""
        if not isinstance(value, str) or self.kind not in _TYPES:
            return value
        text = value.strip()
        if self.kind == "bool":
            return _TEXTS.get(text.lower(), UNKNOWN)
        try:
            number = float(text)
        except ValueError:
            return UNKNOWN
        if self.kind != "int" or not number.is_integer():
            return UNKNOWN if self.kind == "int" else number
        return int(number)


def read_limits(annotation: str, known: Mapping[str, Any]) -> Limits:
    """The limits in an annotation; ``known`` are the values of names in it."""
    try:
        node = ast.parse(annotation, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Limits()
    return _read(node, known, 0)


def limits_of_call(name: str, given: Mapping[str, Any]) -> Limits:
    """The limits that a call makes, ``Field``, ``conint`` or ``Ge``, of the values ``given`` by
    keyword (``""``: the first by position)."""
    words = dict(given)
    if name in _SINGLE and "" in words:
        words[_SINGLE[name]] = words[""]
    bounds = tuple(
        (WORDS[word], value)
        for word, value in words.items()
        if word in WORDS and isinstance(value, int | float) and not isinstance(value, bool)
    )
    return Limits(_CONSTRUCTED.get(name, ""), bounds)


def _read(node: ast.expr, known: Mapping[str, Any], depth: int) -> Limits:
    if depth > _DEEPEST:
        return Limits()
    if isinstance(node, ast.Name | ast.Attribute):
        return _named(ast.unparse(node).rpartition(".")[2])
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func).rpartition(".")[2]
        given = {word.arg or "**": fold(word.value, known).value for word in node.keywords}
        if node.args:
            given[""] = fold(node.args[0], known).value
        return limits_of_call(name, given)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):  # X | None
        left, right = (_read(part, known, depth + 1) for part in (node.left, node.right))
        return _either(left, right)
    if not isinstance(node, ast.Subscript):
        return Limits(kind="None") if _is_none(node) else Limits()
    return _subscripted(node, known, depth)


def _subscripted(node: ast.Subscript, known: Mapping[str, Any], depth: int) -> Limits:
    name = ast.unparse(node.value).rpartition(".")[2]
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name == "Literal":
        values = tuple(part.value for part in parts if isinstance(part, ast.Constant))
        plain = tuple(one for one in values if isinstance(one, bool | int | float | str | None))
        return Limits(choices=plain if len(plain) == len(parts) else ())
    if name == "Annotated" and parts:
        found = _read(parts[0], known, depth + 1)
        for part in parts[1:]:
            found = found.joined(_read(part, known, depth + 1))
        return found
    if name in ("Optional", "Final", "Required") and len(parts) == 1:
        return _read(parts[0], known, depth + 1)
    if name == "Union" and len(parts) == 2:
        return _either(*(_read(part, known, depth + 1) for part in parts))
    return Limits(kind=name)


def _either(one: Limits, other: Limits) -> Limits:
    """Of ``X | None`` the limits of ``X``; of another choice none."""
    if other.kind == "None":
        return one
    return other if one.kind == "None" else Limits()


def _named(name: str) -> Limits:
    signed = _SIGNED.fullmatch(name)
    if signed is None:
        return Limits(kind=name)
    is_below = (signed[2] == "Negative") != bool(signed[1])  # non-positive is at most zero
    side = "aximum" if is_below else "inimum"
    keyword = f"m{side}" if signed[1] else f"exclusiveM{side}"
    return Limits(signed[3].lower(), ((keyword, 0),))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _breaks(keyword: str, value: Any, bound: float) -> bool:
    if keyword in ("minLength", "maxLength"):
        if not isinstance(value, str | list | dict):
            return False
        return len(value) < bound if keyword == "minLength" else len(value) > bound
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if keyword == "multipleOf":
        return isinstance(value, int) and isinstance(bound, int) and bound > 0 and value % bound > 0
    return {
        "minimum": value < bound,
        "exclusiveMinimum": value <= bound,
        "maximum": value > bound,
        "exclusiveMaximum": value >= bound,
    }[keyword]
