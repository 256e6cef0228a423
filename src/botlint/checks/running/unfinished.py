"""Unfinished code on live paths: bodies that do nothing yet, and notes that say so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from botlint.checks.emptiness import is_made, is_meant_empty
from botlint.checks.orders.orders import Orders, is_simulator
from botlint.checks.reached import is_reached
from botlint.checks.stubs import is_stub
from botlint.facts.notes import IDLE, LOG
from botlint.facts.remarks import Note
from botlint.facts.types import Function, Kind, Name
from botlint.flow.forwarding import hands_on
from botlint.flow.names import CallSite, FunctionRef, is_special
from botlint.model import Confidence, Hit, Place, Span, Step
from botlint.project import Project

FURTHEST = 5
"""Calls from a function down to the one that places the order, on one path with it."""

MOST_CALLEES = 3
_DECLARING = frozenset(
    {"abstractmethod", "abstractproperty", "overload", "override", "property", "hookspec", "setter"}
)
_WORD = re.compile(r"[^\W_]+|:=")
_MEANT = re.compile(r"(?i)\boverrid|\bhooks?\b|\bsubclass|\bno-?op\b|\b(does|do) nothing\b")
_WISH = re.compile(
    r"(?i)\bif\b.*\b(allow|support|offer|permit)s\b|\b(remove|change|lift|relax)\b.*\bto allow\b"
)
"""What could be otherwise one day, or where others allow it: nothing is left to do."""

_HOOKS = ("on_", "_on_", "before_", "after_", "pre_", "post_", "hook_")


def find_unfinished(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Bodies without work that something runs, notes with one of ``marks`` in code that runs, and
    notes with one of ``order_marks`` in functions on the way to an order: those that lead to one,
    and its guards, which play a role of ``guard``; but not those with a word that begins with one
    of ``chores``."""
    for ref in project.program.functions():
        function = project.function(ref)
        if ref.index and is_stub(function) and _is_missed(project, ref, function):
            yield _stub_hit(project, ref, function)
    yield from _noted(project, parameters)


