"""What can never work, as hits: the common form of all kinds of it."""

from __future__ import annotations

from botlint.facts.types import Function
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Span, Step
from botlint.project import Project


def fault(
    project: Project,
    ref: FunctionRef,
    span: Span,
    what: str,
    steps: tuple[Step, ...],
    confidence: Confidence = Confidence.HIGH,
) -> Hit:
    """A hit in function ``ref`` at ``span``: ``what`` can't work, as ``steps`` show."""
    place = project.place(ref, span)
    name = project.program.display(ref)
    return Hit(
        place=place,
        saw={"what": what, "where": "", "name": "", "function": name},
        confidence=confidence,
        trace=steps,
        cause=f"{place.path}:{place.span.line}",
        symbol=name,
    )


def step(project: Project, ref: FunctionRef, span: Span, text: str) -> Step:
    """One step of a trace, in function ``ref``."""
    return Step(project.place(ref, span), text)


def used_results(function: Function) -> frozenset[int]:
    """The numbers of the calls whose result is used for anything."""
    texts = [repr(node.value) for node in function.nodes if node.value is not None]
    texts += [repr(node.target) for node in function.nodes if node.target is not None]
    texts += [repr((call.func, call.args, call.keywords)) for call in function.calls]
    texts += [repr(one) for one in function.decorators]
    text = "\n".join(texts)
    return frozenset(
        number for number in range(len(function.calls)) if f"Result(call={number})" in text
    )
