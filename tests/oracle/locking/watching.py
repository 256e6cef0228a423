"""Puts locks, stores and threads that tell into a program."""

from __future__ import annotations

import ast

from tests.oracle.watching import BlockWatcher, Def

STORES = ("positions", "balances")


class Watcher(BlockWatcher, ast.NodeTransformer):
    """Puts locks, stores and threads that tell in place of Python's own, and notes what runs."""

    def change(self, node: Def) -> ast.AST:
        self.mark(node)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        target = node.targets[0]
        name = getattr(target, "attr", getattr(target, "id", ""))
        value = node.value
        if isinstance(value, ast.Dict) and name in STORES:
            node.value = _call("__store__", name, value)
        elif isinstance(value, ast.Call) and ast.unparse(value.func).endswith("Lock"):
            kind = ast.unparse(value.func)
            # Python's own lock is named too: without its import this is no program.
            node.value = _call(
                "__lock__", name, ast.Tuple([ast.Constant(kind), value.func], ast.Load())
            )
        ast.copy_location(node.value, node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if ast.unparse(node) == "threading.Thread":
            return ast.copy_location(ast.Name("__thread__", ast.Load()), node)
        self.generic_visit(node)
        return node


def _call(function: str, name: str, value: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(function, ast.Load()), [ast.Constant(name), value], [])
