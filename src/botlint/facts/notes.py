"""Notes that programmers leave for themselves: TODO, FIXME, BUG, XXX, HACK.

A comment is told from a string that looks like one by reading strings and comments in one pass of a
pattern that can't go back: a string of either kind, or a comment, whichever begins first.
"""

from __future__ import annotations

import re

from botlint.facts.remarks import Note
from botlint.model import Span
from botlint.secrets.redaction import redact_line

_MARKED = re.compile(rb"#[^\n\r]{0,4}(?:TODO|FIXME|BUG|XXX|HACK)\b")
_TOKEN = re.compile(
    r"(?P<long>'''|\"\"\")|(?P<short>'(?:\\.|[^'\\\n])*+'|\"(?:\\.|[^\"\\\n])*+\")|(?P<note>#[^\n]*)",
    re.DOTALL,
)
_NOTE = re.compile(
    r"#+[ \t:!*-]*(TODO|FIXME|BUG(?![ \t:#-]*FIX)|XXX|HACK)\b[ \t]*(?:\([^)\n]*\))?[ \t:.-]*(.*)"
)


def find_notes(data: bytes) -> tuple[Note, ...]:
    """All comments of a source that begin with TODO, FIXME, BUG, XXX or HACK, in their order."""
    if _MARKED.search(data) is None:
        return ()
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    found: list[Note] = []
    line, counted, position = 1, 0, 0
    while (token := _TOKEN.search(text, position)) is not None:
        position = token.end()
        if token.lastgroup == "long":
            closed = text.find(token["long"], position)
            position = len(text) if closed < 0 else closed + 3
        elif token.lastgroup == "note":
            note = _NOTE.match(token["note"])
            if note is None:
                continue
            line += text.count("\n", counted, token.start())
            counted = token.start()
            column = counted - (text.rfind("\n", 0, counted) + 1) + 1
            written = token["note"].rstrip()
            span = Span(line, column, line, column + len(written))
            found.append(Note(note[1], redact_line(note[2].strip()), span))
    return tuple(found)
