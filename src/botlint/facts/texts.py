"""Known forms of credentials in the files that aren't analysed: tests, docs, scripts, config."""

from __future__ import annotations

import re

import msgspec

from botlint.discover import Discovery, Source, is_peripheral, read_source
from botlint.facts.entries import Entry, find_entries, find_script_entries
from botlint.facts.seals import find_sightings
from botlint.model import Problem
from botlint.secrets.seal import Seal

_SAMPLE = re.compile(
    r"example|sample|template|(?:^|[._-])(?:dist|tmpl|tpl|test|tests|demo)(?:[._-]|$)"
)


class Text(msgspec.Struct, frozen=True):
    """A file that is only looked through: ``kind`` is that of its source."""

    path: str
    kind: str
    sightings: tuple[Seal, ...]
    entries: tuple[Entry, ...] = ()


def look_through(discovery: Discovery) -> tuple[tuple[Text, ...], tuple[Problem, ...]]:
    """The texts in which something was seen, by path; and what could not be read."""
    peripheral = [source for source in discovery.sources if source.is_peripheral]
    theirs = [source for source in discovery.texts if not source.is_ignored]
    found = [_look(source) for source in (*peripheral, *theirs)]
    texts = [one for one in found if isinstance(one, Text) and (one.sightings or one.entries)]
    problems = [one for one in found if isinstance(one, Problem)]
    return tuple(sorted(texts, key=lambda text: text.path)), tuple(sorted(problems))


def _look(source: Source) -> Text | Problem:
    data = read_source(source)
    if isinstance(data, Problem):
        return data
    sightings = find_sightings(data, is_prose=True)
    entries: tuple[Entry, ...] = ()
    if not is_sample(source.path):
        if source.kind == "config":
            entries = find_entries(data)
        elif source.kind == "text":
            is_notebook = source.path.endswith(".ipynb")
            entries = find_script_entries(data, is_notebook=is_notebook)
    return Text(source.path, source.kind, sightings, entries)


def is_sample(path: str) -> bool:
    """Whether a config shows how one looks, or belongs to tests: its values are made up."""
    return is_peripheral(path) or _SAMPLE.search(path.rpartition("/")[2].lower()) is not None
