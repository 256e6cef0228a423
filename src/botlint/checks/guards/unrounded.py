"""Values that an order hands on as its function was given them, though others are rounded there.

Where such a value comes from can't be told. But a function that rounds the price of an order and
not its amount, or one whose neighbours (two or more, and two thirds) all round that value before
they send it, has left it out. What is held or was filled has been rounded before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.guards.conversions import TRANSPARENT
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of, assigned_in, names_in
from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.model import Step
from botlint.project import CallRef, Project

DEEPEST = 4
FEWEST = 2
_NONE = Constant(None)
_ROUNDING = frozenset(
    {"round", "floor", "ceil", "trunc", "quantize", "int", "format", "divmod", "fmod", "//", "%"}
)
_PRICES = frozenset({"price", "px", "limit", "rate"})
_ROUNDED_BEFORE = ("held-quantity", "filled-quantity")


class Sent(NamedTuple):
    """A price or an amount that an order sends, and whether it is known to be rounded."""

    order: CallRef
    slot: str
    value: Expression
    is_rounded: bool


def find_unrounded(project: Project, sent: list[Sent]) -> Iterator[tuple[Sent, Step]]:
    """Those of ``sent`` that were left out, each with where a value beside it is rounded."""
    for one in sent:
        if one.is_rounded or not _is_as_given(project, one.order.function, one.value):
            continue
        if _is_rounded_before(project, one) or _is_written(
            project, one.order.function, one.value, 0
        ):
            continue
        beside = _own_other(sent, one) or _neighbour(project, sent, one)
        if beside is not None:
            text = f"this order's `{beside.slot}` is rounded"
            yield one, Step(project.call_place(beside.order), text)


def _own_other(sent: list[Sent], one: Sent) -> Sent | None:
    """The rounded price of an order whose amount isn't, or the other way round."""
    return next((other for other in sent if other.order == one.order and other.is_rounded), None)


def _neighbour(project: Project, sent: list[Sent], one: Sent) -> Sent | None:
    """The first of the orders of the same class or module whose value of that kind is rounded, if
    they are enough."""
    by_function: dict[FunctionRef, list[Sent]] = defaultdict(list)
    for other in sent:
        if _home(project, other) == _home(project, one) and _kind(project, other) == _kind(
            project, one
        ):
            by_function[other.order.function].append(other)
    rounding = [
        each[0]
        for function, each in sorted(by_function.items())
        if function != one.order.function
        and all(
            other.is_rounded and not _is_as_given(project, function, other.value) for other in each
        )
    ]
    is_enough = len(rounding) >= FEWEST and 3 * len(rounding) >= 2 * len(by_function)
    return rounding[0] if is_enough else None


def _home(project: Project, one: Sent) -> tuple[object, ...]:
    return one.order.function.source, project.program.owner(one.order.function)


def _kind(project: Project, one: Sent) -> bool:
    return not _PRICES.isdisjoint(project.vocabulary.words(one.slot))


def _is_as_given(project: Project, ref: FunctionRef, value: Expression) -> bool:
    """Whether a value is a parameter of the function, converted at most."""
    return bool(_parameter_in(project, ref, value))


def _parameter_in(
    project: Project,
    ref: FunctionRef,
    value: Expression | None,
    bound: frozenset[str] = frozenset(),
    depth: int = 0,
) -> str:
    """The parameter of the function that a value is, converted at most; ``""`` if it is none. What
    binds one of ``bound`` reads of that name what it held before."""
    if depth > DEEPEST:
        return ""
    if isinstance(value, Result):
        call = project.function(ref).calls[value.call]
        given = arguments_of(call)
        if last_segment(call.func) in TRANSPARENT and len(given) == 1:
            return _parameter_in(project, ref, given[0], bound, depth + 1)
        return _parameter_given_back(project, ref, value.call, bound, depth + 1)
    if isinstance(value, Operation) and value.kind == "if":
        parts = [part for part in value.args[1:] if part != _NONE]
        only = parts[0] if len(parts) == 1 else None
        return _parameter_in(project, ref, only, bound, depth + 1)
    if not isinstance(value, Name) or "." in value.path:
        return ""
    values = assigned_in(project, ref).get(value.path, []) if value.path not in bound else []
    if values:
        within = bound | {value.path}
        found = {_parameter_in(project, ref, one, within, depth + 1) for one in values}
        return found.pop() if len(found) == 1 else ""
    is_given = any(
        one.name == value.path and one.kind in ("normal", "positional", "keyword")
        for one in project.function(ref).parameters
    )
    return value.path if is_given else ""


def _parameter_given_back(
    project: Project, ref: FunctionRef, number: int, bound: frozenset[str], depth: int
) -> str:
    """The parameter that a function of the program, which rounds nothing, is given and gives back
    on some way: ``return amount``."""
    callees = project.program.callees(ref, number)
    if len(callees) != 1 or _is_rounding(project, callees[0]):
        return ""
    returned = (one for one in project.function(callees[0]).nodes if one.kind is Kind.RETURN)
    inner = (_parameter_in(project, callees[0], one.value, depth=depth) for one in returned)
    name = next(filter(None, inner), "")
    given = project.program.argument_of(ref, number, callees[0], name) if name else None
    return _parameter_in(project, ref, given, bound, depth)


def _is_rounding(project: Project, ref: FunctionRef) -> bool:
    """Whether a function, or what it runs, does anything that may round a number."""
    return any(
        _ROUNDING.intersection(_done_in(project.function(one)))
        for one in project.program.reachable((ref,))
    )


def _done_in(function: Function) -> Iterator[str]:
    yield from (last_segment(call.func) for call in function.calls)
    for node in function.nodes:
        for part in walk(node.value, ()) if node.value is not None else ():
            if isinstance(part, Operation):
                yield part.kind


def _is_written(project: Project, ref: FunctionRef, value: Expression | None, depth: int) -> bool:
    """Whether a value is a number that stands in the program: written at every call that hands it
    on."""
    if isinstance(value, Constant):
        return isinstance(value.value, int | float) and not isinstance(value.value, bool)
    if not isinstance(value, Name) or depth > DEEPEST or assigned_in(project, ref).get(value.path):
        return False
    program = project.program
    sites = program.callers(ref)
    return bool(sites) and all(
        site.via == "call"
        and _is_written(
            project,
            site.function,
            program.argument_of(site.function, site.call, ref, value.path),
            depth + 1,
        )
        for site in sites
    )


def _is_rounded_before(project: Project, one: Sent) -> bool:
    """Whether a name that the value goes by, here or where it is handed over, says that it is what
    is held or was filled."""
    program = project.program
    names: set[str] = set()
    waiting: list[tuple[FunctionRef, Expression | None]] = [(one.order.function, one.value)]
    for ref, value in waiting:
        own = _said(value, project.function(ref).calls)
        names |= own
        for parameter in project.function(ref).parameters:
            for site in program.callers(ref) if parameter.name in own else ():
                given = program.argument_of(site.function, site.call, ref, parameter.name)
                if (site.function, given) not in waiting:
                    waiting.append((site.function, given))
    roles = [project.vocabulary.roles[role] for role in _ROUNDED_BEFORE]
    return any(
        role.plays_name(part) for name in names for part in name.split(".") for role in roles
    )


def _said(value: Expression | None, calls: tuple[Call, ...]) -> set[str]:
    """The names and keys that a value is made of."""
    keys = [part.key for part in walk(value, calls) if isinstance(part, Item)]
    texts = [key.value for key in keys if isinstance(key, Constant)]
    return {*names_in(value, calls), *(text for text in texts if isinstance(text, str))}
