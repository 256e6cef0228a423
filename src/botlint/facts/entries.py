"""Named values in config files and scripts that may be credentials, whatever form they have.

Looked at are ``name = value``, ``name: value`` and ``"name": "value"``, on one line, or with the
value on the lines below: that is what TOML, YAML, JSON, INI, ``.env``, compose files and scripts
have in common, and it works on files that no parser takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from botlint.facts.seals import look_at, make_seal
from botlint.model import Span
from botlint.secrets.inner import find_inner
from botlint.secrets.redaction import EXPECTED, EXPECTING
from botlint.secrets.seal import Seal
from botlint.secrets.shapes import Shape, is_uuid

MOST_LINES = 20_000
"""Of a config with more lines, the rest is data."""

_LONGEST = 2_000
_MOST_FOLLOWING = 24
_NAME = r"""(?:^|[{,\[\s-])(?:export[ ]{1,4})?(["']?)(?P<name>[A-Za-z_][\w.\-]{0,80})\1"""
_VALUE = (
    r"""(?:"(?P<double>[^"]{6,1000})"|'(?P<single>[^']{6,1000})'"""
    r"""|(?P<bare>[^\s"'{\[,#][^\s"',]{5,1000}))"""
)
_SIGN = r"[ \t]{0,20}[:=][ \t]{0,20}"
_PAIR = re.compile(_NAME + _SIGN + _VALUE)
_PENDING = re.compile(
    r"^[ \t]{0,200}(?:-[ ]{1,4})?" + _NAME + _SIGN + "(?P<mark>[|>][+-]?|\"\"\"|'''|\\[)?[ \t]*$"
)
_SCALAR = re.compile(
    r"^[ \t]{0,200}(?:-[ ]{1,4})?" + _VALUE + r"(?:\"\"\"|''')?[ \t]{0,20},?[ \t]*(?:[#;].*)?$"
)
_STAGE = re.compile(r"^[ \t]*(?:ENV|ARG)[ \t]{1,9}(?P<name>[A-Z_][A-Z0-9_]{0,80})[ \t]{1,9}(?!=)")


class Entry(msgspec.Struct, frozen=True):
    """A named value; ``seal.span`` is the value's place."""

    name: str
    seal: Seal


class _Line(msgspec.Struct, frozen=True):
    """A line with its number, and where the next one begins."""

    number: int
    text: str
    end: int


def find_entries(data: bytes) -> tuple[Entry, ...]:
    """The values whose names speak of credentials and which may be one, in their order."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    data = data.removeprefix(b"\xef\xbb\xbf")
    found = (entry for line in _speaking_lines(data) for entry in _read_lines(line, data))
    return tuple(dict.fromkeys(found))


def find_script_entries(data: bytes) -> tuple[Entry, ...]:
    """The same in a script, where a value has to look random: much else is assigned there."""
    return tuple(
        entry for entry in find_entries(data) if entry.seal.form or entry.seal.shape == Shape.RANDOM
    )


def find_notebook_entries(data: bytes) -> tuple[Entry, ...]:
    """The same in a notebook: a script whose lines are texts in which quotes have a backslash."""
    data = data.replace(b'\\"', b' "')
    return find_script_entries(re.sub(rb'(?m)^([ \t]*|.*\[)"(?=[A-Za-z_#])', rb"\1 ", data))


def _speaking_lines(data: bytes) -> Iterator[_Line]:
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
            yield _Line(number, line, end + 1)
        ahead = {word: at if at >= end else lowered.find(word, end) for word, at in ahead.items()}


def _read_lines(line: _Line, data: bytes) -> Iterator[Entry]:
    inner = find_inner(line.text)
    if inner is not None:
        text = line.text[inner.start : inner.end]
        span = Span(line.number, inner.start + 1, line.number, inner.end + 1)
        yield Entry("", make_seal(text, span, inner.kind, Shape.RANDOM))
    yield from _read_line(line.text, line.number)
    pending = _PENDING.match(line.text)
    if pending is not None and EXPECTING.search(pending["name"]):
        yield from _read_below(pending["name"], pending["mark"] or "", line, data)


def _read_line(line: str, number: int) -> Iterator[Entry]:
    stage = _STAGE.match(line)
    if stage is not None and EXPECTING.search(stage["name"]):
        value = _SCALAR.match(line[stage.end() :])
        if value is not None:
            yield from _take(stage["name"], value, number, stage.end())
    position = 0
    while (pair := _PAIR.search(line, position)) is not None:
        position = pair.start("bare") if pair["bare"] else pair.end()
        if EXPECTING.search(pair["name"]) is not None:
            yield from _take(pair["name"], pair, number, 0)


def _read_below(name: str, mark: str, line: _Line, data: bytes) -> Iterator[Entry]:
    """The values on the lines below a name: one, or one for each element of a list."""
    indent = len(line.text) - len(line.text.lstrip())
    for number, text in _following(data, line):
        bare = text.strip()
        if not bare:
            continue
        is_inside = len(text) - len(text.lstrip()) > indent or mark or bare.startswith(('"', "'"))
        value = _SCALAR.match(text)
        if not is_inside or value is None or bare.startswith(("]", "}")):
            return
        yield from _take(name, value, number, 0)
        if not (bare.startswith("- ") or mark == "["):
            return


def _following(data: bytes, line: _Line) -> Iterator[tuple[int, str]]:
    start = line.end
    for number in range(line.number + 1, line.number + 1 + _MOST_FOLLOWING):
        if start >= len(data):
            return
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        if end - start > _LONGEST:
            return
        yield number, data[start:end].decode("utf-8", "replace")
        start = end + 1


def _take(name: str, match: re.Match[str], number: int, shift: int) -> Iterator[Entry]:
    group = next(one for one in ("double", "single", "bare") if match[one])
    value, start = match[group], match.start(group) + shift
    form, shape = look_at(value)
    if form or shape is not Shape.PLAIN or is_uuid(value):
        span = Span(number, start + 1, number, start + 1 + len(value))
        yield Entry(name, make_seal(value, span, form, shape))
