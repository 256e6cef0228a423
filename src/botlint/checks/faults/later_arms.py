"""Arms of an ``if`` … ``elif`` that never run, as an earlier arm takes all that they ask for.

``if loss > 0.05: reduce()`` before ``elif loss > 0.10: halt()``: nothing ever halts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from botlint.checks.fills.spellings import constant_value
from botlint.checks.hits import fault, step
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import predecessors
from botlint.model import Hit
from botlint.project import CallRef, Project

_TURNED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq"}
_PLAIN = frozenset({Kind.CALL, Kind.ASSIGN, Kind.RETURN, Kind.PASS, Kind.RAISE})
_DISPLAYS = frozenset({"tuple", "list", "set"})


class _Asked(NamedTuple):
    """What a comparison asks of a subject: a range of numbers, or one of some constants."""

    subject: Expression
    low: float = -math.inf
    high: float = math.inf
    is_open: bool = False
    """Whether the bounds themselves are left out."""
    values: frozenset[tuple[type, object]] = frozenset()


def find_dead_arms(project: Project) -> Iterable[Hit]:
    """One hit for each test that is asked only where it can't hold."""
    for ref in project.program.functions():
        function = project.function(ref)
        tests = [node for node in function.nodes if node.kind is Kind.TEST and node.other >= 0]
        if len(tests) > 1:
            yield from _dead_arms(project, ref, function, tests)


def _dead_arms(
    project: Project, ref: FunctionRef, function: Function, tests: list[Node]
) -> Iterator[Hit]:
    entered = predecessors(function)
    for node in tests:
        for later in _asked_after(function, node, entered):
            if later.next < 0 or entered[later.next] != 1:
                continue  # No arm of its own: one more side of an ``or``, or of a ``not``.
            if _are_alike(project, ref, node.next, later.next):
                continue  # What it would do is done.
            if _is_covered(project, ref, later.value, node.value):
                yield _hit(project, ref, node, later)


def _are_alike(project: Project, ref: FunctionRef, one: int, other: int) -> bool:
    """Whether a later arm does what an earlier one does, node by node, up to where they meet or
    leave; what it tells a log or the screen besides is nothing lost."""
    function = project.function(ref)
    seen: set[tuple[int, int]] = set()
    while one != other and one >= 0 and other >= 0 and (one, other) not in seen:
        seen.add((one, other))
        if _is_same(function, function.nodes[one], function.nodes[other]):
            one, other = function.nodes[one].next, function.nodes[other].next
        else:
            other = _past_words(project, ref, other)
    return one == other


def _is_same(function: Function, first: Node, second: Node) -> bool:
    if first.kind is not second.kind or first.kind not in _PLAIN:
        return False
    if first.kind is not Kind.CALL:
        return (first.value, first.target) == (second.value, second.target)
    left, right = function.calls[first.call], function.calls[second.call]
    return (left.func, left.args, left.keywords) == (right.func, right.args, right.keywords)


def _past_words(project: Project, ref: FunctionRef, number: int) -> int:
    """The first node from ``number`` on that does more than to print or log."""
    function = project.function(ref)
    while number >= 0 and function.nodes[number].kind is Kind.CALL:
        call = CallRef(ref, function.nodes[number].call)
        if project.call(call).func != Name("print") and not project.plays(call, "log"):
            break
        number = function.nodes[number].next
    return number


def _asked_after(function: Function, node: Node, entered: list[int]) -> Iterator[Node]:
    """The tests that come only where ``node`` came out false, and right after it.

    What lies between them are calls that ask, as in ``elif is_open(order)``: they change no local.
    """
    is_kept = _is_local(node.value)
    number = node.other
    while number >= 0 and entered[number] == 1:
        following = function.nodes[number]
        if following.kind is Kind.TEST:
            yield following
            number = following.other
        elif following.kind is Kind.CALL and is_kept:
            number = following.next
        else:
            return


