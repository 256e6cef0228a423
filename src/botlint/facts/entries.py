"""Named values in config files that may be credentials, in whatever form the file is written.

Of a config only ``name = value``, ``name: value`` and ``"name": "value"`` are looked at, line by
line: that is what TOML, YAML, JSON, INI, ``.env`` and compose files have in common, and it works on
files that no parser takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from botlint.facts.seals import look_at, make_seal
from botlint.model import Span
from botlint.secrets.redaction import EXPECTED, EXPECTING
from botlint.secrets.seal import Seal
from botlint.secrets.shapes import Shape, is_uuid

MOST_LINES = 20_000
"""Of a config with more lines, the rest is data."""

_LONGEST = 2_000
_NAME = r"""(?:^|[{,\[\s-])(?:export[ ]{1,4})?(["']?)(?P<name>[A-Za-z_][\w.\-]{0,80})\1"""
_VALUE = (
    r"""(?:"(?P<double>[^"]{6,1000})"|'(?P<single>[^']{6,1000})'"""
    r"""|(?P<bare>[^\s"'{\[,#][^\s"',]{5,1000}))"""
)
_PAIR = re.compile(_NAME + r"[ \t]{0,20}[:=][ \t]{0,20}" + _VALUE)


class Entry(msgspec.Struct, frozen=True):
    """A named value; ``seal.span`` is the value's place."""

    name: str
    seal: Seal


def find_entries(data: bytes) -> tuple[Entry, ...]:
    """The values whose names speak of credentials and which may be one, in their order."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = _speaking_lines(data.removeprefix(b"\xef\xbb\xbf"))
    return tuple(entry for number, line in lines for entry in _read_line(line, number))


def _speaking_lines(data: bytes) -> Iterator[tuple[int, str]]:
    """The lines in which a name of a credential may stand, with their numbers.

    A file of prices has none and a hundred thousand others, so each word is looked for by itself:
    that is what bytes do fastest.
    """
    lowered = data.lower()
    ahead = {word: lowered.find(word) for word in EXPECTED}
    number, counted = 1, 0
    while ahead := {word: at for word, at in ahead.items() if at >= 0}:
        first = min(ahead.values())
        start, end = data.rfind(b"\n", 0, first) + 1, data.find(b"\n", first)
        end = len(data) if end < 0 else end
        number += data.count(b"\n", counted, start)
        counted = start
        if number > MOST_LINES:
            return
        line = data[start:end].decode("utf-8", "replace")
        if len(line) <= _LONGEST and not line.lstrip().startswith(("#", ";", "//")):
            yield number, line
        ahead = {word: at if at >= end else lowered.find(word, end) for word, at in ahead.items()}


def _read_line(line: str, number: int) -> list[Entry]:
    found: list[Entry] = []
    position = 0
    while (pair := _PAIR.search(line, position)) is not None:
        group = pair.lastgroup or "bare"
        value, start = pair[group], pair.start(group)
        position = start if group == "bare" else pair.end()
        name = pair["name"]
        if EXPECTING.search(name) is None:
            continue
        form, shape = look_at(value)
        if form or shape is not Shape.PLAIN or is_uuid(value):
            span = Span(number, start + 1, number, start + 1 + len(value))
            found.append(Entry(name, make_seal(value, span, form, shape)))
    return found
