"""Which calls and names of one function ask about the order of a question, and what they say."""

from __future__ import annotations

from functools import cache

from botlint.checks.guards.body import Body
from botlint.checks.guards.other_requests import Others
from botlint.checks.guards.question import Guard, Question
from botlint.checks.guards.relation import Relation
from botlint.checks.guards.signs import Sign
from botlint.checks.roots import SELF


class Asking:
    """The guards of one function for the order that the nodes ``targets`` lead to.

    ``relation`` relates values of the function to that order, ``others`` tells what is asked about
    another one, ``guard`` says how a call guards, by its number.
    """

    def __init__(self, body: Body, question: Question, targets: frozenset[int]) -> None:
        function = body.function
        self._question = question
        self._asked_for = frozenset(function.nodes[number].call for number in targets) - {-1}
        within = (question.asked_within, question.read_of_own)
        self.relation = Relation(body, question.roots, question.modules, *within)
        sent = self._asked_for if question.roots else frozenset[int]()
        others = (question.calls, question.symbols, sent, self.relation, question.amount_at)
        self.others = Others(function, *others)
        self.guard = cache(self._find_guard)

    def _find_guard(self, number: int) -> Guard | None:
        # What leads to the order guards nothing before it: not in the next round of a loop either.
        guard = None if number in self._asked_for else self._question.guard_at(number)
        if guard is None or not self._is_about(number, guard):
            return None
        return None if self.others.is_of_other(number) else guard

    def _is_about(self, number: int, guard: Guard) -> bool:
        """Whether a guard is asked about the order, or about what it gives, and the order takes."""
        if guard.is_of_result:
            return self.relation.is_taken(number, self._asked_for)
        return self.relation.is_asked(number) or self.relation.is_giving(number)

    def sign(self, number: int) -> Sign | None:
        """What the result of a call says; ``None`` if it is no guard's."""
        guard = self.guard(number)
        if guard is not None and guard.element >= 0:
            return Sign.PAIR
        return guard.sign if guard is not None else None

    def named(self, path: str) -> Sign | None:
        """What a name says of the order by what it is called, or by what is read there."""
        sign = self._question.named_sign(path)
        if sign is None and (read := self._question.read_sign(path)) is not None:
            owner = frozenset({path.rpartition(".")[0]}) - SELF
            return read if not owner or self.relation.is_about(owner) else None
        return sign
