"""From what takes an order out of a queue to what puts it in.

A queue is the same where its name is and the class that holds it, or the module.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from botlint.checks.roots import receiver_of, targets_in
from botlint.facts.types import Call, Constant, Expression, Function, Kind, Name, Result
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_TAKING = frozenset({"get", "get_nowait", "popleft"})
_PUTTING = ("put", "put_nowait", "append")


class Put(NamedTuple):
    """A call that puts ``value`` into a queue."""

    call: CallRef
    value: Expression


def find_puts(project: Project, ref: FunctionRef, roots: frozenset[str] | None) -> tuple[Put, ...]:
    """What puts the values ``roots`` of a function into the queue that it takes them from."""
    if not roots:
        return ()
    function = project.function(ref)
    heads = sorted({root.partition(".")[0] for root in roots})
    queues = {
        queue
        for head in heads
        for queue in project.answer(("queues", ref, head), partial(_queues_of, function, head))
    }
    return tuple(put for queue in sorted(queues) for put in _puts_into(project, ref, queue))


def putting(project: Project, taking: frozenset[FunctionRef]) -> frozenset[FunctionRef]:
    """The functions that put something into queues which those in ``taking`` take it from."""
    return frozenset(
        put.call.function
        for ref in taking
        for number in range(len(project.function(ref).calls))
        if (queue := _taken_from(project.function(ref), number))
        for put in _puts_into(project, ref, queue)
    )


def _queues_of(function: Function, name: str) -> list[str]:
    """The queues that a variable gets all its values from."""
    bound = [node for node in function.nodes if name in targets_in(node.target)]
    found = [
        _taken_from(function, node.value.call)
        for node in bound
        if node.kind is Kind.ASSIGN and isinstance(node.value, Result)
    ]
    return found if found and len(found) == len(bound) and all(found) else []


def _taken_from(function: Function, number: int) -> str:
    call = function.calls[number]
    if call.args and _segment(call) == "get" and not _is_waiting(call):
        return ""  # `get(key)` is that of a dict
    receiver = receiver_of(call)
    is_taking = _segment(call) in _TAKING and isinstance(receiver, Name)
    return receiver.path if is_taking and isinstance(receiver, Name) else ""


def _puts_into(project: Project, ref: FunctionRef, queue: str) -> list[Put]:
    found = []
    for segment in _PUTTING:
        for function, number in project.program.calls_named(segment):
            call = project.function(function).calls[number]
            receiver = receiver_of(call)
            if function == ref or not call.args or receiver != Name(queue):
                continue
            if _is_beside(project, function, ref):
                found.append(Put(CallRef(function, number), call.args[-1]))
    return found


def _is_beside(project: Project, one: FunctionRef, other: FunctionRef) -> bool:
    """Whether two functions mean the same by a name: methods of one family, or one module."""
    program = project.program
    first, second = program.owner(one), program.owner(other)
    if first is None or second is None:
        return one.source == other.source
    return first in program.ancestry(second) or second in program.ancestry(first)


def _segment(call: Call) -> str:
    return call.func.path.rpartition(".")[2] if isinstance(call.func, Name) else ""


def _is_waiting(call: Call) -> bool:
    """Whether ``get`` gets what a queue's does: whether to wait, and how long."""
    return isinstance(call.args[0], Constant) and isinstance(call.args[0].value, bool)
