"""Makes a program smaller as long as it keeps what is interesting about it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable

from tests.oracle.program import Program

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def shrink(program: Program, is_interesting: Callable[[Program], bool]) -> Program:
    """The smallest program found by taking statements away, putting the body of a compound one in
    its place, and taking parts of expressions for the whole."""
    while True:
        smaller = _without_files(program, is_interesting)
        for path in smaller.files:
            for fields in (_BLOCKS, ()):
                smaller = _shrunk_in(smaller, path, fields, is_interesting)
        if smaller == program:
            return program
        program = smaller


def _without_files(program: Program, is_interesting: Callable[[Program], bool]) -> Program:
    for path in list(program.files):
        files = {one: text for one, text in program.files.items() if one != path}
        if path != program.main and is_interesting(program._replace(files=files)):
            program = program._replace(files=files)
    return program


def _shrunk_in(
    program: Program,
    path: str,
    fields: tuple[str, ...],
    is_interesting: Callable[[Program], bool],
) -> Program:
    """The same in one file, once through: where a change has been made, the next one is tried.
    Only what stands in one of ``fields`` is changed, if there are any."""
    number = 0
    tree = ast.parse(program.files[path])
    while (changes := _changes_at(tree, number, fields)) is not None:
        for change in range(changes):
            candidate = _changed(program, path, (fields, number, change))
            if candidate is not None and is_interesting(candidate):
                program, tree = candidate, ast.parse(candidate.files[path])
                break
        else:
            number += 1
    return program


def _changed(program: Program, path: str, spot: _Spot) -> Program | None:
    """The program with one change of one file, if that makes it smaller."""
    tree = ast.parse(program.files[path])
    _apply(tree, spot)
    try:
        text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
        compile(text, path, "exec")
    except (SyntaxError, ValueError):
        return None
    plain = ast.unparse(ast.parse(program.files[path])) + "\n"
    is_smaller = len(text) < len(plain)
    return program._replace(files={**program.files, path: text}) if is_smaller else None


_Spot = tuple[tuple[str, ...], int, int]
"""Among which fields a change is, at which of them, and which one."""


def _spots(tree: ast.AST, fields: tuple[str, ...]) -> list[tuple[ast.AST, str, int]]:
    """Everything that can be changed: a member of a list of statements, or an expression; in one of
    ``fields``, if there are any."""
    found: list[tuple[ast.AST, str, int]] = []
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if fields and field not in fields:
                continue
            if isinstance(value, list):
                found += [(node, field, place) for place in range(len(value))]
            elif isinstance(value, ast.expr):
                found.append((node, field, -1))
    return found


def _changes_at(tree: ast.Module, number: int, fields: tuple[str, ...]) -> int | None:
    spots = _spots(tree, fields)
    if number >= len(spots):
        return None
    return len(_replacements(*spots[number]))


def _apply(tree: ast.Module, spot: _Spot) -> None:
    fields, number, change = spot
    node, field, place = _spots(tree, fields)[number]
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
