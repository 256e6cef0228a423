"""Every path through one function to a target, and how the guard fared on each.

The question is not whether a guard's call dominates the target but whether its good ending does: on
the edge by which it raises it did not guard, and where it returns its verdict must decide. So the
state of a path is a :class:`Status` with what the variables that hold verdicts are known to hold;
the solver (:mod:`botlint.flow.fixpoint`) finds every state that reaches the target.

Example: at ``place`` the first path below is *guarded*, the second *open* (line 3 goes on)::

    try: ok = preflight(order)      # ran, ok = yes
    except Exception:               # open
        ok = True                   # open, ok = true
    if ok:                          # guarded | open
        place(order)
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import NamedTuple

from botlint.checks.roots import (
    Origins,
    arguments_of,
    have_common,
    is_part,
    names_in,
    receiver_of,
    targets_in,
)
from botlint.checks.verdicts import FALSE, TRUE, Reading, Sign, Verdict, flip
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.fixpoint import Reached, solve

RETURNED = "<return>"
EXIT = 0


class Mark(enum.Enum):
    """How the guard fared on a path so far."""

    NONE = "did not run"
    RAN = "ran, and its verdict did not decide"
    OPEN = "failed, and an exception handler went on"
    GUARDED = "completed, and said yes"


class Status(NamedTuple):
    """``mark`` with the node that set it and the guard's call (``-1``: a comparison or a name)."""

    mark: Mark
    node: int = -1
    call: int = -1
    is_unknown_outcome: bool = False


class State(NamedTuple):
    """The status of a path and what its variables hold, sorted by name."""

    status: Status
    known: tuple[tuple[str, Verdict], ...]


class Guard(NamedTuple):
    """How a call guards: by what it returns (``sign``), or by raising when it refuses.

    ``is_lost`` says that a guard runs inside and that its verdict does not come out; ``lost_at`` is
    that guard's call as a place and text, filled in by who summarised it.
    """

    sign: Sign | None
    is_raising: bool = False
    is_lost: bool = False
    is_entered: bool = False
    lost_at: object = None


class Question(NamedTuple):
    """What to look for in one function.

    ``guard_at`` says how a call guards; ``named_sign`` what a name says; ``roots`` are the names
    that the order's values come from (``None``: any guard will do); ``decides`` says of a value
    without a verdict whether it looks like a guard by what it does; ``swallows`` whether a ``with``
    on that value lets go of exceptions.
    """

    guard_at: Callable[[int], Guard | None]
    named_sign: Callable[[str], Sign | None]
    polarity: Callable[[str], int]
    roots: frozenset[str] | None
    decides: Callable[[Expression, frozenset[str] | None], bool]
    swallows: Callable[[Expression | None], bool]


