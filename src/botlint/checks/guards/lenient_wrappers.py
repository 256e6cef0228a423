"""Gates that are asked through a wrapper which says yes for them when they fail.

::

    def safely(function, default=None):
        def wrapper(*args):
            try:
                return function(*args)
            except Exception:
                return default
        return wrapper

    if not safely(risk.can_trade, default=True)(symbol, amount):
        return
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import NamedTuple

from botlint.checks.clauses import catches_all
from botlint.checks.given import default_of
from botlint.checks.guards.asked import Asked
from botlint.checks.hits import hit_in
from botlint.checks.reads import is_used
from botlint.checks.roots import arguments_of
from botlint.facts.types import Constant, Expression, Function, Kind, Lambda, Name
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, nodes_of_call, normally
from botlint.model import Hit, Place, Step
from botlint.project import CallRef


class _Answer(NamedTuple):
    """A clause of a wrapper that answers for what it was handed, and with what."""

    runner: FunctionRef
    clause: int
    value: Expression


def find_lenient_wrappers(asked: Asked, told: Set[Place]) -> Iterator[Hit]:
    """Each call, on the way to an opening order, that hands a gate to a wrapper which says yes when
    it fails, but for those by a clause that is ``told`` already."""
    project = asked.project
    for ref in project.program.functions():
        if not asked.orders.is_leading(ref) or asked.orders.closing.is_closing_function(ref):
            continue
        function = project.function(ref)
        for number, call in enumerate(function.calls):
            for value in arguments_of(call):
                gate = _gate_in(asked, ref, value)
                if gate and is_used(function, number) and _is_before_order(asked, ref, number):
                    yield from _lenient(asked, CallRef(ref, number), value, gate, told)


def _is_before_order(asked: Asked, ref: FunctionRef, number: int) -> bool:
    """Whether an order can follow on a call."""
    function = asked.project.function(ref)
    starts = [function.nodes[one].next for one in nodes_of_call(function, number)]
    later = (function.nodes[one].call for one in nodes_from(function, starts, normally))
    return any(
        asked.orders.is_order(CallRef(ref, call))
        or any(map(asked.orders.is_leading, asked.project.program.callees(ref, call)))
        for call in later
        if call >= 0
    )


def _gate_in(asked: Asked, ref: FunctionRef, value: Expression) -> str:
    """The name of the gate that a value is, or that a lambda asks; a gate for exits is none."""
    project = asked.project
    if type(value) is Lambda:
        inner = FunctionRef(ref.source, value.function)
        calls = range(len(project.function(inner).calls))
        names = [project.written(CallRef(inner, number)) for number in calls]
        path = names[0] if len(names) == 1 else ""
    else:
        path = value.path if type(value) is Name and "." in value.path else ""
    if not path or asked.orders.closing.is_closing_name(path.rpartition(".")[2]):
        return ""
    is_preflight = project.vocabulary.roles["preflight"].plays_call((path,), None, None)
    if is_preflight or "preflight" in asked.roles:  # Then it is that, whatever else it may be.
        return path if is_preflight and "preflight" in asked.roles else ""
    roles = (project.vocabulary.roles[role] for role in asked.roles)
    return path if any(role.plays_call((path,), None, None) for role in roles) else ""


def _lenient(
    asked: Asked, one: CallRef, handed: Expression, gate: str, told: Set[Place]
) -> Iterator[Hit]:
    project = asked.project
    is_no = project.vocabulary.polarity(gate.rpartition(".")[2]) < 0
    for callee in project.program.callees(one.function, one.call):
        for answer in _answers(asked, one, callee, handed):
            clause = project.function(answer.runner).nodes[answer.clause]
            if project.place(answer.runner, clause.span) in told:
                continue
            if type(answer.value) is Constant and bool(answer.value.value) is not is_no:
                yield _hit(asked, one, answer, gate)
                return


def _answers(
    asked: Asked, one: CallRef, callee: FunctionRef, handed: Expression
) -> Iterator[_Answer]:
    """What a wrapper, or what it returns, gives where a call of what it is handed fails."""
    project = asked.project
    given = project.program.argument_of
    own = project.function(callee).parameters
    taken = [p.name for p in own if given(one.function, one.call, callee, p.name) == handed]
    for runner in (callee, *project.program.nested(callee)) if taken else ():
        function = project.function(runner)
        for number, value in _caught(function, frozenset(taken)):
            if type(value) is Name and any(p.name == value.path for p in own):
                said = given(one.function, one.call, callee, value.path)
                value = said or default_of(project.function(callee), value.path)
            if value is not None:
                yield _Answer(runner, number, value)


def _caught(function: Function, handed: frozenset[str]) -> Iterator[tuple[int, Expression | None]]:
    """The broad clauses around calls of what is ``handed``, with what is returned behind them."""
    lines = [
        call.span.line
        for call in function.calls
        if type(call.func) is Name and call.func.path in handed
    ]
    for number, node in enumerate(function.nodes):
        if node.kind is not Kind.EXCEPT or not catches_all(node) or node.next < 0:
            continue
        first, last = node.region
        if any(first <= line <= last for line in lines):
            for reached in nodes_from(function, (node.next,), normally):
                if function.nodes[reached].kind is Kind.RETURN:
                    yield number, function.nodes[reached].value


def _hit(asked: Asked, one: CallRef, answer: _Answer, gate: str) -> Hit:
    project = asked.project
    wrapper = project.written(one)
    clause = project.function(answer.runner).nodes[answer.clause]
    steps = (
        Step(project.call_place(one), f"`{gate}` is handed to `{wrapper}`"),
        Step(
            project.place(answer.runner, clause.span),
            "an exception in it is caught here, and the answer is a yes",
        ),
    )
    what = f"when `{gate}` fails, `{wrapper}` says yes for it"
    saw = {"what": what, "order": "", "guard": gate}
    return hit_in(project, one.function, project.call_place(one), saw, steps)
