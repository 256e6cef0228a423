"""Gates and preflights that say yes, within, to what they could not look at."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Link
from botlint.checks.guards.lenient import lenient_clauses, sign_of
from botlint.checks.guards.lenient_below import Below, clauses_below
from botlint.checks.guards.open_gates import statuses_of
from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import Sign
from botlint.checks.guards.states import Mark
from botlint.checks.hits import hit_in
from botlint.checks.reached import is_reached
from botlint.checks.reads import is_used
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef


def find_lenient_gates(asked: Asked) -> Iterator[tuple[FunctionRef, Hit]]:
    """Each clause by which a risk gate that something asks, or what asks one for an order, says yes
    to what has failed; and that gate."""
    project = asked.project
    helping = _helping(asked)
    for ref in project.program.functions():
        if any(project.function_plays(ref, role) for role in asked.roles):
            sites = project.program.callers(ref)
            calls = [CallRef(site.function, site.call) for site in sites]
            heeded = [one for one in calls if _is_heeded(asked, ref, one)]
            gate = settled(project.program, ref)
            yield from ((gate, hit) for hit in _hits(asked, gate, heeded, ()))
        elif ref in helping:
            gates = [one.call for one in asked.guards.calls if one.function == ref]
            lines = [project.function(ref).calls[call].span.line for call in gates]
            yield from ((ref, hit) for hit in _hits(asked, ref, helping[ref], lines))


def find_lenient_preflights(asked: Asked) -> Iterator[Hit]:
    """Each clause by which a preflight that an order is asked by says yes to what has failed."""
    found: dict[FunctionRef, list[CallRef]] = {}
    for link in asked.links():
        for number in range(len(asked.project.function(link.call.function).calls)):
            one = CallRef(link.call.function, number)
            guard = asked.guards.at(one) if _plays(asked, one) else None
            if guard is None or guard.lost is not None or not _guards(asked, link, number, guard):
                continue
            for ref in run_by(asked, one):
                found.setdefault(ref, []).append(one)
    for ref, calls in sorted(found.items()):
        yield from _hits(asked, ref, calls, ())


def _helping(asked: Asked) -> dict[FunctionRef, list[CallRef]]:
    """The functions that guard an order by a gate whose answer they lose where it fails, with the
    calls by which they do."""
    found: dict[FunctionRef, list[CallRef]] = {}
    for link in asked.links():
        for number in range(len(asked.project.function(link.call.function).calls)):
            one = CallRef(link.call.function, number)
            guard = asked.guards.at(one)
            if guard is None or guard.lost is not Mark.OPEN:
                continue
            for ref in run_by(asked, one):
                sign = sign_of(asked.project, ref)
                if sign is not None and _guards(asked, link, number, _guard(sign)):
                    found.setdefault(ref, []).append(one)
    return found


def _plays(asked: Asked, call: CallRef) -> bool:
    return any(asked.project.plays(call, role) for role in asked.roles)


def _guards(asked: Asked, link: Link, number: int, guard: Guard) -> bool:
    """Whether a call, taken for a guard, lets the call of a link only pass by its yes."""
    marks = {one.mark for one in statuses_of(asked, link, number, guard)}
    return Mark.GUARDED in marks and Mark.RAN not in marks


def run_by(asked: Asked, call: CallRef) -> tuple[FunctionRef, ...]:
    """The functions that a call of a gate runs, past those that only hand it on."""
    program = asked.project.program
    return tuple(settled(program, one) for one in program.callees(call.function, call.call))


def _is_heeded(asked: Asked, ref: FunctionRef, call: CallRef) -> bool:
    """Whether what a gate says is used by who asks it."""
    return call.function != ref and is_used(asked.project.function(call.function), call.call)


def _guard(sign: Sign) -> Guard:
    """What a function guards by whose answer has a sign; by raising, if every answer is a yes."""
    return Guard(None, is_raising=True) if sign is Sign.TRUE else Guard(sign)


def _hits(
    asked: Asked, ref: FunctionRef, asking: list[CallRef], lines: list[int] | tuple[()]
) -> Iterator[Hit]:
    """What is told of a function that ``asking`` ask: of each clause, or of those around one of
    ``lines`` if there are any."""
    sign = sign_of(asked.project, ref) if asking else None
    function = asked.project.function(ref)
    asking.sort(key=lambda one: (not is_reached(asked.project, one.function), one))
    for one in lenient_clauses(asked.project, ref, sign) if sign is not None else ():
        first, last = function.nodes[one.clause].region
        if not lines or any(first <= line <= last for line in lines):
            below = clauses_below(asked.project, ref, sign, one) if sign is not None else ()
            for it in below or (Below(ref, asking[0], one),):
                yield _hit(asked, ref, it, asking[0])


def _hit(asked: Asked, gate: FunctionRef, below: Below, asking: CallRef) -> Hit:
    project = asked.project
    ref, _, clause = below
    ways = dict.fromkeys(((asking, gate), (below.asking, ref)))
    function = project.function(ref)
    name = project.program.display(ref)
    place = project.place(ref, function.nodes[clause.clause].span)
    says = "may still be" if clause.is_part else "is"
    steps = (
        *(
            Step(
                project.call_place(call),
                f"`{project.program.display(call.function)}` asks `{project.program.display(one)}`",
            )
            for call, one in ways
        ),
        Step(project.place(ref, function.nodes[clause.refusal].span), "this may refuse"),
        Step(place, f"an exception before it is caught here, and the answer {says} a yes"),
    )
    what = f"when what `{name}` looks at fails, it {'may say' if clause.is_part else 'says'} yes"
    return hit_in(
        project,
        ref,
        place,
        {"what": what, "order": "", "guard": name},
        steps,
        Confidence.MEDIUM if clause.is_part else Confidence.HIGH,
        mitigation=clause.is_part + (not is_reached(project, ref)),
    )