class Walk:
    """One function explored for one question."""

    def __init__(self, function: Function, question: Question, targets: frozenset[int]) -> None:
        self._function = function
        self._question = question
        self._targets = targets
        self._origins = Origins(function)
        roots = question.roots
        self._roots = None if roots is None else self._origins.closure(roots)
        self._given = roots
        self._related: dict[int, bool] = {}
        self._deciding: dict[int, int] = {}
        self._reading = Reading(function.calls, self._sign, question.named_sign, question.polarity)
        self._flags = _flags(function, self._guard)
        self._lines = frozenset(
            call.span.line
            for number, call in enumerate(function.calls)
            if self._guard(number) is not None
        )

    def run(self) -> Reached[State]:
        """Every state at every node that some path reaches."""
        start = State(Status(Mark.NONE), ())
        return solve((self._function.entry, start), self._step, _widen)

    def _guard(self, number: int) -> Guard | None:
        guard = self._question.guard_at(number)
        if guard is None:
            return None
        if number not in self._related:
            self._related[number] = self._is_related(number)
        return guard if self._related[number] else None

    def _sign(self, number: int) -> Sign | None:
        guard = self._guard(number)
        return guard.sign if guard is not None else None

    def _is_related(self, number: int) -> bool:
        """Whether the guard is asked about this order: one's values come from the other's."""
        if not self._roots:
            return True
        call = self._function.calls[number]
        asked: frozenset[str] = frozenset()
        for argument in arguments_of(call):
            asked |= names_in(argument, self._function.calls)
        receiver = receiver_of(call)
        if isinstance(receiver, Name) and "." not in receiver.path and receiver.path not in _OWN:
            asked |= {receiver.path}
        if not asked:
            return True
        return have_common(self._roots, asked) or have_common(
            self._origins.closure(asked), self._given or ()
        )

    def _step(self, number: int, state: State) -> list[tuple[int, State]]:
        node = self._function.nodes[number]
        kind = node.kind
        if kind is Kind.CALL:
            return [(node.exc, state), (node.next, self._after_call(number, node, state))]
        if kind is Kind.TEST or kind is Kind.ASSERT:
            return self._after_test(number, node, state)
        if kind in _BINDING:
            bound = (node.next, self._after_binding(node, state))
            return [bound, (node.other, state), (node.exc, state)]
        if kind is Kind.EXCEPT:
            return [(node.next, self._opened(number, node, state)), (node.other, state)]
        if kind is Kind.UNWIND:
            swallowed = (node.next, self._opened(number, node, state))
            is_swallowed = self._question.swallows(node.value)
            return [(node.exc, state), swallowed] if is_swallowed else [(node.exc, state)]
        if kind is Kind.FINALLY and node.value == Constant("raise"):
            return [(node.next, self._opened(number, node, state))]
        if kind is Kind.ENTER:
            return [(node.exc, state), (node.next, self._after_enter(number, node, state))]
        if kind is Kind.RETURN:
            verdict = self._reading.returned(node.value, dict(state.known))
            return [(node.next, _with(state, {RETURNED: verdict or Verdict(Sign.WEAK)}))]
        return [(node.next, state), (node.other, state), (node.exc, state)]

    def _after_call(self, number: int, node: Node, state: State) -> State:
        guard = self._guard(node.call)
        if guard is None:
            return state
        state = _with(state, {f"#{node.call}": TRUE})
        if state.status.mark is Mark.GUARDED or guard.is_entered:
            return state
        mark = Mark.GUARDED if guard.is_raising else Mark.RAN
        if state.status.mark is Mark.OPEN and mark is Mark.RAN:
            return state
        return State(Status(mark, number, node.call), state.known)

    def _after_enter(self, number: int, node: Node, state: State) -> State:
        call = node.value.call if isinstance(node.value, Result) else -1
        guard = self._guard(call) if call >= 0 else None
        if guard is not None and guard.is_entered and not guard.is_lost:
            state = State(Status(Mark.GUARDED, number, call), state.known)
        elif guard is not None and state.status.mark is Mark.NONE:
            state = State(Status(Mark.RAN, number, call), state.known)
        return self._after_binding(node, state) if node.target is not None else state

    def _opened(self, number: int, node: Node, state: State) -> State:
        """An exception from a stretch that holds the guard is done with at ``node``."""
        first, last = node.region
        if state.status.mark is Mark.GUARDED:
            return state
        if not any(first <= line <= last for line in self._lines):
            return state
        return State(Status(Mark.OPEN, number, state.status.call), state.known)

    def _after_test(self, number: int, node: Node, state: State) -> list[tuple[int, State]]:
        verdict = self._reading.evaluate(node.value, dict(state.known))
        if verdict == TRUE:
            return [(node.next, state)]
        if verdict == FALSE:
            return [(node.other, state)]
        if node.kind is Kind.ASSERT:
            return [(node.next, state), (node.other, state)]
        if verdict is None:
            return self._after_plain_test(number, node, state)
        then, otherwise = _arms(verdict.sign, self._arm(number, node) if _is_open(verdict) else 0)
        return [
            (node.next, _decided(state, number, verdict, then)),
            (node.other, _decided(state, number, verdict, otherwise)),
        ]

    def _after_plain_test(self, number: int, node: Node, state: State) -> list[tuple[int, State]]:
        arm = 0
        if node.value is not None and self._question.decides(node.value, self._roots):
            arm = self._arm(number, node)
        passed = State(Status(Mark.GUARDED, number), state.known) if arm else state
        return [
            (node.next, passed if arm > 0 else state),
            (node.other, passed if arm < 0 else state),
        ]

    def _arm(self, number: int, node: Node) -> int:
        """Which arm of a test alone leads to the target: 1 the true one, -1 the false one, 0."""
        if number not in self._deciding:
            then = self._leads(node.next, number)
            otherwise = self._leads(node.other, number)
            self._deciding[number] = int(then) - int(otherwise)
        return self._deciding[number]

    def _leads(self, start: int, avoiding: int) -> bool:
        """Whether a target can be reached from ``start`` without exceptions or another round."""
        nodes = self._function.nodes
        loop = nodes[avoiding].loop
        seen = {avoiding}
        waiting = [start]
        while waiting:
            number = waiting.pop()
            if number < 0 or number in seen:
                continue
            seen.add(number)
            if number in self._targets:
                return True
            node = nodes[number]
            if node.loop == loop and _is_head(node):
                continue
            waiting += (node.next, node.other)
        return False

    def _after_binding(self, node: Node, state: State) -> State:
        known = dict(state.known)
        changes: dict[str, Verdict | None] = {}
        names = targets_in(node.target)
        for name in names:
            for held in known:
                if held != name and held.startswith(name + "."):
                    changes[held] = None
            changes[name] = None
        if node.kind is not Kind.ITERATE and node.kind is not Kind.AUGMENT:
            changes.update(self._bound(node.target, node.value, known))
        state = _with(state, changes)
        if state.status.mark is Mark.GUARDED and self._is_stale(node, names, state.status):
            return State(Status(Mark.NONE), state.known)
        return state

    def _bound(
        self, target: Expression | None, value: Expression | None, known: Mapping[str, Verdict]
    ) -> dict[str, Verdict | None]:
        if isinstance(target, Operation) and target.kind == "tuple":
            if isinstance(value, Operation) and value.kind == "tuple":
                if len(value.args) != len(target.args):
                    return {}
                parts = zip(target.args, value.args, strict=True)
                return {k: v for t, p in parts for k, v in self._bound(t, p, known).items()}
            return self._unpacked(target, self._reading.evaluate(value, known))
        if not isinstance(target, Name):
            return {}
        verdict = self._reading.evaluate(value, known)
        if verdict in (TRUE, FALSE) and target.path not in self._flags:
            return {}
        if verdict is not None and verdict.sign is Sign.OBJECT:
            last = target.path.rpartition(".")[2]
            if self._question.polarity(last) < 0:
                verdict = Verdict(Sign.NO, verdict.guard)
        return {target.path: verdict}

    def _unpacked(self, target: Operation, verdict: Verdict | None) -> dict[str, Verdict | None]:
        """The element of an unpacked result that holds the verdict: a telling name, or the first."""
        if verdict is None or verdict.sign not in (Sign.OBJECT, Sign.PAIR, Sign.YES):
            return {}
        names = [part.path for part in target.args if isinstance(part, Name)]
        telling = [name for name in names if self._question.polarity(name) > 0]
        chosen = telling[0] if telling else names[0] if names else ""
        sign = Sign.NO if self._question.polarity(chosen) < 0 else Sign.YES
        return {chosen: Verdict(sign, verdict.guard)}

    def _is_stale(self, node: Node, names: tuple[str, ...], status: Status) -> bool:
        """Whether binding ``names`` gives the order a value that the guard has not seen."""
        if self._given is None or node.loop < 0 or not have_common(self._given, names):
            return False
        guard = self._function.nodes[status.node] if status.node >= 0 else None
        sources = names_in(node.value, self._function.calls)
        if self._comes_from_guard(node.value, sources, status.call):
            return False
        if node.kind is Kind.ITERATE:
            return True
        asked = self._asked(status)
        if have_common(self._origins.closure(sources), asked):
            return False
        is_before = guard is None or not self._is_within(guard.loop, node.loop)
        return is_before or any(is_part(name, other) for name in names for other in asked)

    def _asked(self, status: Status) -> frozenset[str]:
        if status.call >= 0:
            found: frozenset[str] = frozenset()
            for argument in arguments_of(self._function.calls[status.call]):
                found |= names_in(argument, self._function.calls)
            return found
        value = self._function.nodes[status.node].value if status.node >= 0 else None
        return names_in(value, self._function.calls)

    def _comes_from_guard(
        self, value: Expression | None, sources: frozenset[str], call: int
    ) -> bool:
        if call < 0:
            return False
        if value == Result(call):
            return True
        for node in self._function.nodes:
            if node.target is None or not _mentions(node.value, call):
                continue
            if have_common(targets_in(node.target), sources):
                return True
        return False

    def _is_within(self, loop: int, outer: int) -> bool:
        while loop >= 0:
            if loop == outer:
                return True
            loop = self._function.loops[loop]
        return False