def _is_local(value: Expression | None) -> bool:
    """Whether a test asks of plain names and constants only, which a call can't change."""
    if type(value) is Operation:
        return all(map(_is_local, value.args))
    return type(value) is Constant or (type(value) is Name and "." not in value.path)


def _is_covered(
    project: Project, ref: FunctionRef, later: Expression | None, first: Expression | None
) -> bool:
    """Whether ``later`` holds only where ``first`` does."""
    if later is None or first is None or _has_result(later):
        return False
    if later == first:
        return not isinstance(later, Constant)
    if not _has_common(later, first):
        return False
    one, other = _asked(project, ref, later), _asked(project, ref, first)
    if one is None or other is None or one.subject != other.subject:
        return False
    if one.values or other.values:
        return bool(one.values) and one.values <= other.values
    return _is_within(one, other)


def _has_common(one: Expression, other: Expression) -> bool:
    """Cheaply: whether both may ask of one subject."""
    if not isinstance(one, Operation) or not isinstance(other, Operation):
        return False
    return len(one.args) == len(other.args) == 2 and any(part in other.args for part in one.args)


def _is_within(one: _Asked, other: _Asked) -> bool:
    """Whether each number of one range is in the other."""
    is_looser = other.is_open and not one.is_open
    is_low = one.low == other.low and not (is_looser and one.low > -math.inf)
    is_high = one.high == other.high and not (is_looser and one.high < math.inf)
    return (one.low > other.low or is_low) and (one.high < other.high or is_high)


def _asked(project: Project, ref: FunctionRef, value: Expression) -> _Asked | None:
    if not isinstance(value, Operation) or len(value.args) != 2:
        return None
    left, right = value.args
    if value.kind == "in" and isinstance(right, Operation) and right.kind in _DISPLAYS:
        members = [one for one in right.args if isinstance(one, Constant)]
        if right.args and len(members) == len(right.args):
            return _Asked(left, values=frozenset(map(_typed, members)))
        return None
    for subject, given, kind in ((left, right, value.kind), (right, left, _turned(value.kind))):
        if isinstance(subject, Constant):
            continue
        if kind == "eq" and isinstance(given, Constant) and isinstance(given.value, str):
            return _Asked(subject, values=frozenset({_typed(given)}))
        number = _number(project, ref, given)
        if number is None:
            continue
        if kind in ("gt", "ge"):
            return _Asked(subject, low=number, is_open=kind == "gt")
        if kind in ("lt", "le"):
            return _Asked(subject, high=number, is_open=kind == "lt")
    return None


def _turned(kind: str) -> str:
    return _TURNED.get(kind, "")


def _typed(value: Constant) -> tuple[type, object]:
    return type(value.value), value.value


def _number(project: Project, ref: FunctionRef, value: Expression) -> float | None:
    """The number of a literal, or of a constant of the same module."""
    if isinstance(value, Operation) and value.kind == "neg" and len(value.args) == 1:
        number = _number(project, ref, value.args[0])
        return None if number is None else -number
    if isinstance(value, Name) and "." not in value.path:
        found = constant_value(project, ref, value.path)
        if found is None or found[1] != FunctionRef(ref.source, 0):
            return None
        return None if isinstance(found[0], Name) else _number(project, ref, found[0])
    if not isinstance(value, Constant) or isinstance(value.value, bool | str):
        return None
    return None if value.value is None else float(value.value)


def _has_result(value: Expression) -> bool:
    if type(value) is Result:
        return True
    return type(value) is Operation and any(map(_has_result, value.args))


def _hit(project: Project, ref: FunctionRef, first: Node, later: Node) -> Hit:
    text = "this arm never runs: an earlier one takes all that it asks for"
    steps = (
        step(project, ref, first.span, "what comes next is asked only where this doesn't hold"),
        step(project, ref, later.span, "and this holds only where that does"),
    )
    return fault(project, ref, later.span, text, steps)
