"""Known forms of credentials in the files that aren't analysed: tests, docs, scripts, config."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from botlint.discover import LARGEST, Discovery, Source, is_peripheral, read_source
from botlint.facts.entries import Entry, find_entries, find_notebook_entries, find_script_entries
from botlint.facts.seals import find_sightings_in_prose
from botlint.model import Problem
from botlint.secrets.seal import Seal

Sightings = tuple[Seal, ...]

_SAMPLE = re.compile(
    r"example|sample|template|(?:^|[._-])(?:dist|tmpl|tpl|test|tests|demo)(?:[._-]|$)"
)


_MADE_UP = frozenset({"test_data", "testdata", "fixtures", "test_fixtures", "mocks", "cassettes"})


class Text(msgspec.Struct, frozen=True):
    """A file that is only looked through: ``kind`` is that of its source."""

    path: str
    kind: str
    sightings: tuple[Seal, ...]
    entries: tuple[Entry, ...] = ()


class Looked(NamedTuple):
    """The texts in which something was seen, by path; what could not be read; and what is too
    large to be anything but data, and was not looked at."""

    texts: tuple[Text, ...]
    problems: tuple[Problem, ...]
    passed: tuple[Problem, ...]
    seen: Mapping[bytes, Sightings] = {}
    """The sightings in each content, by its digest."""


def look_through(discovery: Discovery, known: Mapping[bytes, Sightings] | None = None) -> Looked:
    """Look for credentials in all that is no analysed Python; ``known`` are the sightings in
    contents that were looked through before, by digest."""
    seen = _Seen(known or {})
    peripheral = [source for source in discovery.sources if source.is_peripheral]
    theirs = [source for source in discovery.texts if not source.is_ignored]
    sources = (*peripheral, *theirs)
    passed = [_too_large(source) for source in sources if _is_large_data(source)]
    found = [_look(source, seen) for source in sources if not _is_large_data(source)]
    texts = [one for one in found if isinstance(one, Text) and (one.sightings or one.entries)]
    problems = [one for one in found if isinstance(one, Problem)]
    by_path = tuple(sorted(texts, key=lambda text: text.path))
    return Looked(by_path, tuple(sorted(problems)), tuple(sorted(passed)), seen.found)


class _Seen:
    """Sightings by content: what is the same is looked through once."""

    def __init__(self, known: Mapping[bytes, Sightings]) -> None:
        self._known = known
        self.found: dict[bytes, Sightings] = {}

    def sightings(self, data: bytes) -> Sightings:
        digest = blake2b(data, digest_size=16).digest()
        if digest not in self.found:
            known = self._known.get(digest)
            self.found[digest] = find_sightings_in_prose(data) if known is None else known
        return self.found[digest]


def _is_large_data(source: Source) -> bool:
    """Whether a source that nobody named is too large to be read, and so is data."""
    if source.is_named or source.file is None:
        return False
    try:
        return source.file.stat().st_size > LARGEST
    except OSError:
        return False


def _too_large(source: Source) -> Problem:
    return Problem(source.path, "not looked at: too large to be anything but data")


def _look(source: Source, seen: _Seen) -> Text | Problem:
    data = read_source(source)
    if isinstance(data, Problem):
        return data
    sightings = seen.sightings(data)
    entries: tuple[Entry, ...] = ()
    if not _is_sample(source.path):
        if source.kind == "config":
            entries = find_entries(data)
        elif source.kind == "text":
            is_notebook = source.path.endswith(".ipynb")
            entries = find_notebook_entries(data) if is_notebook else find_script_entries(data)
    return Text(source.path, source.kind, sightings, entries)


def _is_sample(path: str) -> bool:
    """Whether a config shows how one looks, or belongs to tests: its values are made up."""
    directory, _, name = path.lower().rpartition("/")
    if is_peripheral(path) or not _MADE_UP.isdisjoint(directory.split("/")):
        return True
    return _SAMPLE.search(name) is not None
