"""Source frames: a few lines of a source with a stretch of them marked.

Tabs are expanded, wide characters measured, and a line that is longer than the terminal is cut
around what is marked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from botlint.model import Span
from botlint.report.presentation import Presentation, clean, read_bytes
from botlint.secrets.redaction import redact_line

_TAB = 4
_QUOTED = re.compile(r"""(['"])((?:(?!\1)[^\\]|\\.){5,})\1""")
_FIELD = re.compile(r"\{[A-Za-z_][^{}]{0,80}\}")
_WORDS = re.compile(r"[^0-9{}@/]*")

SourceLines = Callable[[str], list[str]]
"""The lines of a source by its path; empty if it can't be read."""


def make_source_lines(presentation: Presentation) -> SourceLines:
    """A reader that remembers what it has read."""
    known: dict[str, list[str]] = {}

    def read_lines(path: str) -> list[str]:
        if path not in known:
            text = read_bytes(path, presentation).decode("utf-8", "replace")
            known[path] = re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff"))
        return known[path]

    return read_lines


def take_line(lines: list[str], number: int) -> str:
    """A line by its number without the credentials in it, empty beyond the end."""
    return redact_line(lines[number - 1]) if 0 < number <= len(lines) else ""


def fit_line(line: str, span: Span, room: int, cut: str) -> tuple[str, str]:
    """One line as shown, and the marks under it, both at most ``room`` wide.

    ``span`` counts only as far as it lies on its first line.
    """
    start = min(max(span.column - 1, 0), len(line))
    end = min(span.end_column - 1, len(line)) if span.end_line == span.line else len(line.rstrip())
    end = max(end, start + 1)
    before, marked, after = (_show(part) for part in (line[:start], line[start:end], line[end:]))
    if _measure(before + marked + after) > room:
        # What is marked stays in sight, with a third of the room before it.
        before = _cut_left(before, max(room // 3, room - _measure(marked)), cut)
        marked = _cut_right(marked, max(room - _measure(before), 1), cut)
        after = _cut_right(after, room - _measure(before + marked), cut)
    marks = " " * _measure(before) + "^" * max(_measure(marked), 1)
    return before + marked + after, marks


def shorten(line: str, room: int, cut: str) -> str:
    """A line without its indentation, cut to the room that there is."""
    return _cut_right(_show(line.strip()), room, cut)


def hide_literals(line: str) -> str:
    """The line with its longer literals masked: no report may repeat a secret. A text of plain
    words around ``{names}`` is none."""
    return _QUOTED.sub(_hide, line)


def _hide(found: re.Match[str]) -> str:
    quote, text = found[1], found[2]
    if _FIELD.search(text) and _WORDS.fullmatch(_FIELD.sub("", text)):
        return found[0]
    return f"{quote}{text[:4]}***{quote}"


def hide_marked(line: str, span: Span) -> str:
    """The line with what ``span`` marks masked, unless that is a call."""
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    marked = line[span.column - 1 : end]
    if "(" in marked:
        return line
    return line[: span.column - 1] + "*" * len(marked) + line[end:]


def _show(text: str) -> str:
    return clean(text.replace("\t", " " * _TAB))


def _measure(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(_measure_character(character) for character in text)


def _measure_character(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _cut_right(text: str, room: int, cut: str) -> str:
    if _measure(text) <= room:
        return text
    room -= len(cut)
    used = 0
    for index, character in enumerate(text):
        used += _measure_character(character)
        if used > room:
            return text[:index] + cut if room > 0 else ""
    return text


def _cut_left(text: str, room: int, cut: str) -> str:
    if _measure(text) <= room:
        return text
    return _cut_right(text[::-1], room, cut[::-1])[::-1]
