"""Makes a program smaller as long as it keeps what is interesting about it."""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Callable, Iterator

from tests.oracle.program import Program


def shrink(program: Program, is_interesting: Callable[[Program], bool]) -> Program:
    """The smallest program found by taking statements away, putting the body of a compound one in
    its place, and taking parts of expressions for the whole."""
    size = len(program.text())
    while True:
        for candidate in _smaller(program):
            if len(candidate.text()) < len(program.text()) and is_interesting(candidate):
                program = candidate
                break
        else:
            return program
        assert len(program.text()) < size or size == 0
        size = len(program.text())


def _smaller(program: Program) -> Iterator[Program]:
    for path, text in program.files.items():
        if len(program.files) > 1 and path != program.main:
            yield program._replace(files={k: v for k, v in program.files.items() if k != path})
        unknown = _unknown(ast.parse(text))
        for tree in _changed(ast.parse(text)):
            try:
                smaller = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
                compile(smaller, path, "exec")
            except (SyntaxError, ValueError):
                continue
            if _unknown(ast.parse(smaller)) - unknown:
                continue
            yield program._replace(files={**program.files, path: smaller})


def _unknown(tree: ast.Module) -> set[str]:
    """The names that are read and bound nowhere: a clause could swallow the error and hide it."""
    read, bound = set[str](), set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add(node.asname or node.name.partition(".")[0])
        else:
            name = getattr(node, "name", None)
            bound |= {name} if isinstance(name, str) else set()
    return read - bound


def _changed(tree: ast.Module) -> Iterator[ast.Module]:
    """All trees that one change makes of ``tree``, the largest changes first."""
    number = 0
    while True:
        changes = _changes_at(tree, number)
        if changes is None:
            return
        for change in range(changes):
            changed = copy.deepcopy(tree)
            _apply(changed, number, change)
            yield changed
        number += 1


_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def _spots(tree: ast.AST) -> list[tuple[ast.AST, str, int]]:
    """Everything that can be changed: a member of a list of statements, or an expression."""
    found: list[tuple[ast.AST, str, int]] = []
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                found += [(node, field, place) for place in range(len(value))]
            elif isinstance(value, ast.expr):
                found.append((node, field, -1))
    return found


def _changes_at(tree: ast.Module, number: int) -> int | None:
    spots = _spots(tree)
    if number >= len(spots):
        return None
    return len(_replacements(*spots[number]))


def _apply(tree: ast.Module, number: int, change: int) -> None:
    node, field, place = _spots(tree)[number]
    new = _replacements(node, field, place)[change]
    if place < 0:
        setattr(node, field, new[0])
    else:
        getattr(node, field)[place : place + 1] = new


def _replacements(node: ast.AST, field: str, place: int) -> list[list[ast.AST]]:
    """What may stand in place of the child: nothing, its bodies, its parts."""
    child = getattr(node, field) if place < 0 else getattr(node, field)[place]
    found: list[list[ast.AST]] = []
    if place >= 0 and field in (*_BLOCKS, "decorator_list", "names"):
        found.append([])
    if isinstance(child, ast.stmt):
        bodies = [getattr(child, name, None) for name in ("body", "orelse", "finalbody")]
        is_scope = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        found += [body for body in bodies if isinstance(body, list) and body and not is_scope]
        found += _without_parts(child)
    if isinstance(child, ast.expr) and field not in ("func", "target", "targets"):
        parts = [part for part in ast.iter_child_nodes(child) if isinstance(part, ast.expr)]
        parts = child.args if isinstance(child, ast.Call) else parts
        is_deep = isinstance(child, ast.BoolOp | ast.IfExp | ast.UnaryOp | ast.NamedExpr | ast.List)
        found += [[part] for part in parts if is_deep or isinstance(child, ast.Call)]
    return found


def _without_parts(child: ast.stmt) -> list[list[ast.AST]]:
    found: list[list[ast.AST]] = []
    for part in ("orelse", "finalbody"):
        if getattr(child, part, None):
            smaller = copy.deepcopy(child)
            setattr(smaller, part, [])
            found.append([smaller])
    if isinstance(child, ast.Return) and child.value is not None:
        found.append([ast.Expr(copy.deepcopy(child.value))])
    return found
