"""Answers that depend on each other: how often they are worked out, and what is kept of them."""

from __future__ import annotations

from collections import Counter

from botlint.flow.memo import DEEPEST, MOST_TIMES, Memo
from botlint.flow.values import External, Values, union

COUNT = 30


class _Ring:
    """Questions of which each gives a value of its own and hangs on all others."""

    def __init__(self) -> None:
        self.memo = Memo()
        self.times = Counter[int]()

    def ask(self, number: int) -> Values:
        return self.memo.answer(number, lambda: self._work_out(number))

    def _work_out(self, number: int) -> Values:
        self.times[number] += 1
        others = (one for one in range(COUNT) if one != number)
        return union([(External(str(number)),), *(self.ask(one) for one in others)])


def test_questions_that_all_hang_on_each_other_are_worked_out_a_few_times_each() -> None:
    ring = _Ring()
    for number in range(COUNT):
        ring.ask(number)
    assert max(ring.times.values()) <= MOST_TIMES + 1


def test_the_first_of_them_is_answered_whole() -> None:
    ring = _Ring()
    assert {str(number) for number in range(COUNT)} == {
        value.name for value in ring.ask(7) if isinstance(value, External)
    }


def test_what_hangs_on_an_open_question_is_not_kept() -> None:
    memo = Memo()
    known: dict[str, Values] = {}
    own: Values = (External("own"),)

    def read() -> Values:
        return memo.kept(known, "read", lambda: memo.answer("asked", work_out))

    def work_out() -> Values:
        return (*own, *read())

    assert memo.answer("asked", work_out) == own
    assert known == {}
    assert read() == own
    assert known == {"read": own}


def test_what_hangs_on_none_is_kept_also_while_a_question_is_open() -> None:
    memo = Memo()
    known: dict[str, Values] = {}
    own: Values = (External("own"),)
    assert memo.answer("asked", lambda: memo.kept(known, "read", lambda: own)) == own
    assert known == {"read": own}


def test_what_was_cut_off_is_worked_out_anew_when_it_is_asked_from_nearer() -> None:
    memo = Memo()
    last: Values = (External("last"),)

    def ask(number: int) -> Values:
        return memo.answer(number, lambda: last if number == 0 else ask(number - 1))

    assert ask(DEEPEST + 5) == ()
    assert ask(DEEPEST - 1) == last
