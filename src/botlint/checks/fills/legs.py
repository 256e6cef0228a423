"""Results that keep the orders of an exit, and those that are built without them.

A field of a class keeps orders where some constructor call fills it with the answers of order
calls, or where its name plays the role. An exit whose order went out, and may have been filled in
part, and whose result is built without that order, loses its fees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from botlint.checks.fields import constructor_parameters
from botlint.checks.fills.legs_alone import find_last_only, find_unread
from botlint.checks.fills.legs_placed import Placed, placed_in, reached_after
from botlint.checks.fills.legs_read import find_read
from botlint.checks.hits import hit_in
from botlint.checks.kin import class_called
from botlint.checks.orders.orders import Orders
from botlint.checks.reads import has_spread, last_segment
from botlint.checks.roots import PUTS, names_given, receiver_of, targets_in
from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Operation,
    Parameter,
    Result,
)
from botlint.flow.program import ClassRef, FunctionRef
from botlint.model import Hit, Step
from botlint.project import CallRef, Project

LEGS = "order-legs"
_EMPTY = frozenset({"list", "tuple"})


class Built(NamedTuple):
    """A constructor call with what it gives to each parameter, by name."""

    call: CallRef
    cls: ClassRef
    given: Mapping[str, Expression]


def find_one_leg(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each result that is built without the orders of its exit, and each read of one of many."""
    orders: Orders = project.answer(("orders",), lambda: Orders(project))
    leading = [ref for ref in project.program.functions() if orders.is_leading(ref)]
    built = [one for ref in leading for one in _built_in(project, ref)]
    builders = sorted({one.call.function for one in built})
    placed = {ref: tuple(placed_in(project, orders, ref)) for ref in builders}
    fields = _fields(project, built, placed)
    for one in built:
        field = fields.get(one.cls)
        ref = one.call.function
        if field is None or not placed[ref]:
            continue
        last = find_last_only(project, one.call, one.given.get(field), placed[ref])
        if last is not None:
            yield _hit(project, one, field, last, is_empty=False)
        if not _is_empty(one.given.get(field)):
            continue
        if _is_set_later(project.function(ref), one.call.call, field):
            continue
        lost = _lost(project, one, placed[ref])
        if lost is not None:
            yield _hit(project, one, field, lost, is_empty=True)
    yield from find_read(project, leading, frozenset(fields.values()))
    yield from find_unread(project, leading)


def _built_in(project: Project, ref: FunctionRef) -> Iterator[Built]:
    """The constructor calls of a function, of classes whose parameters are known."""
    for number, call in enumerate(project.function(ref).calls):
        if not last_segment(call.func)[:1].isupper() or has_spread(call):
            continue
        cls = class_called(project.program, ref, call.func)
        parameters = constructor_parameters(project, cls) if cls is not None else None
        if cls is not None and parameters:
            yield Built(CallRef(ref, number), cls, _given(call, parameters))


def _given(call: Call, parameters: tuple[Parameter, ...]) -> Mapping[str, Expression]:
    names = [one.name for one in parameters if one.kind in ("positional", "normal")]
    given = dict(zip(names, call.args, strict=False))
    return {**given, **{name: value for name, value in call.keywords if name is not None}}


def _fields(
    project: Project, built: list[Built], placed: Mapping[FunctionRef, tuple[Placed, ...]]
) -> dict[ClassRef, str]:
    """The field of each class that keeps the orders of an exit."""
    role = project.vocabulary.roles[LEGS]
    found: dict[ClassRef, str] = {}
    for one in built:
        if one.cls in found:
            continue
        for parameter in constructor_parameters(project, one.cls) or ():
            given = one.given.get(parameter.name)
            is_named = role.plays_name(parameter.name)
            is_filled = _holds_orders(
                project.function(one.call.function), given, placed[one.call.function]
            )
            if is_named or is_filled:
                found[one.cls] = parameter.name
                break
    return found


def _holds_orders(function: Function, value: Expression | None, placed: tuple[Placed, ...]) -> bool:
    """Whether a value is a list of answers of order calls."""
    answers = {name for one in placed for name in one.names}
    calls = {one.call for one in placed}
    if isinstance(value, Operation) and value.kind in _EMPTY:
        return any(_is_answer(part, answers, calls) for part in value.args)
    if not isinstance(value, Name):
        return False
    return any(
        call.func == Name(f"{value.path}.{method}")
        and any(_is_answer(part, answers, calls) for part in call.args)
        for call in function.calls
        for method in PUTS
    )


def _is_answer(value: Expression, answers: set[str], calls: set[int]) -> bool:
    if isinstance(value, Result):
        return value.call in calls
    return isinstance(value, Name) and value.path in answers


def _is_empty(value: Expression | None) -> bool:
    """Whether nothing is given to a field: ``None``, or a list that is empty."""
    if value is None or value == Constant(None):
        return True
    if isinstance(value, Operation) and value.kind in _EMPTY:
        return not value.args
    return False


def _is_set_later(function: Function, call: int, field: str) -> bool:
    """Whether the record that a call makes gets its orders afterwards."""
    made = names_given(function, call)
    paths = {f"{name}.{field}" for name in made}
    if any(not paths.isdisjoint(targets_in(node.target)) for node in function.nodes):
        return True
    return any(
        receiver in {Name(path) for path in paths}
        or (last_segment(one.func) in ("replace", "setattr") and _is_given(one, made))
        for one in function.calls
        if (receiver := receiver_of(one)) is not None or isinstance(one.func, Name)
    )


def _is_given(call: Call, names: frozenset[str]) -> bool:
    return any(isinstance(value, Name) and value.path in names for value in call.args)


def _lost(project: Project, built: Built, placed: tuple[Placed, ...]) -> Placed | None:
    """The order that went out before a result is built without it."""
    function = project.function(built.call.function)
    ends = {
        number
        for number, node in enumerate(function.nodes)
        if node.kind is Kind.CALL and node.call == built.call.call
    }
    for one in placed:
        if one.call == built.call.call or _is_handed_whole(built, one, len(placed)):
            continue
        if not ends.isdisjoint(reached_after(project, built.call.function, one)):
            return one
    return None


def _is_handed_whole(built: Built, placed: Placed, count: int) -> bool:
    """Whether the result keeps the one order that there is, under another name."""
    if count > 1 or placed.is_repeated:
        return False
    return any(
        _is_answer(value, set(placed.names), {placed.call}) for value in built.given.values()
    )


def _hit(project: Project, built: Built, field: str, lost: Placed, *, is_empty: bool) -> Hit:
    place = project.call_place(built.call)
    ref = built.call.function
    cls = project.program.cls(built.cls).name
    placed = CallRef(ref, lost.call)
    written = project.written(placed)
    what = f"`{cls}` is built without `{field}`, though `{written}` may have been filled"
    text = f"`{cls}` is built without it: `{field}` stays empty"
    if not is_empty:
        what = f"`{cls}` gets the last `{written}` of a loop as `{field}`, and not those before it"
        text = f"`{field}` gets one order of several"
    return hit_in(
        project,
        ref,
        place,
        {"what": what},
        (
            Step(project.call_place(placed), f"`{written}` goes out, and may be filled in part"),
            Step(place, text),
        ),
    )
