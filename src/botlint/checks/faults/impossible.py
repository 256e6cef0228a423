"""Comparisons that come out false whatever is compared, and questions that ask nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from botlint.checks.faults.uncalled import not_asked
from botlint.checks.hits import fault, step
from botlint.checks.reads import last_segment
from botlint.checks.roots import targets_in
from botlint.facts.types import (
    Attribute,
    Call,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.flow.ways import is_dominated
from botlint.model import Hit
from botlint.project import Project

_CASES = {"lower": str.lower, "upper": str.upper, "casefold": str.casefold}
_UPPER = frozenset({"lt", "le"})
_LOWER = frozenset({"gt", "ge"})
_TURNED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


def find_impossible(project: Project) -> Iterable[Hit]:
    """One hit for each test that always comes out the same."""
    for ref in project.program.functions():
        function = project.function(ref)
        for number, node in enumerate(function.nodes):
            if node.kind not in (Kind.TEST, Kind.ASSERT, Kind.EXCEPT) or node.value is None:
                continue
            if node.kind is Kind.EXCEPT:
                text = _uncaught(node.value)
            else:
                text = _refuted(function, node.value) or _refolded(function, number)
                text = text or not_asked(project, ref, node)
            if text:
                steps = (step(project, ref, node.span, text),)
                yield fault(project, ref, node.span, text, steps)
        yield from _empty_ranges(project, ref, function)


def _refuted(function: Function, value: Expression) -> str:
    """Why a comparison can't be true; ``""`` if it can, or isn't one."""
    if type(value) is not Operation:
        return ""
    if value.kind == "tuple" and value.args:
        return "a tuple is always true, whatever is in it"
    if value.kind == "and":
        return _empty_chain(value)
    if len(value.args) != 2:
        return ""
    left, right = value.args
    for subject, constant, kind in (
        (left, right, value.kind),
        (right, left, _TURNED.get(value.kind, value.kind)),
    ):
        text = _in_nothing(subject, constant, value.kind) if subject is left else ""
        text = text or _other_case(function, subject, constant, kind)
        text = text or _out_of_range(function, subject, constant, kind)
        if text:
            return text
    return ""


def _refolded(function: Function, number: int) -> str:
    """Why a name that is folded on every way to a test is never what it is compared with there."""
    value = function.nodes[number].value
    if type(value) is not Operation or value.kind not in ("eq", "in") or len(value.args) != 2:
        return ""
    subject, given = value.args
    if type(subject) is not Name or "." in subject.path or subject.path in function.outer:
        return ""
    bound = [n for n, node in enumerate(function.nodes) if subject.path in targets_in(node.target)]
    values = {function.nodes[n].value for n in bound if function.nodes[n].kind is Kind.ASSIGN}
    texts = {_other_case(function, one, given, value.kind) for one in values if one is not None}
    if not bound or len(texts) != 1 or any(type(one) is not Result for one in values):
        return ""
    if any(function.nodes[n].kind is not Kind.ASSIGN for n in bound):
        return ""
    return texts.pop() if is_dominated(function, frozenset({number}), bound) else ""


def _in_nothing(subject: Expression, given: Expression, kind: str) -> str:
    """``symbol in ()``"""
    is_empty = isinstance(given, Operation) and given.kind in _DISPLAYS and not given.args
    if kind != "in" or not is_empty or isinstance(subject, Constant):
        return ""
    return "nothing is in what is empty"


def _other_case(function: Function, subject: Expression, given: Expression, kind: str) -> str:
    """``side.lower() == "BUY"``"""
    call = _call_of(function, subject)
    if call is None or kind not in ("eq", "in") or call.args:
        return ""
    fold = _CASES.get(last_segment(call.func))
    if fold is None:
        return ""
    if kind == "in" and not (isinstance(given, Operation) and given.kind in _DISPLAYS):
        return ""
    texts = [part.value for part in _members(given) if isinstance(part, Constant)]
    if not texts or len(texts) != len(_members(given)):
        return ""
    if any(not isinstance(text, str) or fold(text) == text for text in texts):
        return ""
    shown = ", ".join(repr(text) for text in texts[:3])
    return f"`{last_segment(call.func)}()` never gives {shown}"


def _members(given: Expression) -> tuple[Expression, ...]:
    if not isinstance(given, Operation):
        return (given,)
    return given.args[::2] if given.kind == "dict" else given.args


_DISPLAYS = ("tuple", "list", "set", "dict")


def _out_of_range(function: Function, subject: Expression, given: Expression, kind: str) -> str:
    """``len(x) < 0``, ``x > float("inf")``, ``x == float("nan")``, ``type(x) == "int"``"""
    call = _call_of(function, subject)
    number = _number(function, given)
    if call is not None and _is_negative(kind, number):
        if call.func == Name("len"):
            return "a length is never negative"
        if call.func == Name("abs"):
            return "what has no sign is never negative"
    if number is not None and _is_of_day(function, subject) and _is_above(kind, number, 86_399):
        return "the seconds of a difference are those beyond its days: never a day or more"
    is_type = call is not None and call.func == Name("type") and len(call.args) == 1
    if is_type and kind == "eq" and isinstance(given, Constant):
        return "a type is never equal to a text or a number"
    if number is None:
        return ""
    if math.isnan(number) and kind in ("eq", "lt", "le", "gt", "ge"):
        return "nothing is equal to NaN, or more or less than it"
    if (number == math.inf and kind == "gt") or (number == -math.inf and kind == "lt"):
        return "nothing lies beyond infinity"
    return ""


def _is_of_day(function: Function, subject: Expression) -> bool:
    """``(now - since).seconds``"""
    if isinstance(subject, Attribute):
        value: Expression = subject.value
        return subject.name == "seconds" and isinstance(value, Operation) and value.kind == "-"
    head, _, last = subject.path.rpartition(".") if isinstance(subject, Name) else ("", "", "")
    if last != "seconds" or not head or "." in head:
        return False
    bound = [node for node in function.nodes if head in targets_in(node.target)]
    values = [one.value for one in bound]
    return bool(bound) and all(isinstance(one, Operation) and one.kind == "-" for one in values)


def _is_above(kind: str, number: float, most: float) -> bool:
    """Whether a comparison with ``number`` holds only above ``most``."""
    return (kind == "gt" and number >= most) or (kind in ("ge", "eq") and number > most)


def _is_negative(kind: str, number: float | None) -> bool:
    """Whether a comparison with ``number`` holds below zero only."""
    if number is None:
        return False
    return (kind == "lt" and number <= 0) or (kind in ("le", "eq") and number < 0)


def _number(function: Function, value: Expression) -> float | None:
    if type(value) is Constant:
        is_number = isinstance(value.value, int | float) and not isinstance(value.value, bool)
        return float(value.value) if is_number else None  # type: ignore[arg-type]  # is_number
    if value == Name("math.inf"):
        return math.inf
    if value in (Name("math.nan"), Name("np.nan"), Name("numpy.nan")):
        return math.nan
    if type(value) is Operation and value.kind == "neg":
        inner = _number(function, value.args[0])
        return None if inner is None else -inner
    call = _call_of(function, value)
    if call is None or call.func != Name("float") or len(call.args) != 1:
        return None
    text = call.args[0].value if type(call.args[0]) is Constant else None
    known = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}
    return known.get(text.lower()) if isinstance(text, str) else None


def _call_of(function: Function, value: Expression) -> Call | None:
    return function.calls[value.call] if type(value) is Result else None


def _bound(value: Expression) -> tuple[Expression, str, float] | None:
    """What a comparison bounds, from which side, and by which number."""
    if type(value) is not Operation or len(value.args) != 2:
        return None
    left, right = value.args
    for subject, given, kind in (
        (left, right, value.kind),
        (right, left, _TURNED.get(value.kind, "")),
    ):
        if kind not in _UPPER | _LOWER or type(subject) is not Name:
            continue
        if type(given) is not Constant or isinstance(given.value, bool | str):
            continue
        if given.value is not None:
            return subject, "upper" if kind in _UPPER else "lower", float(given.value)
    return None


def _empty_chain(value: Operation) -> str:
    bounds = [one for one in map(_bound, value.args) if one is not None]
    for one in bounds:
        for other in bounds:
            text = _contradict(one, other)
            if text:
                return text
    return ""


def _contradict(one: tuple[Expression, str, float], other: tuple[Expression, str, float]) -> str:
    if one[0] != other[0] or (one[1], other[1]) != ("lower", "upper") or one[2] < other[2]:
        return ""
    assert isinstance(one[0], Name)
    return f"`{one[0].path}` can't be above {one[2]:g} and below {other[2]:g} at once"


def _empty_ranges(project: Project, ref: FunctionRef, function: Function) -> Iterator[Hit]:
    """Two tests, one right after the other, that leave no number."""
    counts: dict[int, int] = {}
    for node in function.nodes:
        for following in (node.next, node.other, node.exc):
            counts[following] = counts.get(following, 0) + 1
    for node in function.nodes:
        if node.kind is not Kind.TEST or node.next < 0 or counts[node.next] != 1:
            continue
        later = function.nodes[node.next]
        if later.kind is not Kind.TEST or node.value is None or later.value is None:
            continue
        one, other = _bound(node.value), _bound(later.value)
        if one is None or other is None:
            continue
        text = _contradict(one, other) or _contradict(other, one)
        if text:
            steps = (
                step(project, ref, node.span, "what comes next is asked only where this holds"),
                step(project, ref, later.span, text),
            )
            yield fault(project, ref, node.span, text, steps)


def _uncaught(value: Expression) -> str:
    """``except (NetworkError or OrderRejected)``"""
    if not isinstance(value, Operation) or value.kind not in ("or", "and"):
        return ""
    kept = value.args[0] if value.kind == "or" else value.args[-1]
    return f"this clause catches `{last_segment(kept)}` alone: `{value.kind}` gives one of them"
