"""What the worlds of all checks are made of: values that know where they come from, and runs.

Every call of a program that leaves it asks the *run* for its outcome: yes, no, or one of the
exceptions that the program knows. A run replays a prefix of such choices and then takes the first
outcome of each; the explorer tries all.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from types import ModuleType

MOST_CHOICES = 24
MOST_ROUNDS = 2
MOST_CUTS = 200
SHARE_RAISING = 0.3


class Cut(BaseException):
    """The run has taken more choices than it may: what follows is not looked at."""


class Stuck(BaseException):
    """The program swallows every :class:`Cut`."""


class NetworkError(Exception):
    """What a client of an exchange raises."""


_NUMBERS = itertools.count()


class Value:
    """A symbol, an amount, an order: what matters is which values it comes from.
    ``number`` grows with each that is made."""

    def __init__(self, origins: Iterable[object] = ()) -> None:
        self.number = next(_NUMBERS)
        self.origins = frozenset(origins) or frozenset({self})

    def __hash__(self) -> int:
        return id(self)

    def __getattr__(self, name: str) -> Value:
        if name.startswith("__"):
            raise AttributeError(name)
        return Value(self.origins)

    def __getitem__(self, key: str) -> Value:
        return Value(self.origins)

    def __mul__(self, other: object) -> Value:
        return Value(self.origins | origins_of([other]))

    __add__ = __sub__ = __truediv__ = __rmul__ = __mul__


def origins_of(values: Iterable[object]) -> frozenset[object]:
    """All that ``values`` come from; of containers, what their elements come from."""
    found: frozenset[object] = frozenset()
    for value in values:
        if isinstance(value, Value):
            found |= value.origins
        elif isinstance(value, list | tuple):
            found |= origins_of(value)
        elif isinstance(value, dict):
            found |= origins_of(value.values())
    return found


class Run:
    """One execution: the choices it takes."""

    def __init__(
        self,
        prefix: tuple[int, ...],
        raising: tuple[type[Exception], ...],
        most: int = MOST_CHOICES,
    ) -> None:
        """``most`` choices are taken before it is cut."""
        self.prefix = prefix
        self.raising = raising
        self.most = most
        self.chances: random.Random | None = None
        self.taken: list[int] = []
        self.widths: list[int] = []
        self.rounds: dict[tuple[str, int, str], int] = {}
        self.strange: list[str] = []
        self.cuts = 0
        self.is_short = False

    def choose(self, outcomes: int) -> int:
        """The number of the outcome to take, of so many; after them come the exceptions."""
        choice = self._take(outcomes, len(self.raising))
        if choice >= outcomes:
            raise self.raising[choice - outcomes]("of the world")
        return choice

    def take(self, outcomes: int) -> int:
        """The number of the outcome to take, of so many; none of them is an exception."""
        return self._take(outcomes, 0)

    def _take(self, fine: int, raising: int) -> int:
        self.is_short |= len(self.taken) >= self.most
        if self.cuts or self.is_short:
            self.cuts += 1
            raise Stuck if self._is_over() else Cut
        number = len(self.taken)
        first = self._first(fine, raising)
        choice = self.prefix[number] if number < len(self.prefix) else first
        self.taken.append(choice)
        self.widths.append(fine + raising)
        return choice

    def go_on(self) -> None:
        """Another round of a loop: none for a program that swallows even what ends the run."""
        if self._is_over():
            raise Stuck

    def _is_over(self) -> bool:
        return self.cuts > MOST_CUTS

    def _first(self, fine: int, raising: int) -> int:
        """The outcome that is taken where nothing is replayed: the first, or one at random, and
        then mostly none of the exceptions."""
        if self.chances is None:
            return 0
        if raising and self.chances.random() < SHARE_RAISING:
            return fine + self.chances.randrange(raising)
        return self.chances.randrange(fine)

    def following(self) -> tuple[int, ...] | None:
        """The prefix of the next run; ``None`` when all have been tried."""
        taken = list(self.taken)
        while taken and taken[-1] + 1 >= self.widths[len(taken) - 1]:
            taken.pop()
        if not taken:
            return None
        return (*taken[:-1], taken[-1] + 1)


def foreign(name: str, **members: object) -> ModuleType:
    """A module that is none of the program's."""
    found = ModuleType(name)
    found.__dict__.update(members)
    return found
