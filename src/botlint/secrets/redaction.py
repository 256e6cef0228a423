"""Redaction: of a credential, four characters and its length are all that is ever shown."""

from __future__ import annotations

import re

from botlint.secrets.forms import find_forms
from botlint.secrets.phrases import find_phrases
from botlint.secrets.shapes import Shape, judge

SHOWN = 4
"""So many characters of a credential may be seen; of a short one fewer."""

_PIECE = re.compile(r"[^\s\"'`,;(){}\[\]<>]{6,}")
_EMPTY = re.compile(r"[A-Z][A-Z0-9]{0,20}(?:_[A-Z0-9]{1,20})*=")
"""``API_KEY=``, a variable without a value."""

EXPECTED = (
    *(b"key", b"secret", b"token", b"passw", b"pwd", b"phrase", b"mnemonic", b"seed"),
    *(b"auth", b"cred", b"webhook", b"bearer", b"://"),
)
"""Words, in lower case, one of which stands where a credential is to be expected."""

EXPECTING = re.compile("|".join(word.decode() for word in EXPECTED), re.IGNORECASE)


def show(text: str) -> str:
    """What may be shown of a credential: ``"abcd…" (64 characters)``."""
    visible = min(SHOWN, len(text) // 4)
    return f'"{text[:visible]}…" ({len(text)} characters)'


def redact_text(text: str) -> str:
    """A text of any number of lines without the known forms of credentials in it."""
    data = text.encode("utf-8", "surrogatepass")
    for one in find_forms(data):
        data = data[: one.start] + b"*" * (one.end - one.start) + data[one.end :]
    for start, end in find_phrases(data):
        data = data[:start] + b"*" * (end - start) + data[end:]
    return data.decode("utf-8", "replace")


def redact_line(line: str) -> str:
    """A line of somebody's source without the credentials in it; its length stays."""
    text = redact_text(line)
    least = Shape.ODD if EXPECTING.search(line) else Shape.RANDOM
    return _PIECE.sub(lambda piece: _redact(piece[0], least), text)


def _redact(piece: str, least: Shape) -> str:
    if _EMPTY.fullmatch(piece):
        return piece
    name, sign, value = piece.rpartition("=")
    if sign and value and judge(value) >= least:
        return name + sign + _cover(value)
    return _cover(piece) if judge(piece) >= least else piece


def _cover(text: str) -> str:
    return "*" * len(text)
