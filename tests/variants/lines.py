"""A program as lines that remember where they stood."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import NamedTuple

Place = tuple[str, int]
"""A file and a line of it."""


class Line(NamedTuple):
    """A line of a variant; ``origin`` is where it stands in the program, if it does."""

    text: str
    origin: Place | None = None


Lines = tuple[Line, ...]
Program = Mapping[str, Lines]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def read(files: Mapping[str, str]) -> dict[str, Lines]:
    """The lines of a program."""
    return {
        path: tuple(Line(text, (path, number)) for number, text in enumerate(whole.split("\n"), 1))
        for path, whole in files.items()
    }


def write(program: Program) -> dict[str, str]:
    """The files of a program."""
    return {path: "\n".join(line.text for line in lines) for path, lines in program.items()}


def origins(program: Program) -> dict[Place, Place]:
    """Where each line of a variant comes from."""
    return {
        (path, number): line.origin
        for path, lines in program.items()
        for number, line in enumerate(lines, 1)
        if line.origin is not None
    }


def parse(lines: Lines) -> ast.Module | None:
    """The syntax tree of a file; ``None`` for what is none, or has lines that Python counts
    otherwise."""
    text = "\n".join(line.text for line in lines)
    if "\r" in text or "\f" in text:
        return None
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def functions(tree: ast.Module) -> list[tuple[FunctionNode, ast.ClassDef | None]]:
    """The functions of the module and the methods of its classes, each with its class."""
    found: list[tuple[FunctionNode, ast.ClassDef | None]] = []
    for node in tree.body:
        if isinstance(node, FUNCTIONS):
            found.append((node, None))
        elif isinstance(node, ast.ClassDef):
            found += [(one, node) for one in node.body if isinstance(one, FUNCTIONS)]
    return found


def body_of(node: FunctionNode) -> list[ast.stmt]:
    """The statements after the docstring."""
    first = node.body[0]
    is_told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return node.body[1:] if is_told else node.body


def first_line(statement: ast.stmt) -> int:
    """The line that a statement begins on, with its decorators."""
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])


def begins_line(statement: ast.stmt, lines: Lines) -> bool:
    """Whether nothing stands before a statement on its line."""
    return not lines[statement.lineno - 1].text[: statement.col_offset].strip()


def has_long_string(node: ast.AST) -> bool:
    """Whether a string goes over several lines, so that they can't be moved to the right."""
    return any(
        isinstance(one, ast.Constant | ast.JoinedStr) and one.lineno != one.end_lineno
        for one in ast.walk(node)
    )


def own_nodes(node: ast.AST) -> list[ast.AST]:
    """All nodes below ``node`` that are of its own scope, without nested functions and classes."""
    found: list[ast.AST] = []
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        one = waiting.pop()
        found.append(one)
        if not isinstance(one, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            waiting += ast.iter_child_nodes(one)
    return found


def names_in(nodes: list[ast.stmt]) -> frozenset[str]:
    """Every name that stands in ``nodes``."""
    return frozenset(
        one.id for node in nodes for one in ast.walk(node) if isinstance(one, ast.Name)
    )
