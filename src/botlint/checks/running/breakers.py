"""Trading loops that go on after every error: nothing counts them, nothing ever stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botlint.checks.failing import Failing
from botlint.checks.loops import (
    Loop,
    is_endless,
    is_head_of,
    is_waiting,
    loop_place,
    nodes_of_turn,
    trading,
    trading_loops,
)
from botlint.checks.reached import is_reached
from botlint.checks.reads import last_segment
from botlint.checks.running.catching import broad_clause
from botlint.checks.running.counted import is_made_anyway, own_nodes
from botlint.checks.running.fused import is_fused
from botlint.checks.running.outlasted import is_outlasted
from botlint.checks.running.spared import nodes_unless_good
from botlint.checks.running.stopping import is_stopping
from botlint.checks.running.swallowed import Swallowed, find_swallowed
from botlint.checks.showing import showing_mitigation
from botlint.facts.types import Function, Kind, Node
from botlint.flow.ways import loops_around, nodes_from, normally
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

DEEPEST = 3
"""Calls that a handler is followed through, in search of what counts or stops."""

_HARMLESS = frozenset(
    {"print", "sleep", "time", "now", "utcnow", "monotonic", "str", "len", "round", "format"}
    | {"float", "int", "items", "keys", "values", "range", "strftime", "isoformat", "get", "upper"}
)


def find_unbroken(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each endless trading loop, or loop of attempts, whose handlers swallow errors, and in which
    nothing counts them against a limit or stops: at the first such handler, the others related."""
    for ref, loops in sorted(trading_loops(project).items()):
        for loop in loops:
            is_going_on = is_endless(project, loop) or is_waiting(project, loop)
            if not loop.opens or not is_going_on or not is_reached(project, ref):
                continue
            clauses = tuple(_swallowing(project, loop))
            below = () if clauses else find_swallowed(project, loop)
            if (clauses or below) and not _is_broken(project, loop):
                yield _hit(project, loop, clauses) if clauses else _hit_below(project, loop, below)


def _swallowing(project: Project, loop: Loop) -> Iterator[tuple[int, int]]:
    """The clauses around trading calls in a loop that lead back to its head, each with a trading
    call whose errors it gets: -1 where these keep their errors, and it gets those of others."""
    traded = trading(project)
    failing = project.answer(("failing",), lambda: Failing(project))
    function = project.function(loop.function)
    guarded: dict[int, list[Node]] = {}
    for node in function.nodes:
        if node.kind is Kind.CALL and loop.number in loops_around(function, node.loop):
            clause = broad_clause(project, loop.function, node)
            guarded.setdefault(clause, []).append(node)
    for clause, calls in guarded.items():
        opening = [one for one in calls if traded.is_opening(loop.function, one.call)]
        if clause < 0 or not opening:
            continue
        shared = frozenset(nodes_from(function, (opening[0].next,), normally))
        if not _leads_back(function, clause, loop.number, shared):
            continue
        failed = [one for one in opening if failing.can_fail(CallRef(loop.function, one.call))]
        if failed and all(is_fused(project, CallRef(loop.function, one.call)) for one in failed):
            continue
        if failed:
            yield clause, failed[0].call
        elif any(_may_raise(project, CallRef(loop.function, one.call)) for one in calls):
            yield clause, -1


def _may_raise(project: Project, ref: CallRef) -> bool:
    """Whether a call is anything but one of the program's own that keeps its errors, a log line or
    a pause."""
    if project.plays(ref, "log") or last_segment(project.call(ref).func) in _HARMLESS:
        return False
    failing = project.answer(("failing",), lambda: Failing(project))
    callees = project.program.callees(ref.function, ref.call)
    return not callees or any(failing.lets_out(one) for one in callees)


def _leads_back(function: Function, clause: int, loop: int, shared: frozenset[int]) -> bool:
    """Whether a handler goes on with the loop, and on no way of its own out of it.

    What is ``shared`` also follows when all went well, and says nothing about errors.
    """
    nodes = function.nodes
    if loop not in loops_around(function, nodes[clause].loop):
        return False
    waiting = [clause]
    seen: set[int] = set()
    is_back = False
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        node = nodes[number]
        if is_head_of(node, loop):
            is_back = True
            continue
        following = [node.next] if number == clause else [node.next, node.other]
        for one in following:
            is_within = one >= 0 and loop in loops_around(function, nodes[one].loop)
            if is_within and nodes[one].kind not in _LEAVING:
                waiting.append(one)
            elif one >= 0 and number not in shared:
                return False
    return is_back


