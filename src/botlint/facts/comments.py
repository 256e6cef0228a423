"""Comments that speak to botlint, each with the statement that it belongs to.

Only the tokenizer can tell a comment from a string that mentions one, but it is slow, so it runs
only over the few files in which the word occurs. Text that it can't read is scanned by lines.
"""

from __future__ import annotations

import io
import re
import tokenize

from botlint.facts.remarks import Comment
from botlint.model import Span

_WORD = "botlint:"
_SPEAKS = re.compile(r"#+[ \t]*botlint:.*")

_Place = tuple[int, int]


def find_comments(text: str) -> tuple[Comment, ...]:
    """All comments ``# botlint: ...`` of a source, in their order."""
    if _WORD not in text:
        return ()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Python 3.12's tokenizer may fail at a null byte only after it has given its next token.
    tokens = None if "\0" in text else _try_tokens(text)
    found, statements = tokens or _scan_lines(text)
    statements = _join_decorators(statements, text.split("\n"))
    return tuple(_make_comment(place, comment, statements) for place, comment in found)


def _try_tokens(text: str) -> tuple[list[tuple[_Place, str]], list[_Place]] | None:
    """What the tokenizer reads; ``None`` if it can't."""
    try:
        return _read_tokens(text)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None


def _read_tokens(text: str) -> tuple[list[tuple[_Place, str]], list[_Place]]:
    """The comments, and the first and last line of each logical line."""
    found: list[tuple[_Place, str]] = []
    statements: list[_Place] = []
    first = 0
    silent = (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            if _WORD in token.string:
                found.append((token.start, token.string))
        elif token.type == tokenize.NEWLINE:
            statements.append((first or token.start[0], token.start[0]))
            first = 0
        elif token.type not in silent and not first:
            first = token.start[0]
    return found, statements


def _scan_lines(text: str) -> tuple[list[tuple[_Place, str]], list[_Place]]:
    found: list[tuple[_Place, str]] = []
    statements: list[_Place] = []
    for number, line in enumerate(text.split("\n"), 1):
        comment = _SPEAKS.search(line)
        if comment is not None:
            found.append(((number, comment.start()), comment[0]))
        if line.strip() and not line.lstrip().startswith("#"):
            statements.append((number, number))
    return found, statements


def _join_decorators(statements: list[_Place], lines: list[str]) -> list[_Place]:
    """A decorator is part of the ``def`` or ``class`` that it stands on."""
    joined: list[_Place] = []
    first = 0
    for start, end in statements:
        first = first or start
        if not lines[start - 1].lstrip().startswith("@"):
            joined.append((first, end))
            first = 0
    return joined


def _make_comment(place: _Place, comment: str, statements: list[_Place]) -> Comment:
    line, column = place
    spoken = _SPEAKS.search(comment)
    start = spoken.start() if spoken else 0
    text = comment[start:].rstrip()
    column += start + 1
    covers = next((pair for pair in statements if pair[1] >= line), (line, line))
    return Comment(text, Span(line, column, line, column + len(text)), covers)
