"""Tests that always hold, so that what they were to keep out comes in.

``status != "halted" or status != "closed"``: one of the two is always so. ``status == "ok" or
"degraded"``: a text is true. ``if not check(order)`` where every answer is a pair: a pair is true,
whatever it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from botlint.checks.hits import fault, step
from botlint.checks.roots import assigned_in
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.flow.ways import has_open_end, live_nodes, predecessors
from botlint.model import Hit, Span
from botlint.project import CallRef, Project

_COMPARING = frozenset({"eq", "ne", "in", "notin", "lt", "le", "gt", "ge"})
_FIELD = re.compile(r"\{[^{}]*\}")
_DECIDING = frozenset({Kind.TEST, Kind.ASSERT})
_VERDICTS = "preflight"
"""The role whose verdicts another rule holds against what is done about them."""


def find_always_true(project: Project) -> Iterable[Hit]:
    """One hit for each test that can't come out false."""
    for ref in project.program.functions():
        function = project.function(ref)
        yield from _joined(project, ref)
        tests = [n for n, node in enumerate(function.nodes) if node.kind in _DECIDING]
        entered = predecessors(function) if tests else []
        for number in tests:
            node = function.nodes[number]
            text = (
                _of_text(node.value, function)
                or _of_number(function, number)
                or _of_two(function, number, entered)
                or _of_pair(project, ref, node.value)
            )
            if text:
                steps = (step(project, ref, node.span, text),)
                yield fault(project, ref, node.span, text, steps)


def _joined(project: Project, ref: FunctionRef) -> Iterator[Hit]:
    told: set[Span] = set()
    for node in project.function(ref).nodes:
        if node.kind in (Kind.ASSIGN, Kind.RETURN) and node.span not in told:
            text = _of_joined(node.value, project.function(ref))
            if text:
                told.add(node.span)
                steps = (step(project, ref, node.span, text),)
                yield fault(project, ref, node.span, text, steps)


def _of_text(value: Expression | None, function: Function) -> str:
    if is_text(value, function):
        return "a text is always true: it is compared with nothing here"
    if _is_filled(value):
        return "a collection that has elements is always true: nothing is looked for in it here"
    return ""


def is_text(value: Expression | None, function: Function) -> bool:
    """Whether a value is a text that can't be empty: some part of it is written out."""
    if type(value) is Constant:
        return isinstance(value.value, str) and bool(value.value)
    if type(value) is Operation and value.kind in ("fstring", "+"):
        return any(is_text(part, function) for part in value.args)
    if type(value) is Operation and value.kind == "%":
        return is_text(value.args[0], function)
    if type(value) is not Result:
        return False
    func = function.calls[value.call].func
    if type(func) is not Attribute or func.name != "format" or type(func.value) is not Constant:
        return False
    return bool(_FIELD.sub("", str(func.value.value)))


def _is_filled(value: Expression | None) -> bool:
    if type(value) is not Operation or value.kind not in ("list", "set"):
        return False
    return any(type(one) is not Operation or one.kind != "star" for one in value.args)


def _of_number(function: Function, number: int) -> str:
    """``code == 1 or 2``: the number is a test of its own, which what failed before leads to."""
    value = function.nodes[number].value
    is_number = type(value) is Constant and type(value.value) is int
    before = [function.nodes[one] for one in function.previous[number]]
    is_second = any(
        one.kind in _DECIDING and one.other == number and one.next == function.nodes[number].next
        for one in before
    )
    if not is_number or not is_second:
        return ""
    return "a number other than 0 is always true: it is compared with nothing here"


def _of_joined(value: Expression | None, function: Function) -> str:
    """``is_open = status == "open" or "new"``: what is compared with the first is the whole."""
    if type(value) is not Operation or value.kind != "or":
        return ""
    first, *others = value.args
    if type(first) is not Operation or first.kind not in _COMPARING:
        return ""
    return next((text for one in others if (text := _of_text(one, function))), "")


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
