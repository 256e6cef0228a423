"""Answers of functions that are compared with what they never answer.

``preflight(order) == "REJECTED"`` where it says ``"ok"`` or ``"rejected"``, or answers with members
of an enumeration. Known is a function of the program all of whose ways out return what is written
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botlint.checks.faults.enum_texts import member_of, shown_constants
from botlint.checks.faults.unwritten import GUARDS
from botlint.checks.hits import fault, step
from botlint.checks.roots import assigned_in
from botlint.facts.types import Constant, Expression, Kind, Name, Node, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import live_nodes
from botlint.model import Confidence, Hit
from botlint.project import CallRef, Project

_COMPARING = frozenset({"eq", "ne", "in"})
_WHERE = frozenset({Kind.TEST, Kind.ASSERT, Kind.ASSIGN, Kind.RETURN})
_JOINING = frozenset({"and", "or", "not"})


def find_unanswered(project: Project) -> Iterable[Hit]:
    """One hit for each comparison of an answer with texts or numbers that it never is."""
    answering = _answering(project)
    for ref in project.program.functions() if answering else ():
        for node in project.function(ref).nodes:
            if node.kind in _WHERE and type(node.value) is Operation:
                yield from _compared(project, ref, node, node.value, answering)


def _answering(project: Project) -> dict[FunctionRef, frozenset[Expression]]:
    """What the functions answer of which that is known."""
    found = {}
    for ref in project.program.functions():
        function = project.function(ref)
        if ref.index and not function.is_generator and not function.decorators:
            answers = _answers(project, ref)
            if answers:
                found[ref] = answers
    return found


def _answers(project: Project, ref: FunctionRef) -> frozenset[Expression]:
    """The texts and members that a function returns; none if it may return anything else."""
    function = project.function(ref)
    ends = [n for n, node in enumerate(function.nodes) if node.kind is Kind.RETURN]
    live = live_nodes(function) if ends else frozenset()
    said = [part for n in ends if n in live for part in _choices(function.nodes[n].value)]
    told = [one for one in said if one is not None and one != Constant(None)]
    are_known = all(_is_text(one) or member_of(project, ref, one) for one in told)
    return frozenset(told) if are_known else frozenset()


def _choices(value: Expression | None) -> Iterator[Expression | None]:
    if type(value) is Operation and value.kind == "if":
        for part in value.args[1:]:
            yield from _choices(part)
    else:
        yield value


def _is_text(value: Expression | None) -> bool:
    return type(value) is Constant and isinstance(value.value, str)


def _compared(
    project: Project,
    ref: FunctionRef,
    node: Node,
    value: Operation,
    answering: dict[FunctionRef, frozenset[Expression]],
) -> Iterator[Hit]:
    if value.kind in _JOINING:
        for part in value.args:
            if type(part) is Operation:
                yield from _compared(project, ref, node, part, answering)
        return
    if value.kind not in _COMPARING or len(value.args) != 2:
        return
    left, right = value.args
    for subject, given in ((left, right), (right, left))[: 1 if value.kind == "in" else 2]:
        shown = shown_constants(given)
        callees = _asked(project, ref, subject) if shown else ()
        if callees and all(one in answering for one in callees):
            said = frozenset().union(*(answering[one] for one in callees))
            if _is_never(project, callees, said, given):
                yield _hit(project, ref, node, callees[0], shown)


def _asked(project: Project, ref: FunctionRef, subject: Expression) -> tuple[FunctionRef, ...]:
    """The functions whose answer a value is."""
    if type(subject) is Name:
        bound = assigned_in(project, ref).get(subject.path, [])
        given = [one.name for one in project.function(ref).parameters]
        if len(bound) != 1 or subject.path in given:
            return ()
        subject = bound[0]
    if type(subject) is not Result:
        return ()
    call = CallRef(ref, subject.call)
    callees = project.program.callees(ref, subject.call)
    if any(project.function(one).is_async for one in callees) and not project.call(call).is_awaited:
        return ()
    return callees


def _is_never(
    project: Project,
    callees: tuple[FunctionRef, ...],
    said: frozenset[Expression],
    given: Expression,
) -> bool:
    """Whether none of what is given is ever said: what a guard never says, what is a text where
    members are said, or what is only spelt otherwise."""
    parts = given.args if type(given) is Operation else (given,)
    texts = {one.value for one in said if type(one) is Constant}
    asked = {one.value for one in parts if type(one) is Constant}
    if not asked.isdisjoint(texts):
        return False
    if not texts or any(project.function_plays(callees[0], role) for role in GUARDS):
        return True
    folded = {one.casefold() for one in texts if isinstance(one, str)}
    return all(isinstance(one, str) and one.casefold() in folded for one in asked)


def _hit(project: Project, ref: FunctionRef, node: Node, callee: FunctionRef, shown: str) -> Hit:
    what = f"`{project.program.display(callee)}` never answers {shown}"
    steps = (
        step(project, ref, node.span, what),
        step(project, callee, project.function(callee).span, "all that it answers is written here"),
    )
    return fault(project, ref, node.span, what, steps, Confidence.MEDIUM)
