"""What ``def`` and ``class`` statements declare: parameters, annotations, attributes, methods."""

from __future__ import annotations

import ast
from typing import Any

from botlint.facts.expressions import Reader, chain_of
from botlint.facts.places import Places
from botlint.facts.types import Expression, Parameter


def find_methods(node: ast.ClassDef) -> list[ast.stmt]:
    """The function statements in the body of a class, also under ``if`` and ``try``."""
    found: list[ast.stmt] = []
    blocks: list[list[ast.stmt]] = [node.body]
    while blocks:
        for statement in blocks.pop():
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                found.append(statement)
            elif isinstance(statement, ast.If | ast.Try | ast.With):
                blocks.append(statement.body)
                blocks.append(getattr(statement, "orelse", []))
    return sorted(found, key=lambda statement: statement.lineno)


def read_attributes(node: ast.ClassDef) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found.append((statement.target.id, read_annotation(statement.annotation)))
        elif isinstance(statement, ast.Assign):
            names = [target for target in statement.targets if isinstance(target, ast.Name)]
            found.extend((name.id, "") for name in names)
    return tuple(found)


def read_parameters(
    args: ast.arguments, defaults: tuple[Expression | None, ...], places: Places
) -> tuple[Parameter, ...]:
    """The parameters in order; ``defaults`` are those of the positional, then the keyword ones."""
    found: list[Parameter] = []
    plain = [*args.posonlyargs, *args.args]
    given = dict(zip(plain[len(plain) - len(args.defaults) :], defaults, strict=False))
    written = [
        places.span_of(node) if node else None for node in (*args.defaults, *args.kw_defaults)
    ]
    spans = dict(
        zip((*plain[len(plain) - len(args.defaults) :], *args.kwonlyargs), written, strict=True)
    )
    for position, arg in enumerate(plain):
        kind = "positional" if position < len(args.posonlyargs) else "normal"
        annotation = read_annotation(arg.annotation)
        found.append(Parameter(arg.arg, kind, annotation, given.get(arg), spans.get(arg)))
    if args.vararg is not None:
        found.append(Parameter(args.vararg.arg, "*", read_annotation(args.vararg.annotation)))
    for arg, default in zip(args.kwonlyargs, defaults[len(args.defaults) :], strict=False):
        annotation = read_annotation(arg.annotation)
        found.append(Parameter(arg.arg, "keyword", annotation, default, spans[arg]))
    if args.kwarg is not None:
        found.append(Parameter(args.kwarg.arg, "**", read_annotation(args.kwarg.annotation)))
    return tuple(found)


def name_defaults(
    reader: Reader, args: ast.arguments, values: tuple[Expression | None, ...]
) -> tuple[Expression | None, ...]:
    """The defaults, read in the knowledge of the parameters that they belong to."""
    plain = [*args.posonlyargs, *args.args]
    names = [*plain[len(plain) - len(args.defaults) :], *args.kwonlyargs]
    nodes = (*args.defaults, *args.kw_defaults)
    return tuple(
        value if node is None or value is None else reader.seals.named(arg.arg, node, value)
        for arg, node, value in zip(names, nodes, values, strict=True)
    )


def read_annotation(node: ast.expr | None) -> str:
    if node is None:
        return ""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    chain = chain_of(node)
    return chain if chain is not None else ast.unparse(node)


def read_docstring(node: Any) -> str:
    body = node.body
    if not isinstance(body, list) or not body or not isinstance(body[0], ast.Expr):
        return ""
    value = body[0].value
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return ""
    return value.value.encode("utf-8", "replace").decode()
