"""Guards that are only started where they are called: coroutines, tasks, jobs of a pool.

What a task will raise is raised where something waits for it: at ``await task``, in a ``gather``
that gets it, at ``future.result()``, where its task group is left. Until then it guards nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.aborts.deferred import waiting_nodes
from botlint.checks.guards.contracts import is_run
from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import TRUE
from botlint.checks.guards.states import Mark, Onward, State, Status
from botlint.facts.types import Function
from botlint.flow.handed import TASKS
from botlint.flow.names import FunctionRef, segment_of
from botlint.project import Project


def is_started(project: Project, ref: FunctionRef, number: int) -> bool:
    """Whether what call number ``number`` runs need not be over when the call returns."""
    function = project.function(ref)
    call, callees = function.calls[number], project.program.callees(ref, number)
    if call.is_awaited or not callees:
        return False
    if segment_of(call, function.calls) in TASKS:
        return True
    return project.function(callees[0]).is_async and is_run(function, number)


def waiting(
    function: Function,
    started: frozenset[int],
    guard_at: Callable[[int], Guard | None],
    onward: Onward,
) -> Onward:
    """``onward``, for which the calls ``started`` are over where something waits for them."""
    waits: dict[int, list[int]] = {}
    for call in sorted(started):
        for number in waiting_nodes(function, call):
            waits.setdefault(number, []).append(call)

    def stepped(number: int, state: State) -> list[tuple[int, State]]:
        after, done = onward.step(number, state), function.nodes[number].next
        for call in waits.get(number, ()):
            guard = guard_at(call)
            if guard is not None and not guard.is_entered:
                after = [
                    (to, completed(one, number, call, guard) if to == done else one)
                    for to, one in after
                ]
        return after

    return Onward(stepped, frozenset(waits), onward) if waits else onward


def completed(state: State, number: int, call: int, guard: Guard) -> State:
    """``state`` once call number ``call``, which guards as ``guard`` says, is over at a node."""
    if state.status.mark is Mark.GUARDED or dict(state.known).get(f"#{call}") != TRUE:
        return state
    mark = Mark.GUARDED if guard.is_raising else guard.lost or Mark.RAN
    if state.status.mark is Mark.OPEN and mark is Mark.RAN:
        return state
    return State(Status(mark, number, call), state.known)
