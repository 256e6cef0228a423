"""JSON and JSONC, by the standard library's own scanner, which is asked where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from json.decoder import JSONArray, JSONObject  # type: ignore[attr-defined]
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from botlint.configs.places import Lines
from botlint.configs.types import Fault, Path, Setting

_TOKEN = re.compile(r'"(?:[^"\\\r\n]|\\.)*"|//[^\r\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING = re.compile(r'"(?:[^"\\\r\n]|\\.)*"|,(?=\s*[}\]])')
_VISIBLE = re.compile(r"[^\r\n]")


class _Node(NamedTuple):
    """A value between two offsets; ``parts`` are key offsets, key and value of an object's members,
    or the elements of an array."""

    start: int
    end: int
    value: Any
    parts: tuple[Any, ...]


class _Member(NamedTuple):
    start: int
    end: int
    key: str
    node: _Node


class _Decoder(json.JSONDecoder):
    """A decoder whose values are nodes."""

    def __init__(self) -> None:
        super().__init__(strict=True)
        self.parse_object = self._object
        self.parse_array = self._array
        plain = py_make_scanner(self)

        def scan(text: str, at: int) -> tuple[Any, int]:
            value, end = plain(text, at)
            if isinstance(value, _Node):
                return value._replace(start=at, end=end), end
            return _Node(at, end, value, ()), end

        self._scan: Callable[[str, int], tuple[Any, int]] = scan
        self.scan_once = scan

    def _object(self, place: tuple[str, int], *_: object) -> tuple[_Node, int]:
        text, begin = place
        pairs, end = JSONObject(place, True, self._scan, None, list, {})  # noqa: FBT003
        members = []
        at = begin
        for key, node in pairs or ():
            start = text.index('"', at)
            stop = text.rindex('"', start + 1, text.rindex(":", start, node.start)) + 1
            members.append(_Member(start, stop, key, node))
            at = node.end
        value = {member.key: member.node.value for member in members}
        return _Node(begin, end, value, tuple(members)), end

    def _array(self, place: tuple[str, int], *_: object) -> tuple[_Node, int]:
        nodes, end = JSONArray(place, self._scan)
        return _Node(place[1], end, [node.value for node in nodes], tuple(nodes)), end


def read_json(path: str, text: str) -> tuple[list[Setting], list[Fault]]:
    """The settings of a JSON or JSONC text; comments and trailing commas are read over."""
    lines = Lines(text)
    bare = _TRAILING.sub(_blank_comma, _TOKEN.sub(_blank_comment, text))
    begin = len(bare) - len(bare.lstrip(" \t\r\n"))
    try:
        node, end = _Decoder().raw_decode(bare, begin)
        rest = bare[end:].lstrip(" \t\r\n")
        if rest:
            raise json.JSONDecodeError("Extra data", bare, len(bare) - len(rest))
    except json.JSONDecodeError as error:
        at = min(error.pos, len(text))
        return [], [Fault(lines.span(at, at + 1), "syntax", _reason(error.msg))]
    faults: list[Fault] = []
    return list(_settings(path, (), node, lines, faults)), faults


def _settings(
    path: str, at: Path, node: _Node, lines: Lines, faults: list[Fault]
) -> Iterator[Setting]:
    seen: set[str] = set()
    for number, part in enumerate(node.parts):
        is_member = isinstance(part, _Member)
        inner = part.node if is_member else part
        name = (*at, part.key if is_member else number)
        span = lines.span(inner.start, inner.end)
        key_span = lines.span(part.start, part.end) if is_member else span
        if is_member and part.key in seen:
            faults.append(Fault(key_span, "duplicate", f"`{part.key}` stands twice in one mapping"))
        if is_member:
            seen.add(part.key)
        yield Setting(name, inner.value, span, key_span, path)
        yield from _settings(path, name, inner, lines, faults)


def _blank_comment(match: re.Match[str]) -> str:
    text = match[0]
    return text if text.startswith('"') else _VISIBLE.sub(" ", text)


def _blank_comma(match: re.Match[str]) -> str:
    return " " if match[0] == "," else match[0]


def _reason(message: str) -> str:
    return message[:1].lower() + message[1:]
