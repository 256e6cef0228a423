"""Ways of reaching an order, as places and words."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from botlint.checks.clauses import place_of_clause
from botlint.checks.guards.question import Guard
from botlint.checks.guards.states import Mark, Status
from botlint.checks.roots import names_in, targets_in
from botlint.facts.types import (
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

GuardAt = Callable[[CallRef], Guard | None]


class Passage(NamedTuple):
    """One way of reaching a target: how the guard fared, where that was decided, and its name."""

    status: Status
    step: Step | None
    guard: str = ""


_OPENED = {
    Kind.EXCEPT: "an exception before or in the guard is caught here, and the code goes on",
    Kind.UNWIND: "an exception before or in the guard is swallowed here, and the code goes on",
    Kind.FINALLY: "this runs although the guard has raised",
}


def _ran(name: str, status: Status) -> str:
    if status.is_unknown_outcome:
        return f"`{name}` runs; an outcome that is neither yes nor no passes"
    return f"`{name}` runs, and its verdict does not decide"


def rank(status: Status) -> tuple[int, int, int]:
    return (status.mark, status.node, status.call)


def show_passage(project: Project, guard_at: GuardAt, ref: FunctionRef, status: Status) -> Passage:
    """A status of function ``ref`` with its place and the name of the guard."""
    function = project.function(ref)
    name = ""
    if status.mark is Mark.OPEN:
        name = _guard_within(project, guard_at, ref, function.nodes[status.node].region)
    elif status.call >= 0:
        name = project.written(CallRef(ref, status.call))
    elif status.node >= 0 and status.mark is not Mark.NONE:
        name = _asked_name(function, function.nodes[status.node].value)
    return Passage(status, show_step(project, guard_at, ref, status), name)


def _asked_name(function: Function, value: Expression | None) -> str:
    """What a test asks, by name: the key that it reads, or else the first of its names."""
    while isinstance(value, Operation) and value.kind == "not":
        value = value.args[0]
    keys: list[Expression] = [value.key] if isinstance(value, Item) else []
    if isinstance(value, Result):
        call = function.calls[value.call]
        is_get = isinstance(call.func, Name) and (
            call.func.path == "getattr" or call.func.path.endswith(".get")
        )
        keys = list(call.args[:2]) if is_get else []
    texts = [key.value for key in keys if isinstance(key, Constant)]
    told = [text for text in texts if isinstance(text, str)]
    return next(iter((*told, *sorted(names_in(value, function.calls)))), "")


def _guard_within(
    project: Project, guard_at: GuardAt, ref: FunctionRef, region: tuple[int, int]
) -> str:
    """The name of the guard that is called within some lines of a function."""
    for number, call in enumerate(project.function(ref).calls):
        if region[0] <= call.span.line <= region[1] and guard_at(CallRef(ref, number)):
            return project.written(CallRef(ref, number))
    return ""


def show_step(project: Project, guard_at: GuardAt, ref: FunctionRef, status: Status) -> Step | None:
    """The place where a status was decided, with what happened there."""
    if status.node < 0:
        return None
    function = project.function(ref)
    node = function.nodes[status.node]
    place = project.place(ref, node.span)
    if status.mark is Mark.NONE:
        names = ", ".join(f"`{name}`" for name in targets_in(node.target))
        return Step(place, f"what is bound to {names} here was not asked about")
    guard = guard_at(CallRef(ref, status.call)) if status.call >= 0 else None
    if guard is not None and guard.lost_at is not None:
        return guard.lost_at
    if status.mark is Mark.RAN and status.call >= 0:
        call = CallRef(ref, status.call)
        return Step(project.call_place(call), _ran(project.written(call), status))
    if status.mark is Mark.OPEN:
        return Step(
            place_of_clause(project, ref, node),
            _OPENED.get(node.kind, "goes on after the exception"),
        )
    if status.mark is Mark.RAN:
        return Step(place, "this is tested, and does not decide")
    return Step(place, "the guard said yes here")
