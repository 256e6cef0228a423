"""The common form of hits: something in one function of the program, whose cause is its line."""

from __future__ import annotations

from collections.abc import Mapping

from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Place, Span, Step
from botlint.project import Project


def hit_in(
    project: Project,
    ref: FunctionRef,
    place: Place,
    saw: Mapping[str, str],
    trace: tuple[Step, ...],
    confidence: Confidence = Confidence.HIGH,
    *,
    related: tuple[Step, ...] = (),
    mitigation: int = 0,
    behind: Place | None = None,
) -> Hit:
    """A hit at ``place`` in function ``ref``, which its message may name as ``function``."""
    name = project.program.display(ref)
    return Hit(
        place=place,
        saw={**saw, "function": name},
        confidence=confidence,
        trace=trace,
        related=related,
        cause=f"{place.path}:{place.span.line}",
        symbol=name,
        mitigation=mitigation,
        behind=behind,
    )


def fault(
    project: Project,
    ref: FunctionRef,
    span: Span,
    what: str,
    steps: tuple[Step, ...],
    confidence: Confidence = Confidence.HIGH,
    **alike: str,
) -> Hit:
    """A hit in function ``ref`` at ``span``: ``what`` can't work, as ``steps`` show; others of the
    function that are ``alike`` in one of these points have the same cause."""
    saw = {"what": what, "where": "", "name": "", **alike}
    return hit_in(project, ref, project.place(ref, span), saw, steps, confidence)


def step(project: Project, ref: FunctionRef, span: Span, text: str) -> Step:
    """One step of a trace, in function ``ref``."""
    return Step(project.place(ref, span), text)
