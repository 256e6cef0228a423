"""Holds what functions did against the graphs that facts build of them."""

from __future__ import annotations

from typing import NamedTuple

from tests.oracle.graphs.dominators import Difference, compare
from tests.oracle.graphs.paths import Stuck, follow
from tests.oracle.graphs.tracing import Trace, trace

from botlint.facts.extract import extract_facts
from botlint.facts.types import Function


class Disagreement(NamedTuple):
    """``what`` is wrong with the graph of ``function``, or with what is said of its paths."""

    function: Function
    what: Stuck | Difference


def disagreements(source: str, seed: int = 0) -> list[Disagreement]:
    """What is wrong with the graphs of ``source``: at most one path and one pair for each."""
    graphs = functions_of(source)
    traces: dict[tuple[int, int], list[Trace]] = {}
    for one in sorted(trace(source, seed), key=lambda trace: (len(trace.events), str(trace))):
        traces.setdefault(one.place, []).append(one)
    found: list[Disagreement] = []
    for place in sorted(traces):
        function = graphs[place]
        stuck = (follow(function, one) for one in traces[place])
        wrong = [one for one in stuck if one is not None] or compare(function, traces[place])
        found += [Disagreement(function, one) for one in wrong[:1]]
    return found


def functions_of(source: str) -> dict[tuple[int, int], Function]:
    """The functions of ``source`` by line and column."""
    facts = extract_facts("target.py", source.encode())
    assert not facts.error, facts.error
    return {(one.span.line, one.span.column - 1): one for one in facts.functions}
