"""Known forms of credentials anywhere in a text: in comments, tests, documentation, scripts."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.model import Confidence, Hit, Place, Span, Step
from botlint.project import Project
from botlint.secrets.seal import Seal


def find_in_texts(project: Project, kinds: frozenset[str]) -> Iterator[Hit]:
    """One hit for each known form in a text of one of ``kinds``; of the analysed Python sources,
    only what stands in no literal."""
    for text in project.texts:
        if text.kind in kinds:
            for sighting in text.sightings:
                yield _tell_sighting(text.path, sighting, mitigation=1)
    if "python" not in kinds:
        return
    for facts in project.program.sources:
        sealed = [seal.span for seal in facts.seals if seal.form]
        for sighting in facts.sightings:
            if not any(is_inside(sighting.span, span) for span in sealed):
                yield _tell_sighting(facts.path, sighting)


def _tell_sighting(path: str, sighting: Seal, mitigation: int = 0) -> Hit:
    """The hit for a known form at its place."""
    place = Place(path, sighting.span)
    kind = with_article(sighting.form)
    return Hit(
        place=place,
        saw={"what": kind, "shown": sighting.shown, "name": "", "where": path},
        confidence=Confidence.HIGH,
        trace=(Step(place, f"this has the form of {kind}: {sighting.shown}"),),
        cause=f"{path}:{sighting.span.line}:{sighting.span.column}",
        mitigation=max(mitigation, levels_for(sighting)),
    )


def levels_for(seal: Seal) -> int:
    """The levels of severity to take off what a form may be used for: who has a webhook can tell
    the team something, and can't trade."""
    return 1 if seal.form.endswith("webhook") else 0


def with_article(kind: str) -> str:
    """``a GitHub token``, ``an OpenAI key``."""
    is_vowel = kind.startswith(("A", "E", "I", "O", "U", "xAI", "npm"))
    return f"{'an' if is_vowel else 'a'} {kind}"


def is_inside(inner: Span, outer: Span) -> bool:
    """Whether one stretch of a file lies in another."""
    return (outer.line, outer.column) <= (inner.line, inner.column) and (
        inner.end_line,
        inner.end_column,
    ) <= (outer.end_line, outer.end_column)