_OWN = frozenset({"self", "cls"})
_BINDING = frozenset({Kind.ASSIGN, Kind.AUGMENT, Kind.ITERATE, Kind.DELETE})


def _is_head(node: Node) -> bool:
    return node.kind is Kind.ITERATE or (node.kind is Kind.PASS and node.next >= 0)


def _mentions(value: Expression | None, call: int) -> bool:
    if isinstance(value, Result):
        return value.call == call
    return isinstance(value, Operation) and any(_mentions(part, call) for part in value.args)


def _is_open(verdict: Verdict) -> bool:
    return verdict.sign is Sign.COMPARED


def _arms(sign: Sign, arm: int) -> tuple[str, str]:
    """What the true and the false arm of a test tell: ``yes``, ``no``, ``other`` or nothing."""
    if sign is Sign.COMPARED:
        return {1: ("yes", "no"), -1: ("no", "yes"), 0: ("", "")}[arm]
    return _TOLD.get(sign, ("", ""))


_TOLD = {
    Sign.YES: ("yes", "no"),
    Sign.OBJECT: ("yes", "no"),
    Sign.NO: ("no", "yes"),
    Sign.YES_OR_OTHER: ("other", "no"),
    Sign.NO_OR_OTHER: ("no", "other"),
}


def _decided(state: State, number: int, verdict: Verdict, told: str) -> State:
    """``state`` once a test has told what the guard said."""
    if not told:
        return state
    call = verdict.guard
    is_yes = told == "yes"
    changes: dict[str, Verdict | None] = {}
    for name, held in state.known:
        if held.guard == call and call >= 0 and told != "other":
            changes[name] = _settled(held, is_yes)
    state = _with(state, changes)
    if is_yes:
        return State(Status(Mark.GUARDED, number, call), state.known)
    if state.status.mark is Mark.GUARDED and state.status.call != call:
        return state
    return State(Status(Mark.RAN, number, call, told == "other"), state.known)


