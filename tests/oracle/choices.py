"""Where the writer's choices come from: a seed, or what hypothesis draws."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Choices:
    """All that is random in a program."""

    def __init__(self, below: Callable[[int], int]) -> None:
        """``below(n)`` is a number from 0 to ``n - 1``."""
        self._below = below

    def pick(self, options: Sequence[T]) -> T:
        """One of ``options``."""
        return options[self._below(len(options))]

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred cases."""
        return self._below(100) < percent

    def number(self, low: int, high: int) -> int:
        """A number from ``low`` to ``high``, both included."""
        return low + self._below(high - low + 1)


class _Drawn(Choices):
    """Choices that get simpler as the numbers drawn get smaller."""

    def chance(self, percent: int) -> bool:
        return self._below(100) >= 100 - percent


def seeded(seed: int) -> Choices:
    """The choices of a seed: always the same."""
    return Choices(random.Random(seed).randrange)


@st.composite
def drawn(draw: st.DrawFn) -> Choices:
    """Choices that hypothesis makes while a program is written, and makes simpler afterwards."""
    return _Drawn(lambda number: draw(st.integers(0, number - 1)))
