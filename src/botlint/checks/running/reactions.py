"""Halts after which nothing reacts: no order is cancelled, nobody is told, nothing stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from botlint.checks.reached import is_reached
from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of
from botlint.checks.sites import calls_matching
from botlint.facts.types import Attribute, Constant, Kind, Name, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import anyhow, is_head, loops_around, nodes_from, nodes_of_call
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project
from botlint.settings.required import Reaction

DEEPEST = 3
"""Callers that are asked whether they react to the halt that they have called for."""


def find_unanswered(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each halt that runs and that no reaction follows: not in what it calls, not after it in its
    function, and not after that in each of the callers."""
    for pair in msgspec.convert(parameters.get("reactions", ()), tuple[Reaction, ...]):
        answers = frozenset(calls_matching(project, pair.reactions))
        reacting = project.program.reaches(frozenset(one.function for one in answers))
        for call in sorted(calls_matching(project, pair.calls), key=project.call_place):
            if not _says(project, call, pair.words) or not is_reached(project, call.function):
                continue
            if _reacts(project, call, answers, reacting):
                continue
            if not _is_answered_after(project, call, answers, reacting, DEEPEST):
                yield _hit(project, call, pair)


def _says(project: Project, call: CallRef, words: tuple[str, ...]) -> bool:
    """Whether one of ``words`` is among the arguments of a call, if it has to be."""
    if not words:
        return True
    calls = project.function(call.function).calls
    for value in arguments_of(project.call(call)):
        for part in walk(value, calls):
            if isinstance(part, Constant) and part.value in words:
                return True
            if isinstance(part, Name) and part.path.rpartition(".")[2] in words:
                return True
            if isinstance(part, Attribute) and part.name in words:
                return True
    return False


def _is_answered_after(
    project: Project,
    call: CallRef,
    answers: frozenset[CallRef],
    reacting: frozenset[FunctionRef],
    depth: int,
) -> bool:
    """Whether something reacts after a call: in its function, or in each of the callers."""
    after = _calls_after(project, call)
    if any(_reacts(project, one, answers, reacting) for one in after):
        return True
    sites = project.program.callers(call.function)
    return (
        depth > 0
        and bool(sites)
        and all(
            _is_answered_after(
                project, CallRef(site.function, site.call), answers, reacting, depth - 1
            )
            for site in sites
        )
    )


def _reacts(
    project: Project,
    call: CallRef,
    answers: frozenset[CallRef],
    reacting: frozenset[FunctionRef],
) -> bool:
    if call in answers:
        return True
    return any(one in reacting for one in project.program.callees(call.function, call.call))


def _calls_after(project: Project, call: CallRef) -> Iterator[CallRef]:
    """The calls of a function that come after one, in the same turn of its loop."""
    function = project.function(call.function)
    nodes = function.nodes
    starts = [nodes[number] for number in nodes_of_call(function, call.call)]
    around = {loop for one in starts for loop in loops_around(function, one.loop)}

    def onward(node: Node) -> tuple[int, ...]:
        return () if is_head(node) and node.loop in around else anyhow(node)

    for number in nodes_from(function, [at for one in starts for at in anyhow(one)], onward):
        if nodes[number].kind is Kind.CALL:
            yield CallRef(call.function, nodes[number].call)


def _hit(project: Project, call: CallRef, pair: Reaction) -> Hit:
    place = project.call_place(call)
    name = project.program.display(call.function)
    written = project.written(call)
    names = " or ".join(f"`{one}`" for one in pair.reactions)
    return Hit(
        place=place,
        saw={"halt": pair.halt, "call": written, "reactions": names, "function": name},
        confidence=Confidence.HIGH,
        trace=(
            Step(place, f"`{name}` calls `{written}`: {pair.halt}"),
            Step(place, f"neither it nor what follows here or in the callers calls {names}"),
        ),
        cause=f"halt:{place.path}:{place.span.line}",
        symbol=name,
    )
