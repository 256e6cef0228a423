"""The names of a module that its own statements mean, told from parameters and locals."""

from __future__ import annotations

import ast
from typing import Protocol

from tests.oracle.watching import Def


class Replace(Protocol):
    """Gives what stands in place of a name of the module, or nothing; ``is_late`` says whether the
    name is only read when a function runs."""

    def __call__(self, name: str, *, is_late: bool) -> ast.expr | None: ...


_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class ModuleNames(ast.NodeTransformer):
    """Puts something in place of the names of a module, where a statement reads them."""

    def __init__(self, replace: Replace) -> None:
        self._replace = replace
        self._scopes: list[frozenset[str]] = []
        self._functions = 0

    def visit_Name(self, node: ast.Name) -> ast.AST:
        is_own = any(node.id in scope for scope in self._scopes)
        if is_own or not isinstance(node.ctx, ast.Load):
            return node
        return self._replace(node.id, is_late=self._functions > 0) or node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.visit(node.args)
        self._enter(_parameters(node.args))
        node.body = self.visit(node.body)
        self._leave()
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self._comprehension(node)

    def _function(self, node: Def) -> ast.AST:
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        self.visit(node.args)
        node.returns = self.visit(node.returns) if node.returns else None
        self._enter(_parameters(node.args) | bound_in(node))
        node.body = [self.visit(one) for one in node.body]
        self._leave()
        return node

    def _enter(self, names: frozenset[str]) -> None:
        self._scopes.append(names)
        self._functions += 1

    def _leave(self) -> None:
        self._scopes.pop()
        self._functions -= 1

    def _comprehension(self, node: ast.expr) -> ast.AST:
        names = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
        stored = frozenset(one.id for one in names if isinstance(one.ctx, ast.Store))
        self._scopes.append(stored)
        self.generic_visit(node)
        self._scopes.pop()
        return node


def read_in(node: ast.stmt) -> dict[str, bool]:
    """The names of the module that a statement reads, and whether only functions do."""
    found: dict[str, bool] = {}

    def note(name: str, *, is_late: bool) -> None:
        found[name] = is_late and found.get(name, True)

    ModuleNames(note).visit(node)
    return found


def rebound_in(node: ast.stmt) -> frozenset[str]:
    """The names of the module that functions bind anew."""
    return frozenset(
        name for one in ast.walk(node) if isinstance(one, ast.Global) for name in one.names
    )


def bound_in(node: Def) -> frozenset[str]:
    """The locals of a function, but for its parameters."""
    found: set[str] = set()
    others: set[str] = set()
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load):
            found.add(one.id)
        elif isinstance(one, ast.Global | ast.Nonlocal):
            others |= set(one.names)
        elif isinstance(one, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
            found |= {one.name} if one.name else set()
        elif isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(one.name)
        elif isinstance(one, ast.alias):
            found.add(one.asname or one.name.partition(".")[0])
        if not isinstance(one, _INNER):
            waiting += ast.iter_child_nodes(one)
    return frozenset(found - others)


def _parameters(node: ast.arguments) -> frozenset[str]:
    plain = [*node.posonlyargs, *node.args, *node.kwonlyargs]
    return frozenset(one.arg for one in (*plain, node.vararg, node.kwarg) if one)
