"""Errors of orders that never come to the loop that trades: a function below it swallows them.

Only where nobody looks at what the functions on the way give: who does may count what failed.
"""

from __future__ import annotations

from typing import NamedTuple

from botlint.checks.failing import Failing
from botlint.checks.loops import Loop, nodes_of_turn, trading
from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of
from botlint.checks.running.catching import broad_clause
from botlint.checks.running.stopping import is_stopping
from botlint.facts.types import RAISED, Function, Kind, Name, Node, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.project import CallRef, Project

DEEPEST = 3
"""So many functions below a loop are looked at."""


class Swallowed(NamedTuple):
    """A call whose errors a clause of its function swallows, and the calls that lead to it."""

    call: CallRef
    clause: int
    way: tuple[CallRef, ...]


def find_swallowed(project: Project, loop: Loop) -> tuple[Swallowed, ...]:
    """The clauses below a loop that swallow the errors of calls which open a position; none if one
    of those errors is counted, or comes to the loop."""
    function = project.function(loop.function)
    calls = sorted(
        {
            function.nodes[one].call
            for one in nodes_of_turn(function, loop.number)
            if function.nodes[one].kind is Kind.CALL
        }
    )
    refs = [CallRef(loop.function, one) for one in calls]
    opening = [one for one in refs if trading(project).is_opening(one.function, one.call)]
    found: list[Swallowed] = []
    failing: Failing = project.answer(("failing",), lambda: Failing(project))
    for one in opening:
        below = None if failing.can_fail(one) else _below(project, one, (one,))
        if below is None:
            return ()
        found += below
    return tuple({(one.call.function, one.clause): one for one in found}.values())


def _below(project: Project, ref: CallRef, way: tuple[CallRef, ...]) -> list[Swallowed] | None:
    """What swallows the errors below a call; ``None`` if some may get out, or be counted."""
    traded = trading(project)
    function = project.function(ref.function)
    if len(way) > DEEPEST or _is_looked_at(function, ref.call):
        return None
    run = list(traded.run_by(ref.function, ref.call, traded.opening))
    found: list[Swallowed] = []
    for callee in run:
        opening = [
            CallRef(callee, node.call)
            for node in project.function(callee).nodes
            if node.kind is Kind.CALL and traded.is_opening(callee, node.call)
        ]
        for one in dict.fromkeys(opening):
            more = _within(project, one, way)
            if more is None:
                return None
            found += more
    return found if run else None


def _is_looked_at(function: Function, call: int) -> bool:
    """Whether anything is done with what a call gives but to return it: then who called the
    function may look at it."""
    given = Result(call)
    nodes = function.nodes
    values = [one.value for one in nodes if one.kind is not Kind.RETURN or one.value != given]
    values += [part for one in function.calls for part in (one.func, *arguments_of(one))]
    return any(part == given for value in values for part in walk(value, ()))


def _within(project: Project, one: CallRef, way: tuple[CallRef, ...]) -> list[Swallowed] | None:
    function = project.function(one.function)
    failing: Failing = project.answer(("failing",), lambda: Failing(project))
    if not failing.can_fail(one):
        return _below(project, one, (*way, one))
    at = next(node for node in function.nodes if node.kind is Kind.CALL and node.call == one.call)
    clause = broad_clause(project, one.function, at)
    if clause < 0 or function.nodes[clause].kind is not Kind.EXCEPT:
        return None
    return [Swallowed(one, clause, way)] if _is_dropping(project, one.function, clause) else None


def _is_dropping(project: Project, ref: FunctionRef, clause: int) -> bool:
    """Whether a clause goes on to the end of its function, and stops, counts and keeps nothing:
    what is kept others may ask for."""
    function = project.function(ref)
    well = frozenset(nodes_from(function, (function.entry,), normally))
    own = frozenset(nodes_from(function, (function.nodes[clause].next,), normally))
    nodes = [function.nodes[one] for one in own - well]
    if any(node.kind is Kind.RAISE for node in nodes) or RAISED in own:
        return False
    return not any(_is_keeping(node) or is_stopping(project, ref, node, DEEPEST) for node in nodes)


def _is_keeping(node: Node) -> bool:
    if node.kind is Kind.AUGMENT:
        return True
    is_bound = node.kind is Kind.ASSIGN
    return is_bound and not (isinstance(node.target, Name) and "." not in node.target.path)
