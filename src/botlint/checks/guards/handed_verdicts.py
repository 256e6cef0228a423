"""Verdicts that a function is handed: ``send(order, ok)`` with ``ok = preflight(order)``.

A parameter holds a verdict if every call of the function in the program gives it one, and they all
mean the same by being true. What a caller hands in is read where it stands, on all ways to the
call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from botlint.checks.guards.made_within import is_made_within
from botlint.checks.guards.paths import Walk
from botlint.checks.guards.question import Question
from botlint.checks.guards.signs import FALSE, TRUE, Sign, Verdict
from botlint.checks.guards.states import Mark, State, Status
from botlint.checks.guards.translated import MADE_WITHIN, translated
from botlint.checks.roots import arguments_of, words_in
from botlint.facts.types import Call, Function, Kind, Name
from botlint.flow.program import CallSite, FunctionRef
from botlint.flow.reach import Answers
from botlint.project import CallRef, Project

Given = tuple[tuple[str, Verdict], ...]
OrderAt = tuple[FunctionRef, frozenset[str]]


class HandedVerdicts:
    """Says which parameters hold verdicts.

    ``question`` asks of a function for any order; ``touching`` are the functions from which a guard
    can be reached.
    """

    def __init__(
        self,
        project: Project,
        question: Callable[[FunctionRef, frozenset[str] | None], Question],
        touching: frozenset[FunctionRef],
    ) -> None:
        self._project = project
        self._program = project.program
        self._question = question
        self._touching = touching
        self._known: Answers[FunctionRef, Given]
        self._known = Answers(self._asked_above, self._find, nothing=())
        self._for_orders: Answers[OrderAt, Given]
        self._for_orders = Answers(self._orders_above, self._find_for_order, nothing=())
        self._walks: dict[tuple[FunctionRef, Given, frozenset[str] | None], _Walked] = {}

    def of(self, ref: FunctionRef) -> Given:
        """The verdicts that the parameters of a function hold, by name."""
        return self._known.of(ref)

    def _asked_above(self, ref: FunctionRef) -> Iterator[FunctionRef]:
        """The callers whose own parameters say what they hand to a function."""
        callers = self._program.callers(ref) if self._tested(ref) else ()
        if all(site.via == "call" for site in callers):
            yield from (site.function for site in callers)

    def for_order(self, ref: FunctionRef, roots: frozenset[str] | None) -> Given:
        """The same, of a function whose order has values of ``roots``: those verdicts that every
        caller has got about what it hands in as these values."""
        given = self.of(ref)
        return self._for_orders.of((ref, roots)) if given and roots else given

    def _orders_above(self, point: OrderAt) -> Iterator[OrderAt]:
        """The same order in the callers, as far as what they are given counts for it."""
        ref, roots = point
        if self.of(ref) and not self._is_made(ref, roots):
            for site in self._program.callers(ref):
                above = self._roots_at(site, ref, roots)
                if above:
                    yield site.function, above

    def _find_for_order(self, point: OrderAt) -> Given:
        ref, roots = point
        return tuple(one for one in self.of(ref) if self._is_about(ref, one, roots))

    def _is_made(self, ref: FunctionRef, roots: frozenset[str]) -> bool:
        return roots == MADE_WITHIN or is_made_within(self._project, ref, roots)

    def _is_about(self, ref: FunctionRef, one: tuple[str, Verdict], roots: frozenset[str]) -> bool:
        if self._is_made(ref, roots):
            return False
        name, verdict = one
        return all(
            verdict.sign in self._signs_at(site, ref, name, self._roots_at(site, ref, roots))
            for site in self._program.callers(ref)
        )

    def _roots_at(
        self, site: CallSite, ref: FunctionRef, roots: frozenset[str]
    ) -> frozenset[str] | None:
        return translated(self._project, roots, ref, CallRef(site.function, site.call))

    def told(self, ref: FunctionRef, statuses: set[Status]) -> set[Status]:
        """What is told of a function on whose ways these arise: where a handed verdict has been
        tested and did not decide, that is told of the guard in the caller."""
        return {Status(Mark.NONE) if self._is_undecided(ref, one) else one for one in statuses}

    def _is_undecided(self, ref: FunctionRef, status: Status) -> bool:
        if status.mark is not Mark.RAN or status.call >= 0 or status.node < 0:
            return False
        function = self._project.function(ref)
        value = function.nodes[status.node].value
        words = words_in([value], function.calls) if value is not None else frozenset()
        names = {word.partition(".")[0] for word in words}
        return any(name in names for name, _ in self.of(ref))

    def _find(self, ref: FunctionRef) -> Given:
        names = self._tested(ref)
        callers = self._program.callers(ref) if names else ()
        if not callers or not all(self._may_hand(site) for site in callers):
            return ()
        found: list[tuple[str, Verdict]] = []
        for name in names:
            signs = frozenset.intersection(
                *(self._signs_at(site, ref, name, None) for site in callers)
            )
            if signs == _ANY:
                signs = frozenset.intersection(
                    *(self._signs_written(site, ref, name) for site in callers)
                )
            if not signs or signs == _ANY:
                continue
            if any(self._has_guard(site, ref, name) for site in callers):
                found.append((name, Verdict(min(signs, key=_SAYING.index))))
        return tuple(sorted(found, key=lambda one: one[0]))

    def _tested(self, ref: FunctionRef) -> list[str]:
        """The parameters of a function that its tests ask for, or whose verdict it hands on."""
        function = self._project.function(ref)
        tests = [node.value for node in function.nodes if node.kind is Kind.TEST and node.value]
        words = {word.partition(".")[0] for word in words_in(tests, function.calls)}
        words |= {name for call in function.calls for name in self._handed_on(call)}
        return [one.name for one in function.parameters if one.name in words]

    def _handed_on(self, call: Call) -> Iterator[str]:
        """The names of what a call gets that is called a verdict: ``send(order, answer.ok)``."""
        for value in arguments_of(call):
            if isinstance(value, Name) and self._project.vocabulary.polarity(
                value.path.rpartition(".")[2]
            ):
                yield value.path.partition(".")[0]

    def _may_hand(self, site: CallSite) -> bool:
        return site.via == "call" and (
            site.function in self._touching or bool(self.of(site.function))
        )

    def _signs_at(
        self, site: CallSite, ref: FunctionRef, name: str, roots: frozenset[str] | None
    ) -> frozenset[Sign]:
        """What a caller's argument may be taken to say by being true, on every way to the call.

        Where the guard has said yes before, it may be anything.
        """
        value = self._program.argument_of(site.function, site.call, ref, name)
        if value is None:
            return frozenset()
        walked = self._walked(site.function, roots)
        signs = _ANY
        for state in walked.states(site.call):
            if state.status.mark is not Mark.GUARDED:
                verdict = walked.walk.read(value, state)
                signs &= _SAID.get(verdict.sign, frozenset()) if verdict else frozenset()
            if not signs:
                break  # As nearly everywhere: most arguments are no verdicts.
        return signs

    def _has_guard(self, site: CallSite, ref: FunctionRef, name: str) -> bool:
        """Whether a guard has anything to do with a caller's argument: it has said yes before the
        call, or the argument is no constant."""
        value = self._program.argument_of(site.function, site.call, ref, name)
        walked = self._walked(site.function, None)
        return any(
            state.status.mark is Mark.GUARDED
            or walked.walk.read(value, state) not in (None, TRUE, FALSE)
            for state in walked.states(site.call)
        )

    def _signs_written(self, site: CallSite, ref: FunctionRef, name: str) -> frozenset[Sign]:
        """The same where some guard has said yes on every way, which may have been about another
        order: what the argument says by itself."""
        value = self._program.argument_of(site.function, site.call, ref, name)
        walked = self._walked(site.function, None)
        verdicts = [walked.walk.read(value, state) for state in walked.states(site.call)]
        said = [_SAID[one.sign] if one and one.sign in _ANY else _NOTHING for one in verdicts]
        return frozenset.intersection(*said) if said else _NOTHING

    def _walked(self, ref: FunctionRef, roots: frozenset[str] | None) -> _Walked:
        """A function walked with what it is given."""
        given = self.for_order(ref, roots)
        known = self._walks.get((ref, given, roots))
        if known is None:
            question = self._question(ref, roots)._replace(given=given)
            known = self._walks[ref, given, roots] = _Walked(self._project.function(ref), question)
        return known


class _Walked:
    """A walk through a function, which goes on as far as is asked for."""

    def __init__(self, function: Function, question: Question) -> None:
        self.walk = Walk(function, question, frozenset())
        self._nodes = function.nodes
        self._coming = self.walk.run()
        self._found: defaultdict[int, list[State]] = defaultdict(list)

    def states(self, call: int) -> Iterator[State]:
        """The states in which a call is made."""
        found = self._found[call]
        told = 0
        while True:
            while told < len(found):
                yield found[told]
                told += 1
            pair = next(self._coming, None)
            if pair is None:
                return
            number, state = pair
            if self._nodes[number].call >= 0:
                self._found[self._nodes[number].call].append(state)


_SAYING = (Sign.OBJECT, Sign.YES, Sign.PAIR, Sign.NO)
_ANY = frozenset(_SAYING)
_NOTHING = frozenset[Sign]()
_SAID = {
    Sign.YES: frozenset({Sign.YES}),
    Sign.OBJECT: frozenset({Sign.YES, Sign.OBJECT}),
    Sign.PAIR: frozenset({Sign.PAIR}),
    Sign.NO: frozenset({Sign.NO}),
    Sign.FALSE: frozenset({Sign.YES, Sign.OBJECT}),
    Sign.TRUE: frozenset({Sign.NO}),
}
"""What a value may be taken to say that says this: what is never true says no yes."""
