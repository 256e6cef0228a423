"""Calls with the arguments of the program's own classes named, and those that they have without
being given: ``Answer(True)`` is ``Answer(ok=True, reason="")``."""

from __future__ import annotations

from botlint.checks.fields import constructor_parameters
from botlint.checks.kin import class_called
from botlint.checks.reads import is_class_name, last_segment
from botlint.facts.types import Call, Constant, Name
from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project


def named_calls(project: Project, ref: FunctionRef) -> tuple[Call, ...]:
    """The calls of a function, those of classes of the program with each argument named."""
    return project.answer(("named calls", ref), lambda: _find(project, ref))


def _find(project: Project, ref: FunctionRef) -> tuple[Call, ...]:
    calls = project.function(ref).calls
    return tuple(
        _named(project, CallRef(ref, number), call) if call.args or _is_class(call) else call
        for number, call in enumerate(calls)
    )


def _is_class(call: Call) -> bool:
    """Whether what is called is written like a class."""
    return isinstance(call.func, Name) and is_class_name(last_segment(call.func))


def _named(project: Project, ref: CallRef, call: Call) -> Call:
    cls = class_called(project.program, ref.function, call.func)
    parameters = constructor_parameters(project, cls) if cls is not None else None
    if not parameters or len(parameters) < len(call.args):
        return call
    given = dict(zip((one.name for one in parameters), call.args, strict=False))
    given.update((name, value) for name, value in call.keywords if name is not None)
    if len(given) != len(call.args) + len(call.keywords):
        return call  # ``**`` may give any of them.
    kept = {one.name: one.default for one in parameters if isinstance(one.default, Constant)}
    named = [(one.name, given.pop(one.name, kept.get(one.name))) for one in parameters]
    told = [(name, value) for name, value in named if value is not None]
    return Call(call.func, (), (*told, *given.items()), call.span, call.is_awaited)
