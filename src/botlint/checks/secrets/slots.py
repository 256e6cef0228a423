"""Slots: the places of a program that a sealed literal is put into, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from botlint.checks.reads import last_segment
from botlint.facts.types import (
    Attribute,
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
from botlint.flow.program import FunctionRef
from botlint.model import Span
from botlint.project import Project

_HOLDING = frozenset({"tuple", "list", "set", "or", "and", "if", "star", "await", "fstring", "+"})


class Slot(NamedTuple):
    """``value`` is put where ``name`` says; ``called`` is the call that gets it, if one does.

    ``rank`` counts the arguments that are given by position, or the elements of a pair; -1: none.
    """

    function: FunctionRef
    name: str
    value: Expression
    span: Span
    called: str = ""
    rank: int = -1


def slots_of(project: Project, ref: FunctionRef) -> tuple[Slot, ...]:
    """All slots that a function fills, each with the innermost name that speaks of it."""
    return project.answer(("slots", ref), lambda: tuple(_find_slots(project.function(ref), ref)))


def _find_slots(function: Function, ref: FunctionRef) -> Iterator[Slot]:
    for parameter in function.parameters:
        if parameter.default is not None:
            yield from _open(ref, parameter.name, parameter.default, function.span, "")
    for node in function.nodes:
        if node.kind is Kind.ASSIGN and node.target is not None and node.value is not None:
            yield from _bound(ref, node.target, node.value, node.span)
        elif node.kind in (Kind.TEST, Kind.ASSERT) and type(node.value) is Operation:
            yield from _compared(ref, node.value, node.span)
        elif node.kind is Kind.RETURN and node.value is not None:
            yield from _open(ref, function.name, node.value, node.span, "")
    for call in function.calls:
        yield from _given(ref, call)


def inner_slots(slot: Slot, function: Function) -> Iterator[Slot]:
    """The slots behind the calls that a slot's value goes through: ``SecretStr("...")``."""
    if type(slot.value) is not Result or slot.value.call >= len(function.calls):
        return
    call = function.calls[slot.value.call]
    values: Iterable[Expression] = [*call.args[:2], *(value for _, value in call.keywords)]
    if type(call.func) is Attribute:
        values = [call.func.value, *values]
    called = last_segment(call.func)
    for value in values:
        yield from _open(slot.function, slot.name, value, call.span, called)


def _bound(ref: FunctionRef, target: Expression, value: Expression, span: Span) -> Iterator[Slot]:
    if type(target) is Operation:
        if type(value) is Operation and value.kind in ("tuple", "list"):
            for one, part in zip(target.args, value.args, strict=False):
                yield from _bound(ref, one, part, span)
        return
    yield from _open(ref, name_of(target), value, span, "")


def name_of(target: Expression) -> str:
    """What a place is called: the last name, or the key of a record."""
    if type(target) is Item:
        key = target.key.value if type(target.key) is Constant else None
        return key if isinstance(key, str) else name_of(target.value)
    return last_segment(target)


def _compared(ref: FunctionRef, value: Operation, span: Span) -> Iterator[Slot]:
    if value.kind in ("and", "or", "not"):
        for part in value.args:
            if type(part) is Operation:
                yield from _compared(ref, part, span)
    elif value.kind in ("eq", "ne") and len(value.args) == 2:
        left, right = value.args
        yield Slot(ref, name_of(left), right, span)
        yield Slot(ref, name_of(right), left, span)


def _given(ref: FunctionRef, call: Call) -> Iterator[Slot]:
    called = last_segment(call.func)
    before = called
    for position, value in enumerate(call.args):
        name = before if position or type(value) is Operation else called
        if type(value) is not Operation:
            yield Slot(ref, name, value, call.span, called, position)
        else:
            for slot in _open(ref, name, value, call.span, called):
                yield slot._replace(rank=position) if slot.value == value else slot
        text = value.value if type(value) is Constant else None
        is_name = isinstance(text, str) and text[:1].isidentifier()
        before = str(text) if is_name else called
    default_of = ""
    if call.args and type(call.args[0]) is Constant and isinstance(call.args[0].value, str):
        default_of = call.args[0].value
    for keyword, value in call.keywords:
        name = default_of if keyword in ("default", "fallback") and default_of else keyword or ""
        if type(value) is not Operation:
            yield Slot(ref, name, value, call.span, called)
        else:
            yield from _open(ref, name, value, call.span, called)


def _open(
    ref: FunctionRef, name: str, value: Expression, span: Span, called: str
) -> Iterator[Slot]:
    """The slots within a value: its entries by their keys, its elements by its own name."""
    waiting = [(name, value)]
    while waiting:
        outer, part = waiting.pop()
        if type(part) is Operation and part.kind == "dict":
            for key, entry in zip(part.args[::2], part.args[1::2], strict=False):
                text = key.value if type(key) is Constant else None
                if isinstance(text, str) and type(entry) is Operation:
                    waiting.append((text, entry))
                elif isinstance(text, str):
                    yield Slot(ref, text, entry, span, called)
                    yield Slot(ref, outer, entry, span, called)
                else:
                    waiting.append((outer, entry))
        elif type(part) is Operation and part.kind == "tuple" and len(part.args) == 2:
            waiting.append((outer, part.args[0]))
            yield Slot(ref, outer, part.args[1], span, called, 1)
        elif type(part) is Operation and part.kind in _HOLDING:
            waiting += [(outer, inner) for inner in part.args]
        else:
            yield Slot(ref, outer, part, span, called)


def parameter_slots(project: Project, ref: FunctionRef, number: int) -> Iterator[Slot]:
    """What a call hands over by position, by the names of the parameters that get it."""
    call = project.function(ref).calls[number]
    for callee in project.program.callees(ref, number)[:1]:
        for parameter in project.function(callee).parameters:
            value = project.program.argument_of(ref, number, callee, parameter.name)
            if value is not None:
                yield Slot(ref, parameter.name, value, call.span, last_segment(call.func))


def is_name(value: Expression) -> bool:
    """Whether a value is written by a name, whose meaning has to be looked up."""
    return type(value) is Name or type(value) is Item or type(value) is Attribute
