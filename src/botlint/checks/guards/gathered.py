"""What is gathered with ``return_exceptions=True``: a failure comes back as a value, and passes."""

from __future__ import annotations

from botlint.checks.aborts.deferred import is_keeping_errors
from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import Sign
from botlint.facts.types import Function, Result
from botlint.flow.names import FunctionRef
from botlint.project import Project

_SAID = {Sign.YES: Sign.YES_OR_OTHER, Sign.OBJECT: Sign.YES_OR_OTHER}


def calls_kept(project: Project, ref: FunctionRef) -> frozenset[int]:
    """The calls of a function whose exceptions are given back as their results."""
    return project.answer(("kept", ref), lambda: _find_kept(project.function(ref)))


def _find_kept(function: Function) -> frozenset[int]:
    return frozenset(
        value.call
        for call in function.calls
        if is_keeping_errors(call)
        for value in call.args
        if isinstance(value, Result)
    )


def kept(guard: Guard) -> Guard:
    """How a guard fares whose exception is a result like any other, and a true one."""
    sign = None if guard.sign is None else _SAID.get(guard.sign, guard.sign)
    return guard._replace(is_raising=False, sign=sign)
