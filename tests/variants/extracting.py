"""The rest of a function becomes a function of its own."""

from __future__ import annotations

import ast
from collections.abc import Callable

from tests.variants.lines import (
    FUNCTIONS,
    FunctionNode,
    Line,
    Lines,
    Program,
    begins_line,
    body_of,
    first_line,
    functions,
    names_in,
    own_nodes,
    parse,
)

_REACHING_OUT = frozenset({"super", "locals", "globals", "vars", "__class__", "exec", "eval"})


def extract_rests(program: Program) -> dict[str, Lines]:
    """What follows the first statements of each function goes into a function beside it."""
    return {path: _extracted(lines, _rest_of) for path, lines in program.items()}


def extract_bodies(program: Program) -> dict[str, Lines]:
    """The whole body of each function goes into a function beside it."""
    return {path: _extracted(lines, _all_of) for path, lines in program.items()}


def _extracted(lines: Lines, part_of: Callable[[FunctionNode, Lines], list[ast.stmt]]) -> Lines:
    tree = parse(lines)
    if tree is None:
        return lines
    found = list(lines)
    for node, owner in sorted(functions(tree), key=lambda one: one[0].lineno, reverse=True):
        rest = part_of(node, lines) if _may_be_split(node) else []
        if not rest:
            continue
        first, last = first_line(rest[0]) - 1, node.end_lineno or node.lineno
        head = node.body[: node.body.index(rest[0])]
        known = _bound_before(node, head)
        given = sorted(known & names_in(rest) if part_of is _rest_of else known)
        name = f"_{node.name}_inner"
        if owner is not None:
            own = node.args.args[0].arg
            given = [one for one in given if one != own]
            called, taken = f"{own}.{name}", [own, *given]
        else:
            called, taken = name, given
        margin, inner = " " * node.col_offset, " " * rest[0].col_offset
        is_async = isinstance(node, ast.AsyncFunctionDef)
        call = f"{'await ' if is_async else ''}{called}({', '.join(given)})"
        define = f"{'async ' if is_async else ''}def {name}({', '.join(taken)}):"
        moved = found[first:last]
        found[first:last] = [
            Line(f"{inner}return {call}"), Line(""), Line(f"{margin}{define}"), *moved,
        ]  # fmt: skip
    return tuple(found)


def _may_be_split(node: FunctionNode) -> bool:
    own = own_nodes(node)
    if node.args.vararg or node.args.kwarg or (node.decorator_list or node.name.startswith("__")):
        return False
    if any(isinstance(one, ast.Yield | ast.YieldFrom | ast.Global | ast.Nonlocal) for one in own):
        return False
    if any(isinstance(one, (*FUNCTIONS, ast.Lambda, ast.ClassDef)) for one in own):
        return False
    return not names_in(node.body) & _REACHING_OUT


def _is_work(statement: ast.stmt) -> bool:
    """Whether a statement does something: nobody makes a function of one that doesn't."""
    if isinstance(statement, ast.Raise):
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return not isinstance(raised, ast.Name) or raised.id != "NotImplementedError"
    is_told = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return not is_told and not isinstance(statement, ast.Pass)


def _all_of(node: FunctionNode, lines: Lines) -> list[ast.stmt]:
    body = body_of(node)
    if not body or not begins_line(body[0], lines) or not any(map(_is_work, body)):
        return []
    return body


def _rest_of(node: FunctionNode, lines: Lines) -> list[ast.stmt]:
    """The second half of the body, if it can do with names that are bound in any case."""
    body = body_of(node)
    for place in (len(body) // 2, 1, 0):
        rest = body[place:]
        if not rest or not begins_line(rest[0], lines) or not any(map(_is_work, rest)):
            continue
        head = node.body[: node.body.index(rest[0])]
        if not head:
            continue
        sure = _bound_before(node, head)
        stored = frozenset().union(*map(_stored, head))
        others = {
            alias.asname or alias.name.partition(".")[0]
            for statement in head
            for alias in ast.walk(statement)
            if isinstance(alias, ast.alias)
        }
        if not (stored | others - sure) & names_in(rest) - sure:
            return rest
    return []


def _bound_before(node: FunctionNode, head: list[ast.stmt]) -> frozenset[str]:
    """Parameters, and what the statements of ``head`` bind whatever happens."""
    found = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
    for statement in head:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom):
            found |= _stored(statement)
            for one in ast.walk(statement):
                if isinstance(one, ast.alias):
                    found.add(one.asname or one.name.partition(".")[0])
    return frozenset(found)


def _stored(statement: ast.stmt) -> frozenset[str]:
    """The names that a statement binds, but for those that only a comprehension knows."""
    nodes = list(ast.walk(statement))
    inner = {
        id(name)
        for one in nodes
        if isinstance(one, ast.comprehension)
        for name in ast.walk(one.target)
    }
    return frozenset(
        one.id
        for one in nodes
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and id(one) not in inner
    )
