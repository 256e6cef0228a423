"""Faults in what only tells somebody something: the text of a refusal, a line of a log.

A ``raise`` whose text can't be made still refuses, with another exception; and where a log can't be
written and a clause goes on without it, nothing but the line is lost.
"""

from __future__ import annotations

from botlint.facts.types import Function, Kind, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.model import Span
from botlint.project import CallRef, Project

_ACTING = frozenset({Kind.ASSIGN, Kind.AUGMENT, Kind.RETURN, Kind.RAISE, Kind.DELETE, Kind.YIELD})


def is_in_refusal(function: Function, span: Span) -> bool:
    """Whether what stands at ``span`` is only asked for to make what a ``raise`` says."""
    return any(node.kind is Kind.RAISE and node.span.covers(span) for node in function.nodes)


def is_hidden_telling(project: Project, ref: FunctionRef, span: Span, clause: Node) -> bool:
    """Whether a call at ``span`` only tells of something, and so does all that ``clause`` skips
    with it when it fails."""
    function = project.function(ref)
    first, last = clause.region
    at = function.calls_at.get(span, frozenset())
    skipped = [
        function.nodes[number]
        for number in nodes_from(function, at, normally)
        if first <= function.nodes[number].span.line <= last
    ]
    if not at or any(node.kind in _ACTING for node in skipped):
        return False
    made = {node.call for node in skipped if node.kind is Kind.CALL}
    telling = {number for number in made if project.plays(CallRef(ref, number), "log")}
    lines = [function.calls[number].span for number in telling]
    return all(any(line.covers(function.calls[number].span) for line in lines) for number in made)