def _is_broken(project: Project, loop: Loop) -> bool:
    """Whether some handler of a loop counts against a limit, or stops something."""
    function = project.function(loop.function)
    turn = nodes_of_turn(function, loop.number)
    for number, node in enumerate(function.nodes):
        if node.kind not in _HANDLING or loop.number not in loops_around(function, node.loop):
            continue
        if is_outlasted(project, loop.function, number, loop.number):
            return True
        spared = list(nodes_unless_good(project, loop.function, number, loop.number))
        if any(loop.number not in loops_around(function, one.loop) for one in spared):
            return True
        if any(
            is_stopping(project, loop.function, one, DEEPEST)
            for one in (*own_nodes(function, number, loop.number, turn), *spared)
            if not is_made_anyway(project, loop.function, one, turn)
        ):
            return True
    return False


def _hit(project: Project, loop: Loop, clauses: tuple[tuple[int, int], ...]) -> Hit:
    function = project.function(loop.function)
    own = _clause_of_turn(project, loop, clauses)
    (clause, call), *others = ((own, -1), *clauses) if own >= 0 else clauses
    place = project.place(loop.function, function.nodes[clause].span)
    name = project.program.display(loop.function)
    errors = "every error of its turn"
    steps: tuple[Step, ...] = ()
    if call >= 0:
        written = project.written(CallRef(loop.function, call))
        errors = f"every error of `{written}`"
        called = project.place(loop.function, function.calls[call].span)
        steps = (Step(called, f"`{written}` may raise, each time"),)
    related = tuple(
        Step(project.place(loop.function, function.nodes[one].span), "this one goes on, too")
        for one, _ in others
    )
    return Hit(
        place=place,
        saw={"function": name, "errors": errors},
        confidence=Confidence.HIGH,
        trace=(
            Step(loop_place(project, loop), f"`{name}` trades in this loop until it is stopped"),
            *steps,
            Step(place, "this clause gets the error, counts nothing, and goes on with the loop"),
        ),
        related=related,
        cause=f"breaker:{place.path}:{place.span.line}",
        symbol=name,
        mitigation=showing_mitigation(place.path),
    )


def _hit_below(project: Project, loop: Loop, below: tuple[Swallowed, ...]) -> Hit:
    """What is wrong with a loop that no error comes to: those below it have been swallowed."""
    first = below[0]
    places = [
        project.place(one.call.function, project.function(one.call.function).nodes[one.clause].span)
        for one in below
    ]
    name = project.program.display(loop.function)
    written = project.written(first.call)
    caught = "this clause gets the error, counts nothing, and gives nothing that anybody looks at"
    return Hit(
        place=places[0],
        saw={"function": name, "errors": f"every error of `{written}`"},
        confidence=Confidence.MEDIUM,
        trace=(
            Step(loop_place(project, loop), f"`{name}` trades in this loop until it is stopped"),
            *(Step(project.call_place(one), f"`{project.written(one)}`") for one in first.way),
            Step(project.call_place(first.call), f"`{written}` may raise, each time"),
            Step(places[0], caught),
        ),
        related=tuple(Step(one, "this one goes on, too") for one in places[1:]),
        cause=f"breaker:{places[0].path}:{places[0].span.line}",
        symbol=name,
        mitigation=showing_mitigation(places[0].path),
    )


def _clause_of_turn(project: Project, loop: Loop, clauses: tuple[tuple[int, int], ...]) -> int:
    """The clause that gets the errors of a turn of a loop, where those that get the errors of its
    orders are for one element of an inner loop each; -1 if there is none."""
    nodes = project.function(loop.function).nodes
    if any(nodes[one].loop == loop.number for one, _ in clauses):
        return -1
    for node in nodes:
        if node.kind is Kind.CALL and _may_raise(project, CallRef(loop.function, node.call)):
            own = broad_clause(project, loop.function, node)
            if own >= 0 and nodes[own].loop == loop.number:
                return own
    return -1


_HANDLING = frozenset({Kind.EXCEPT, Kind.UNWIND})
"""Where an error may end."""

_LEAVING = frozenset({Kind.EXIT, Kind.RAISED, Kind.RETURN, Kind.RAISE})
