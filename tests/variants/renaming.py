"""Other names for local variables that play no role."""

from __future__ import annotations

import ast
from collections.abc import Callable

from tests.variants.lines import FunctionNode, Line, Lines, Program, functions, own_nodes, parse

IsPlain = Callable[[str], bool]


def rename_locals(program: Program, is_plain: IsPlain) -> dict[str, Lines]:
    """Every local that nothing but its function knows, and whose name says nothing, gets another
    name; ``is_plain`` says whether a name says nothing."""
    return {path: _renamed(lines, is_plain) for path, lines in program.items()}


def _renamed(lines: Lines, is_plain: IsPlain) -> Lines:
    tree = parse(lines)
    if tree is None:
        return lines
    rows = [line.text.encode() for line in lines]
    spots: list[tuple[int, int, str, str]] = []
    for node, _ in functions(tree):
        names = sorted(name for name in _locals_of(node) if is_plain(name))
        new = {name: f"it_{node.lineno}_{number}" for number, name in enumerate(names)}
        spots += [
            (one.lineno, one.col_offset, one.id, new[one.id])
            for one in own_nodes(node)
            if isinstance(one, ast.Name) and one.id in new
        ]
    for number, column, old, name in sorted(spots, reverse=True):
        row = rows[number - 1]
        assert row[column:].startswith(old.encode())
        rows[number - 1] = row[:column] + name.encode() + row[column + len(old.encode()) :]
    return tuple(Line(row.decode(), line.origin) for row, line in zip(rows, lines, strict=True))


def _locals_of(node: FunctionNode) -> frozenset[str]:
    """The names that only statements of the function itself bind and read, as plain names."""
    own = own_nodes(node)
    bound = {one.id for one in own if _is_bound(one)}
    taken: set[str] = {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
    for one in ast.walk(node):
        if isinstance(one, ast.Global | ast.Nonlocal):
            taken.update(one.names)
        elif isinstance(one, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and one.name:
            taken.add(one.name)
        elif isinstance(one, ast.alias):
            taken.add(one.asname or one.name.partition(".")[0])
        elif isinstance(one, ast.JoinedStr | ast.Lambda | ast.ClassDef | ast.comprehension):
            within = one.target if isinstance(one, ast.comprehension) else one
            taken.update(name.id for name in ast.walk(within) if isinstance(name, ast.Name))
    taken |= {name for one in own for name in _record_in(one)}
    for one in own:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            taken.add(one.name)
            taken.update(name.id for name in ast.walk(one) if isinstance(name, ast.Name))
    return frozenset(bound - taken)


def _record_in(node: ast.AST) -> list[str]:
    """A name that is asked for an entry: what records of that name hold is known by the name."""
    is_item = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
    is_asked = isinstance(node, ast.Attribute) and node.attr == "get"
    value = node.value if is_item or is_asked else None  # type: ignore[attr-defined]
    return [value.id] if isinstance(value, ast.Name) else []


def _is_bound(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
