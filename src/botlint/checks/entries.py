"""Credentials in config files: by their known form, by their name and shape."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.credentials import judge_named
from botlint.checks.naming import naming_of
from botlint.checks.sightings import find_in_texts, is_inside
from botlint.facts.texts import Text
from botlint.model import Hit, Place, Step
from botlint.project import Project


def find_in_config(project: Project) -> Iterator[Hit]:
    """One hit for each value of a config that is a credential, at the value."""
    yield from find_in_texts(project, frozenset({"config"}))
    for text in project.texts:
        if text.kind == "config":
            yield from _find_entries(project, text)


def _find_entries(project: Project, text: Text) -> Iterator[Hit]:
    naming = naming_of(project)
    for entry in text.entries:
        seal = entry.seal
        if any(is_inside(sighting.span, seal.span) for sighting in text.sightings):
            continue
        confidence = judge_named(naming, entry.name, seal)
        if confidence is None:
            continue
        place = Place(text.path, seal.span)
        what = f"the value of `{entry.name}`"
        yield Hit(
            place=place,
            saw={"what": what, "shown": seal.shown, "name": entry.name, "where": text.path},
            confidence=confidence,
            trace=(Step(place, f"{what} is written here: {seal.shown}"),),
            cause=f"{text.path}:{seal.span.line}:{seal.span.column}",
        )
