"""Puts a call before each statement of a program's functions, so that a run can be compared with
those before it, and gives names to what Python keeps for itself: iterators, managers, a list that
is being made, a value that is about to be returned.
"""

from __future__ import annotations

import ast

from tests.oracle.watching import placed_new

_RETURNED = "__returned__"
HERE = "__here__"
ENTERED = "__entered__"
_SILENT = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Nonlocal, ast.Global, ast.Pass)
_FOR = (ast.For, ast.AsyncFor)
_WITH = (ast.With, ast.AsyncWith)


class Marker:
    """Marks the trees of one program."""

    def __init__(self) -> None:
        self._kept = 0

    def mark(self, tree: ast.Module) -> None:
        """Put the calls in."""
        for node in list(ast.walk(tree)):
            if isinstance(node, ast.Return) and node.value is not None:
                node.value = _named(_RETURNED, node.value)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self._mark_block(node.body, (), ENTERED)

    def _mark_block(self, block: list[ast.stmt], kept: tuple[str, ...], first: str = HERE) -> None:
        """``kept`` are the names of what stands around; ``first`` is called before all others."""
        marked: list[ast.stmt] = []
        for statement in block:
            if isinstance(statement, _SILENT):
                marked.append(statement)
                continue
            marked.append(_call(first, kept, statement))
            first = HERE
            made, parts = self._unfolded(statement)
            for part in parts:
                self._mark_within(part, (*kept, *made))
                marked += [part, *_let_go(part)]
        block[:] = marked

    def _unfolded(self, statement: ast.stmt) -> tuple[tuple[str, ...], list[ast.stmt]]:
        """The loop that a comprehension is, and the name of what it makes."""
        if not isinstance(statement, ast.Expr | ast.Assign):
            return (), [statement]
        value = statement.value
        if not isinstance(value, ast.ListComp) or len(value.generators) > 1:
            return (), [statement]
        name = self._fresh()
        made = ast.Attribute(ast.Name(name, ast.Load()), "append", ast.Load())
        body: ast.stmt = ast.Expr(ast.Call(made, [value.elt], []))
        (head,) = value.generators
        for test in reversed(head.ifs):
            body = ast.If(test, [body], [])
        loop = (ast.AsyncFor if head.is_async else ast.For)(head.target, head.iter, [body], [])
        before = ast.Assign([ast.Name(name, ast.Store())], ast.List([], ast.Load()))
        after: list[ast.stmt] = []
        if isinstance(statement, ast.Assign):
            after = [ast.Assign(statement.targets, ast.Name(name, ast.Load()))]
        parts: list[ast.stmt] = [before, loop, *after]
        names = (name,) if after else ()
        return names, [placed_new(part, statement) for part in parts]

    def _mark_within(self, statement: ast.stmt, kept: tuple[str, ...]) -> None:
        within = kept
        if isinstance(statement, _FOR):
            is_plain = isinstance(statement, ast.For)
            name, statement.iter = self._keep(
                _iterator(statement.iter) if is_plain else statement.iter
            )
            within = (*kept, name)
        elif isinstance(statement, _WITH):
            for item in statement.items:
                name, item.context_expr = self._keep(item.context_expr)
                within = (*within, name)
        for block in (getattr(statement, "body", None), *_arms(statement)):
            if isinstance(block, list):
                self._mark_block(block, within)
        for field, names in (("orelse", kept), ("finalbody", (*kept, _RETURNED))):
            if getattr(statement, field, None):
                self._mark_block(getattr(statement, field), names)

    def _keep(self, value: ast.expr) -> tuple[str, ast.expr]:
        """A new variable, and ``value`` put into it on the way."""
        name = self._fresh()
        return name, _named(name, value)

    def _fresh(self) -> str:
        self._kept += 1
        return f"__kept_{self._kept}__"


def _named(name: str, value: ast.expr) -> ast.expr:
    """``value``, put into a variable on the way."""
    return placed_new(ast.NamedExpr(ast.Name(name, ast.Store()), value), value)


def _let_go(loop: ast.stmt) -> list[ast.stmt]:
    """What forgets the iterator of a loop that is over: a generator ends with it."""
    if not isinstance(loop, _FOR) or not isinstance(loop.iter, ast.NamedExpr):
        return []
    name = ast.Name(loop.iter.target.id, ast.Store())
    return [placed_new(ast.Assign([name], ast.Constant(None)), loop)]


def _arms(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of the clauses of ``try`` and of the cases of ``match``."""
    parts = [*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]
    return [part.body for part in parts]


def _iterator(value: ast.expr) -> ast.expr:
    return placed_new(ast.Call(ast.Name("__iter__", ast.Load()), [value], []), value)


def _call(name: str, kept: tuple[str, ...], near: ast.stmt) -> ast.stmt:
    value = ast.Call(ast.Name(name, ast.Load()), [ast.Constant(kept)], [])
    return placed_new(ast.Expr(value), near)
