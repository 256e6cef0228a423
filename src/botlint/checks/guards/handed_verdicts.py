"""Verdicts that a function is handed: ``send(order, ok)`` with ``ok = preflight(order)``.

A parameter holds a verdict if every call of the function in the program gives it one, and they all
mean the same by being true. What a caller hands in is read where it stands, on all ways to the
call.
"""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.guards.paths import Walk
from botlint.checks.guards.question import Question
from botlint.checks.guards.signs import Sign, Verdict
from botlint.checks.guards.states import Mark, State, Status
from botlint.checks.guards.translated import MADE_WITHIN, is_made_within
from botlint.checks.roots import words_in
from botlint.facts.types import Expression, Kind
from botlint.flow.program import CallSite, FunctionRef
from botlint.project import Project

Given = tuple[tuple[str, Verdict], ...]
Walked = tuple[Walk, dict[int, list[State]]]
_SAYING = frozenset({Sign.YES, Sign.NO, Sign.OBJECT, Sign.PAIR})


class HandedVerdicts:
    """Says which parameters hold verdicts.

    ``question`` asks of a function for any order; ``touching`` are the functions from which a guard
    can be reached.
    """

    def __init__(
        self,
        project: Project,
        question: Callable[[FunctionRef], Question],
        touching: frozenset[FunctionRef],
    ) -> None:
        self._project = project
        self._program = project.program
        self._question = question
        self._touching = touching
        self._known: dict[FunctionRef, Given] = {}
        self._walks: dict[tuple[FunctionRef, Given], Walked] = {}

    def of(self, ref: FunctionRef) -> Given:
        """The verdicts that the parameters of a function hold, by name."""
        known = self._known.get(ref)
        if known is None:
            self._known[ref] = ()
            known = self._known[ref] = tuple(sorted(self._find(ref), key=lambda one: one[0]))
        return known

    def for_order(self, ref: FunctionRef, roots: frozenset[str] | None) -> Given:
        """The same, of a function whose order has values of ``roots``; none of what it makes
        itself, which no caller has asked about."""
        given = self.of(ref)
        is_own = bool(given) and roots is not None and is_made_within(self._project, ref, roots)
        return () if is_own or roots == MADE_WITHIN else given

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

    def _find(self, ref: FunctionRef) -> list[tuple[str, Verdict]]:
        function = self._project.function(ref)
        tests = [node.value for node in function.nodes if node.kind is Kind.TEST and node.value]
        words = {word.partition(".")[0] for word in words_in(tests, function.calls)}
        names = [one.name for one in function.parameters if one.name in words]
        callers = self._program.callers(ref) if names else ()
        if not callers or not all(self._may_hand(site) for site in callers):
            return []
        found: list[tuple[str, Verdict]] = []
        for name in names:
            sign = self._sign_at(callers[0], ref, name)
            if sign is not None and all(
                self._sign_at(site, ref, name) is sign for site in callers[1:]
            ):
                found.append((name, Verdict(sign)))
        return found

    def _may_hand(self, site: CallSite) -> bool:
        return site.via == "call" and (
            site.function in self._touching or bool(self.of(site.function))
        )

    def _sign_at(self, site: CallSite, ref: FunctionRef, name: str) -> Sign | None:
        """What a caller's argument says by being true, on every way to the call."""
        value = self._program.argument_of(site.function, site.call, ref, name)
        if value is None:
            return None
        return _joined(self._signs_of(site, value))

    def _signs_of(self, site: CallSite, value: Expression) -> frozenset[Sign | None]:
        walk, states = self._walked(site.function, self.of(site.function))
        return frozenset(
            verdict.sign if (verdict := walk.read(value, state)) is not None else None
            for state in states.get(site.call, ())
        )

    def _walked(self, ref: FunctionRef, given: Given) -> Walked:
        """A function walked with what it is given, and the states in which each call is made."""
        known = self._walks.get((ref, given))
        if known is None:
            function = self._project.function(ref)
            walk = Walk(function, self._question(ref)._replace(given=given), frozenset())
            states: dict[int, list[State]] = {}
            for number, state in walk.run():
                if function.nodes[number].call >= 0:
                    states.setdefault(function.nodes[number].call, []).append(state)
            known = self._walks[ref, given] = (walk, states)
        return known


def _joined(signs: frozenset[Sign | None]) -> Sign | None:
    """What a value says that says these on different ways: what is never true says no yes."""
    if len(signs) == 1:
        (sign,) = signs
        return sign if sign in _SAYING else None
    if signs <= {Sign.YES, Sign.OBJECT, Sign.FALSE}:
        return Sign.YES
    return Sign.NO if signs == {Sign.NO, Sign.TRUE} else None