def _settled(held: Verdict, is_yes: bool) -> Verdict:
    if held.sign in (Sign.YES, Sign.OBJECT):
        return TRUE if is_yes else held if held.sign is Sign.OBJECT else FALSE
    if held.sign is Sign.NO:
        return flip(TRUE if is_yes else FALSE) or held
    return held


def _with(state: State, changes: Mapping[str, Verdict | None]) -> State:
    if not changes:
        return state
    known = dict(state.known)
    for name, verdict in changes.items():
        if verdict is None:
            known.pop(name, None)
        else:
            known[name] = verdict
    return State(state.status, tuple(sorted(known.items(), key=_by_name)))


def _by_name(item: tuple[str, Verdict]) -> str:
    return item[0]


def _widen(state: State) -> State:
    return State(state.status, ())


def _flags(function: Function, guard: Callable[[int], Guard | None]) -> frozenset[str]:
    """The variables that hold a guard's verdict on some path, so that constants in them matter."""
    found: set[str] = {RETURNED}
    for node in function.nodes:
        if node.target is None or node.value is None:
            continue
        if any(guard(number) is not None for number in _calls_in(node.value)):
            found.update(targets_in(node.target))
    return frozenset(found)


def _calls_in(value: Expression) -> tuple[int, ...]:
    if isinstance(value, Result):
        return (value.call,)
    if isinstance(value, Operation):
        return tuple(number for part in value.args for number in _calls_in(part))
    return ()
