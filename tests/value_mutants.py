"""Mutants of what is handed on to an order or its result: an order of many is left out, a price or
amount goes unrounded, a leverage unbounded.

Which names play a part is asked of the vocabulary, so that the mutants are those of any bot. A
mutant *counts* if it really takes something away, by the syntax alone: the result is built after an
order went out in the same function, and can be built without its orders; the value goes to an order
that doesn't round it again, and another value of an order stays rounded; the leverage comes from a
record, a message or the environment, and nothing else of the function bounds it.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

from tests.id_mutants import takes
from tests.lock_mutants import Mutant, Parsed, Tree
from tests.order_mutants import function_around, with_lines, with_span

from botlint.roles import Role
from botlint.settings import Settings
from botlint.vocabulary import load_vocabulary

_VALUE = re.compile(r"(?i)price|px|amount|qty|quantity|size|bid|ask|limit|volume")
_OUTSIDE = re.compile(r"\[|\.get\(|getenv|environ")
_TRANSPARENT = frozenset({"float", "str", "Decimal", "abs"})
_DEF = (ast.FunctionDef, ast.AsyncFunctionDef)
_LEAVING = (ast.Raise, ast.Return, ast.Continue, ast.Assign)


def drop_legs(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """A result is built without the orders that it took."""
    for call in _calls(file.tree):
        name = _last(call.func)
        for keyword in call.keywords if name[:1].isupper() else ():
            is_legs = bool(keyword.arg) and _role("order-legs").plays_name(keyword.arg or "")
            if not is_legs or _is_nothing(keyword.value):
                continue
            end = (keyword.value.end_lineno or 0, keyword.value.end_col_offset or 0)
            text = with_lines(file, (keyword.lineno, keyword.col_offset), end)
            around = function_around(file, call)
            is_placed = any(
                _is_order(one) and one.lineno < call.lineno
                for one in _calls(around)
                if isinstance(around, _DEF)
            )
            counts = is_placed and _is_optional(tree, name, keyword.arg or "")
            yield Mutant("drop-legs", file.path, call.lineno, keyword.arg or "", text, counts)


def drop_quantiser(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """A price or an amount goes to the order as it was worked out."""
    rounding = [one for one in _calls(file.tree) if _rounded(one) is not None]
    if not rounding:
        return
    others = sum(1 for other in tree.files for one in _calls(other.tree) if _feeds(other, one))
    for call in rounding:
        value = _rounded(call)
        assert value is not None
        text = with_span(file, call, f"({ast.unparse(value)})")
        what = ast.unparse(call)
        is_raw = not any(_rounded(one) is not None for one in _calls(value))
        order = _feeds(file, call)
        counts = is_raw and others > 1 and order is not None and not _rounds(tree, order)
        yield Mutant("drop-quantiser", file.path, call.lineno, what, text, counts)


def drop_leverage_bound(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """A leverage is set as it was asked for, whatever the limit."""
    for node in ast.walk(file.tree):
        around = function_around(file, node)
        if isinstance(node, ast.Call) and _last(node.func) == "min":
            kept = [one for one in node.args if _is_leverage(one)]
            if len(kept) != 1 or len(node.args) != 2:
                continue
            text, what = with_span(file, node, ast.unparse(kept[0])), ast.unparse(node)
        elif isinstance(node, ast.If) and isinstance(node.body[-1], _LEAVING):
            compared = [one for one in ast.walk(node.test) if isinstance(one, ast.Compare)]
            if not any(
                _is_leverage(one) for pair in compared for one in ast.iter_child_nodes(pair)
            ):
                continue
            text, what = with_span(file, node.test, "False"), ast.unparse(node.test)
        else:
            continue
        counts = _is_leverage_free(around) and len(_bounds(around)) == 1
        yield Mutant("drop-leverage-bound", file.path, node.lineno, what, text, counts)


@functools.cache
def _role(name: str) -> Role:
    return load_vocabulary(Settings(root=Path())).roles[name]


def _plays(call: ast.Call, role: str) -> bool:
    return _is_playing(ast.unparse(call.func), role)


@functools.cache
def _is_playing(written: str, role: str) -> bool:
    return _role(role).plays_call((written,), None, None)


def _is_order(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name | ast.Attribute) and (
        _plays(call, "place-order") or _last(call.func).startswith("place_")
    )


def _rounded(call: ast.Call) -> ast.expr | None:
    """What a quantiser is given to round."""
    if not isinstance(call.func, ast.Name | ast.Attribute) or not _plays(call, "quantise"):
        return None
    named = [one for one in call.args if _VALUE.search(ast.unparse(one))]
    return (named or call.args or [None])[0]


def _feeds(file: Parsed, call: ast.Call) -> ast.Call | None:
    """The order of the same function that what a quantiser gives goes to."""
    if _rounded(call) is None:
        return None
    node: ast.AST = call
    above = file.parents.get(node)
    while isinstance(above, ast.Call) and _last(above.func) in _TRANSPARENT:
        node, above = above, file.parents.get(above)
    if isinstance(above, ast.keyword):
        above = file.parents.get(above)
    if isinstance(above, ast.Call):
        return above if _is_order(above) else None
    if not isinstance(above, ast.Assign) or not isinstance(above.targets[0], ast.Name):
        return None
    name = above.targets[0].id
    around = function_around(file, call)
    later = [one for one in _calls(around) if one.lineno > call.lineno]
    changed = [one for one in ast.walk(around) if isinstance(one, ast.Assign) and one is not above]
    if any(name in ast.unparse(one.targets[0]).split(", ") for one in changed):
        return None
    return next((one for one in later if _is_order(one) and name in _given(one)), None)


def _given(call: ast.Call) -> frozenset[str]:
    return frozenset(ast.unparse(one) for one in [*call.args, *(k.value for k in call.keywords)])


def _rounds(tree: Tree, order: ast.Call) -> bool:
    """Whether a function of the program that sends the order rounds what it gets."""
    name = _last(order.func)
    return any(
        isinstance(node, _DEF)
        and node.name == name
        and any(_rounded(one) is not None for one in _calls(node))
        for file in tree.files
        for node in ast.walk(file.tree)
    )


def _is_leverage(node: ast.AST) -> bool:
    text = ast.unparse(node) if isinstance(node, ast.expr) else ""
    names = re.findall(r"\w+", text)
    return any(_role("leverage").plays_name(name) for name in names)


def _compares_leverage(test: ast.expr) -> bool:
    return any(
        isinstance(one, ast.Compare) and any(map(_is_leverage, ast.iter_child_nodes(one)))
        for one in ast.walk(test)
    )


def _is_leverage_free(around: ast.AST) -> bool:
    """Whether the function sets a leverage, and one comes from outside."""
    if not isinstance(around, _DEF):
        return False
    is_set = any(
        isinstance(one.func, ast.Attribute) and _plays(one, "set-leverage")
        for one in _calls(around)
    )
    return is_set and any(
        isinstance(node, ast.Assign)
        and _is_leverage(node.targets[0])
        and _OUTSIDE.search(ast.unparse(node.value))
        for node in ast.walk(around)
    )


def _bounds(around: ast.AST) -> list[ast.AST]:
    """All that bounds a leverage in a function."""
    clamps = [
        one
        for one in _calls(around)
        if _last(one.func) in ("min", "max", "clamp", "clip") and any(map(_is_leverage, one.args))
    ]
    tests = [
        one for one in ast.walk(around) if isinstance(one, ast.Compare) and _compares_leverage(one)
    ]
    return [*clamps, *tests]


def _is_optional(tree: Tree, cls: str, name: str) -> bool:
    defined = [
        node
        for file in tree.files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ClassDef) and node.name == cls
    ]
    return len(defined) == 1 and takes(defined[0], name)


def _is_nothing(value: ast.expr) -> bool:
    return ast.unparse(value) in ("None", "[]", "()", "list()")


def _calls(node: ast.AST) -> list[ast.Call]:
    return [one for one in ast.walk(node) if isinstance(one, ast.Call)]


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
