"""Mutants of ids and reservations: the keyword that hands an id on is dropped; what gives a
reservation back is gone.

A mutant *counts* if it really takes something away. For a dropped id, from the syntax alone: the
program has exactly one function or class of the called name, it takes the id by a parameter or
field that may be left out, the value is a name or a member of one and no other argument holds it,
and no ``with`` that was given the id is around the call. For a lost release: the function itself
reserves before, and after the release nothing in its block releases before the function is left.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.lock_mutants import Mutant, Parsed, Tree

_ID = re.compile(r"^(decision|correlation|trace|signal|intent|trade|plan|causation|dec)_id$")
_RESERVE = re.compile(r"^_*reserve(_\w+)?$")
_RELEASE = re.compile(r"^_*(release|commit|unreserve)(_\w+)?$")
_DEF = (ast.FunctionDef, ast.AsyncFunctionDef)
_LEAVING = (ast.Return, ast.Raise)


def drop_id(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """One keyword that hands an id on is gone."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Call):
            continue
        for keyword in node.keywords:
            if keyword.arg and _ID.match(keyword.arg) and _is_name(keyword.value):
                text = _without_keyword(file, node, keyword)
                if text is not None:
                    counts = _is_id_lost(tree, file, node, keyword)
                    yield Mutant("drop-id", file.path, node.lineno, keyword.arg, text, counts)


def drop_release(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """A statement that releases or commits what the function has reserved is gone."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Expr) or not _calls(node, _RELEASE, is_direct=True):
            continue
        lines = file.text.split("\n")
        blank = " " * node.col_offset + "pass"
        lines[node.lineno - 1 : node.end_lineno] = [blank]
        counts = _is_release_lost(file, node)
        yield Mutant(
            "drop-release", file.path, node.lineno, ast.unparse(node), "\n".join(lines), counts
        )


def _is_id_lost(tree: Tree, file: Parsed, call: ast.Call, keyword: ast.keyword) -> bool:
    name = ast.unparse(call.func).rpartition(".")[2]
    taking = [one for other in tree.files for one in _definitions(other, name)]
    if len(taking) != 1 or not takes(taking[0], keyword.arg or ""):
        return False
    value = ast.unparse(keyword.value)
    root = value.partition(".")[0]
    others = [*call.args, *(one.value for one in call.keywords if one is not keyword)]
    held = {ast.unparse(part) for given in others for part in ast.walk(given)}
    if value in held or (root != value and root in held) or root in ("self", "cls"):
        return False
    if any(one.arg is None for one in call.keywords):
        return False
    return not _is_in_with(file, call, keyword.arg or "") and _is_in_function(file, call)


def _definitions(file: Parsed, name: str) -> Iterator[ast.AST]:
    for node in ast.walk(file.tree):
        if isinstance(node, (*_DEF, ast.ClassDef)) and node.name == name:
            yield node


def takes(node: ast.AST, name: str) -> bool:
    """Whether a function or class takes ``name``, and can do without."""
    if isinstance(node, ast.ClassDef):
        made = [one for one in node.body if isinstance(one, _DEF) and one.name == "__init__"]
        if made:
            return takes(made[0], name)
        return any(
            isinstance(one, ast.AnnAssign)
            and isinstance(one.target, ast.Name)
            and one.target.id == name
            and one.value is not None
            for one in node.body
        )
    if not isinstance(node, _DEF):
        return False
    plain = [*node.args.posonlyargs, *node.args.args]
    optional = plain[len(plain) - len(node.args.defaults) :]
    optional += [
        one
        for one, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if default is not None
    ]
    return any(one.arg == name for one in optional)


def _is_release_lost(file: Parsed, release: ast.Expr) -> bool:
    function = _above(file, release, _DEF)
    if function is None or not _reserves_before(function, release.lineno):
        return False
    block = _block(file, release)
    after = block[block.index(release) + 1 :]
    if any(_calls(one, _RELEASE) for one in after):
        return False
    return bool(after) and isinstance(after[-1], _LEAVING)


def _reserves_before(function: ast.AST, line: int) -> bool:
    return any(
        node.lineno < line and _is_named(node, _RESERVE)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    )


def _calls(node: ast.AST, named: re.Pattern[str], *, is_direct: bool = False) -> bool:
    parts = [getattr(node, "value", node)] if is_direct else ast.walk(node)
    return any(isinstance(part, ast.Call) and _is_named(part, named) for part in parts)


def _is_named(call: ast.Call, named: re.Pattern[str]) -> bool:
    return bool(named.match(ast.unparse(call.func).rpartition(".")[2]))


def _block(file: Parsed, statement: ast.stmt) -> list[ast.stmt]:
    parent = file.parents[statement]
    for field in ("body", "orelse", "finalbody"):
        block = getattr(parent, field, [])
        if isinstance(block, list) and statement in block:
            return block
    return [statement]


def _is_name(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) or (
        isinstance(value, ast.Attribute) and _is_name(value.value)
    )


def _is_in_function(file: Parsed, node: ast.AST) -> bool:
    return _above(file, node, _DEF) is not None


def _is_in_with(file: Parsed, node: ast.AST, name: str) -> bool:
    above = _above(file, node, (ast.With, ast.AsyncWith))
    while above is not None:
        if any(name in ast.unparse(item.context_expr) for item in getattr(above, "items", ())):
            return True
        above = _above(file, above, (ast.With, ast.AsyncWith))
    return False


def _above(file: Parsed, node: ast.AST, kinds: tuple[type, ...]) -> ast.AST | None:
    above = file.parents.get(node)
    while above is not None and not isinstance(above, kinds):
        above = file.parents.get(above)
    return above


def _without_keyword(file: Parsed, call: ast.Call, keyword: ast.keyword) -> str | None:
    """The text without one keyword of a call, whose arguments are written anew."""
    kept = ast.Call(call.func, call.args, [one for one in call.keywords if one is not keyword])
    lines = file.text.encode().split(b"\n")
    first, last = call.lineno - 1, (call.end_lineno or call.lineno) - 1
    head = lines[first][: call.col_offset]
    tail = lines[last][call.end_col_offset :]
    blank = [b"" for _ in range(last - first)]
    lines[first : last + 1] = [head + ast.unparse(kept).encode() + tail, *blank]
    text = b"\n".join(lines).decode()
    try:
        ast.parse(text)
    except SyntaxError:
        return None
    return text
