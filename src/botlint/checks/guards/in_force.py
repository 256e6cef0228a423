"""How long an order stays in the book, as its call says: by a literal, a setting or a field."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.given import text_of
from botlint.checks.kin import class_called
from botlint.checks.orders.closing import Closing
from botlint.checks.roots import assigned_in
from botlint.facts.types import Constant, Expression, Name, Operation, Result
from botlint.flow.names import ClassRef, FunctionRef
from botlint.project import CallRef, Project

DEEPEST = 6


def in_force(project: Project, closing: Closing, order: CallRef) -> frozenset[str]:
    """The words for it that an order call may send; empty if it says nothing, or can't be told."""
    role = project.vocabulary.roles["time-in-force"]
    given = (*project.call(order).keywords, *closing.entries(order))
    return frozenset(
        text
        for name, value in given
        if name is not None and role.plays_name(name)
        for text in _texts(project, order.function, value, 0)
    )


def _texts(project: Project, ref: FunctionRef, value: Expression, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        return
    if isinstance(value, Constant):
        yield text_of(value)
    elif isinstance(value, Operation) and value.kind in ("if", "or"):
        for part in value.args[1:] if value.kind == "if" else value.args:
            yield from _texts(project, ref, part, depth + 1)
    elif isinstance(value, Name):
        yield from _named(project, ref, value, depth)
    elif isinstance(value, Result):
        yield from _asked(project, ref, value, depth)


def _named(project: Project, ref: FunctionRef, value: Name, depth: int) -> Iterator[str]:
    bound = assigned_in(project, ref).get(value.path, ())
    for one in bound:
        yield from _texts(project, ref, one, depth + 1)
    owner, _, field = value.path.rpartition(".")
    cls = project.program.type_of(ref, Name(owner)) if owner and not bound else None
    made = tuple(_given_to(project, cls, field)) if isinstance(cls, ClassRef) else ()
    for function, one in made:
        yield from _texts(project, function, one, depth + 1)
    if not bound and not made:
        yield from project.program.string_values(ref, value.path) or (text_of(value),)


def _given_to(
    project: Project, cls: ClassRef, field: str
) -> Iterator[tuple[FunctionRef, Expression]]:
    """What the objects of a class get for a field where they are made, each with the function."""
    program = project.program
    for ref, number in program.calls_named(program.cls(cls).name):
        call = project.function(ref).calls[number]
        if class_called(program, ref, call.func) == cls:
            yield from ((ref, value) for name, value in call.keywords if name == field)


def _asked(project: Project, ref: FunctionRef, value: Result, depth: int) -> Iterator[str]:
    """``getattr(settings, "TIF", "GTC")``: what the setting is, else what stands for it."""
    call = project.function(ref).calls[value.call]
    if call.func != Name("getattr") or len(call.args) < 2:
        return
    owner, key, *rest = call.args
    if isinstance(owner, Name) and isinstance(key, Constant):
        known = project.program.string_values(ref, f"{owner.path}.{key.value}")
        yield from known
        for one in () if known else rest:
            yield from _texts(project, ref, one, depth + 1)
