"""Errors that a function hands back as a record: ``return {"error": str(error)}``.

Nobody hears of one where all that callers do with the answer is to read other keys of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.fills.heeded import is_quiet
from botlint.checks.reads import last_segment, parts_of
from botlint.checks.roots import arguments_of, keyed_entries, names_given, receiver_of
from botlint.facts.types import Call, Constant, Expression, Item, Kind, Name, Node, Result
from botlint.flow.forwarding import outer_callers
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_ERRORS = frozenset({"error", "err", "exception", "error_message"})
_SAYING = _ERRORS | {"success", "ok", "status", "code", "msg", "message", "reason", "failed"}
_READING = frozenset({"get", "pop"})


def is_error_record(value: Expression | None) -> bool:
    """Whether a value is a record that is written out and has an error in it."""
    return any(key.casefold() in _ERRORS for key, _ in keyed_entries(value))


def is_error_missed(project: Project, ref: FunctionRef) -> bool:
    """Whether a function has callers, and none of them can learn from what it returns that this is
    an error."""
    sites = [one for one in outer_callers(project.program, ref) if one.via == "call"]
    calls = [CallRef(one.function, one.call) for one in sites]
    return bool(calls) and not any(_may_learn(project, one) for one in calls)


def _may_learn(project: Project, one: CallRef) -> bool:
    """Whether a function does more with what a call gives than to read a key that says nothing of
    errors, to show it or to keep it under a local name."""
    function = project.function(one.function)
    names = names_given(function, one.call)
    answers: tuple[Expression, ...] = (Result(one.call), *map(Name, sorted(names)))
    if any("." in name for name in names):
        return True
    for node in function.nodes:
        is_binding = node.kind is Kind.ASSIGN and node.value == Result(one.call)
        if not is_binding and any(
            _is_whole(value, answers) for value in _values(function.calls, node)
        ):
            return True
    return False


def _values(calls: tuple[Call, ...], node: Node) -> Iterator[Expression]:
    """What a node looks at: of a call what it is given, and what it is a method of, if it reads no
    key that says nothing of errors."""
    if node.kind is not Kind.CALL:
        if node.value is not None:
            yield node.value
        return
    call = calls[node.call]
    if is_quiet(last_segment(call.func)):
        return
    yield from arguments_of(call)
    receiver = receiver_of(call)
    key = call.args[0] if call.args and last_segment(call.func) in _READING else None
    if receiver is not None and not _is_other_key(key):
        yield receiver


def _is_whole(value: Expression, answers: tuple[Expression, ...]) -> bool:
    """Whether an answer stands in a value, and not only an entry of it that says nothing of
    errors."""
    waiting: list[Expression] = [value]
    while waiting:
        part = waiting.pop()
        if part in answers:
            return True
        if isinstance(part, Item) and part.value in answers and _is_other_key(part.key):
            continue
        waiting += parts_of(part)
    return False


def _is_other_key(key: Expression | None) -> bool:
    return (
        isinstance(key, Constant)
        and isinstance(key.value, str)
        and key.value.casefold() not in _SAYING
    )
