"""Which calls guard: by their role, by what the functions behind them do, or by how they are used.

A function that lets its caller go on only after a guard has said yes is a guard itself, by raising
or by what it returns; one that runs the guard and returns something else is not: there the verdict
is lost. :class:`Guards` answers for one set of roles and keeps its summaries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache, partial

from botlint.checks.effort import MOST_STATES, give_up_within
from botlint.checks.guards.adjusting import guarding_calls
from botlint.checks.guards.alternatives import joined
from botlint.checks.guards.answers import read_answer
from botlint.checks.guards.assumed import Assumed
from botlint.checks.guards.below import guarding_below
from botlint.checks.guards.contracts import (
    accepting,
    entered_in,
    is_binding,
    positive_ends,
)
from botlint.checks.guards.decorated import Wrapper, wrappers_of
from botlint.checks.guards.deeds import Basis, Deeds
from botlint.checks.guards.entering import Entering, with_entering
from botlint.checks.guards.gathered import calls_kept, kept
from botlint.checks.guards.handed_guards import find_handed_guards
from botlint.checks.guards.handed_verdicts import HandedVerdicts
from botlint.checks.guards.kept_verdicts import KeptVerdicts
from botlint.checks.guards.named_guards import named_sign, read_named
from botlint.checks.guards.nested import asked_within
from botlint.checks.guards.overwritten import is_overwriting
from botlint.checks.guards.own_class import OwnMethod, own_method, run_within
from botlint.checks.guards.own_orders import is_opening_itself, not_of_own
from botlint.checks.guards.own_values import about_given, about_result
from botlint.checks.guards.passages import Passage, rank, show_passage, show_step
from botlint.checks.guards.paths import Walk
from botlint.checks.guards.question import Guard, Question
from botlint.checks.guards.questions import question_about
from botlint.checks.guards.read_guards import ReadGuards
from botlint.checks.guards.reducing import reducing_ways
from botlint.checks.guards.schemas import is_checked_load
from botlint.checks.guards.signs import Sign
from botlint.checks.guards.states import Mark, Status, told_at_end
from botlint.checks.guards.symbols import symbols_of
from botlint.checks.guards.truths import is_never_false
from botlint.checks.guards.vetted import Vetted
from botlint.checks.orders.orders import Orders
from botlint.checks.roots import run_calls, words_of
from botlint.facts.types import EXIT, Kind
from botlint.flow.program import FunctionRef
from botlint.flow.reach import Answers
from botlint.flow.ways import nodes_leading, nodes_of_call
from botlint.project import CallRef, Project


class Guards:
    """What guards in a project, for the roles ``roles``.

    ``basis`` says what else is taken for a guard than what plays a role.
    """

    def __init__(self, project: Project, roles: tuple[str, ...], basis: Basis) -> None:
        self._project = project
        self._program = project.program
        self._orders = project.answer(("orders",), lambda: Orders(project))
        self.roles = roles
        self._basis = basis
        self._named = cache(partial(named_sign, project.vocabulary, roles))
        self._deeds = Deeds(project, basis, roles)
        self._known: dict[CallRef, Guard | None] = {}
        self._summaries = Answers(self._asked_for, self._find_summary, nothing=None)
        self._of_class: dict[OwnMethod, Guard | None] = {}
        self._questions: dict[tuple[FunctionRef, frozenset[str] | None], Question] = {}
        self._passages: dict[tuple[object, ...], tuple[Passage, ...]] = {}
        self._states: Counter[FunctionRef] = Counter()
        self._is_plain = cache(self._has_no_guard)
        self._vetted = Vetted(project, self.question)
        named = {ref for role in roles for ref in guarding_calls(project, role)}
        self._named_calls = frozenset(named.union(find_handed_guards(project, roles)))
        self.calls = tuple(sorted(self._named_calls))
        asking = self._program.reaches(frozenset(ref.function for ref in self.calls))
        self._touching = with_entering(project, asking)
        self._read = ReadGuards(project, self.summary, self._touching)
        self.reading, self._touching = self._read.readers, self._read.touching
        self._entering = Entering(project, roles, self.at, self.summary)
        self._kept = KeptVerdicts(project, self.question, self._touching)
        self._handed = HandedVerdicts(project, self.question, self._touching)

    def at(self, ref: CallRef) -> Guard | None:
        """How a call guards, ``None`` if it doesn't."""
        if ref not in self._known:
            self._known[ref] = self._find(ref)
        return self._known[ref]

    def passages(
        self, ref: FunctionRef, call: int, roots: frozenset[str] | None, assumed: Assumed = ()
    ) -> tuple[Passage, ...]:
        """How the guard fared on the ways from the entry of a function to one of its calls.

        ``roots`` are the names, in that function, that the order's values come from; ``assumed``
        is what its parameters are known to hold.
        """
        key = (ref, call, roots, assumed)
        if key not in self._passages:
            self._passages[key] = self._find_passages(ref, call, roots, assumed)
        return self._passages[key]

    def _find_passages(
        self, ref: FunctionRef, call: int, roots: frozenset[str] | None, assumed: Assumed
    ) -> tuple[Passage, ...]:
        given = self._handed.for_order(ref, roots)
        function = self._project.function(ref)
        if self._vetted.is_handed(CallRef(ref, call), roots):
            return (Passage(Status(Mark.GUARDED), None),)
        if not given and self._is_plain(ref) and not is_overwriting(self._project, ref, roots):
            plain = Passage(Status(Mark.NONE), None)
            return (plain,) if call in run_calls(self._project, ref) else ()
        targets, markets = nodes_of_call(function, call), symbols_of(function, function.calls[call])
        ways = reducing_ways(self._project, CallRef(ref, call))
        question = self.question(ref, roots)._replace(given=given, assumed=assumed)
        question = question._replace(symbols=markets, reducing=ways)
        if not roots:
            question = question._replace(guard_at=partial(self._of_no_other, ref))
        if self._states[ref] > MOST_STATES:
            give_up_within(self._project, ref)
            return ()
        reached = list(Walk(function, question, targets).run(nodes_leading(function, targets)))
        self._states[ref] += len(reached)
        found = {told_at_end(state) for number, state in reached if number in targets}
        found = self._handed.told(ref, found) if given else found
        found = {not_of_own(self._project, ref, self._named_calls, one) for one in found}
        return tuple(
            show_passage(self._project, self.at, ref, status) for status in sorted(found, key=rank)
        )

    def _of_no_other(self, ref: FunctionRef, number: int) -> Guard | None:
        """How a call guards an order of no known value: not by what guards an order of its own."""
        one = CallRef(ref, number)
        is_own = one not in self._named_calls and is_opening_itself(self._project, one)
        return None if is_own else self.at(one)

    def _has_no_guard(self, ref: FunctionRef) -> bool:
        """Whether nothing in a function can guard, so that no path needs to be looked at."""
        function = self._project.function(ref)
        tests = [node.value for node in function.nodes if node.kind is Kind.TEST]
        if self._basis is Basis.DEED and tests:
            return False
        if any(self.at(CallRef(ref, number)) is not None for number in range(len(function.calls))):
            return False
        read, words = self._read.sign, words_of(self._project, ref)
        if any(self._named(word) is not None or read(ref, word) for word in words):
            return False
        if self._basis is Basis.ROLE:
            return True
        may = self._deeds.may_decide
        return not any(may(ref, value) for value in tests if value is not None)

    def wrapped(self, ref: FunctionRef) -> tuple[tuple[CallRef, tuple[Passage, ...]], ...]:
        """The calls by which decorators that run a guard run a function, and how it fared there."""
        found = []
        for wrapper in wrappers_of(self._project, ref):
            for number in wrapper.calls:
                passages = self.passages(wrapper.ref, number, None)
                if any(passage.status.mark is not Mark.NONE for passage in passages):
                    found.append((CallRef(wrapper.ref, number), passages))
        return tuple(found)

    def _find(self, ref: CallRef) -> Guard | None:
        guard = self._find_called(ref)
        if guard is None or ref.call not in calls_kept(self._project, ref.function):
            return guard
        return kept(guard)

    def _find_called(self, ref: CallRef) -> Guard | None:
        callees = self._program.callees(ref.function, ref.call)
        if ref in self._named_calls:
            return read_named(self._project, ref, callees, entered_in(self._project, ref.function))
        if "preflight" in self.roles and is_checked_load(self._project, ref):
            return Guard(None, is_raising=True)
        entered = self._entering.guard(ref)
        if entered is not None:
            return entered
        run = () if is_binding(self._project.written(ref)) else callees
        found = {callee: self.summary(callee) for callee in run}
        guard = joined(self._project, ref, found) or self._by_own_class(ref, run)
        return guard or self._deeds.guard(ref)

    def _by_own_class(self, ref: CallRef, callees: tuple[FunctionRef, ...]) -> Guard | None:
        """How a call guards by what just the class of the object does."""
        is_touching = any(one in self._touching for one in callees)
        own = own_method(self._project, ref, callees) if is_touching else None
        if own is None:
            return None
        if own not in self._of_class:
            self._of_class[own] = None
            question = self.question(own.method)._replace(guard_at=partial(self._at_own, own))
            self._of_class[own] = self._summarise(own.method, question)
        guard = self._of_class[own]
        return guard if guard is not None and guard.lost is None else None

    def _at_own(self, own: OwnMethod, number: int) -> Guard | None:
        run = run_within(self._project, own, number)
        return self.at(CallRef(own.method, number)) if run is None else self.summary(run)

    def summary(self, ref: FunctionRef) -> Guard | None:
        """How a call of ``ref`` guards by what it, or a decorator's function in its place, does."""
        return self._summaries.of(ref)

    def _asked_for(self, ref: FunctionRef) -> Iterable[FunctionRef]:
        return guarding_below(self._project, self.roles, self._touching, ref)

    def _find_summary(self, ref: FunctionRef) -> Guard | None:
        found = self._summarise(ref, self.question(ref)) if ref in self._touching else None
        for wrapper in wrappers_of(self._project, ref):
            if found is not None or wrapper.ref in self._touching:
                found = self._summarise(wrapper.ref, self._asked_around(wrapper, found))
        return found

    def _asked_around(self, wrapper: Wrapper, inner: Guard | None) -> Question:
        """What to look for in what wraps a function that guards like ``inner``."""
        question = self.question(wrapper.ref)
        own, at = wrapper.calls, question.guard_at
        return question._replace(guard_at=lambda n: inner if n in own else at(n))

    def _summarise(self, ref: FunctionRef, question: Question) -> Guard | None:
        found = self._summarised(ref, about_given(self._project, ref, question))
        other = None if found else about_result(self._project, ref, question)
        so = self._summarised(ref, other) if other else None
        return found if so is None else so._replace(is_of_result=True)

    def _summarised(self, ref: FunctionRef, question: Question) -> Guard | None:
        function = self._project.function(ref)
        polarity = self._project.vocabulary.polarity
        walk = Walk(function, question, positive_ends(function, polarity))
        reached = list(walk.run())
        exits = [state for number, state in reached if number == EXIT]
        is_ending = all(state.status.mark is Mark.GUARDED for state in exits)
        if function.is_generator:
            yields = [s.status for n, s in reached if function.nodes[n].kind is Kind.YIELD]
            return self._entered(ref, yields, is_raising=is_ending)
        if not exits:
            return None
        if is_ending:
            return Guard(None, is_raising=True)
        told = read_answer(function, reached, question.guard_at, polarity, walk.is_yes)
        if told and told.sign is Sign.OBJECT and is_never_false(self._project, ref):
            return told._replace(sign=Sign.PAIR)
        return told or self._lost(ref, [state.status for state in accepting(exits)])

    def _entered(
        self, ref: FunctionRef, statuses: list[Status], *, is_raising: bool
    ) -> Guard | None:
        if statuses and all(status.mark is Mark.GUARDED for status in statuses):
            return Guard(None, is_entered=True, is_raising=is_raising)
        return lost._replace(is_entered=True) if (lost := self._lost(ref, statuses)) else None

    def _lost(self, ref: FunctionRef, statuses: list[Status]) -> Guard | None:
        """A guard that runs in a function and whose verdict does not come out; one that places
        orders runs it for those."""
        ran = [status for status in statuses if status.mark in (Mark.RAN, Mark.OPEN)]
        if not ran or self._orders.is_leading(ref):
            return None
        step = show_step(self._project, self.at, ref, max(ran, key=rank))
        return Guard(None, lost=max(ran, key=rank).mark, lost_at=step)

    def question(self, ref: FunctionRef, roots: frozenset[str] | None = None) -> Question:
        """What to look for in one function, for the order whose values come from ``roots``."""
        known = self._questions.get((ref, roots))
        if known is None:
            known = self._questions[ref, roots] = self._ask(ref, roots)
        return known

    def _ask(self, ref: FunctionRef, roots: frozenset[str] | None) -> Question:
        return question_about(
            self._project,
            ref,
            guard_at=lambda number: self.at(CallRef(ref, number)),
            named_sign=self._named,
            decides=partial(self._deeds.is_deciding, ref),
            consents=partial(self._deeds.consents, ref),
            lets_sell=partial(self._deeds.lets_sell, ref),
            is_vetted=partial(self._vetted.gives, ref),
        )._replace(
            roots=roots,
            read_sign=partial(self._read.sign, ref),
            left_by=partial(self._kept.left, ref, roots),
            held=self._kept.names(ref),
            made_by=partial(self._kept.made, ref),
            asked_within=partial(asked_within, self._project, self.at, ref),
        )

    def is_unnamed(self, ref: FunctionRef, number: int) -> bool:
        """Whether what guards at a node of a function does so by what it does, and not by role."""
        return self._deeds.is_unnamed(ref, number)
