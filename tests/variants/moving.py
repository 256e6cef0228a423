"""A function moves to a file of its own, with its imports, and is imported from there."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from tests.variants.lines import (
    FUNCTIONS,
    FunctionNode,
    Line,
    Lines,
    Program,
    begins_line,
    first_line,
    names_in,
    parse,
)


def move_functions(program: Program, turn: int = 0) -> dict[str, Lines]:
    """One function of each file moves to a new file; ``turn`` chooses which."""
    found: dict[str, Lines] = {}
    for path, lines in program.items():
        found.update(_moved(program, path, lines, turn))
    return found


def _moved(program: Program, path: str, lines: Lines, turn: int) -> dict[str, Lines]:
    tree = parse(lines)
    place = PurePosixPath(path)
    if tree is None or not place.stem.isidentifier() or place.stem.startswith("__"):
        return {path: lines}
    movable = [one for one in tree.body if isinstance(one, FUNCTIONS) and _may_move(one, lines)]
    if not movable:
        return {path: lines}
    node = movable[turn % len(movable)]
    stem = f"{place.stem}_more"
    origin, other = _module_names(program, place, tree, stem)
    first, last = first_line(node) - 1, node.end_lineno or node.lineno
    head = ["from __future__ import annotations"] if _is_future(tree) else []
    head += [ast.unparse(one) for one in tree.body if _is_import(one)]
    needed = sorted((_bound_in(tree) - {node.name}) & names_in([node]))
    head += [f"from {origin} import {', '.join(needed)}"] if needed else []
    new = (*map(Line, head), Line(""), Line(""), *lines[first:last], Line(""))
    old = (*lines[:first], Line(f"from {other} import {node.name}"), *lines[last:])
    return {path: old, str(place.with_name(f"{stem}.py")): new}


def _may_move(node: FunctionNode, lines: Lines) -> bool:
    if node.decorator_list or not begins_line(node, lines):
        return False
    return not any(isinstance(one, ast.Global) for one in ast.walk(node))


def _module_names(
    program: Program, place: PurePosixPath, tree: ast.Module, stem: str
) -> tuple[str, str]:
    """How the two files import each other."""
    is_relative = any(isinstance(one, ast.ImportFrom) and one.level for one in ast.walk(tree))
    if is_relative or str(place.with_name("__init__.py")) in program:
        return f".{place.stem}", f".{stem}"
    return place.stem, stem


def _is_import(node: ast.stmt) -> bool:
    is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
    return isinstance(node, ast.Import | ast.ImportFrom) and not is_future


def _is_future(tree: ast.Module) -> bool:
    return any(isinstance(one, ast.ImportFrom) and one.module == "__future__" for one in tree.body)


def _bound_in(tree: ast.Module) -> frozenset[str]:
    """The names that the module binds by other statements than imports at its top level."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            found.add(node.name)
        elif not _is_import(node):
            for one in ast.walk(node):
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                    found.add(one.id)
                elif isinstance(one, ast.alias):
                    found.add(one.asname or one.name.partition(".")[0])
    return frozenset(found)
