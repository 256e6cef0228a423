"""The world of a program: an exchange that records, checks and conditions with chosen outcomes.

Every call of the program that leaves it comes here, and asks the *run* for its outcome: yes, no, or
one of the exceptions that the program knows. A run replays a prefix of such choices and then takes
the first outcome of each; the runner tries all.
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, NamedTuple

MOST_CHOICES = 24
MOST_ROUNDS = 2


class Cut(BaseException):
    """The run has taken more choices than it may: what follows is not looked at."""


class Stuck(BaseException):
    """The program swallows every :class:`Cut`."""


class NetworkError(Exception):
    """What a client of an exchange raises."""


class Verdict(enum.Enum):
    """What a check may say; not all of it is yes or no."""

    APPROVED = 1
    REJECTED = 2
    UNKNOWN = 3


class Order(NamedTuple):
    """An order call that was run: where it stands, whether a check had passed for it, and whether
    one has said no since."""

    path: str
    line: int
    is_guarded: bool
    is_refused: bool


class Value:
    """A symbol, an amount, an order: what matters is which values it comes from."""

    def __init__(self, origins: Iterable[object] = ()) -> None:
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


class Answer(Value):
    """A verdict with members; it also holds the order's values, as a check may adjust them."""

    def __init__(self, origins: Iterable[object], *, is_ok: bool) -> None:
        super().__init__(origins)
        self.ok = is_ok

    def is_valid(self) -> bool:
        return self.ok

    def __getitem__(self, key: str) -> Any:
        return self.ok if key == "ok" else Value(self.origins)

    get = __getitem__


class Run:
    """One execution: the choices it takes, and what it does."""

    def __init__(self, prefix: tuple[int, ...], raising: tuple[type[Exception], ...]) -> None:
        self.prefix = prefix
        self.raising = raising
        self.taken: list[int] = []
        self.widths: list[int] = []
        self.rounds: dict[tuple[str, int, str], int] = {}
        self.passed: set[object] = set()
        self.refused: set[object] = set()
        self.orders: list[Order] = []
        self.strange: list[str] = []
        self.cuts = 0
        self.is_short = False

    def choose(self, outcomes: int) -> int:
        """The number of the outcome to take, of so many; after them come the exceptions."""
        choice = self.take(outcomes + len(self.raising))
        if choice >= outcomes:
            raise self.raising[choice - outcomes]("of the world")
        return choice

    def take(self, outcomes: int) -> int:
        """The number of the outcome to take, of so many; none of them is an exception."""
        self.is_short |= len(self.taken) >= MOST_CHOICES
        if self.cuts or self.is_short:
            self.cuts += 1
            raise Stuck if self.cuts > 200 else Cut
        number = len(self.taken)
        choice = self.prefix[number] if number < len(self.prefix) else 0
        self.taken.append(choice)
        self.widths.append(outcomes)
        return choice

    def following(self) -> tuple[int, ...] | None:
        """The prefix of the next run; ``None`` when all have been tried."""
        taken = list(self.taken)
        while taken and taken[-1] + 1 >= self.widths[len(taken) - 1]:
            taken.pop()
        if not taken:
            return None
        return (*taken[:-1], taken[-1] + 1)


