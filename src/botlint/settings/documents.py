"""Settings files: found, read and looked through for places.

TOML's reader gives no places, so where a setting stands is found by scanning the text. The disk is
asked by ``os.path``: ``Path`` raises for what may not be looked at and for names that are too long.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from botlint.model import Span

FILE_NAMES = (".botlint.toml", "botlint.toml", "pyproject.toml")
START = Span(1, 1, 1, 1)


class SettingsFault(Exception):
    """A setting that botlint can't take: nothing is checked until it is mended."""

    def __init__(self, path: str, message: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.span = span


class Document(msgspec.Struct, frozen=True):
    """A settings file: its text, to find places in, and its table for botlint."""

    path: Path
    text: str
    header: str
    table: Mapping[str, Any]

    def fault(self, message: str, key: str, *parts: str) -> SettingsFault:
        return SettingsFault(self.path.as_posix(), message, self.locate(key, *parts))

    def locate(self, key: str, *parts: str) -> Span:
        """Where the setting stands; the last part may be the number of a table in an array."""
        top = tuple(self.header.split(".")) if self.header else ()
        return _scan(self.text, (*top, key, *parts), len(top) + 1)


def suggest(word: str, known: tuple[str, ...] | frozenset[str]) -> str:
    """`` (did you mean `x`?)``, or nothing."""
    near = difflib.get_close_matches(word, sorted(known), n=1)
    return f" (did you mean `{near[0]}`?)" if near else ""


def find_setting(file: Path | None, word: str) -> Span | None:
    """Where ``word`` stands in a settings file, as a string or as a key; ``None`` if nowhere."""
    try:
        lines = file.read_text("utf-8").split("\n") if file else []
    except (OSError, UnicodeDecodeError):
        return None
    form = re.compile(rf"(['\"]){re.escape(word)}\1|(?:^|\.)\s*({re.escape(word)})\s*[=\].]")
    for number, line in enumerate(lines, 1):
        if found := form.search(line):
            start, end = found.span(2) if found[2] else found.span()
            return Span(number, start + 1, number, end + 1)
    return None


def find_document(start: Path, given: Path | None) -> Document | None:
    if given is not None:
        document = _read_document(given.absolute())
        if document is None:
            raise SettingsFault(given.as_posix(), "has no [tool.botlint]")
        return document
    for directory in (start, *start.parents):
        for name in FILE_NAMES:
            candidate = directory / name
            is_there = os.path.isfile(candidate)  # noqa: PTH113
            if is_there and (document := _read_document(candidate)) is not None:
                return document
        if holds_git(directory):
            return None
    return None


def holds_git(directory: Path) -> bool:
    """Whether a repository, a worktree or a submodule begins here."""
    return os.path.exists(directory / ".git")  # noqa: PTH110


def _read_document(path: Path) -> Document | None:
    """The file's table for botlint; ``None`` for a ``pyproject.toml`` that doesn't speak of it."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        data = tomllib.loads(text)
    except OSError as error:
        raise SettingsFault(path.as_posix(), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsFault(path.as_posix(), "is not UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsFault(
            path.as_posix(), f"is no TOML: {error}", span_of_fault(error, text)
        ) from error
    if path.name != "pyproject.toml" and "tool" in data:
        told = "outside of pyproject.toml the settings stand at the top, without [tool.botlint]"
        raise Document(path, text, "", data).fault(told, "tool", "botlint")
    if path.name != "pyproject.toml":
        return Document(path, text, "", data)
    tool = data.get("tool")
    table = tool.get("botlint") if isinstance(tool, dict) else None
    if table is None:
        return None
    document = Document(path, text, "tool.botlint", table)
    if not isinstance(table, dict):
        raise document.fault("`tool.botlint` must be a table", "botlint")
    return document


def span_of_fault(error: Exception, text: str) -> Span:
    """Where TOML's reader says that it broke off."""
    place = re.search(r"at line (\d+), column (\d+)", str(error))
    # Python says "at end of document" where the file breaks off.
    line, column = (int(place[1]), int(place[2])) if place else (text.rstrip().count("\n") + 1, 1)
    return Span(line, column, line, column + 1)


def _scan(text: str, path: tuple[str, ...], least: int) -> Span:
    """The line that names ``path``, or the first ``least`` parts of it and as many as it says."""
    current: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        end = len(line.rstrip()) + 1
        header = re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line)
        if header is not None:
            current = _split_key(header[2])
            if header[1] == "[[":
                counts[current] = counts.get(current, -1) + 1
                current = (*current, str(counts[current]))
            if current == path:
                return Span(number, header.start(1) + 1, number, end)
            continue
        pair = re.match(r"\s*((?:\"[^\"]*\"|'[^']*'|[\w.-])+)\s*=", line)
        if pair is None:
            continue
        named = (*current, *_split_key(pair[1]))
        if len(named) >= least and named == path[: len(named)]:
            return Span(number, pair.start(1) + 1, number, end)
    return START


def _split_key(text: str) -> tuple[str, ...]:
    parts = re.findall(r"\"[^\"]*\"|'[^']*'|[\w-]+", text)
    return tuple(part.strip("\"'") for part in parts)
