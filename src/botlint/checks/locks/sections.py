"""The locks that one function holds at each of its nodes, and where it takes them.

A forward analysis over the control flow, exceptions included: a lock counts from where it was got,
and is given back on every way out of its ``with``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from botlint.checks.locks.locks import UNKNOWN, Lock
from botlint.checks.reads import last_segment
from botlint.checks.roots import receiver_of
from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.fixpoint import solve
from botlint.flow.program import FunctionRef
from botlint.model import Span

if TYPE_CHECKING:
    from botlint.checks.locks.held import Held

TAKES = frozenset({"acquire", "acquire_read", "acquire_write", "acquire_lock", "__enter__"})
GIVES = frozenset(
    {"release", "release_read", "release_write", "release_lock", "unlock", "__exit__"}
)
_STACKS = frozenset({"ExitStack", "AsyncExitStack"})
_STACKED = frozenset({"enter_context", "enter_async_context", "push"})

Taken = tuple[Lock, str]
State = tuple[Taken, ...]
"""The locks taken, in order, each with what will give it back: a stack's name, or nothing."""


_NO_LOCK = Lock("", "no lock")
_MOST_ROUNDS = 3
"""A lock that is taken more often than this without being given back is not counted on."""


class Taking(NamedTuple):
    """One place that takes a lock; ``held`` are those held there already."""

    node: int
    lock: Lock
    held: frozenset[Lock]
    expression: Expression
    span: Span
    is_tried: bool


class Sections(NamedTuple):
    """What one function does with locks: by node what is held there on every path."""

    must: dict[int, frozenset[Lock]]
    takings: tuple[Taking, ...]


class Walk:
    """The analysis of one function."""

    def __init__(self, held: Held, ref: FunctionRef) -> None:
        self._held = held
        self._ref = ref
        self._function: Function = held.project.function(ref)
        self._stacks = _stacks_of(self._function)
        self._tries = _tries_of(self._function)
        self._takings: dict[tuple[int, Lock], list[tuple[frozenset[Lock], Expression, bool]]] = {}

    def sections(self) -> Sections:
        nothing: State = ()
        reached = solve((self._function.entry, nothing), self._step, _shorten)
        must: dict[int, frozenset[Lock]] = {}
        for node, state in reached:
            here = _locks_in(state)
            known = must.get(node)
            must[node] = here if known is None else known & here
        nodes = self._function.nodes
        takings = tuple(
            Taking(
                node,
                lock,
                frozenset.intersection(*[one[0] for one in found]),
                found[0][1],
                nodes[node].span,
                found[0][2],
            )
            for (node, lock), found in sorted(self._takings.items(), key=lambda item: item[0])
        )
        return Sections(must, takings)

    def _step(self, number: int, state: State) -> Iterable[tuple[int, State]]:
        node = self._function.nodes[number]
        kind = node.kind
        if kind is Kind.CALL:
            return self._after_call(number, node, state)
        if kind is Kind.ENTER:
            taken = state
            for lock in self._held.managed(self._ref, node.value):
                taken = self._take(number, taken, lock, node.value, "", is_tried=False)
            return ((node.next, taken), (node.exc, state))
        if kind is Kind.LEAVE or kind is Kind.UNWIND:
            left = self._left(node, state)
            is_over = kind is Kind.LEAVE or self._may_swallow(node.value)
            return ((node.next, left), (node.exc, left)) if is_over else ((node.exc, left),)
        if kind is Kind.TEST or kind is Kind.ASSERT:
            return (*self._after_test(node, state), (node.exc, state))
        return ((node.next, state), (node.other, state), (node.exc, state))

    def _take(
        self,
        number: int,
        state: State,
        lock: Lock,
        expression: Expression | None,
        token: str,
        *,
        is_tried: bool,
    ) -> State:
        held = _locks_in(state)
        if expression is not None:
            self._takings.setdefault((number, lock), []).append((held, expression, is_tried))
        return _with(state, (lock, token))

    def _may_swallow(self, manager: Expression | None) -> bool:
        """Whether what a ``with`` has entered may end an exception; no lock does."""
        return self._held.project.program.swallows(self._ref, manager)

    def _after_call(self, number: int, node: Node, state: State) -> Iterable[tuple[int, State]]:
        call = self._function.calls[node.call]
        segment = last_segment(call.func)
        receiver = receiver_of(call)
        if receiver is not None and segment in TAKES:
            lock = self._held.locks.of(self._ref, receiver)
            if lock is not None:
                is_tried = _is_tried(call)
                before = {_denied(one) for one in (node.call, *self._said_with(node.call))}
                state = tuple(one for one in state if one not in before)
                taken = self._take(number, state, lock, receiver, "", is_tried=is_tried)
                failed = ((node.next, (*state, _denied(node.call))),) if is_tried else ()
                return ((node.next, taken), *failed, (node.exc, state))
        if receiver is not None and segment in GIVES:
            lock = self._held.locks.of(self._ref, receiver)
            if lock is not None:
                given = _without(state, lock)
                return ((node.next, given), (node.exc, given))
        if segment in _STACKED and call.args and type(receiver) is Name:
            taken = state
            for lock in self._held.managed(self._ref, call.args[0]):
                taken = self._take(number, taken, lock, call.args[0], receiver.path, is_tried=False)
            return ((node.next, taken), (node.exc, state))
        return ((node.next, self._changed(node.call, state)), (node.exc, state))

    def _changed(self, call: int, state: State) -> State:
        callees = self._held.project.program.callees(self._ref, call)
        for callee in callees:
            if self._held.lends(callee):
                taken, given = self._held.change(callee)
                for lock in given:
                    state = _without(state, lock)
                for lock in taken:
                    state = _with(state, (lock, ""))
        return state

    def _left(self, node: Node, state: State) -> State:
        for lock in self._held.managed(self._ref, node.value):
            state = _without(state, lock)
        stack = self._stacks.get(node.value) if node.value is not None else None
        return tuple(one for one in state if one[1] != stack) if stack else state

    def _after_test(self, node: Node, state: State) -> Iterable[tuple[int, State]]:
        """Where ``acquire`` is asked what it said, each branch goes on with what fits it."""
        asked = _asked(node.value, self._tries, self._function)
        if asked is None:
            return ((node.next, state), (node.other, state))
        numbers, is_plain = asked
        calls = [self._function.calls[one] for one in numbers]
        locks = {self._held.locks.of(self._ref, receiver_of(call)) for call in calls}
        yes, no = (node.next, node.other) if is_plain else (node.other, node.next)
        lock = locks.pop() if len(locks) == 1 else None
        if lock is None:
            return ((yes, state), (no, state))
        if not any(_is_tried(call) for call in calls):
            return ((yes, state), (no, _without(state, lock)))
        if any(_denied(one) in state for one in numbers):
            return ((no, state),)
        is_got = lock in _locks_in(state)
        return ((yes, state),) if is_got else ((yes, state), (no, state))

    def _said_with(self, call: int) -> tuple[int, ...]:
        """The calls of ``acquire`` whose answers have the same name as that of ``call``."""
        return next((numbers for numbers in self._tries.values() if call in numbers), ())


