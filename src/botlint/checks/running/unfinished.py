"""Unfinished code on live paths: bodies that do nothing yet, and notes that say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botlint.checks.emptiness import is_meant_empty
from botlint.checks.orders.orders import Orders
from botlint.checks.reached import is_reached
from botlint.checks.standing import innermost
from botlint.checks.stubs import is_stub
from botlint.facts.types import Function, Kind, Name, Note
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Place, Span, Step
from botlint.project import Project

_DECLARING = frozenset(
    {"abstractmethod", "abstractproperty", "overload", "override", "property", "hookspec", "setter"}
)
_HOOKS = ("__", "on_", "_on_", "before_", "after_", "pre_", "post_", "hook_")


def find_unfinished(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Bodies without work that something runs, notes with one of ``marks`` in code that runs, and
    notes with one of ``order_marks`` in functions on the way to an order: those that lead to one,
    and its guards, which play a role of ``guard``."""
    marks = frozenset(parameters["marks"])
    order_marks = frozenset(parameters["order_marks"])
    guards = tuple(parameters.get("guard", ()))
    for ref in project.program.functions():
        function = project.function(ref)
        if ref.index and is_stub(function) and _is_missed(project, ref, function):
            yield _stub_hit(project, ref, function)
    orders = project.answer(("orders",), lambda: Orders(project))
    for source, facts in enumerate(project.program.sources):
        for note in facts.notes:
            if note.mark not in marks | order_marks:
                continue
            ref = FunctionRef(source, innermost(facts, note.span.line))
            if not _is_live(project, ref):
                continue
            is_before = orders.is_leading(ref) or any(
                project.function_plays(ref, role) for role in guards
            )
            if note.mark in marks or (ref.index and is_before):
                yield _note_hit(project, ref, note)


def _is_live(project: Project, ref: FunctionRef) -> bool:
    if ref.index == 0:
        entry = project.program.entries().get(ref)
        return project.program.is_imported(ref.source) or entry is not None
    return is_reached(project, ref)


def _is_missed(project: Project, ref: FunctionRef, function: Function) -> bool:
    """Whether somebody counts on what a stub does not do: no hook, no fallback for an import."""
    program = project.program
    if function.parent > 0 or function.name.startswith(_HOOKS):
        return False
    if any(one.local == function.name for one in program.sources[ref.source].imports):
        return False
    if any(_last(one) in _DECLARING for one in function.decorators):
        return False
    entry = program.entries().get(ref)
    if entry is not None and entry.kind in ("override", "hook", "special", "callback"):
        return False
    owner = program.owner(ref)
    if owner is not None and is_meant_empty(project, owner, function.name):
        return False
    # In a table of actions the empty one is an action too.
    is_called = any(site.via == "call" for site in program.callers(ref))
    return is_called and is_reached(project, ref)


def _last(expression: object) -> str:
    return expression.path.rpartition(".")[2] if isinstance(expression, Name) else ""


def _stub_hit(project: Project, ref: FunctionRef, function: Function) -> Hit:
    raised = next((node.span for node in function.nodes if node.kind is Kind.RAISE), None)
    end = function.span
    span = raised or Span(end.end_line, max(1, end.end_column - 4), end.end_line, end.end_column)
    what = "only raises NotImplementedError" if raised else "does nothing"
    name = project.program.display(ref)
    site = next(one for one in project.program.callers(ref) if one.via == "call")
    call = project.place(site.function, project.function(site.function).calls[site.call].span)
    place = project.place(ref, span)
    trace = (
        Step(call, f"`{project.program.display(site.function)}` calls `{name}`"),
        Step(place, f"`{name}` {what}"),
    )
    return _hit(place, f"`{name}` {what}, and is called", name, trace)


def _note_hit(project: Project, ref: FunctionRef, note: Note) -> Hit:
    name = project.program.display(ref)
    place = project.place(ref, note.span)
    said = f"{note.mark}: {note.text}" if note.text else note.mark
    trace = (Step(place, f"`{name}` runs, and says here that it is unfinished"),)
    return _hit(place, f"{said} (in `{name}`, which runs)", name, trace)


def _hit(place: Place, what: str, name: str, trace: tuple[Step, ...]) -> Hit:
    return Hit(
        place=place,
        saw={"what": what, "function": name},
        confidence=Confidence.HIGH,
        trace=trace,
        cause=f"{place.path}:{place.span.line}",
        symbol=name,
    )
