"""A draft: the text of one file, and what edits would replace in it.

An edit never makes a new text: it says which stretches of the old one are replaced by what. So all
that it doesn't name stays byte for byte as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from botlint.configs.places import Lines
from botlint.configs.read import read_tree
from botlint.configs.types import Tree
from botlint.facts.places import encoding_of
from botlint.model import Edit, Span

if TYPE_CHECKING:
    from botlint.fixes.code import Code

_NEWLINE = re.compile(r"\r\n|\r|\n")
_PYTHON = (".py", ".pyw", ".pyi")


class EditFault(Exception):
    """Why an edit can't be made; the file is left as it is."""


class Change(NamedTuple):
    """``text`` for what stands from ``start`` to before ``end`` (offsets in code points)."""

    start: int
    end: int
    text: str


class Draft:
    """One file as it was when it was analysed."""

    def __init__(self, path: str, data: bytes) -> None:
        """Raises :class:`EditFault` for bytes that are no text, or none that can be written back
        as they are."""
        self.path = path
        self.data = data
        self.is_python = path.endswith(_PYTHON)
        try:
            self._encoding = encoding_of(data) if self.is_python else "utf-8-sig"
            if self._encoding == "utf-8-sig" and not data.startswith(b"\xef\xbb\xbf"):
                self._encoding = "utf-8"
            self.text = data.decode(self._encoding)
            is_same = self.text.encode(self._encoding) == data
        except (SyntaxError, UnicodeError, LookupError) as error:
            raise EditFault("its encoding can't be read") from error
        if not is_same:
            raise EditFault("its encoding can't be written back as it is")
        self._lines = Lines(self.text)

    @cached_property
    def newline(self) -> str:
        """How its lines end: as the first one does."""
        first = _NEWLINE.search(self.text)
        return first[0] if first else "\n"

    @cached_property
    def code(self) -> Code:
        """The syntax tree of a Python source; raises :class:`EditFault`."""
        from botlint.fixes.code import Code

        return Code(self.text)

    @cached_property
    def tree(self) -> Tree:
        """The settings of a configuration."""
        return read_tree(self.path, self.data)

    def range_of(self, span: Span) -> tuple[int, int]:
        """The offsets of a span; raises :class:`EditFault` for one that isn't there."""
        start = self._lines.offset(span.line, span.column)
        end = self._lines.offset(span.end_line, span.end_column)
        if not 0 <= start <= end <= len(self.text):
            raise EditFault("the place isn't there")
        return start, end

    def span_of(self, start: int, end: int) -> Span:
        """The span of two offsets."""
        return self._lines.span(start, end)

    def line_of(self, offset: int) -> tuple[int, int]:
        """Where the line of an offset begins and ends, its end of line not counted."""
        line, _ = self._lines.position(offset)
        start = self._lines.offset(line, 1)
        after = _NEWLINE.search(self.text, start)
        return start, after.start() if after else len(self.text)

    def end_of_line(self, offset: int) -> int:
        """Where the line after that of an offset begins."""
        after = _NEWLINE.search(self.text, self.line_of(offset)[0])
        return after.end() if after else len(self.text)

    def apply(self, changes: Iterable[Change]) -> bytes:
        """The bytes with the changes made, which must not overlap; raises :class:`EditFault`."""
        parts: list[str] = []
        at = 0
        for change in sorted(changes, key=lambda one: (one.start, one.end)):
            parts += (self.text[at : change.start], change.text)
            at = change.end
        parts.append(self.text[at:])
        try:
            return "".join(parts).encode(self._encoding)
        except UnicodeError as error:
            raise EditFault(f"{self._encoding} has no way to write it") from error


EditMaker = Callable[[Draft, Edit], list[Change]]
"""What makes a named edit: the changes that it comes to; raises :class:`EditFault`."""


def parameter(edit: Edit, name: str) -> Any:
    """A parameter that an edit can't be made without; ``KeyError`` is the check's mistake."""
    given: Mapping[str, Any] = edit.parameters
    return given[name]
