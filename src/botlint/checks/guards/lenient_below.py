"""Clauses that get nothing: what their ``try`` calls keeps all its errors, and has no refusal then.

Such a gate fails open further down, at the clause that really catches.
"""

from __future__ import annotations

from typing import NamedTuple

from botlint.checks.clauses import tried_nodes
from botlint.checks.failing import Failing
from botlint.checks.guards.lenient import Lenient, lenient_clauses, refusing_nodes
from botlint.checks.guards.signs import Sign
from botlint.facts.types import Expression, Function, Kind, Name, Operation, Result
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.flow.ways import arms_of
from botlint.project import CallRef, Project


class Below(NamedTuple):
    """A clause in ``ref``, which the gate asks by ``asking``, that leads it to a yes."""

    ref: FunctionRef
    asking: CallRef
    clause: Lenient


def clauses_below(
    project: Project, ref: FunctionRef, sign: Sign, clause: Lenient
) -> tuple[Below, ...]:
    """The clauses that catch what one of a gate, which gets nothing, was written for; none if that
    may get something. ``sign`` is what the truth of the gate's answer means."""
    function = project.function(ref)
    tried = (function.nodes[n] for n in tried_nodes(function, function.nodes[clause.clause]))
    calls = [CallRef(ref, node.call) for node in tried if node.kind is Kind.CALL]
    failing = project.answer(("failing",), lambda: Failing(project))
    if any(_may_fail(project, failing, call) for call in calls):
        return ()
    refusals = refusing_nodes(project, ref, sign)
    found: list[Below] = []
    for call in calls:
        below = _sign_of(function, call.call, refusals)
        for callee in project.program.callees(ref, call.call) if below else ():
            one = settled(project.program, callee)
            for it in lenient_clauses(project, one, below or sign):
                is_part = it.is_part or clause.is_part
                found.append(Below(one, call, it._replace(is_part=is_part)))
    return tuple(found)


def _may_fail(project: Project, failing: Failing, call: CallRef) -> bool:
    """Whether an error may come out of a call: out of any that isn't known, but for a log's."""
    if project.plays(call, "log"):
        return False
    callees = project.program.callees(call.function, call.call)
    func = project.call(call).func
    is_made = isinstance(func, Name) and project.program.class_named(call.function, func.path)
    return failing.can_fail(call) or not (callees or is_made)


def _sign_of(function: Function, call: int, refusals: frozenset[int]) -> Sign | None:
    """What the truth of a call's result means, by the test that leads to a refusal."""
    names = {
        target.path
        for target, values in function.assigned.items()
        if isinstance(target, Name) and Result(call) in values
    }
    for number, node in enumerate(function.nodes):
        value, is_no = _bare(node.value) if node.kind is Kind.TEST else (None, False)
        is_asked = value == Result(call) or (isinstance(value, Name) and value.path in names)
        if not is_asked:
            continue
        true, false = (refusals & arm for arm in arms_of(function, number))
        if is_no:
            true, false = false, true
        if true - false:
            return Sign.NO
        if false - true:
            return Sign.OBJECT
    return None


def _bare(value: Expression | None) -> tuple[Expression | None, bool]:
    is_no = False
    while isinstance(value, Operation) and value.kind == "not":
        value, is_no = value.args[0], not is_no
    return value, is_no
