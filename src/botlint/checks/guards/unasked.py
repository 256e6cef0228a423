"""What says how old a price is, or how far off, and is asked by nothing that acts on it.

Where the program has such a function and no order asks one, the orders that are sent with a price
take it as it is. A question whose answer is only shown to people is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of
from botlint.checks.stubs import is_stub
from botlint.facts.types import Kind
from botlint.flow.names import FunctionRef
from botlint.model import Span
from botlint.project import CallRef, Project

_OF_PRICES = frozenset(
    {"price", "prices", "quote", "quotes", "tick", "ticks", "ticker", "tickers", "orderbook"}
    | {"market", "book", "feed", "feeds"}
)


def find_unasked(project: Project) -> tuple[FunctionRef, ...]:
    """The functions that are named for saying whether a price may be used, and that nothing asks,
    unless something asks one of them."""
    saying = tuple(sorted(_saying(project)))
    names = frozenset(project.function(ref).name for ref in saying)
    asked = frozenset().union(*(_names_asked(project, ref, names) for ref in _asking(project)))
    return () if names & asked else saying


def _saying(project: Project) -> Iterator[FunctionRef]:
    for ref in project.program.functions():
        function = project.function(ref)
        if not ref.index or is_stub(function) or not project.function_plays(ref, "price-sanity"):
            continue
        owner = project.program.owner(ref)
        about = f"{function.name}.{project.program.cls(owner).name if owner else ''}"
        words = project.vocabulary.words
        if any(not _OF_PRICES.isdisjoint(words(part)) for part in about.split(".")):
            yield ref


def _asking(project: Project) -> Iterable[FunctionRef]:
    """The functions that may ask: all but those that are named for it themselves."""
    return (
        ref
        for ref in project.program.functions()
        if not project.function_plays(ref, "price-sanity")
    )


def _names_asked(project: Project, ref: FunctionRef, names: frozenset[str]) -> frozenset[str]:
    """Those of ``names`` that a function calls or reads for more than to show what they say."""
    function = project.function(ref)
    values = [node.value for node in function.nodes if node.kind is not Kind.CALL]
    shown = spans_shown(project, ref)
    for call in function.calls:
        if not any(span.covers(call.span) for span in shown):
            values += (call.func, *arguments_of(call))
    said = {last_segment(part) for value in values for part in walk(value, ())}
    return names & said


def spans_shown(project: Project, ref: FunctionRef) -> tuple[Span, ...]:
    """Where a function only shows something to people: in a log, or on the screen."""
    calls = project.function(ref).calls
    return tuple(
        call.span
        for number, call in enumerate(calls)
        if last_segment(call.func) == "print" or project.plays(CallRef(ref, number), "log")
    )
