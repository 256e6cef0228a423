"""TOML: ``tomllib`` says what the values are, tree-sitter where they stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from botlint.configs.places import Lines
from botlint.configs.types import Fault, Path, Setting
from botlint.model import Span

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_toml(path: str, text: str) -> tuple[list[Setting], list[Fault]]:
    """The settings of a TOML text."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [], [_broken(str(error), text)]
    except ValueError as error:  # a date that no calendar has, a number of 5,000 digits
        return [], [Fault(Span(1, 1, 1, 2), "syntax", str(error))]
    import tree_sitter
    import tree_sitter_toml

    language = tree_sitter.Language(tree_sitter_toml.language())
    data = text.encode()
    root = tree_sitter.Parser(language).parse(data).root_node
    return list(_Reader(path, data).document(root)), []


def _broken(message: str, text: str) -> Fault:
    place = _AT.search(message)
    lines = Lines(text)
    if place is None or place[1] is None:
        line, column = lines.position(len(text))
    else:
        line, column = int(place[1]), int(place[2])
    reason = _AT.sub("", message)
    span = Span(line, column, line, column + 1)
    return Fault(span, "syntax", reason[:1].lower() + reason[1:])


class _Reader:
    """Walks the syntax tree of one file that is known to be sound."""

    def __init__(self, path: str, data: bytes) -> None:
        self._path = path
        self._rows = data.split(b"\n")
        self._tables: dict[Path, int] = {}

    def document(self, root: Any) -> Iterator[Setting]:
        """All settings, tables included."""
        for node in root.named_children:
            if node.type == "pair":
                yield from self._pair((), node)
            elif node.type in ("table", "table_array_element"):
                yield from self._table(node)

    def _table(self, node: Any) -> Iterator[Setting]:
        key, *rest = (one for one in node.named_children if one.type != "comment")
        at = self._resolve(_key(key))
        if node.type == "table_array_element":
            number = self._tables.get(at, -1) + 1
            self._tables[at] = number
            at = (*at, number)
        inner = [one for part in rest if part.type == "pair" for one in self._pair(at, part)]
        span = self._span(key)
        yield Setting(at, _gather(inner, len(at)), span, span, self._path)
        yield from inner

    def _resolve(self, key: Path) -> Path:
        """The path of a header, with the number of the element where it leads into an array."""
        at: Path = ()
        for place, part in enumerate(key):
            at = (*at, part)
            if at in self._tables and place < len(key) - 1:
                at = (*at, self._tables[at])
        return at

    def _pair(self, at: Path, node: Any) -> Iterator[Setting]:
        parts = [one for one in node.named_children if one.type != "comment"]
        key, value = parts[0], parts[-1]
        yield from self._value((*at, *_key(key)), self._span(key), value)

    def _value(self, at: Path, key: Span, node: Any) -> Iterator[Setting]:
        inner: list[Setting] = []
        parts = [one for one in node.named_children if one.type != "comment"]
        if node.type == "array":
            for number, part in enumerate(parts):
                inner.extend(self._value((*at, number), self._span(part), part))
        elif node.type == "inline_table":
            for part in parts:
                inner.extend(self._pair(at, part))
        value = tomllib.loads("x = " + node.text.decode())["x"]
        yield Setting(at, value, self._span(node), key, self._path)
        yield from inner

    def _span(self, node: Any) -> Span:
        start, end = node.start_point, node.end_point
        return Span(start[0] + 1, self._column(start), end[0] + 1, self._column(end))

    def _column(self, point: Any) -> int:
        return len(self._rows[point[0]][: point[1]].decode("utf-8", "replace")) + 1


def _key(node: Any) -> Path:
    """``a."b.c".d`` as its parts."""
    found: list[str] = []
    inner: Any = tomllib.loads(node.text.decode() + " = 0")
    while isinstance(inner, dict):
        name, inner = next(iter(inner.items()))
        found.append(name)
    return tuple(found)


def _gather(inner: list[Setting], depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for one in inner:
        if any(isinstance(part, int) for part in one.path[depth:]):
            continue
        at: Any = value
        for part in one.path[depth:-1]:
            at = at.setdefault(str(part), {})
        if isinstance(at, dict):
            at[str(one.path[-1])] = one.value
    return value
