"""Calls with the arguments of the program's own classes named: ``Answer(True)`` is
``Answer(ok=True)``."""

from __future__ import annotations

from botlint.checks.fields import constructor_parameters
from botlint.checks.kin import class_called
from botlint.facts.types import Call
from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project


def named_calls(project: Project, ref: FunctionRef) -> tuple[Call, ...]:
    """The calls of a function, those of classes of the program with each argument named."""
    return project.answer(("named calls", ref), lambda: _find(project, ref))


def _find(project: Project, ref: FunctionRef) -> tuple[Call, ...]:
    calls = project.function(ref).calls
    return tuple(
        _named(project, CallRef(ref, number), call) if call.args else call
        for number, call in enumerate(calls)
    )


def _named(project: Project, ref: CallRef, call: Call) -> Call:
    cls = class_called(project.program, ref.function, call.func)
    parameters = constructor_parameters(project, cls) if cls is not None else None
    if not parameters or len(parameters) < len(call.args):
        return call
    named = zip((one.name for one in parameters), call.args, strict=False)
    return Call(call.func, (), (*named, *call.keywords), call.span, call.is_awaited)