def _noted(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    marks = frozenset(parameters["marks"])
    order_marks = frozenset(parameters["order_marks"])
    guards = tuple(parameters.get("guard", ()))
    chores = frozenset(parameters.get("chores", ()))
    on_path = project.answer(("on an order's path",), lambda: _on_path(project))
    for facts in project.program.sources:
        for note in facts.notes:
            if note.mark not in marks | order_marks:
                continue
            ref = project.function_at(Place(facts.path, note.span))
            if not _is_live(project, ref) or is_simulator(project, ref):
                continue
            if note.mark in marks:
                yield _note_hit(project, ref, note)
                continue
            is_guard = any(project.function_plays(ref, role) for role in guards)
            if ref.index and (is_guard or ref in on_path) and not _is_chore(note, chores):
                yield _note_hit(project, ref, note)


def _on_path(project: Project) -> frozenset[FunctionRef]:
    """The functions that place a real order, and those that call them, directly or by a few others.

    What is handed over or told of an event is another path, and a call that may run any of many
    functions leads nowhere in particular.
    """
    orders = project.answer(("orders",), lambda: Orders(project))
    placing = {ref.function for ref in orders.leaves}

    found = {ref for ref in placing if not is_simulator(project, ref)}
    frontier = found
    for _ in range(FURTHEST):
        frontier = _callers(project, frontier) - found
        found = found | frontier
    return frozenset(found)


def _callers(project: Project, refs: Iterable[FunctionRef]) -> set[FunctionRef]:
    """The functions that call one of ``refs``, and those that call what only hands on to one."""
    found: dict[FunctionRef, None] = {}
    waiting = sorted(refs)
    for ref in waiting:
        for site in project.program.callers(ref):
            if site.function not in found and _is_plain(project, site):
                found[site.function] = None
                if hands_on(project.program, site.function, ref):
                    waiting.append(site.function)
    return set(found)


def _is_plain(project: Project, site: CallSite) -> bool:
    if site.via != "call":
        return False
    return len(project.program.callees(site.function, site.call)) <= MOST_CALLEES


def _is_chore(note: Note, chores: frozenset[str]) -> bool:
    """Whether a note speaks of tidying, of speed, of tests or of what could be more: the code does
    what it is to do."""
    if _WISH.search(note.text):
        return True
    words = _WORD.findall(note.text.lower())
    return any(word.startswith(chore) for word in words for chore in chores)


def _is_live(project: Project, ref: FunctionRef) -> bool:
    if ref.index == 0:
        entry = project.program.entries().get(ref)
        return project.program.is_imported(ref.source) or entry is not None
    return is_reached(project, ref)


def _is_missed(project: Project, ref: FunctionRef, function: Function) -> bool:
    """Whether somebody counts on what a stub does not do: no hook, no fallback for an import."""
    program = project.program
    name = function.name
    if function.parent > 0 or is_special(name) or name.startswith(_HOOKS):
        return False
    owner, imports = program.owner(ref), program.sources[ref.source].imports
    name = function.name if owner is None else program.cls(owner).name
    if any(one.local == name for one in imports):
        return False  # It stands in for what could not be imported.
    if any(_last(one) in _DECLARING for one in function.decorators):
        return False
    entry = program.entries().get(ref)
    if entry is not None and entry.kind in ("override", "hook", "special", "callback"):
        return False
    if owner is not None and is_meant_empty(project, owner, function.name):
        return False
    if owner is not None and not is_made(project, owner):
        return False  # It is for others to derive from, and to make.
    if any(node.kind is Kind.RETURN for node in function.nodes):
        return False  # It says that there is nothing to do.
    if _MEANT.search(function.docstring) and not any(n.kind is Kind.RAISE for n in function.nodes):
        return False  # It says that others may put something into it.
    if _is_left_empty(project, ref, function):
        return False
    # In a table of actions the empty one is an action too.
    calls = [site.function for site in program.callers(ref) if site.via == "call"]
    is_counted_on = any(one.index or not program.is_imported(one.source) for one in calls)
    return is_counted_on and is_reached(project, ref)


def _is_left_empty(project: Project, ref: FunctionRef, function: Function) -> bool:
    """Whether a comment in a body says that nothing is to be done, or all that was taken out of it
    wrote to the log."""
    if any(node.kind is Kind.RAISE for node in function.nodes):
        return False
    first, last = function.span.line, function.span.end_line
    notes = project.program.sources[ref.source].notes
    marks = {one.mark for one in notes if first <= one.span.line <= last}
    return marks in ({IDLE}, {LOG}, {IDLE, LOG})


def _last(expression: object) -> str:
    return expression.path.rpartition(".")[2] if isinstance(expression, Name) else ""


def _stub_hit(project: Project, ref: FunctionRef, function: Function) -> Hit:
    raised = next((node.span for node in function.nodes if node.kind is Kind.RAISE), None)
    span = raised or _empty_part(function)
    what = "only raises NotImplementedError" if raised else "does nothing"
    name = project.program.display(ref)
    site = next(one for one in project.program.callers(ref) if one.via == "call")
    call = project.place(site.function, project.function(site.function).calls[site.call].span)
    place = project.place(ref, span)
    trace = (
        Step(call, f"`{project.program.display(site.function)}` calls `{name}`"),
        Step(place, f"`{name}` {what}"),
    )
    return _hit(place, f"`{name}` {what}, and is called", name, trace, what)


def _empty_part(function: Function) -> Span:
    """Where the body that does nothing ends: in a ``try``, before its clauses."""
    end = function.span
    tried = next((one.region[1] for one in function.nodes if one.kind is Kind.EXCEPT), 0)
    if tried:
        return Span(tried, 1, tried, 1)
    return Span(end.end_line, max(1, end.end_column - 4), end.end_line, end.end_column)


def _note_hit(project: Project, ref: FunctionRef, note: Note) -> Hit:
    name = project.program.display(ref)
    place = project.place(ref, note.span)
    said = f"{note.mark}: {note.text}" if note.text else note.mark
    trace = (Step(place, f"`{name}` runs, and says here that it is unfinished"),)
    return _hit(place, f"{said} (in `{name}`, which runs)", name, trace, note.mark)


def _hit(place: Place, what: str, name: str, trace: tuple[Step, ...], kind: str) -> Hit:
    return Hit(
        place=place,
        saw={"what": what, "function": name, "name": kind},
        confidence=Confidence.HIGH,
        trace=trace,
        cause=f"{place.path}:{place.span.line}",
        symbol=name,
    )
