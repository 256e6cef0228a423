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

from collections.abc import Iterator
from functools import cache, partial

from botlint.checks.guards.anew import Anew
from botlint.checks.guards.asking import Asking
from botlint.checks.guards.binding import Binding
from botlint.checks.guards.body import Body
from botlint.checks.guards.clamps import arm_without, compared_lines, is_clamp, is_clamped
from botlint.checks.guards.collected import filling
from botlint.checks.guards.correlated import correlated
from botlint.checks.guards.flags import RETURNED, read_flags
from botlint.checks.guards.forgetting import forgetting
from botlint.checks.guards.generators import run_through, with_element
from botlint.checks.guards.holding import holding
from botlint.checks.guards.leading import Leading
from botlint.checks.guards.lined_up import LinedUp
from botlint.checks.guards.question import Left, Question
from botlint.checks.guards.recalled import Recalled
from botlint.checks.guards.reducing import reducing
from botlint.checks.guards.rounds import Rounds
from botlint.checks.guards.signs import COMPARED, FALSE, TRUE, Sign, Verdict
from botlint.checks.guards.sized import is_always_filled
from botlint.checks.guards.started import completed, waiting
from botlint.checks.guards.states import (
    Mark,
    Onward,
    State,
    Status,
    arms,
    decided,
    onward_steps,
    updated,
    widen,
)
from botlint.checks.guards.uncaught import past_clauses
from botlint.checks.guards.verdicts import Reading
from botlint.facts.types import Constant, Expression, Function, Kind, Node, Result
from botlint.flow.fixpoint import explore
from botlint.flow.ways import nodes_leading


