"""Orders that take back what one before them has opened: ``if not stop: sell(symbol, amount)``.

Where an entry and its protective stop have been sent, the same order to the other side is the way
out, mostly because the stop has failed.
"""

from __future__ import annotations

from botlint.checks.orders.sides import BUYS, SELLS, said_by
from botlint.checks.roots import arguments_of
from botlint.facts.types import Call, Expression, Function
from botlint.flow.names import FunctionRef
from botlint.flow.ways import is_dominated, nodes_of_call
from botlint.project import CallRef, Project


def is_undoing(project: Project, ref: CallRef) -> bool:
    """Whether every way to an order leads through the same order to the other side, and then
    through a protective stop."""
    function = project.function(ref.function)
    call = function.calls[ref.call]
    stops = _stops(project, ref.function)
    if not stops or not _sides_in(call):
        return False
    entries = [number for number, one in enumerate(function.calls) if _is_to_other_side(one, call)]
    entries = [number for number in entries if _is_before(function, number, ref.call)]
    return any(
        _is_before(function, stop, ref.call) and _is_before(function, entry, stop)
        for entry in entries
        for stop in stops
    )


def _stops(project: Project, ref: FunctionRef) -> tuple[int, ...]:
    """The calls of a function that send a protective stop."""

    def find() -> tuple[int, ...]:
        numbers = range(len(project.function(ref).calls))
        return tuple(n for n in numbers if project.plays(CallRef(ref, n), "protective-stop"))

    return project.answer(("protective stops", ref), find)


def _is_to_other_side(one: Call, other: Call) -> bool:
    """Whether two calls are alike but for the side that each says."""
    if one.func != other.func or len(one.args) != len(other.args):
        return False
    first, second = dict(one.keywords), dict(other.keywords)
    if first.keys() != second.keys():
        return False
    pairs = [*zip(one.args, other.args, strict=True)]
    pairs += [(value, second[name]) for name, value in first.items()]
    unlike = [pair for pair in pairs if pair[0] != pair[1]]
    return bool(unlike) and all(_is_opposed(*pair) for pair in unlike)


def _is_opposed(one: Expression, other: Expression) -> bool:
    said = (said_by(one), said_by(other))
    return any(said[0] in ones and said[1] in others for ones, others in _OPPOSED)


_OPPOSED = ((BUYS, SELLS), (SELLS, BUYS))


def _sides_in(call: Call) -> bool:
    return any(said_by(value) in BUYS | SELLS for value in arguments_of(call))


def _is_before(function: Function, first: int, second: int) -> bool:
    """Whether every way to call ``second`` leads through call ``first``."""
    if first == second:
        return False
    ends = nodes_of_call(function, second)
    return bool(ends) and is_dominated(function, ends, nodes_of_call(function, first))
