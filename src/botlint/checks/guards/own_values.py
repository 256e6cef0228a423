"""Guards that a function asks about values of its own: they say nothing of what it is handed.

A value is its own that it gets itself from outside of the program, also under the name of a
parameter that it replaces by it. What it gives back it has asked about for who called it, as far
as they take that.
"""

from __future__ import annotations

from functools import cache

from botlint.checks.guards.made_within import is_made_within, makings_of
from botlint.checks.guards.question import Guard, Question
from botlint.checks.guards.signs import Sign
from botlint.checks.reads import is_class_name, last_segment
from botlint.checks.roots import (
    SELF,
    arguments_of,
    assigned_in,
    have_common,
    names_given,
    names_handed,
    names_in,
    receiver_of,
)
from botlint.facts.types import Expression, Function, Kind, Name, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import anyhow, nodes_from, nodes_of_call
from botlint.project import Project

_KEEPING = frozenset({"tuple", "list", "set", "dict", "star", "if", "or", "and"})


def about_given(project: Project, ref: FunctionRef, question: Question) -> Question:
    """``question`` without the guards that a function asks about what it gets itself from outside
    of the program, if it is handed anything that they could be asked about."""
    if not _given(project, ref):
        return question
    is_own = cache(lambda number: _asks_own(project, ref, number, question))

    def guard_at(number: int) -> Guard | None:
        guard = question.guard_at(number)
        return None if guard is not None and is_own(number) else guard

    def read_sign(path: str) -> Sign | None:
        owner = path.rpartition(".")[0]
        sign = question.read_sign(path)
        is_made = sign is not None and is_made_within(project, ref, frozenset({owner}))
        return None if is_made else sign

    return question._replace(guard_at=guard_at, read_sign=read_sign)


def about_result(project: Project, ref: FunctionRef, question: Question) -> Question | None:
    """``question`` with those of such guards that are asked about what the function gives back;
    ``None`` if there are none."""
    if not _given(project, ref):
        return None
    function = project.function(ref)
    asked = [n for n in range(len(function.calls)) if question.guard_at(n) is not None]
    own = frozenset(n for n in asked if _asks_own(project, ref, n, question))
    told = _given_back(function) if own else frozenset[str]()
    kept = own - {n for n in own if have_common(_asked_about(project, ref, n, question), told)}
    if kept == own:
        return None
    return question._replace(guard_at=lambda n: None if n in kept else question.guard_at(n))


def _given(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The names of what a function is handed."""
    return frozenset(one.name for one in project.function(ref).parameters) - SELF


def _asks_own(project: Project, ref: FunctionRef, number: int, question: Question) -> bool:
    guard = question.guard_at(number)
    if guard is not None and guard.is_of_result:
        return True
    names = _names_asked(project, ref, number)
    kept = names - _replaced(project, ref, number, names)
    return bool(names) and (not kept or is_made_within(project, ref, kept))


def _asked_about(
    project: Project, ref: FunctionRef, number: int, question: Question
) -> frozenset[str]:
    """What call ``number`` has asked about: what it got, and what that is made of, or gave."""
    function = project.function(ref)
    guard = question.guard_at(number)
    if guard is not None and guard.is_of_result:
        return names_given(function, number) | {_result(number)}
    return makings_of(project, ref).origins.closure(_names_asked(project, ref, number))


def _names_asked(project: Project, ref: FunctionRef, number: int) -> frozenset[str]:
    """What call ``number`` gets, and what was handed to that which gave the object it is made on:
    ``preflight(symbol).is_valid()``."""
    function = project.function(ref)
    receiver = receiver_of(function.calls[number])
    given: list[Expression] = [receiver] if isinstance(receiver, Result) else []
    if isinstance(receiver, Name) and receiver.path not in _given(project, ref):
        given = assigned_in(project, ref).get(receiver.path, [])
    names = (names_in(value, function.calls) for value in given)
    return names_handed(function, number).union(*names)


def _replaced(
    project: Project, ref: FunctionRef, number: int, names: frozenset[str]
) -> frozenset[str]:
    """Those of ``names`` that are parameters, or parts of them, which get another value before
    call ``number``, from outside of the program, and none but such."""
    given = _given(project, ref) & makings_of(project, ref).origins.bound
    firsts = given.intersection(name.partition(".")[0] for name in names)
    replaced = {one for one in firsts if _is_replaced(project, ref, number, one)}
    return frozenset(name for name in names if name.partition(".")[0] in replaced)


def _is_replaced(project: Project, ref: FunctionRef, number: int, name: str) -> bool:
    function = project.function(ref)
    binding = makings_of(project, ref).replacing(name)
    return not nodes_of_call(function, number).isdisjoint(nodes_from(function, binding, anyhow))


def _given_back(function: Function) -> frozenset[str]:
    """The names of what a function gives its caller: whole, or put into a record or an object."""
    found: set[str] = set()
    waiting = [node.value for node in function.nodes if node.kind in (Kind.RETURN, Kind.YIELD)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Name):
            found.add(value.path)
        elif isinstance(value, Operation) and value.kind in _KEEPING:
            waiting += value.args
        elif isinstance(value, Result):
            found.add(_result(value.call))
            call = function.calls[value.call]
            waiting += arguments_of(call) if is_class_name(last_segment(call.func)) else ()
    return frozenset(found)


def _result(number: int) -> str:
    """A name for what a call gives that has none."""
    return f"#{number}"
