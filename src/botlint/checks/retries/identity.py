"""How an order's id stands over the attempts."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import NamedTuple

from botlint.model import Place
from botlint.project import CallRef


class Standing(enum.IntEnum):
    """What becomes of an id over the attempts; of several the highest counts."""

    STABLE = 0
    UNKNOWN = 1
    NONE = 2
    MADE = 3


class Identity(NamedTuple):
    """How an id stands, and where it is made if it is made anew, or left out."""

    standing: Standing
    place: Place | None = None


class Level(NamedTuple):
    """One call on the way from an order up to what is repeated; ``inside`` are the nodes of its
    function that run for each attempt anew (``None``: all of them), ``again`` the call by which
    the function runs itself again."""

    call: CallRef
    inside: frozenset[int] | None
    again: CallRef | None = None


STABLE = Identity(Standing.STABLE)
UNKNOWN = Identity(Standing.UNKNOWN)
NONE = Identity(Standing.NONE)


def worst(found: Iterable[Identity]) -> Identity:
    """Of the parts that an id is made of, the one that changes most."""
    return max(found, key=lambda one: one.standing, default=STABLE)


def best(found: Iterable[Identity]) -> Identity:
    """Of the arguments that may carry an id, the one that does; what can't be told may."""
    known = list(found)
    for standing in (Standing.STABLE, Standing.MADE, Standing.UNKNOWN):
        for one in known:
            if one.standing is standing:
                return one
    return next((one for one in known if one.place is not None), NONE)
