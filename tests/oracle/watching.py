"""Puts calls into the syntax tree of a program that tell a stage what runs."""

from __future__ import annotations

import ast
from typing import TypeVar

Def = ast.FunctionDef | ast.AsyncFunctionDef
T = TypeVar("T", bound=ast.AST)


class FunctionWatcher(ast.NodeTransformer):
    """Visits functions of both kinds in one way."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        return self.change(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        return self.change(node)

    def change(self, node: Def) -> ast.AST:
        """What stands in place of a function."""
        raise NotImplementedError


class BlockWatcher(FunctionWatcher):
    """Has ``__at__`` told of each block that is run: what never runs tells nothing."""

    def __init__(self, path: str) -> None:
        self.blocks: set[tuple[str, int]] = set()
        """What ``__at__`` may be told of: path and line."""
        self._path = path

    def mark(self, node: Def) -> None:
        """Put the calls into the blocks of a function."""
        for part in ast.walk(node):
            for field in ("body", "orelse", "finalbody"):
                block = getattr(part, field, None)
                if isinstance(block, list) and block and not is_put_in(block[0]):
                    self.blocks.add((self._path, block[0].lineno))
                    mark = ast.parse(f"__at__({self._path!r}, {block[0].lineno})").body[0]
                    block.insert(0, placed(mark, block[0]))


def is_put_in(node: ast.stmt) -> bool:
    """Whether a statement is none of the program's own."""
    return ast.unparse(node).startswith("__")


def placed(node: T, near: ast.AST) -> T:
    """A node that stands, with all its parts, where ``near`` does."""
    for part in ast.walk(node):
        if hasattr(part, "lineno"):
            ast.copy_location(part, near)
    return node


def placed_new(node: T, near: ast.AST) -> T:
    """The same for a node with parts that stand elsewhere: only those that stand nowhere yet."""
    for part in ast.walk(node):
        if isinstance(part, ast.stmt | ast.expr) and not hasattr(part, "lineno"):
            ast.copy_location(part, near)
    return node
