"""Credentials in config files: by their known form, by their name and shape."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.secrets.credentials import judge_named
from botlint.checks.secrets.naming import naming_of
from botlint.checks.secrets.sightings import find_in_texts, is_inside, levels_for, with_article
from botlint.facts.texts import Text
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import Project


def find_in_config(project: Project) -> Iterator[Hit]:
    """One hit for each value of a config that is a credential, at the value."""
    yield from find_in_texts(project, frozenset({"config"}))
    yield from find_entries_of(project, "config")


def find_entries_of(project: Project, kind: str) -> Iterator[Hit]:
    """One hit for each named value in texts of a kind that is a credential."""
    for text in project.texts:
        if text.kind == kind:
            yield from _find_entries(project, text)


def _find_entries(project: Project, text: Text) -> Iterator[Hit]:
    naming = naming_of(project)
    inner = [entry.seal for entry in text.entries if not entry.name]
    known = [*text.sightings, *inner]
    for entry in text.entries:
        seal = entry.seal
        spans = text.sightings if not entry.name else known
        if any(is_inside(one.span, seal.span) or is_inside(seal.span, one.span) for one in spans):
            continue
        confidence = judge_named(naming, entry.name, seal) if entry.name else Confidence.HIGH
        if confidence is None:
            continue
        place = Place(text.path, seal.span)
        what = f"the value of `{entry.name}`" if entry.name else with_article(seal.form)
        yield Hit(
            place=place,
            saw={"what": what, "shown": seal.shown, "name": entry.name, "where": text.path},
            confidence=confidence,
            trace=(Step(place, f"{what} is written here: {seal.shown}"),),
            cause=f"{text.path}:{seal.span.line}:{seal.span.column}",
            mitigation=levels_for(seal),
        )
