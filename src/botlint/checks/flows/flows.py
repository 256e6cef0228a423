"""Flows: which functions belong to which, and where each places its first order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain
from botlint.checks.sites import functions_matching
from botlint.discover.globs import compile_glob
from botlint.flow.names import FunctionRef
from botlint.flow.ways import points_from
from botlint.model import Place, Span
from botlint.project import Project
from botlint.settings.flows import Flow, Flows, Parity


class Stretch(NamedTuple):
    """A flow in a program: its ``own`` functions, which its files or entries name, and ``all``
    that it runs, with code that it may share with others."""

    name: str
    own: frozenset[FunctionRef]
    all: frozenset[FunctionRef]


def read_parameters(parameters: Mapping[str, Any]) -> Flows:
    """The flows that the parameters of a rule hold."""
    flows = msgspec.convert(parameters.get("flows", {}), dict[str, Flow])
    return Flows(flows, msgspec.convert(parameters.get("parity", {}), Parity))


def find_stretches(project: Project, flows: Flows) -> tuple[Stretch, ...]:
    """The flows as far as the program has them, in the order in which they are named."""
    key = ("flows", msgspec.json.encode(flows.flows))
    return project.answer(key, lambda: tuple(_find(project, flows)))


def _find(project: Project, flows: Flows) -> Iterator[Stretch]:
    sources = {name: _sources(project, flow) for name, flow in flows.flows.items()}
    named = {
        name: frozenset(functions_matching(project, flow.entries)) if flow.entries else frozenset()
        for name, flow in flows.flows.items()
    }
    for name in flows.flows:
        inside = [ref for ref in project.program.functions() if ref.source in sources[name]]
        own = named[name] | frozenset(inside)
        if not own:
            continue
        foreign = frozenset().union(*(sources[one] for one in flows.flows if one != name))
        apart = frozenset().union(*(named[one] for one in flows.flows if one != name)) - own
        everything = _reachable(project, own, foreign - sources[name], apart)
        yield Stretch(name, own, everything)


def _sources(project: Project, flow: Flow) -> frozenset[int]:
    fitting = [compile_glob(glob) for glob in flow.files]
    return frozenset(
        number
        for number, facts in enumerate(project.program.sources)
        if any(fits(facts.path) for fits in fitting)
    )


def _reachable(
    project: Project,
    starts: frozenset[FunctionRef],
    foreign: frozenset[int],
    apart: frozenset[FunctionRef],
) -> frozenset[FunctionRef]:
    """What ``starts`` run, without what belongs to another flow."""

    def own_callees(ref: FunctionRef) -> Iterator[FunctionRef]:
        for number in range(len(project.function(ref).calls)):
            for callee, _ in project.program.edges(ref, number):
                if callee not in apart and callee.source not in foreign:
                    yield callee

    return frozenset(points_from(sorted(starts), own_callees))


def first_order(project: Project, stretch: Stretch) -> Place:
    """Where a flow places its first order, an opening one that something runs if there is one;
    without any order, its first function."""
    asked = Asked(project, ("preflight",))
    opening = (*asked.answer.open_chains, *asked.answer.guarded)
    for chains in (opening, asked.answer.closing):
        places = sorted(_orders_of(asked, stretch, chains))
        if places:
            return places[0][1]
    first = min(stretch.own)
    span = project.function(first).span
    return project.place(first, Span(span.line, span.column, span.line, span.column + 1))


def _orders_of(
    asked: Asked, stretch: Stretch, chains: tuple[Chain, ...]
) -> Iterator[tuple[bool, Place]]:
    """The orders of a flow; ``True`` for those that nothing runs."""
    for chain in chains_of(stretch, chains):
        anchor = asked.anchor(chain)
        if anchor is not None:
            is_uncalled = chain.entry is None or chain.entry.kind == "uncalled"
            yield is_uncalled, asked.project.call_place(anchor)


def chains_of(stretch: Stretch, chains: tuple[Chain, ...]) -> Iterator[Chain]:
    """Those of ``chains`` that a flow's own functions are part of."""
    for chain in chains:
        if any(link.call.function in stretch.own for link in chain.links):
            yield chain
