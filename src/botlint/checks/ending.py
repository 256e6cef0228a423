"""Calls behind which nothing goes on: they end the program, or whatever they run only raises."""

from __future__ import annotations

from botlint.checks.stubs import is_stub
from botlint.facts.types import EXIT, Function, Kind, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import Onward, nodes_from, normally
from botlint.project import CallRef, Project

_DEEPEST = 2
_ROLE = "never-returns"


def going_on(project: Project, ref: FunctionRef) -> Onward:
    """Where it normally goes on after a node of a function: nowhere after such a call."""
    return _past(ending_calls(project, ref))


def ending_calls(project: Project, ref: FunctionRef) -> frozenset[int]:
    """The calls of a function behind which it never goes on."""
    return project.answer(("ending calls", ref), lambda: _ending_calls(project, ref, _DEEPEST))


def _past(ending: frozenset[int]) -> Onward:
    def onward(node: Node) -> tuple[int, ...]:
        return () if node.kind is Kind.CALL and node.call in ending else normally(node)

    return onward if ending else normally


def _ending_calls(project: Project, ref: FunctionRef, depth: int) -> frozenset[int]:
    return frozenset(
        number
        for number in range(len(project.function(ref).calls))
        if _is_ending(project, ref, number, depth)
    )


def _is_ending(project: Project, ref: FunctionRef, number: int, depth: int) -> bool:
    edges = project.program.edges(ref, number)
    if not edges:
        return project.plays(CallRef(ref, number), _ROLE)
    is_awaited = project.function(ref).calls[number].is_awaited
    return all(
        via == "call"
        and (is_awaited or not project.function(one).is_async)
        and _has_no_end(project, one, depth)
        for one, via in edges
    )


def _has_no_end(project: Project, ref: FunctionRef, depth: int) -> bool:
    """Whether a function never ends normally, with those that it calls looked into as deep; one
    that is there to be overridden may."""
    function = project.function(ref)
    if function.is_generator or is_stub(function):
        return False
    if not _is_ended(function, normally):
        return True
    if depth == 0:
        return False

    def find() -> bool:
        return not _is_ended(function, _past(_ending_calls(project, ref, depth - 1)))

    return project.answer(("has no end", ref, depth), find)


def _is_ended(function: Function, onward: Onward) -> bool:
    return EXIT in nodes_from(function, (function.entry,), onward)
