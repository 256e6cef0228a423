"""Known forms of credentials in the files that aren't analysed: tests, docs, scripts, config."""

from __future__ import annotations

import re

import msgspec

from botlint.discover import Discovery, Source, is_peripheral, read_source
from botlint.facts.entries import Entry, find_entries
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


def look_through(discovery: Discovery) -> tuple[Text, ...]:
    """The texts in which a known form stands, by path.

    A text that can't be read is none of those that were found: its problem is told by who reads it
    for more, and nothing here was going to be proved.
    """
    peripheral = [source for source in discovery.sources if source.is_peripheral]
    texts = [source for source in discovery.texts if not source.is_ignored]
    found = (_look(source) for source in (*peripheral, *texts))
    return tuple(
        sorted(
            (text for text in found if text.sightings or text.entries), key=lambda text: text.path
        )
    )


def _look(source: Source) -> Text:
    data = read_source(source)
    if isinstance(data, Problem):
        return Text(source.path, source.kind, ())
    sightings = find_sightings(data, is_prose=True)
    is_config = source.kind == "config" and not is_sample(source.path)
    return Text(source.path, source.kind, sightings, find_entries(data) if is_config else ())


def is_sample(path: str) -> bool:
    """Whether a config shows how one looks, or belongs to tests: its values are made up."""
    return is_peripheral(path) or _SAMPLE.search(path.rpartition("/")[2].lower()) is not None