def _denied(call: int) -> Taken:
    """What stands in a state for a lock that call number ``call`` did not get."""
    return _NO_LOCK, f"denied {call}"


def _locks_in(state: State) -> frozenset[Lock]:
    return frozenset(lock for lock, _ in state if lock is not _NO_LOCK)


def _is_tried(call: Call) -> bool:
    """Whether ``acquire`` may come back without the lock: it says so by what it returns."""
    given = dict(zip(("blocking", "timeout"), call.args, strict=False))
    named = {**given, **{name or "": value for name, value in call.keywords}}
    is_blocking = named.pop("blocking", None)
    if isinstance(is_blocking, Constant) and is_blocking.value is True:
        return bool(named)
    return bool(named) or is_blocking is not None


def _asked(
    value: Expression | None, tries: dict[str, tuple[int, ...]], function: Function
) -> tuple[tuple[int, ...], bool] | None:
    """The calls of ``acquire`` whose answer a test may ask for, and whether yes is yes."""
    if isinstance(value, Operation) and len(value.args) == 2 and value.kind in _SAME | _OTHER:
        for one, other in (value.args, value.args[::-1]):
            if isinstance(other, Constant) and isinstance(other.value, bool):
                found = _asked(one, tries, function)
                is_same = (value.kind in _SAME) == other.value
                return (found[0], found[1] == is_same) if found else None
        return None
    if isinstance(value, Name):
        numbers = tries.get(value.path, ())
        return (numbers, True) if numbers else None
    if not isinstance(value, Result):
        return None
    is_taking = last_segment(function.calls[value.call].func) in TAKES
    return ((value.call,), True) if is_taking else None


_SAME, _OTHER = frozenset({"is", "eq"}), frozenset({"isnot", "ne"})


def _stacks_of(function: Function) -> dict[Expression, str]:
    """The names of ``with ExitStack() as name``, by what is entered."""
    found: dict[Expression, str] = {}
    for node in function.nodes:
        if node.kind is Kind.ENTER and isinstance(node.target, Name):
            value = node.value
            if (
                isinstance(value, Result)
                and last_segment(function.calls[value.call].func) in _STACKS
            ):
                found[value] = node.target.path
    return found


def _tries_of(function: Function) -> dict[str, tuple[int, ...]]:
    """The names that hold what ``acquire`` said, with its calls: the block of a ``finally`` has
    one for each way into it."""
    found: dict[str, tuple[int, ...]] = {}
    for node in function.nodes:
        if node.kind is not Kind.ASSIGN or type(node.target) is not Name:
            continue
        value = node.value
        if type(value) is Operation and value.kind == "await" and value.args:
            value = value.args[0]
        if type(value) is Result and last_segment(function.calls[value.call].func) in TAKES:
            name = node.target.path
            found[name] = (*found.get(name, ()), value.call)
    return found


def _with(state: State, taken: Taken) -> State:
    """The state with one more lock; what a loop takes in each round is counted to some."""
    return state if state.count(taken) >= _MOST_ROUNDS else (*state, taken)


def _without(state: State, lock: Lock) -> State:
    for position in range(len(state) - 1, -1, -1):
        if state[position][0] == lock:
            return (*state[:position], *state[position + 1 :])
    return state


def _shorten(state: State) -> State:
    """Far more states than any real function has: what is held is no longer known."""
    return ((UNKNOWN, ""),)
