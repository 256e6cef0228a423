"""The answers to what is known of a price or an amount."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import NamedTuple

from botlint.model import Step

DEEPEST = 8
"""So many steps back a value is followed, through names, fields and callers together."""


class State(enum.IntEnum):
    """What is known of a value; of several the greatest counts."""

    ROUNDED = 0
    UNKNOWN = 1
    GIVEN = 2
    """A parameter that nothing in the program gives."""
    RAW = 3
    LEFT_OUT = 4
    """Rounded on other ways, or by others: a field of a record that one caller makes as it is, or a
    name that one branch binds so."""


class Followed(NamedTuple):
    """A value with where it was made, if that shows what it is."""

    state: State
    trace: tuple[Step, ...] = ()
    is_made: bool = False
    """A field of a record that is written out, with a value of which nothing else is known."""
    is_cut: bool = False
    """Unknown only because it comes from further away than a value is followed."""


UNKNOWN = Followed(State.UNKNOWN)
CUT = Followed(State.UNKNOWN, is_cut=True)


def unknown_of(found: Iterable[Followed]) -> Followed:
    """What is unknown of a value that is made of others."""
    return CUT if any(one.is_cut for one in found) else UNKNOWN
