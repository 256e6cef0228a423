"""Where things stand in a source: lines, and columns in code points.

``ast`` counts columns in bytes of UTF-8; lines end at ``\\n``, ``\\r\\n`` and ``\\r`` only.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import Any

from botlint.model import Span

_NEWLINE = re.compile(rb"\r\n|\r|\n")


class Places:
    """Turns the positions of one source's syntax nodes into spans."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._lines = None if data.isascii() else _NEWLINE.split(_utf8(data))
        self._wide = {
            number: row for number, row in enumerate(self._lines or (), 1) if not row.isascii()
        }

    def count_lines(self) -> int:
        """How many lines the source has; an empty one has one."""
        return len(_NEWLINE.findall(self._data)) + 1

    def span_of(self, node: Any) -> Span:
        """The span of a syntax node."""
        if node.lineno not in self._wide and node.end_lineno not in self._wide:
            return Span(node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1)
        return Span(
            node.lineno,
            self._column(node.lineno, node.col_offset),
            node.end_lineno,
            self._column(node.end_lineno, node.end_col_offset),
        )

    def head_of(self, node: Any) -> Span:
        """The first line of a ``def`` or ``class``, from its keyword to its name."""
        span = self.span_of(node)
        word = len("class ") if isinstance(node, ast.ClassDef) else len("def ")
        word += len("async ") if isinstance(node, ast.AsyncFunctionDef) else 0
        return Span(span.line, span.column, span.line, span.column + word + len(node.name))

    def keyword(self, word: str, first: int, last: int) -> Span:
        """Where ``word`` begins a line between two lines, both included; the last such place."""
        if self._lines is None:
            self._lines = _NEWLINE.split(self._data)
        for number in range(last, first - 1, -1):
            row = self._lines[number - 1] if number <= len(self._lines) else b""
            bare = row.lstrip()
            if bare.startswith(word.encode()):
                column = len(row) - len(bare) + 1
                return Span(number, column, number, column + len(word))
        return Span(last, 1, last, 1)

    def _column(self, line: int, offset: int) -> int:
        row = self._wide.get(line)
        return offset + 1 if row is None else len(row[:offset].decode("utf-8", "replace")) + 1


def encoding_of(data: bytes) -> str:
    """How a Python source is written, as it says itself; ``utf-8-sig`` with a byte order mark.

    Raises ``SyntaxError`` where it names an encoding that there isn't.
    """
    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


def _utf8(data: bytes) -> bytes:
    """``data`` as the UTF-8 that ``ast`` counts its columns in, without a byte order mark."""
    return data.decode(encoding_of(data)).encode("utf-8", "replace")
