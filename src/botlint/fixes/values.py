"""Where values stand in Python code: what an assignment gives, and the literals of a statement."""

from __future__ import annotations

from typing import Any, NamedTuple

from botlint.fixes.code import Code
from botlint.fixes.draft import EditFault
from botlint.fixes.trees import is_within
from botlint.model import Span

_FIELDS = frozenset({"Field", "field", "attrib", "ib"})


class Spot(NamedTuple):
    """A literal, and the keyword or key that it is given for."""

    span: Span
    word: str


def find_assigned(code: Code, span: Span) -> Span:
    """The value of the assignment at ``span``, or whose name stands there.

    Of ``Field(5)`` and ``field(default=5)``, and of ``os.getenv("X", "5")``, that is the default.
    """
    cst = code.kinds
    for node, place in code.spans.items():
        if place != span or not isinstance(node, cst.Assign | cst.AnnAssign | cst.Name):
            continue
        found = node
        while isinstance(found, cst.Name | cst.AssignTarget):
            found = code.parents[found]
        if isinstance(found, cst.Assign | cst.AnnAssign) and found.value is not None:
            return _find_default(code, found.value)
    raise EditFault("no assignment stands there")


def _find_default(code: Code, value: Any) -> Span:
    called = ""
    if isinstance(value, code.kinds.Call):
        called = code.written(value.func).rpartition(".")[2]
    for number, given in enumerate(value.args if called in _FIELDS else ()):
        word = given.keyword.value if given.keyword else ""
        if word == "default" or (not word and not number and called == "Field"):
            return code.spans[given.value]
    return code.value_at(code.spans[value])


def find_literal(code: Code, span: Span, value: Any, word: str) -> Span:
    """The one literal of ``value`` within ``span``; of several, the one given for ``word``."""
    found = [
        Spot(place, _word_of(code, node))
        for node, place in code.spans.items()
        if is_within(place, span) and _is_literal(code, node, value)
    ]
    if len(found) > 1:
        found = [one for one in found if one.word == word]
    if len(found) != 1:
        raise EditFault("which of the values there is meant can't be told")
    return found[0].span


def find_names(code: Code, span: Span, name: str) -> list[Span]:
    """Where within ``span`` a member is called ``name``, or a text is the name.

    Raises :class:`EditFault` where there is none.
    """
    found = [
        place
        for node, place in code.spans.items()
        if is_within(place, span) and _is_name(code, node, name)
    ]
    if not found:
        raise EditFault(f"`{name}` isn't there")
    return sorted(found)


def _is_name(code: Code, node: Any, name: str) -> bool:
    cst = code.kinds
    if isinstance(node, cst.SimpleString):
        return bool(node.evaluated_value == name)
    around = code.parents.get(node)
    is_member = isinstance(around, cst.Attribute) and around.attr is node
    return is_member and node.value == name


def _word_of(code: Code, node: Any) -> str:
    around = code.parents[node]
    if isinstance(around, code.kinds.Arg) and around.keyword:
        return str(around.keyword.value)
    if isinstance(around, code.kinds.DictElement) and around.value is node:
        return str(getattr(around.key, "evaluated_value", ""))
    return ""


def _is_literal(code: Code, node: Any, value: Any) -> bool:
    cst = code.kinds
    if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        return isinstance(value, str) and node.evaluated_value == value
    if isinstance(value, bool):
        return isinstance(node, cst.Name) and node.value == repr(value)
    if isinstance(value, str):
        return False
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        return bool(getattr(node.expression, "evaluated_value", None) == -value)
    is_number = isinstance(node, cst.Integer | cst.Float)
    is_negated = isinstance(code.parents.get(node), cst.UnaryOperation)
    return is_number and not is_negated and bool(node.evaluated_value == value)
