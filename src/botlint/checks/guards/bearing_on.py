"""Whether what a call gives bears on a later call of its function: it decides whether that is made,
goes into it, or is kept for it."""

from __future__ import annotations

from botlint.checks.reads import is_used, walk
from botlint.checks.roots import (
    SELF,
    arguments_of,
    have_common,
    names_given,
    names_in,
    origins_of,
    targets_in,
)
from botlint.facts.types import Function, Item, Kind, Node, Result
from botlint.flow.ways import is_head, loops_around, nodes_from, nodes_of_call, normally
from botlint.project import CallRef, Project


def bears_on(project: Project, first: CallRef, second: int) -> bool:
    """Whether what the call ``first`` gives bears on call number ``second`` of the same function:
    that is given it, some member or record of the bot is, or a test of it decides whether it comes
    to that call in the same round."""
    function = project.function(first.function)
    if not is_used(function, first.call):
        return False
    given = names_given(function, first.call)
    origins = origins_of(project, first.function)

    def is_of_first(node: Node) -> bool:
        names = origins.closure(names_in(node.value, function.calls))
        return have_common(names, given) or Result(first.call) in walk(node.value, function.calls)

    handed = arguments_of(function.calls[second])
    names = frozenset().union(*(names_in(one, function.calls) for one in handed))
    if have_common(origins.closure(names), given):
        return True
    ends = nodes_of_call(function, second)
    return any(
        _is_kept(node) or _is_deciding(function, node, ends)
        for node in function.nodes
        if node.value is not None and is_of_first(node)
    )


def _is_kept(node: Node) -> bool:
    if node.kind is not Kind.ASSIGN:
        return False
    first = {name.partition(".")[0] for name in targets_in(node.target)}
    return isinstance(node.target, Item) or not first.isdisjoint(SELF)


def _is_deciding(function: Function, node: Node, ends: frozenset[int]) -> bool:
    """Whether only one arm of a test leads to one of ``ends`` in the same round; a loop over what
    was given may find that out in any way."""
    if node.kind is Kind.ITERATE:
        return True
    if node.kind is not Kind.TEST:
        return False
    loops = frozenset(
        one for end in ends for one in loops_around(function, function.nodes[end].loop)
    )

    def onward(one: Node) -> tuple[int, ...]:
        return () if is_head(one) and one.loop in loops else normally(one)

    reaching = [not ends.isdisjoint(nodes_from(function, (arm,), onward)) for arm in normally(node)]
    return len(set(reaching)) > 1
