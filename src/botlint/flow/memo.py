"""Answers that depend on each other, worked out once.

A question that is asked while it is being answered gets an empty answer. What was worked out on
such an answer is kept only until the question it hung on is answered: so answers do not depend on
the order of the questions more than they must, and no question is asked without end. Where very
many hang on each other, each would be worked out once for each of the others: after so many times
all that was found for one is its answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable
from typing import TypeVar

from botlint.flow.values import Values, union

Found = TypeVar("Found")
Key = TypeVar("Key", bound=Hashable)

DEEPEST = 40
"""Questions that hang on each other more deeply than this get no answer."""

MOST_TIMES = 8
"""A question that hangs on others is worked out anew no more often; in real bots it is up to six
times."""


class Memo:
    """Keeps the answers of one program."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Values] = {}
        self._open: dict[Hashable, int] = {}
        self._passing: dict[Hashable, tuple[Values, int]] = {}
        self._found: dict[Hashable, list[Values]] = {}
        self._lowest = sys.maxsize

    def answer(self, question: Hashable, work_out: Callable[[], Values]) -> Values:
        """The answer to ``question``."""
        known = self._known.get(question)
        if known is not None:
            return known
        if question in self._open:
            self._lowest = min(self._lowest, self._open[question])
            return ()
        if question in self._passing:
            values, low = self._passing[question]
            self._lowest = min(self._lowest, low)
            return values
        if len(self._open) >= DEEPEST:
            self._lowest = 0  # what is cut off hangs on the outermost question
            return ()
        return self._work_out(question, work_out)

    def is_busy(self) -> bool:
        """Whether a question is being answered, so that what is found now may not be all."""
        return bool(self._open)

    def kept(self, known: dict[Key, Found], question: Key, work_out: Callable[[], Found]) -> Found:
        """The answer to ``question``: the one in ``known``, or what ``work_out`` gives, which is in
        ``known`` from then on if it hangs on no question that is still being answered."""
        if question in known:
            return known[question]
        around, self._lowest = self._lowest, sys.maxsize
        try:
            found = work_out()
        finally:
            low, self._lowest = self._lowest, min(around, self._lowest)
        if not self._open or low == sys.maxsize:
            known[question] = found
        return found

    def _work_out(self, question: Hashable, work_out: Callable[[], Values]) -> Values:
        depth = len(self._open)
        self._open[question] = depth
        around, self._lowest = self._lowest, sys.maxsize
        try:
            values = work_out()
        finally:
            del self._open[question]
            low, self._lowest = self._lowest, around
        if low >= depth:
            self._known[question] = values
            if low == depth or not depth:
                self._drop_passing(depth)
            return values
        found = self._found.setdefault(question, [])
        found.append(values)
        if len(found) >= MOST_TIMES:
            values = self._known[question] = union(found)
            return values
        self._passing[question] = (values, low)
        self._lowest = min(around, low)
        return values

    def _drop_passing(self, depth: int) -> None:
        for question in [one for one, (_, low) in self._passing.items() if low >= depth]:
            del self._passing[question]
