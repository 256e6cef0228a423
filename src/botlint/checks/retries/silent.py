"""Functions that hand on that an order gave nothing, by giving nothing themselves, and those that
let no exception out of what they send."""

from __future__ import annotations

from botlint.checks.failing import Failing
from botlint.checks.reads import last_segment
from botlint.checks.retries.leaving import Held, answered, bound, truth_of
from botlint.checks.retries.records import says_nothing
from botlint.facts.types import Function, Kind
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, nodes_of_call, normally
from botlint.project import CallRef, Project

_SENDING = ("http-request", "runs-program")
_READING = frozenset({"json", "loads", "raise_for_status", "check_returncode"})
_DEEPEST = 3


def keeps_errors_in(project: Project, order: CallRef) -> bool:
    """Whether a call runs functions of the project that send the order, and of which none lets an
    exception out once it is sent."""
    callees = project.program.callees(order.function, order.call)
    return bool(callees) and all(_is_quiet(project, one, _DEEPEST) for one in callees)


def _is_quiet(project: Project, ref: FunctionRef, depth: int) -> bool | None:
    """Whether a function lets no exception out of what it sends; ``None`` if it sends nothing."""
    function = project.function(ref)
    calls = [CallRef(ref, number) for number in range(len(function.calls))]
    sending = [one for one in calls if any(project.plays(one, role) for role in _SENDING)]
    failing: Failing = project.answer(("failing",), lambda: Failing(project))
    if not sending:
        below = {one for call in calls for one in project.program.callees(ref, call.call)}
        found = {_is_quiet(project, one, depth - 1) for one in below - {ref}} if depth else set()
        return False if False in found else (True if True in found else None)
    starts = [one for call in sending for one in nodes_of_call(function, call.call)]
    after = frozenset(nodes_from(function, starts, normally))
    reading = (
        one
        for one in calls
        if last_segment(function.calls[one.call].func) in _READING
        and not after.isdisjoint(nodes_of_call(function, one.call))
    )
    return not any(failing.is_let_out(one) for one in (*sending, *reading))


def hands_on_nothing(function: Function, call: int) -> bool:
    """Whether a function gives nothing where a call in it gave nothing, and else something."""
    nodes = function.nodes
    returns = [node.value for node in nodes if node.kind is Kind.RETURN]
    if all(says_nothing(function, value) for value in returns):
        return False
    held: Held = answered(call, is_given=False)
    waiting = [(nodes[one].next, held) for one in nodes_of_call(function, call)]
    seen: set[tuple[int, frozenset[tuple[str, bool]]]] = set()
    while waiting:
        number, held = waiting.pop()
        mark = (number, frozenset(held.items()))
        if number < 0 or mark in seen:
            continue
        seen.add(mark)
        node = nodes[number]
        if node.kind is Kind.RETURN and says_nothing(function, node.value):
            return True
        held = bound(node, held)
        truth = truth_of(node.value, held) if node.kind is Kind.TEST else None
        waiting += [(node.next, held)] if truth is not False else []
        waiting += [(node.other, held)] if truth is not True else []
    return False
