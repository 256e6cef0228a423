"""Trading loops that go on after every error: nothing counts them, nothing ever stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botlint.checks.clauses import catches_all, kinds_of, past_finally
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
from botlint.checks.running.counted import is_compared, is_made_anyway, own_nodes
from botlint.checks.running.fused import is_fused
from botlint.checks.running.outlasted import is_outlasted
from botlint.checks.running.spared import nodes_unless_good
from botlint.checks.showing import showing_mitigation
from botlint.facts.types import Constant, Function, Kind, Name, Node, Operation
from botlint.flow.names import FunctionRef
from botlint.flow.ways import loops_around, nodes_from, normally
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

DEEPEST = 3
"""Calls that a handler is followed through, in search of what counts or stops."""

_HARMLESS = frozenset(
    {"print", "sleep", "time", "now", "utcnow", "monotonic", "str", "len", "round", "format"}
    | {"float", "int", "items", "keys", "values", "range", "strftime", "isoformat", "get", "upper"}
)
_KEEPING = frozenset({"append", "appendleft", "add", "incr", "inc", "increment", "update"})


def find_unbroken(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each endless trading loop, or loop of attempts, whose handlers swallow errors, and in which
    nothing counts them against a limit or stops: at the first such handler, the others related."""
    for ref, loops in sorted(trading_loops(project).items()):
        for loop in loops:
            is_going_on = is_endless(project, loop) or is_waiting(project, loop)
            if not loop.opens or not is_going_on or not is_reached(project, ref):
                continue
            clauses = tuple(_swallowing(project, loop))
            if clauses and not _is_broken(project, loop):
                yield _hit(project, loop, clauses)


def _swallowing(project: Project, loop: Loop) -> Iterator[tuple[int, int]]:
    """The clauses around trading calls in a loop that lead back to its head, each with a trading
    call whose errors it gets: -1 where these keep their errors, and it gets those of others."""
    traded = trading(project)
    failing = project.answer(("failing",), lambda: Failing(project))
    function = project.function(loop.function)
    guarded: dict[int, list[Node]] = {}
    for node in function.nodes:
        if node.kind is Kind.CALL and loop.number in loops_around(function, node.loop):
            clause = _broad_clause(project, loop.function, node)
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


def _broad_clause(project: Project, ref: FunctionRef, node: Node) -> int:
    """The first clause, or ``with suppress``, that catches whatever a call raises, or what a
    library says of its own calls; -1 if there is none."""
    failing = project.answer(("failing",), lambda: Failing(project))
    function = project.function(ref)
    number = node.exc
    while number >= 0:
        clause = function.nodes[number]
        if clause.kind is Kind.FINALLY:
            number = past_finally(function, number)
        elif clause.kind is Kind.UNWIND:
            if failing.stops_all(ref, clause.value):
                return number
            number = clause.exc
        elif clause.kind is not Kind.EXCEPT:
            return -1
        elif catches_all(clause) or _is_base(project, clause):
            return number
        else:
            number = clause.other
    return -1


def _is_base(project: Project, clause: Node) -> bool:
    """Whether a clause names the base of a library's errors: ``ccxt.BaseError``."""
    bases = project.vocabulary.roles["library-error"]
    kinds = kinds_of(clause.value)
    return any(isinstance(kind, Name) and bases.plays_name(kind.path) for kind in kinds)


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
            _is_stopping(project, loop.function, one, DEEPEST)
            for one in (*own_nodes(function, number, loop.number, turn), *spared)
            if not is_made_anyway(project, loop.function, one, turn)
        ):
            return True
    return False


def _is_stopping(project: Project, ref: FunctionRef, node: Node, depth: int) -> bool:
    """Whether a node counts against a limit, sets a flag, raises, or calls what does."""
    if node.kind is Kind.RAISE:
        return True
    if node.kind is Kind.AUGMENT:
        return is_compared(project, ref, node)
    if node.kind is Kind.ASSIGN:
        return _sets_flag(project, ref, node) or (_is_sum(node) and is_compared(project, ref, node))
    if node.kind is not Kind.CALL:
        return False
    call = CallRef(ref, node.call)
    if project.plays(call, "breaker"):
        return True
    last = project.written(call).rpartition(".")[2]
    callees = project.program.callees(ref, node.call)
    if not callees:
        return last in _KEEPING
    if project.plays(call, "log") or depth == 0:
        return False
    return any(
        _is_stopping(project, callee, one, depth - 1)
        for callee in callees
        for one in project.function(callee).nodes
    )


def _sets_flag(project: Project, ref: FunctionRef, node: Node) -> bool:
    """Whether a node sets what others ask: ``self.running = False``, a state, a global."""
    if not isinstance(node.target, Name):
        return False
    if not isinstance(node.value, Constant | Name) or node.value == Constant(None):
        return False
    is_shared = "." in node.target.path or node.target.path in project.function(ref).outer
    is_plain = isinstance(node.value, Constant) and not isinstance(node.value.value, bool)
    return (is_shared and not is_plain) or _stops_head(project.function(ref), node)


def _stops_head(function: Function, node: Node) -> bool:
    """Whether a local flag is what some test asks."""
    return any(one.kind is Kind.TEST and one.value == node.target for one in function.nodes)


def _is_sum(node: Node) -> bool:
    return (
        isinstance(node.value, Operation)
        and node.value.kind == "+"
        and node.target in node.value.args
    )


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


def _clause_of_turn(project: Project, loop: Loop, clauses: tuple[tuple[int, int], ...]) -> int:
    """The clause that gets the errors of a turn of a loop, where those that get the errors of its
    orders are for one element of an inner loop each; -1 if there is none."""
    nodes = project.function(loop.function).nodes
    if any(nodes[one].loop == loop.number for one, _ in clauses):
        return -1
    for node in nodes:
        if node.kind is Kind.CALL and _may_raise(project, CallRef(loop.function, node.call)):
            own = _broad_clause(project, loop.function, node)
            if own >= 0 and nodes[own].loop == loop.number:
                return own
    return -1


_HANDLING = frozenset({Kind.EXCEPT, Kind.UNWIND})
"""Where an error may end."""

_LEAVING = frozenset({Kind.EXIT, Kind.RAISED, Kind.RETURN, Kind.RAISE})
