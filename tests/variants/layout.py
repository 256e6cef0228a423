"""Comments and blank lines between statements; bodies of functions within ``if True:``."""

from __future__ import annotations

import ast

from tests.variants.lines import (
    Line,
    Lines,
    Program,
    begins_line,
    body_of,
    first_line,
    functions,
    has_long_string,
    parse,
)


def add_comments(program: Program) -> dict[str, Lines]:
    """A blank line and a comment before each statement, but for the first line of a file."""
    return {path: _commented(lines) for path, lines in program.items()}


def _commented(lines: Lines) -> Lines:
    tree = parse(lines)
    if tree is None:
        return lines
    statements = [one for one in ast.walk(tree) if isinstance(one, ast.stmt)]
    starts = {first_line(one) for one in statements if begins_line(one, lines)}
    found: list[Line] = []
    for number, line in enumerate(lines, 1):
        before = lines[number - 2].text.strip()
        if (
            number > 1
            and number in starts
            and not before.startswith("#")
            and not before.endswith("\\")
        ):
            margin = line.text[: len(line.text) - len(line.text.lstrip())]
            found += [Line(""), Line(f"{margin}# what follows is as it was")]
        found.append(line)
    return tuple(found)


def wrap_bodies(program: Program) -> dict[str, Lines]:
    """The body of each function within ``if True:``."""
    return {path: _wrapped(lines) for path, lines in program.items()}


def _wrapped(lines: Lines) -> Lines:
    tree = parse(lines)
    if tree is None:
        return lines
    found = list(lines)
    for node, _ in sorted(functions(tree), key=lambda one: one[0].lineno, reverse=True):
        body = body_of(node)
        if not body or not begins_line(body[0], lines) or any(map(has_long_string, body)):
            continue
        first, last = first_line(body[0]) - 1, node.end_lineno or node.lineno
        margin = " " * body[0].col_offset
        inner = [
            line._replace(text=f"    {line.text}" if line.text.strip() else line.text)
            for line in found[first:last]
        ]
        found[first:last] = [Line(f"{margin}if True:"), *inner]
    return tuple(found)
