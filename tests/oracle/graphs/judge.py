"""Holds what functions did against the graphs that facts build of them."""

from __future__ import annotations

from tests.oracle.graphs.paths import Stuck, follow
from tests.oracle.graphs.tracing import trace

from botlint.facts.extract import extract_facts
from botlint.facts.types import Function


def disagreements(source: str, seed: int = 0) -> list[Stuck]:
    """Each function of ``source`` whose graph lacks a path that it has taken, with one such."""
    found: dict[tuple[int, int], Stuck] = {}
    graphs = functions_of(source)
    for one in sorted(trace(source, seed), key=lambda trace: (len(trace.events), str(trace))):
        if one.place not in found:
            stuck = follow(graphs[one.place], one)
            if stuck is not None:
                found[one.place] = stuck
    return list(found.values())


def functions_of(source: str) -> dict[tuple[int, int], Function]:
    """The functions of ``source`` by line and column."""
    facts = extract_facts("target.py", source.encode())
    assert not facts.error, facts.error
    return {(one.span.line, one.span.column - 1): one for one in facts.functions}
