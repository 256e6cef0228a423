"""Puts calls into a program that tell where an abort is stopped."""

from __future__ import annotations

import ast
from typing import TypeVar

T = TypeVar("T", bound=ast.AST)


class Watcher(ast.NodeTransformer):
    """Tells the stage of each ``try`` that is entered, with what its clauses catch; of each clause,
    ``finally`` and ``with`` that gets an exception; and whether the exception left it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._count = 0
        self.raises: set[tuple[str, int]] = set()

    def visit_Try(self, node: ast.Try) -> ast.AST:
        final = node.finalbody[0].lineno - 1 if node.finalbody else 0
        lambdas = [_types(one) for one in node.handlers]
        handles = [
            not any(isinstance(part, ast.Raise) for part in ast.walk(one)) for one in node.handlers
        ]
        lines = [one.lineno for one in node.handlers]
        self.generic_visit(node)
        for handler in node.handlers:
            self._handler(handler)
        if node.handlers:
            name = self._name()
            types = ", ".join(lambdas)
            head = f"{name} = __enter__({self._path!r}, {lines}, [{types}], {handles})"
            body = _filled(f"try:\n    ...\nfinally:\n    __exit__({name})", node, node.body)
            node.body = [*_lines(head, node), *body]
        if final:
            return self._with_finally(node, final)
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST | list[ast.stmt]:
        """What is never raised, under a clause that catches nothing, makes nothing wrong."""
        what = ast.unparse(node.exc) if node.exc else "error"
        if what.startswith(("error", "KeyError")):
            return node
        self.raises.add((self._path, node.lineno))
        return [*_lines(f"__raises__({self._path!r}, {node.lineno})", node), node]

    def visit_With(self, node: ast.With) -> ast.AST | list[ast.stmt]:
        types = _suppressed(node)
        self.generic_visit(node)
        name = self._name()
        tried = f"try:\n    ...\nexcept BaseException:\n    {name} = __flying__()\n    raise"
        node.body = _filled(tried, node, node.body)
        head = f"{name} = None\n__seen__({self._path!r}, {node.lineno})"
        tail = f"__passed__({name}, {self._path!r}, {node.lineno}, {types})"
        return [*_lines(head, node), node, *_lines(tail, node)]

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST | list[ast.stmt]:
        return self.visit_With(node)  # type: ignore[arg-type]

    def visit_If(self, node: ast.If) -> ast.AST:
        for one in ast.walk(node.test):
            if isinstance(one, ast.Name) and one.id == "isinstance":
                one.id = "__asks__"
        self.generic_visit(node)
        return node

    def _handler(self, node: ast.ExceptHandler) -> None:
        name = self._name()
        text = (
            f"{name} = __caught__({self._path!r}, {node.lineno}, {_types(node)})\n"
            f"try:\n    ...\n"
            f"except BaseException:\n    __thrown__({name})\n    raise\n"
            f"finally:\n    __left__({name})"
        )
        node.body = _filled(text, node, node.body)

    def _with_finally(self, node: ast.Try, line: int) -> ast.AST:
        """The ``try`` with a ``finally`` that knows which exception flies by."""
        name = self._name()
        flying = f"try:\n    ...\nexcept BaseException:\n    {name} = __flying__()\n    raise"
        inner: list[ast.stmt] = [node] if node.handlers else node.body
        body = _filled(flying, node, inner)
        over = (
            f"{name} = __passing__({name}, {self._path!r}, {line})\n"
            f"try:\n    ...\n"
            f"except BaseException:\n    __thrown__({name})\n    raise\n"
            f"else:\n    __thrown__({name})\n"
            f"finally:\n    __left__({name})"
        )
        final = _filled(over, node, node.finalbody)
        node.finalbody = []
        outer = ast.Try([*_lines(f"{name} = None", node), *body], [], [], final)
        return ast.copy_location(outer, node)

    def _name(self) -> str:
        self._count += 1
        return f"__held_{self._count}__"


def _types(node: ast.ExceptHandler) -> str:
    return f"lambda: ({ast.unparse(node.type)},)" if node.type else "lambda: (BaseException,)"


def _suppressed(node: ast.With) -> str:
    """What ``with contextlib.suppress(...)``, or a stack that it is put into first, names."""
    call = node.items[0].context_expr
    first = node.body[0]
    if "Stack" in ast.unparse(call) and ".enter_context(" in ast.unparse(first):
        call = getattr(getattr(first, "value", None), "args", [call])[0]
    if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("suppress"):
        return f"lambda: ({', '.join(ast.unparse(one) for one in call.args)},)"
    return "lambda: ()"


def _lines(text: str, near: ast.AST) -> list[ast.stmt]:
    found = ast.parse(text).body
    for one in found:
        for node in ast.walk(one):
            if hasattr(node, "lineno"):
                ast.copy_location(node, near)
    return found


def _filled(text: str, near: ast.AST, body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of ``text``, with ``body`` in place of its ``...``."""
    found = _lines(text, near)
    for one in found:
        for node in ast.walk(one):
            for block in ("body", "finalbody"):
                inner = getattr(node, block, None)
                if isinstance(inner, list) and len(inner) == 1 and _is_gap(inner[0]):
                    setattr(node, block, body)
                    return found
    raise AssertionError(text)


def _is_gap(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.value.value is ...
    )
