"""Orders placed by handing a client's method on: ``to_thread(exchange.create_order, ...)``.

What gets the method and the order's values is the order: a thread pool, ``functools.partial``, or a
wrapper of the program that calls what it is given. So is the call of a variable that the method is
bound to: ``place = client.create_order``; and what a pool gets of the program's own is an order as
its call would be: ``to_thread(self.desk.place_order, ...)``.
"""

from __future__ import annotations

import builtins
from collections.abc import Container, Iterator

from botlint.checks.roots import arguments_of, assigned_in
from botlint.facts.types import Attribute, Call, Expression, Kind, Name
from botlint.flow.handed import TASKS
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

DEEPEST = 3
_PLACE = "place-order"
_PLAIN = frozenset({"str", "int", "float", "bool", "time", "datetime.time", "Decimal", "date"})


def find_handed(project: Project) -> Iterator[tuple[CallRef, str]]:
    """The calls that are handed a client's order method with what it is to be called with, and the
    name of that method."""
    role = project.vocabulary.roles[_PLACE]
    may_play: dict[str, bool] = {}
    for ref, number, _ in project.program.calls():
        call = project.function(ref).calls[number]
        for value in _methods(call):
            last = value.path.rpartition(".")[2]
            if last not in may_play:
                may_play[last] = not last.isupper() and role.may_play(last)
            if not may_play[last] or not role.plays_call((value.path,), None, None):
                continue
            if _is_of_program(project, ref, value) or last in _fields(project):
                continue
            if _may_run(project, CallRef(ref, number), value):
                yield CallRef(ref, number), value.path
    yield from _find_bound(project)


def find_submitted(
    project: Project, leading: Container[FunctionRef]
) -> Iterator[tuple[CallRef, str]]:
    """The calls that have a function of the program run elsewhere and give its result back, where
    that is named for placing an order and among ``leading``, with its name as written there."""
    for segment, position in sorted(TASKS.items()):
        for ref, number in project.program.calls_named(segment):
            for callee, via in project.program.edges(ref, number):
                if via == "task" and callee in leading and project.function_plays(callee, _PLACE):
                    given = project.function(ref).calls[number].args[position : position + 1]
                    names = (one.path for one in given if type(one) is Name)
                    yield CallRef(ref, number), next(names, project.program.display(callee))
                    break


def _find_bound(project: Project) -> Iterator[tuple[CallRef, str]]:
    """The calls of a local variable that a client's order method is bound to."""
    role = project.vocabulary.roles[_PLACE]
    known = project.program.defined_names() | _BUILTIN
    for ref, number, segment in project.program.calls():
        if segment in known or project.function(ref).calls[number].func != Name(segment):
            continue
        for value in assigned_in(project, ref).get(segment, ()):
            path = value.name if isinstance(value, Attribute) else ""
            path = value.path if isinstance(value, Name) and "." in value.path else path
            last = path.rpartition(".")[2]
            if not path or last.isupper() or not role.may_play(last):
                continue
            if role.plays_call((path,), None, None) and not _is_of_program(project, ref, value):
                yield CallRef(ref, number), path
                break


def _methods(call: Call) -> Iterator[Name]:
    """The members among the arguments of a call that more arguments follow."""
    following = len(call.args) + len(call.keywords)
    for position, value in enumerate(call.args):
        if type(value) is Name and "." in value.path and position + 1 < following:
            yield value
            return


def _is_of_program(project: Project, ref: FunctionRef, value: Expression) -> bool:
    """Whether a method stands in the program: then what it does is seen there."""
    values = project.program.values_of(ref, value)
    return any(isinstance(getattr(one, "ref", None), FunctionRef) for one in values)


def _fields(project: Project) -> frozenset[str]:
    """The names that classes of the program declare as plain data: ``market_open: str``."""

    def find() -> frozenset[str]:
        every = (
            one for ref in project.program.classes() for one in project.program.cls(ref).attributes
        )
        return frozenset(name for name, annotation in every if annotation in _PLAIN)

    return project.answer(("plain fields",), find)


def _may_run(project: Project, call: CallRef, value: Expression, depth: int = 0) -> bool:
    """Whether who gets a member may call it: one that is only looked at is no order."""
    program = project.program
    callees = program.callees(call.function, call.call)
    if not callees or depth > DEEPEST:
        return True
    for callee in callees:
        for one in project.function(callee).parameters:
            given = program.argument_of(call.function, call.call, callee, one.name)
            is_taken = given == value and _runs(project, callee, Name(one.name), depth)
            if is_taken or one.kind.startswith("*"):
                return True
    return False


def _runs(project: Project, callee: FunctionRef, name: Name, depth: int) -> bool:
    """Whether a function, or one within it, calls a name, keeps it or hands it to who may."""
    for one in (callee, *project.program.nested(callee)):
        function = project.function(one)
        for number, call in enumerate(function.calls):
            if call.func == name:
                return True
            if name in arguments_of(call) and _may_run(
                project, CallRef(one, number), name, depth + 1
            ):
                return True
        if any(node.value == name and node.kind is not Kind.TEST for node in function.nodes):
            return True
    return False


_BUILTIN = frozenset(dir(builtins))
