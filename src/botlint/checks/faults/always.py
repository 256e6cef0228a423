"""Tests that always hold, so that what they were to keep out comes in.

``status != "halted" or status != "closed"``: one of the two is always so. ``status == "ok" or
"degraded"``: a text is true. ``if not check(order)`` where every answer is a pair: a pair is true,
whatever it says.
"""

from __future__ import annotations

from collections.abc import Iterable

from botlint.checks.hits import fault, step
from botlint.checks.roots import assigned_in
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Operation, Result
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.flow.ways import has_open_end, live_nodes, predecessors
from botlint.model import Hit
from botlint.project import CallRef, Project

_DECIDING = frozenset({Kind.TEST, Kind.ASSERT})
_VERDICTS = "preflight"
"""The role whose verdicts another rule holds against what is done about them."""


def find_always_true(project: Project) -> Iterable[Hit]:
    """One hit for each test that can't come out false."""
    for ref in project.program.functions():
        function = project.function(ref)
        tests = [n for n, node in enumerate(function.nodes) if node.kind in _DECIDING]
        entered = predecessors(function) if tests else []
        for number in tests:
            node = function.nodes[number]
            text = (
                _of_text(node.value)
                or _of_two(function, number, entered)
                or _of_pair(project, ref, node.value)
            )
            if text:
                steps = (step(project, ref, node.span, text),)
                yield fault(project, ref, node.span, text, steps)


def _of_text(value: Expression | None) -> str:
    is_text = type(value) is Constant and isinstance(value.value, str)
    return "a text is always true: it is compared with nothing here" if is_text else ""


def _of_two(function: Function, number: int, entered: list[int]) -> str:
    """``a != x or a != y``, which stand in the graph as two tests, one right after the other."""
    node = function.nodes[number]
    if node.other < 0 or entered[node.other] != 1:
        return ""
    later = function.nodes[node.other]
    one, other = _excluded(node.value), _excluded(later.value)
    if one is None or other is None or later.kind is not node.kind or later.next != node.next:
        return ""
    if one[0] != other[0] or type(one[1].value) is not type(other[1].value) or one == other:
        return ""
    first, second = one[1].value, other[1].value
    return f"`{one[0].path}` is never both {first!r} and {second!r}, so one of the two always holds"


def _excluded(value: Expression | None) -> tuple[Name, Constant] | None:
    """The name and the constant that a test finds to differ."""
    if type(value) is not Operation or value.kind != "ne" or len(value.args) != 2:
        return None
    subject, constant = value.args
    return (subject, constant) if type(subject) is Name and type(constant) is Constant else None


def _of_pair(project: Project, ref: FunctionRef, value: Expression | None) -> str:
    if type(value) is Name and "." not in value.path:
        bound = assigned_in(project, ref).get(value.path, [])
        given = any(one.name == value.path for one in project.function(ref).parameters)
        value = bound[0] if len(bound) == 1 and not given else None
    if type(value) is not Result or project.plays(CallRef(ref, value.call), _VERDICTS):
        return ""
    program = project.program
    callees = program.callees(ref, value.call)
    if program.resolution(ref, value.call).kind != "exact" or not callees:
        return ""
    bodies = [project.function(settled(program, one)) for one in callees]
    is_awaited = any(project.function(one).is_async for one in callees)
    if is_awaited or not all(map(_gives_pairs, bodies)):
        return ""
    name = program.display(callees[0])
    return f"`{name}` answers with a tuple each time, which is true whatever is in it"


def _gives_pairs(function: Function) -> bool:
    """Whether a function returns a display of several values on all its ways out."""
    if function.decorators or function.is_generator or function.is_async:
        return False
    live = live_nodes(function)
    ends = [n for n, node in enumerate(function.nodes) if node.kind is Kind.RETURN and n in live]
    said = [function.nodes[n].value for n in ends]
    if not said or not all(type(one) is Operation and one.kind == "tuple" for one in said):
        return False
    if not all(one.args for one in said if type(one) is Operation):
        return False
    return not has_open_end(function)
