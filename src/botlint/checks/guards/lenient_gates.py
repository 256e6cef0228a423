"""Risk gates and kill switches that say yes, within, to what they could not look at."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.contracts import read_contract
from botlint.checks.guards.lenient import Lenient, lenient_clauses
from botlint.checks.guards.signs import Sign
from botlint.checks.guards.states import Mark
from botlint.checks.hits import hit_in
from botlint.checks.reached import is_reached
from botlint.checks.reads import is_used
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef


def find_lenient_gates(asked: Asked) -> Iterator[Hit]:
    """Each clause by which a gate that something asks says yes to what has failed."""
    program = asked.project.program
    for ref in program.functions():
        gates = _gates_in(asked, ref)
        sites = program.callers(ref) if gates is None or gates else ()
        asking = [CallRef(site.function, site.call) for site in sites]
        asking = [one for one in asking if one.function != ref and _is_heeded(asked, one)]
        if not asking:
            continue
        asking.sort(key=lambda one: (not is_reached(asked.project, one.function), one))
        function = asked.project.function(ref)
        is_no = asked.project.vocabulary.polarity(function.name) < 0
        sign = read_contract(function, Sign.NO if is_no else Sign.OBJECT).sign
        for one in lenient_clauses(asked.project, ref, sign) if sign is not None else ():
            first, last = function.nodes[one.clause].region
            lines = [function.calls[call].span.line for call in gates or ()]
            if gates is None or any(first <= line <= last for line in lines):
                yield _hit(asked, ref, one, asking[0])


def _gates_in(asked: Asked, ref: FunctionRef) -> frozenset[int] | None:
    """The gates that a function asks, if it hands their answer on and loses it where they fail;
    ``None``: it is a gate itself."""
    if any(asked.project.function_plays(ref, role) for role in asked.roles):
        return None
    calls = frozenset(one.call for one in asked.guards.calls if one.function == ref)
    guard = asked.guards.summary(ref) if calls else None
    return calls if guard is not None and guard.lost is Mark.OPEN else frozenset()


def _is_heeded(asked: Asked, call: CallRef) -> bool:
    """Whether what a gate says is used by who asks it."""
    return is_used(asked.project.function(call.function), call.call)


def _hit(asked: Asked, ref: FunctionRef, one: Lenient, asking: CallRef) -> Hit:
    project = asked.project
    function = project.function(ref)
    name = project.program.display(ref)
    clause = function.nodes[one.clause]
    place = project.place(ref, clause.span)
    steps = (
        Step(project.call_place(asking), f"`{project.written(asking)}` asks `{name}`"),
        Step(project.place(ref, function.nodes[one.refusal].span), "this may refuse"),
        Step(place, "an exception before it is caught here, and the answer is a yes"),
    )
    what = f"when what `{name}` looks at fails, it says yes"
    return hit_in(
        project,
        ref,
        place,
        {"what": what, "order": "", "guard": name},
        steps,
        Confidence.MEDIUM if one.is_part else Confidence.HIGH,
        mitigation=one.is_part + (not is_reached(project, ref)),
    )