class World:
    """The modules that a program imports, bound to the present run."""

    def __init__(self, kind: str, *, is_async: bool) -> None:
        self.kind = kind
        self.is_async = is_async
        self.run = Run((), ())
        self.said: dict[str, set[bool]] = {}
        """What the program's own checks have said, in all runs."""

    def modules(self) -> dict[str, ModuleType]:
        """The foreign modules by name."""
        ccxt = _module("ccxt", NetworkError=NetworkError, binance=lambda: _Exchange(self))
        found = {
            "ccxt": ccxt,
            "ccxt.async_support": ccxt,
            "checks": _module("checks", preflight=self._asked(self.check), Verdict=Verdict),
            "feed": _module("feed", __getattr__=self._feed),
            "journal": _module("journal", note=lambda *values: None),
        }
        ccxt.async_support = ccxt  # type: ignore[attr-defined]
        return found

    def check(self, *values: object) -> object:
        """The preflight: its verdict is chosen."""
        says = ("APPROVED", "REJECTED", "UNKNOWN") if self.kind == "enum" else ("yes", "no")
        choice = self.run.choose(len(says))
        origins = origins_of(values)
        if self.kind == "enum":
            verdict: object = Verdict[says[choice]]
        elif self.kind == "pair":
            verdict = (choice == 0, Value(origins))
        elif self.kind in ("member", "method", "item"):
            verdict = Answer(origins, is_ok=choice == 0)
        else:
            verdict = choice == 0
        return self.pass_if_positive(verdict, origins)

    def hear(self, check: str, verdict: object, values: tuple[object, ...]) -> object:
        """What a check of the program has said."""
        self.said.setdefault(check, set()).add(is_positive(verdict))
        return self.pass_if_positive(verdict, origins_of(values))

    def pass_if_positive(self, verdict: object, origins: frozenset[object]) -> object:
        """Remember that a check has completed for these values, and what it said."""
        if is_positive(verdict):
            self.run.passed |= origins
            self.run.refused -= origins
        else:
            self.run.refused |= origins
        return verdict

    def place(self, path: str, line: int, values: tuple[object, ...]) -> Value:
        """An order reaches the exchange."""
        if not self.run.cuts:
            run, origins = self.run, origins_of(values)
            is_guarded, is_refused = bool(run.passed & origins), bool(run.refused & origins)
            run.orders.append(Order(path, line, is_guarded, is_refused))
        self.run.choose(1)
        return Value()

    def _feed(self, name: str) -> Callable[..., object]:
        if name.startswith("__"):
            raise AttributeError(name)
        kind = name.partition("_")[0]
        return self._asked(lambda *values: self._answer(kind, name))

    def _answer(self, kind: str, name: str) -> object:
        if kind == "value":
            self.run.choose(1)
            return Value()
        if kind == "orders":
            return [Value() for _ in range((1, 0, 2)[self.run.choose(3)])]
        choice = self.run.choose(2)
        if kind == "more" and choice == 0:
            frame = sys._getframe(2)
            site = (frame.f_code.co_filename, frame.f_lineno, name)
            self.run.rounds[site] = self.run.rounds.get(site, 0) + 1
            if self.run.rounds[site] > MOST_ROUNDS:
                self.run.cuts += 1
                raise Cut
        return choice == 0

    def _asked(self, answer: Callable[..., object]) -> Callable[..., object]:
        if not self.is_async:
            return answer

        async def asked(*values: object) -> object:
            return answer(*values)

        return asked


class _Exchange:
    """The recorder in place of the exchange."""

    def __init__(self, world: World) -> None:
        self._world = world

    def create_order(self, *values: object) -> object:
        frame = sys._getframe(1)
        place = (frame.f_code.co_filename, frame.f_lineno, values)
        return self._later(*place) if self._world.is_async else self._world.place(*place)

    create_market_buy_order = create_limit_buy_order = create_order

    async def _later(self, path: str, line: int, values: tuple[object, ...]) -> object:
        return self._world.place(path, line, values)


def is_positive(verdict: object) -> bool:
    """Whether a verdict, in whatever form, means yes."""
    if verdict is None:
        raise TypeError("a check that says nothing")
    if isinstance(verdict, tuple):
        return bool(verdict[0])
    if isinstance(verdict, enum.Enum):
        return verdict.name == "APPROVED"
    if isinstance(verdict, dict):
        return bool(verdict["ok"])
    return bool(getattr(verdict, "ok", verdict))


def _module(name: str, **members: object) -> ModuleType:
    found = ModuleType(name)
    found.__dict__.update(members)
    return found
