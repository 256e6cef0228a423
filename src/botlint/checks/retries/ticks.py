"""Ids by which a program knows its own repeats, made so that no repeat has the same one.

A function on the way to an order asks whether it has seen an id before. Where that id is made of
what already tells one decision from another *and* of a clock or chance, the next tick's repeat of
the same decision is new to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botlint.checks.hits import hit_in
from botlint.checks.orders.orders import Orders
from botlint.checks.retries.identities import IDENTITY
from botlint.checks.retries.makers import makes_anew
from botlint.checks.roots import arguments_of, names_in, receiver_of, targets_in
from botlint.facts.types import Attribute, Expression, Item, Kind, Name, Operation, Result
from botlint.flow.forwarding import hands_on
from botlint.flow.names import FunctionRef
from botlint.model import Hit, Place, Step
from botlint.project import CallRef, Project

DEEPEST = 6
_IDS = (IDENTITY, "trace-id")


def find_renewed(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each id that is made anew although the program looks it up to detect repeats."""
    orders: Orders = project.answer(("orders",), lambda: Orders(project))
    for ref in project.program.functions():
        if not orders.is_leading(ref):
            continue
        for path, place in sorted(_asked(project, ref)):
            for sent, value in _given(project, orders, ref, path):
                made = _made(project, sent.function, value)
                if made is not None:
                    yield _hit(project, sent, made, Step(place, f"`{path}` is looked up here"))


def _asked(project: Project, ref: FunctionRef) -> set[tuple[str, Place]]:
    """The ids given to a function that it looks for in what it has seen."""
    function = project.function(ref)
    own = {parameter.name for parameter in function.parameters} - {"self", "cls"}
    found = set()
    for node in function.nodes:
        value = node.value
        if node.kind is not Kind.TEST or not isinstance(value, Operation):
            continue
        if value.kind not in ("in", "notin") or not isinstance(value.args[0], Name):
            continue
        path = value.args[0].path
        if path.partition(".")[0] in own and _is_id(project, path):
            found.add((path, project.place(ref, node.span)))
    return found


def _given(
    project: Project, orders: Orders, ref: FunctionRef, path: str
) -> Iterator[tuple[CallRef, Expression]]:
    """The calls that give the id, and what they give: by its parameter, or in a record."""
    program = project.program
    parameter, _, member = path.partition(".")
    for site in program.callers(ref):
        sent = CallRef(site.function, site.call)
        if not member:
            value = program.argument_of(site.function, site.call, ref, parameter)
            if isinstance(value, Name) and hands_on(program, site.function, ref):
                yield from _given(project, orders, site.function, value.path)
            elif value is not None:
                yield sent, value
            continue
        for call in project.function(site.function).calls:
            for name, value in call.keywords:
                if name == member and orders.is_leading(site.function):
                    yield sent, value


def _made(project: Project, ref: FunctionRef, value: Expression) -> Place | None:
    """Where an id is made of another id and of what changes, if it is."""
    function = project.function(ref)
    if not isinstance(value, Name):
        number = _changing(project, ref, value, 0)
        is_mixed = number is not None and _holds_id(project, ref, value)
        return project.call_place(CallRef(ref, number)) if is_mixed and number is not None else None
    for node in function.nodes:
        if node.kind is not Kind.ASSIGN or value.path not in targets_in(node.target):
            continue
        is_changing = node.value is not None and _changing(project, ref, node.value, 0) is not None
        if is_changing and node.value is not None and _holds_id(project, ref, node.value):
            return project.place(ref, node.span)
    return None


def _holds_id(project: Project, ref: FunctionRef, value: Expression) -> bool:
    names = names_in(value, project.function(ref).calls)
    return any(_is_id(project, name) for name in names)


def _changing(project: Project, ref: FunctionRef, value: Expression, depth: int) -> int | None:
    """The call in a value that gives another one each time."""
    if depth > DEEPEST:
        return None
    if isinstance(value, Operation):
        parts: tuple[Expression, ...] = value.args
    elif isinstance(value, Item | Attribute):
        parts = (value.value,)
    elif isinstance(value, Result):
        callees = project.program.callees(ref, value.call)
        if any(makes_anew(project, callee) for callee in callees):
            return value.call
        if not callees and project.plays(CallRef(ref, value.call), "unique"):
            return value.call
        call = project.function(ref).calls[value.call]
        receiver = receiver_of(call)
        parts = (*arguments_of(call), *(() if receiver is None else (receiver,)))
    else:
        return None
    found = (_changing(project, ref, part, depth + 1) for part in parts)
    return next((number for number in found if number is not None), None)


def _is_id(project: Project, path: str) -> bool:
    return any(project.vocabulary.roles[role].plays_name(path) for role in _IDS)


def _hit(project: Project, sent: CallRef, place: Place, asked: Step) -> Hit:
    what = "its id is new each time, though the program looks it up to detect repeats"
    return hit_in(
        project,
        sent.function,
        place,
        {"order": project.written(sent), "what": what},
        (Step(place, "the id is made here, another one each time"), asked),
    )
