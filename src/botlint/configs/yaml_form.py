"""YAML, by PyYAML's composer, whose nodes know where they begin and end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from botlint.configs.places import Lines
from botlint.configs.types import UNKNOWN, Fault, Path, Setting
from botlint.model import Span

MOST = 50_000
"""A file that stands for more values than this (anchors upon anchors) is not read in full."""

DEEPEST = 200
"""Brackets in brackets; PyYAML takes quadratic time over more."""

_BOOLEAN_WORD = re.compile(r"(?i)y|n|yes|no|on|off")
_SEXAGESIMAL = re.compile(r"[-+]?\d+(:[0-5]?\d)+(\.\d*)?")
_OCTAL = re.compile(r"[-+]?0[0-7_]+")
_EXPONENT = re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+")


class _TooMuch(Exception):
    """The aliases of a file multiply."""


def read_yaml(path: str, text: str) -> tuple[list[Setting], list[Fault]]:
    """The settings of all documents of a YAML text."""
    import yaml

    lines = Lines(text)
    settings: list[Setting] = []
    reader = _Reader(path, lines)
    try:
        loader: Any = yaml.SafeLoader(text)
        loader.fetch_flow_collection_start = _limited(loader)
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                settings.extend(reader.parts((), node, ()))
            reader.document += 1
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = mark.index if mark is not None else 0
        reason = error.problem or error.context or "no YAML"
        return [], [Fault(_point(lines, at), "syntax", reason)]
    except yaml.reader.ReaderError as error:
        at = error.position if isinstance(error.position, int) else 0
        return [], [Fault(_point(lines, at), "syntax", error.reason)]
    except _TooMuch:
        message = f"not analysed: its anchors stand for more than {MOST} values"
        return [], [Fault(Span(1, 1, 1, 1), "large", message)]
    return settings, reader.faults


class _Reader:
    """Turns the nodes of one file into settings."""

    def __init__(self, path: str, lines: Lines) -> None:
        import yaml

        self.document = 0
        self.faults: list[Fault] = []
        self._path = path
        self._lines = lines
        self._yaml = yaml
        self._constructor = yaml.constructor.SafeConstructor()
        self._count = 0
        self._checked: set[int] = set()

    def parts(self, at: Path, node: Any, within: tuple[int, ...]) -> Iterator[Setting]:
        """The settings inside a mapping or a sequence."""
        if id(node) in within:
            return
        within = (*within, id(node))
        if isinstance(node, self._yaml.MappingNode):
            for key, value in self._members(node, within):
                name = str(self._scalar(key))
                yield from self._setting((*at, name), key, value, within)
        elif isinstance(node, self._yaml.SequenceNode):
            for number, value in enumerate(node.value):
                yield from self._setting((*at, number), value, value, within)

    def _setting(self, at: Path, key: Any, node: Any, within: tuple[int, ...]) -> Iterator[Setting]:
        self._count += 1
        if self._count > MOST:
            raise _TooMuch
        span = self._span(node)
        value: Any = UNKNOWN
        inner = list(self.parts(at, node, within))
        if isinstance(node, self._yaml.ScalarNode):
            value = self._scalar(node)
        elif isinstance(node, self._yaml.MappingNode):
            value = {one.path[-1]: one.value for one in inner if len(one.path) == len(at) + 1}
        else:
            value = [one.value for one in inner if len(one.path) == len(at) + 1]
        yield Setting(at, value, span, self._span(key), self._path, self.document)
        yield from inner

    def _members(self, node: Any, within: tuple[int, ...]) -> Iterator[tuple[Any, Any]]:
        """The members of a mapping, those it merges in first, unless it has them itself."""
        merged: dict[str, tuple[Any, Any]] = {}
        own: list[tuple[Any, Any]] = []
        seen: set[str] = set()
        for key, value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                for pair in self._merged(value, within):
                    merged.setdefault(str(self._scalar(pair[0])), pair)
                continue
            name = str(self._scalar(key))
            if name in seen and id(node) not in self._checked:
                message = f"`{name}` stands twice in one mapping"
                self.faults.append(Fault(self._span(key), "duplicate", message))
            seen.add(name)
            own.append((key, value))
        self._checked.add(id(node))
        yield from (pair for name, pair in merged.items() if name not in seen)
        yield from own

    def _merged(self, value: Any, within: tuple[int, ...]) -> Iterator[tuple[Any, Any]]:
        nodes = value.value if isinstance(value, self._yaml.SequenceNode) else [value]
        for node in nodes:
            if isinstance(node, self._yaml.MappingNode) and id(node) not in within:
                self._count += 1
                if self._count > MOST:
                    raise _TooMuch
                yield from self._members(node, (*within, id(node)))

    def _scalar(self, node: Any) -> Any:
        if not isinstance(node, self._yaml.ScalarNode):
            return UNKNOWN
        try:
            value = self._constructor.construct_object(node)
        except (self._yaml.YAMLError, ValueError, OverflowError):
            return UNKNOWN
        if node.style is None and id(node) not in self._checked:
            self._checked.add(id(node))
            trap = _trap(node.value, value)
            if trap:
                self.faults.append(Fault(self._span(node), "trap", trap))
        return value

    def _span(self, node: Any) -> Span:
        return self._lines.span(node.start_mark.index, node.end_mark.index)


def _limited(loader: Any) -> Callable[[type], None]:
    plain = loader.fetch_flow_collection_start

    def fetch(token: type) -> None:
        if loader.flow_level >= DEEPEST:
            raise RecursionError
        plain(token)

    return fetch


def _trap(written: str, value: Any) -> str:
    if isinstance(value, bool) and _BOOLEAN_WORD.fullmatch(written):
        return f"`{written}` is the truth value {str(value).lower()} in YAML 1.1"
    if isinstance(value, int | float) and _SEXAGESIMAL.fullmatch(written):
        return f"`{written}` is the number {value} (base 60) in YAML 1.1"
    if isinstance(value, int) and not isinstance(value, bool) and _OCTAL.fullmatch(written):
        return f"`{written}` is the number {value} (base 8) in YAML 1.1"
    if isinstance(value, str) and _EXPONENT.fullmatch(written):
        return f"`{written}` is a text in YAML 1.1, no number"
    return ""


def _point(lines: Lines, at: int) -> Span:
    line, column = lines.position(at)
    return Span(line, column, line, column + 1)
