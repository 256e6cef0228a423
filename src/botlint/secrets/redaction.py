"""Redaction: of a credential, four characters and its length are all that is ever shown."""

from __future__ import annotations

import re

from botlint.secrets.forms import PREFIXES, find_forms
from botlint.secrets.inner import find_inner
from botlint.secrets.phrases import find_phrases
from botlint.secrets.shapes import Shape, is_typed, is_uuid, judge

SHOWN = 4
"""So many characters of a credential may be seen; of a short one fewer."""

_PIECE = re.compile(r"[^\s\"'`,;(){}\[\]<>]{6,}")
_NAME = re.compile(r"[A-Za-z_][\w.\-]{0,60}")
_USER = re.compile(r"(://[^\s:/@\"'`]{0,64}:)(?!\d{1,5}(?:[/\s\"'?]|$))([^\s/@\"'`]{3,128})")
_EMPTY = re.compile(r"[A-Z][A-Z0-9]{0,20}(?:_[A-Z0-9]{1,20})*=|[a-z]{1,20}(?:_[a-z]{1,20})*=")
"""``API_KEY=`` and ``redis_url=``, names without the value."""
_OWN = re.compile(r"(?:self|cls)(?:\.[A-Za-z_]\w{0,80}){1,8}")
"""``self.send_depth_20``, a member of an object: no credential begins so."""

EXPECTED = (
    *(b"key", b"secret", b"token", b"pass", b"pwd", b"phrase", b"mnemonic", b"seed"),
    *(b"auth", b"cred", b"webhook", b"bearer", b"://"),
)
"""Words, in lower case, one of which stands where a credential is to be expected."""

EXPECTING = re.compile(
    "|".join(word.decode() for word in EXPECTED).replace("|pass|", "|passw|pass(?![a-z])|"),
    re.IGNORECASE,
)


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
    return _redact_inner(data.decode("utf-8", "replace"))


def _redact_inner(text: str) -> str:
    """The text without what stands in addresses and connection strings; each is found once."""
    while (inner := find_inner(text)) is not None:
        text = text[: inner.start] + _cover(text[inner.start : inner.end]) + text[inner.end :]
    return text


def redact_line(line: str) -> str:
    """A line of somebody's source without the credentials in it; its length stays."""
    text = _USER.sub(lambda found: found[1] + _cover(found[2]), redact_text(line))
    is_expected = EXPECTING.search(line) is not None
    return _PIECE.sub(lambda piece: _redact(piece[0], is_expected=is_expected), text)


def _redact(piece: str, *, is_expected: bool) -> str:
    if _EMPTY.fullmatch(piece) or _OWN.fullmatch(piece):
        return piece
    name, sign, value = piece.partition("=")
    if not (value.strip("=") and _NAME.fullmatch(name) and judge(name) is Shape.PLAIN):
        name, sign, value = "", "", piece
    return name + sign + (_cover(value) if _is_covered(value, is_expected) else value)


def _is_covered(text: str, is_expected: bool) -> bool:  # noqa: FBT001
    shape = judge(text)
    if shape is Shape.RANDOM or text.startswith(PREFIXES):
        return True
    if is_expected and (shape is Shape.ODD or is_uuid(text)):
        return True
    return shape is Shape.ODD and is_typed(text)


def _cover(text: str) -> str:
    return "*" * len(text)