class Walk:
    """One function explored for one question."""

    def __init__(self, function: Function, question: Question, targets: frozenset[int]) -> None:
        self._function = function
        self._question = question
        is_known = question.body is not None and question.body.function is function
        body = question.body if question.body is not None and is_known else Body(function)
        self._asking = Asking(body, question, targets)
        self._relation, self._guard = self._asking.relation, self._asking.guard
        self._anew = Anew(body, self._relation, question)
        self._leading = Leading(body, targets, question.constants)
        self._plain_arm = cache(self._find_plain_arm)
        self._rounds = Rounds(function, question, self._relation, self._step)
        self._lined_up = LinedUp(function, self._guard)
        self._reading = Reading(
            question.calls or function.calls,
            self._asking.sign,
            self._asking.named,
            question.polarity,
            question.members,
            question.compares,
            self._lined_up.guard_of,
        )
        self._body, self._collected = body, body.collected
        own = question.held | self._collected.names
        flags = read_flags(function, body.switches, self._guard) | own
        self._binding = Binding(function, question, self._reading, self._guard, flags)
        self._recalled = Recalled(function, self._reading, self._binding, self._lined_up)
        self._is_lasting = cache(question.is_lasting)
        self._ending = question.ending()
        guards = {n for n in range(len(function.calls)) if self._guard(n) is not None}
        lines = frozenset(function.calls[number].span.line for number in guards)
        self._lines = lines | compared_lines(function, question.compares)
        self._started = frozenset(filter(question.is_started, guards))
        telling = guards | self._ending
        self._telling = frozenset(n for n, one in enumerate(function.nodes) if one.call in telling)

    def reaching(self, ends: frozenset[int]) -> Iterator[State]:
        """Every state in which some path comes to one of ``ends``, by what leads there only."""
        within = nodes_leading(self._function, ends)
        return (state for number, state in self.run(within) if number in ends)

    def run(self, within: frozenset[int] | None = None) -> Iterator[tuple[int, State]]:
        """Every state at every node, of ``within`` if that is given, that some path reaches; each
        is looked for when it is asked for."""
        start = State(Status(Mark.NONE), self._question.given)
        function, question = self._function, self._question
        onward = Onward(
            self._step,
            self._body.touched | (self._body.calling if question.held else self._telling),
        )
        onward = waiting(function, self._started, self._guard, onward)
        onward = correlated(function, question.atoms, self._telling, self._body.turn, onward)
        onward = filling(function, self._collected, self.read, onward)
        onward = holding(function, self._leading.deciding(), question.assumed, onward)
        onward = self._rounds.from_first(onward)
        onward = reducing(function, question.reducing, onward)
        onward = past_clauses(function, self._body.clauses, question.keeps_in, onward)
        steps = onward_steps(onward, function.nodes, within)
        step = forgetting(question.ahead, function.entry, steps)
        return explore((function.entry, start), step, widen)

    def _step(self, number: int, state: State) -> list[tuple[int, State]]:
        node = self._function.nodes[number]
        kind = node.kind
        if kind is Kind.CALL:
            if node.call in self._ending:
                return [(node.exc, state)]
            left = self._question.left_by(node.call, state.known, self._relation.is_asked)
            after = [self._after_setting(number, node, state, one) for one in left]
            after = after or [self._after_call(number, node, state)]
            return [(node.exc, state), *((node.next, one) for one in after)]
        if kind is Kind.TEST or kind is Kind.ASSERT:
            return self._after_test(number, node, state)
        if kind in _BINDING:
            bound = self._after_yield(number, node, self._after_binding(number, state))
            over = self._after_loop(number, state) if node.other >= 0 else state
            ways = [(node.next, bound), (node.other, over), (node.exc, state)]
            return self._lined_up.rounds(number, ways)
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
            return [(node.next, updated(state, {RETURNED: verdict or Verdict(Sign.WEAK)}))]
        return [(node.next, state), (node.other, state), (node.exc, state)]

    def read(self, value: Expression | None, state: State) -> Verdict | None:
        """What the truth of ``value`` says on a path."""
        return self._reading.evaluate(value, dict(state.known))

    def is_yes(self, value: Expression) -> bool:
        """Whether the truth of ``value`` alone says that a guard said yes."""
        asked = {f"#{number}": TRUE for number in range(len(self._function.calls))}
        verdict = self._reading.evaluate(value, asked)
        return verdict is not None and arms(verdict.sign, 0)[0] == "yes"

    def _after_call(self, number: int, node: Node, state: State) -> State:
        guard = self._guard(node.call)
        if guard is None:
            is_changed = self._rounds.is_changed(self._function.calls[node.call], state.status)
            return State(Status(Mark.NONE), state.known) if is_changed else state
        if self._is_asked_again(node.call, state.status):
            state = State(Status(Mark.NONE), state.known)
        state = updated(state, {f"#{node.call}": TRUE})
        if guard.is_entered or node.call in self._started:
            return state
        return completed(state, number, node.call, guard)

    def _is_asked_again(self, call: int, status: Status) -> bool:
        """Whether what failed before a handler is asked once more: that is not past the guard."""
        if status.mark is not Mark.OPEN or status.node < 0:
            return False
        first, last = self._function.nodes[status.node].region
        return first <= self._function.calls[call].span.line <= last

    def _after_setting(self, number: int, node: Node, state: State, left: Left) -> State:
        """A call sets variables that outlive it: the state on one of its ways out."""
        status = state.status
        if status.mark is not Mark.GUARDED and left.mark is not Mark.NONE:
            status = Status(left.mark, number, node.call)
        return updated(State(status, state.known), dict(left.changes))

    def _after_enter(self, number: int, node: Node, state: State) -> State:
        call = node.value.call if isinstance(node.value, Result) else -1
        guard = self._guard(call) if call >= 0 else None
        if guard is not None and guard.is_entered and guard.lost is None:
            state = State(Status(Mark.GUARDED, number, call), state.known)
        elif guard is not None and state.status.mark is Mark.NONE:
            state = State(Status(guard.lost or Mark.RAN, number, call), state.known)
        return self._after_binding(number, state) if node.target is not None else state

    def _opened(self, number: int, node: Node, state: State) -> State:
        """An exception from a stretch that holds the guard is done with at ``node``."""
        first, last = node.region
        if state.status.mark is Mark.GUARDED:
            return state
        if not any(first <= line <= last for line in self._lines):
            return state
        return State(Status(Mark.OPEN, number, state.status.call), state.known)

    def _after_test(self, number: int, node: Node, state: State) -> list[tuple[int, State]]:
        if node.value is not None and (says := self._question.always_says(node.value)) is not None:
            return [(node.next if says else node.other, state)]
        verdict = self._recalled.verdict(number, state)
        if verdict is not None and number in self._body.sized:
            # Its truth says nothing of the answers in it.
            ways = [(node.next, state), (node.other, state)]
            return ways[:1] if is_always_filled(self._function, node.value) else ways
        if verdict == TRUE:
            return [(node.next, state)]
        if verdict == FALSE:
            return [(node.other, state)]
        if node.kind is Kind.ASSERT:
            return [(node.next, state), (node.other, state)]
        if verdict is None:
            return self._after_plain_test(number, node, state)
        arm = self._leading.either(number) if verdict.sign is Sign.COMPARED else 0
        then, otherwise = arms(verdict.sign, arm)
        if verdict == COMPARED and not arm and is_clamped(self._body, number):
            then = otherwise = "yes"
        told = [(node.next, then), (node.other, otherwise)]
        keep = partial(self._rounds.with_earlier, number, state)
        return [(after, keep(decided(state, number, verdict, one))) for after, one in told]

    def _after_plain_test(self, number: int, node: Node, state: State) -> list[tuple[int, State]]:
        arm = self._plain_arm(number)
        passed = State(Status(Mark.GUARDED, number), state.known) if arm else state
        then, otherwise = (passed if arm > 0 else state, passed if arm < 0 else state)
        return [(node.next, then), (node.other, otherwise)]

    def _find_plain_arm(self, number: int) -> int:
        """Which arm of a test is passed that looks like a guard by what it does; 0: it doesn't."""
        value = self._function.nodes[number].value
        if value is None or self._asking.others.is_asking_other(value):
            return 0
        consent = self._question.consents(value, self._relation)
        if consent := consent or self._question.lets_sell(number):
            return consent if self._leading.arm(number) == consent else 0
        if self._question.decides(value, self._relation):
            return self._leading.arm(number)
        if self._question.is_had(value):
            return arm_without(self._body, number, self._question.compares)
        return 0

    def _after_binding(self, number: int, state: State) -> State:
        node = self._function.nodes[number]
        if not state.known and state.status.mark is Mark.NONE:
            return self._after_first_binding(number, state)
        state = updated(state, self._recalled.changes(number, state))
        if is_clamp(node, self._question.compares):
            return State(Status(Mark.GUARDED), state.known)
        if state.status.mark is Mark.GUARDED and self._is_lasting(state.status):
            return state
        asked = self._rounds.collection(state.status)
        if asked:
            is_kept = self._rounds.is_kept(node, asked, state.status)
            return state if is_kept else State(Status(Mark.NONE), state.known)
        state = self._anew.after(number, state)
        if state.status.mark is not Mark.NONE and self._relation.is_next(node, state.status):
            return State(Status(Mark.NONE), state.known)
        return state

    def _after_yield(self, number: int, node: Node, state: State) -> State:
        """An element of a generator that yields only what a guard has said yes to."""
        if node.kind is not Kind.ITERATE or state.status.mark is Mark.GUARDED:
            return state
        if self._rounds.is_over_vetted(node):
            return State(Status(Mark.GUARDED, number), state.known)
        yielded = with_element(self._function, number, self._guard)
        return state if yielded is None else State(yielded, state.known)

    def _after_loop(self, number: int, state: State) -> State:
        """A loop is over: if it leaves unless its guard says yes, all have been asked."""
        node = self._function.nodes[number]
        asked = self._rounds.over(number) or run_through(number, node, self._guard)
        return state if asked is None else State(asked, state.known)

    def _after_first_binding(self, number: int, state: State) -> State:
        """The same where no variable holds anything yet: most bindings of most functions."""
        node = self._function.nodes[number]
        state = self._anew.after(number, state) if number in self._anew.overwriting else state
        if node.kind is Kind.ITERATE or node.kind is Kind.AUGMENT:
            return state
        if is_clamp(node, self._question.compares):
            return State(Status(Mark.GUARDED), state.known)
        return updated(state, self._binding.told(node.target, node.value, {}))


_BINDING = frozenset({Kind.ASSIGN, Kind.AUGMENT, Kind.ITERATE, Kind.DELETE})
