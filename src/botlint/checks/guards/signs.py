"""What the truth of a value can mean for a guard's verdict."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import NamedTuple


class Sign(enum.IntEnum):
    """What the truth of a value means."""

    TRUE = 1
    """It is always true."""
    FALSE = 2
    """It is always false."""
    YES = 3
    """It is true only if the guard said yes."""
    NO = 4
    """It is false only if the guard said yes."""
    OBJECT = 5
    """The guard's own result: its truth says yes, and its members may say more."""
    PAIR = 6
    """A tuple whose first element says yes, or an object that is never false and whose members say
    it: its own truth says nothing."""
    YES_OR_OTHER = 7
    """It is false for one refusal; any other outcome, known or not, makes it true."""
    NO_OR_OTHER = 8
    """It is true for one refusal; any other outcome, known or not, makes it false."""
    COMPARED = 9
    """The result is compared with a number or the like: true and false differ, how is unknown."""
    THIRD = 11
    """It is true for the one outcome of three that is neither consent nor refusal."""
    NOT_THIRD = 12
    """It is false for that outcome."""
    WEAK = 10
    """The verdict is one of several reasons: neither outcome tells it."""


class Verdict(NamedTuple):
    """``sign`` about the verdict of guard call number ``guard`` (``-1``: of no guard)."""

    sign: Sign
    guard: int = -1


TRUE = Verdict(Sign.TRUE)


FALSE = Verdict(Sign.FALSE)


COMPARED = Verdict(Sign.COMPARED, -2)
"""A comparison that is a verdict by itself: true and false differ, how is unknown."""


Environment = Mapping[str, Verdict]
"""What variables hold; ``#7`` is there if call 7 has returned on this path."""


_FLIPPED = {
    Sign.TRUE: Sign.FALSE,
    Sign.FALSE: Sign.TRUE,
    Sign.YES: Sign.NO,
    Sign.NO: Sign.YES,
    Sign.OBJECT: Sign.NO,
    Sign.PAIR: Sign.FALSE,
    Sign.YES_OR_OTHER: Sign.NO_OR_OTHER,
    Sign.NO_OR_OTHER: Sign.YES_OR_OTHER,
    Sign.THIRD: Sign.NOT_THIRD,
    Sign.NOT_THIRD: Sign.THIRD,
}


def flip(verdict: Verdict | None) -> Verdict | None:
    """The verdict of ``not value``."""
    if verdict is None:
        return None
    return Verdict(_FLIPPED.get(verdict.sign, verdict.sign), verdict.guard)
