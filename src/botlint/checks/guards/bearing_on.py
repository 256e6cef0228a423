"""Whether what a call gives bears on a later call of its function: it decides whether that is made,
goes into it, or is kept for it."""

from __future__ import annotations

from botlint.checks.locks.changing import CHANGING
from botlint.checks.reads import is_used, last_segment, walk
from botlint.checks.roots import (
    SELF,
    arguments_of,
    have_common,
    names_given,
    names_in,
    origins_of,
    receiver_of,
    targets_in,
)
from botlint.facts.types import Function, Item, Kind, Name, Node, Result
from botlint.flow.ways import arms_of, is_head, loops_around, nodes_from, nodes_of_call, normally
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


def is_booked(project: Project, look: CallRef) -> bool:
    """Whether what the call ``look`` gives changes what outlives its function: it is put there, it
    decides whether something there is changed, or a function of the project is handed it."""
    function = project.function(look.function)
    if not is_used(function, look.call):
        return False
    origins = origins_of(project, look.function)
    given = frozenset(
        name
        for node in function.nodes
        if node.kind in (Kind.ASSIGN, Kind.ITERATE)
        and Result(look.call) in walk(node.value, function.calls)
        for name in targets_in(node.target)
    )

    def is_of_look(node: Node) -> bool:
        names = origins.closure(names_in(node.value, function.calls))
        if node.kind is Kind.CALL:
            handed = arguments_of(function.calls[node.call])
            names |= origins.closure(
                frozenset().union(*(names_in(one, function.calls) for one in handed))
            )
        return have_common(names, given) or Result(look.call) in walk(node.value, function.calls)

    following = nodes_from(function, nodes_of_call(function, look.call), normally)
    of_look = frozenset(one for one in following if is_of_look(function.nodes[one]))
    decided = frozenset[int]().union(
        *(
            one ^ other
            for test in of_look
            if function.nodes[test].kind in (Kind.TEST, Kind.ITERATE)
            for one, other in (arms_of(function, test),)
        )
    )
    return any(
        _is_outliving(function, function.nodes[one])
        or (one in of_look and _is_handed_on(project, look, function.nodes[one]))
        for one in of_look | decided
    )


def _is_outliving(function: Function, node: Node) -> bool:
    """Whether a node changes a member of some object, or what one of those holds."""
    if node.kind is Kind.CALL:
        call = function.calls[node.call]
        holder = receiver_of(call) if last_segment(call.func) in CHANGING else None
    elif node.kind in (Kind.ASSIGN, Kind.AUGMENT, Kind.DELETE):
        holder = node.target
        if isinstance(holder, Item):
            holder = holder.value
    else:
        return False
    return isinstance(holder, Name) and ("." in holder.path or holder.path in function.outer)


def _is_handed_on(project: Project, look: CallRef, node: Node) -> bool:
    return node.kind is Kind.CALL and bool(project.program.callees(look.function, node.call))


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
