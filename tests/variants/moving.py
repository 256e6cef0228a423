"""A function moves to a file of its own, with what it needs, and is imported from there."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
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

_WORD = re.compile(r"\w+")

MayLeave = Callable[[PurePosixPath, PurePosixPath, str], bool]


def move_functions(program: Program, may_leave: MayLeave, turn: int = 0) -> dict[str, Lines]:
    """One function of each file moves to a new file; ``turn`` chooses which. ``may_leave`` says
    whether the file's name, or the new one's, says nothing of the function of a name."""
    found: dict[str, Lines] = {}
    for path, lines in program.items():
        found.update(_moved(program, path, lines, may_leave, turn))
    return found


def _moved(
    program: Program, path: str, lines: Lines, may_leave: MayLeave, turn: int
) -> dict[str, Lines]:
    tree = parse(lines)
    place = PurePosixPath(path)
    if tree is None or not place.stem.isidentifier() or place.stem.startswith("__"):
        return {path: lines}
    movable = [one for one in tree.body if isinstance(one, FUNCTIONS) and _may_move(one, lines)]
    if not movable:
        return {path: lines}
    chosen = _with_needed(tree, movable[turn % len(movable)], lines)
    stem = f"{place.stem}_more"
    names = sorted(frozenset().union(*map(_bound_by, chosen)))
    goal = place.with_name(f"{stem}.py")
    if not chosen or not all(may_leave(place, goal, name) for name in names):
        return {path: lines}
    module = f".{stem}" if _is_package(program, place, tree) else stem
    new = [Line("from __future__ import annotations")] if _is_future(tree) else []
    needed = frozenset().union(*(_words_in(one) for one in chosen))
    new += [
        Line(ast.unparse(one), (path, one.lineno))
        for one in tree.body
        if _is_import(one) and (_bound_by(one) & needed or "*" in _bound_by(one))
    ]
    old = list(lines)
    for node in chosen:
        new += [Line(""), Line(""), *lines[first_line(node) - 1 : node.end_lineno]]
    for node in reversed(chosen):
        old[first_line(node) - 1 : node.end_lineno] = []
    start = first_line(chosen[0]) - 1
    old[start:start] = [Line(f"from {module} import {', '.join(names)}")]
    return {path: tuple(old), str(goal): (*new, Line(""))}


def _with_needed(tree: ast.Module, node: ast.stmt, lines: Lines) -> list[ast.stmt]:
    """A definition with those of the module that it needs; nothing if they can't be moved."""
    defined = [one for one in tree.body if not _is_import(one)]
    found = [node]
    for one in found:
        for other in defined:
            if other not in found and _bound_by(other) & names_in([one]):
                found.append(other)
    bound = [name for one in defined for name in _bound_by(one)]
    is_simple = all(
        isinstance(one, (*FUNCTIONS, ast.ClassDef, ast.Assign, ast.AnnAssign))
        and begins_line(one, lines)
        and all(bound.count(name) == 1 for name in _bound_by(one))
        for one in found
    )
    changed = {name for one in ast.walk(tree) if isinstance(one, ast.Global) for name in one.names}
    moved = frozenset().union(*map(_bound_by, found))
    return sorted(found, key=lambda one: one.lineno) if is_simple and not changed & moved else []


def _words_in(node: ast.stmt) -> frozenset[str]:
    """Every name that stands in a definition, also in annotations that are texts."""
    texts = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    quoted = (word for text in texts if isinstance(text, str) for word in _WORD.findall(text))
    return names_in([node]) | frozenset(quoted)


def _may_move(node: FunctionNode, lines: Lines) -> bool:
    if node.decorator_list or not begins_line(node, lines):
        return False
    return not any(isinstance(one, ast.Global) for one in ast.walk(node))


def _is_package(program: Program, place: PurePosixPath, tree: ast.Module) -> bool:
    """Whether the files of a folder import each other by a dot."""
    is_relative = any(isinstance(one, ast.ImportFrom) and one.level for one in ast.walk(tree))
    return is_relative or str(place.with_name("__init__.py")) in program


def _is_import(node: ast.stmt) -> bool:
    is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
    return isinstance(node, ast.Import | ast.ImportFrom) and not is_future


def _is_future(tree: ast.Module) -> bool:
    return any(isinstance(one, ast.ImportFrom) and one.module == "__future__" for one in tree.body)


def _bound_by(node: ast.stmt) -> frozenset[str]:
    """The names that a statement at the top of a module binds."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return frozenset({node.name})
    found: set[str] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            found.add(one.id)
        elif isinstance(one, ast.alias):
            found.add(one.asname or one.name.partition(".")[0])
    return frozenset(found)
