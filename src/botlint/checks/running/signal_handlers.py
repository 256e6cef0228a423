"""What handlers of signals do: some end the program at once, some change nothing at all."""

from __future__ import annotations

from typing import NamedTuple

from botlint.checks.reads import last_segment
from botlint.facts.types import Constant, Function, Kind, Name, Result
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_LEAVING = frozenset({"exit", "_exit", "quit", "abort", "kill", "raise_signal"})
_SILENT = frozenset({"print", "write", "Signals", "getpid", "format", "str", "time", "now", "get"})
_DOING = frozenset({Kind.RAISE, Kind.AUGMENT, Kind.DELETE, Kind.YIELD, Kind.AWAIT})


class Handler(NamedTuple):
    """The call that registers a handler, and the functions that it may be."""

    call: CallRef
    signal: str
    functions: tuple[FunctionRef, ...]


def is_abrupt(project: Project, handler: Handler) -> bool:
    """Whether a handler ends the program, and does nothing else but tell of it."""
    if len(handler.functions) != 1:
        return False
    ref = handler.functions[0]
    function = project.function(ref)
    is_leaving = any(
        node.kind is Kind.RAISE and "SystemExit" in repr(node.value) for node in function.nodes
    )
    for number, call in enumerate(function.calls):
        if last_segment(call.func) in _LEAVING | {"SystemExit"}:
            is_leaving = True
        elif not _is_telling(project, CallRef(ref, number), last_segment(call.func)):
            return False
    assigned = any(
        node.kind in (Kind.ASSIGN, Kind.AUGMENT) and not isinstance(node.value, Result | Constant)
        for node in function.nodes
    )
    return is_leaving and not assigned and not _sets_flag(function)


def is_idle(project: Project, handler: Handler) -> bool:
    """Whether a handler does nothing but tell of it and bind names of its own, so that what it
    was to stop goes on."""
    if len(handler.functions) != 1:
        return False
    ref = handler.functions[0]
    function = project.function(ref)
    if _sets_flag(function) or any(
        node.kind in _DOING or not (node.target is None or isinstance(node.target, Name))
        for node in function.nodes
    ):
        return False
    return all(
        _is_telling(project, CallRef(ref, number), last_segment(call.func))
        and call.func != Name("os.write")  # A pipe to itself wakes the loop.
        for number, call in enumerate(function.calls)
    )


def _sets_flag(function: Function) -> bool:
    return any(
        node.kind is Kind.ASSIGN
        and isinstance(node.target, Name)
        and ("." in node.target.path or node.target.path in function.outer)
        for node in function.nodes
    )


def _is_telling(project: Project, ref: CallRef, last: str) -> bool:
    return last in _SILENT or project.plays(ref, "log")
