"""Guards that are only started where they are called: coroutines, tasks, futures.

What a task will raise is raised where something waits for it: at ``await task``, in a ``gather``
that gets it, at ``future.result()``, where its task group is left. Until then it guards nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from botlint.checks.guards.contracts import is_run
from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import TRUE
from botlint.checks.guards.states import Mark, State, Status, WalkStep
from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of, receiver_of, targets_in
from botlint.facts.types import Call, Expression, Function, Kind, Name, Node, Result
from botlint.flow.handed import TASKS
from botlint.flow.names import FunctionRef, segment_of
from botlint.project import Project

_STARTING = frozenset({"create_task", "ensure_future", "run_coroutine_threadsafe", "spawn"})
_KEEPING = frozenset({"append", "add", "extend", "insert", "put_nowait", "add_done_callback"})
_SUSPENDING = frozenset({Kind.AWAIT, Kind.LEAVE, Kind.RETURN, Kind.YIELD})


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
    step: WalkStep,
) -> WalkStep:
    """``step``, for which the calls ``started`` are over where something waits for them."""
    waits = _find_waits(function, started)

    def stepped(number: int, state: State) -> list[tuple[int, State]]:
        after, done = step(number, state), function.nodes[number].next
        for call in waits.get(number, ()):
            guard = guard_at(call)
            if guard is not None and not guard.is_entered:
                after = [
                    (to, completed(one, number, call, guard) if to == done else one)
                    for to, one in after
                ]
        return after

    return stepped if waits else step


def completed(state: State, number: int, call: int, guard: Guard) -> State:
    """``state`` once call number ``call``, which guards as ``guard`` says, is over at a node."""
    if state.status.mark is Mark.GUARDED or dict(state.known).get(f"#{call}") != TRUE:
        return state
    mark = Mark.GUARDED if guard.is_raising else guard.lost or Mark.RAN
    if state.status.mark is Mark.OPEN and mark is Mark.RAN:
        return state
    return State(Status(mark, number, call), state.known)


def _find_waits(function: Function, started: frozenset[int]) -> Mapping[int, tuple[int, ...]]:
    """For each node that waits for what some of the calls ``started`` run, which these are."""
    found: dict[int, tuple[int, ...]] = {}
    for call in sorted(started):
        tasks = _Tasks(function, call)
        for number, node in enumerate(function.nodes):
            if tasks.is_waited(node):
                found[number] = (*found.get(number, ()), call)
    return found


class _Tasks:
    """What holds the task that call number ``call`` starts: its result, variables, and collections
    and groups that have got it."""

    def __init__(self, function: Function, call: int) -> None:
        self._calls = function.calls
        self._held: set[Expression] = {Result(call)}
        self._bound = {name for node in function.nodes for name in targets_in(node.target)}
        known = 0
        while len(self._held) > known:
            known = len(self._held)
            for node in function.nodes:
                self._follow(node)
            for one in function.calls:
                if self._is_handed(one) and self._segment(one) in _STARTING | _KEEPING:
                    self._hold(receiver_of(one))

    def is_waited(self, node: Node) -> bool:
        """Whether ``node`` waits for the task."""
        if node.kind in _SUSPENDING:
            return self._holds(node.value)
        if node.kind is not Kind.CALL:
            return False
        call = self._calls[node.call]
        if self._segment(call) == "result" and receiver_of(call) in self._held:
            return True
        return self._is_handed(call) and self._segment(call) not in _STARTING | _KEEPING

    def _follow(self, node: Node) -> None:
        if node.target is None:
            return
        if self._holds(node.value):
            self._held.update(map(Name, targets_in(node.target)))
        if node.kind is Kind.ENTER and node.target in self._held and node.value is not None:
            self._held.add(node.value)

    def _hold(self, receiver: Expression | None) -> None:
        """A collection or a group has got the task; the module ``asyncio`` has not."""
        if type(receiver) is Name and receiver.path in self._bound:
            self._held.add(receiver)

    def _is_handed(self, call: Call) -> bool:
        return any(map(self._holds, arguments_of(call)))

    def _holds(self, value: Expression | None) -> bool:
        return any(part in self._held for part in walk(value, self._calls))

    def _segment(self, call: Call) -> str:
        return segment_of(call, self._calls)
