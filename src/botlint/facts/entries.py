"""Named values in config files that may be credentials, in whatever form the file is written.

Of a config only ``name = value``, ``name: value`` and ``"name": "value"`` are looked at, line by
line: that is what TOML, YAML, JSON, INI, ``.env`` and compose files have in common, and it works on
files that no parser takes.
"""

from __future__ import annotations

import re

import msgspec

from botlint.facts.seals import look_at, make_seal
from botlint.model import Span
from botlint.secrets.redaction import EXPECTING
from botlint.secrets.seal import Seal
from botlint.secrets.shapes import Shape, is_uuid

MOST_LINES = 20_000
"""Of a config with more lines, the rest is data."""

_LONGEST = 2_000
_LINE_END = re.compile(r"\r\n|\r|\n")
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
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if EXPECTING.search(text) is None:
        return ()
    found: list[Entry] = []
    for number, line in enumerate(_LINE_END.split(text)[:MOST_LINES], 1):
        if len(line) > _LONGEST or line.lstrip().startswith(("#", ";", "//")):
            continue
        if EXPECTING.search(line) is not None:
            found.extend(_read_line(line, number))
    return tuple(found)


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
