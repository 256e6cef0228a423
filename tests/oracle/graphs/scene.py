"""The world of a function: everything that it calls, whose outcomes are chosen from outside.

Each call is told apart by its number, its first argument. ``activation`` is the run of a function
that makes it; that is where what happens is noted, as *events*::

    call n yes | call n no | call n raised           (the truth of what it returned)
    next n element | next n over | next n raised     (an iteration over the result of call n)
    enter n ok | enter n raised, leave n ..., unwind n swallowed | unwind n raised
    await n ok | await n raised, caught (line, column), yield, resumed, exit, raised
"""

from __future__ import annotations

import random
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

Event = tuple[Any, ...]
MOST_EVENTS = 60


class E1(Exception):
    """An exception."""


class E2(Exception):
    """Another one."""


class Cancelled(BaseException):
    """One that ``except Exception`` lets go."""


STRANGE = (NameError, TypeError, AttributeError, LookupError, ArithmeticError)
"""A function that raises these is at fault itself."""


class K:
    """Holds a constant for a pattern."""

    a = 3


class Scene:
    """Decides what happens in one run: as ``prefix`` says, then by ``rest`` (none: the first)."""

    def __init__(self, prefix: tuple[int, ...], rest: random.Random | None) -> None:
        self._prefix = prefix
        self._rest = rest
        self.taken: list[tuple[int, int]] = []
        self.events = 0
        self.strange = ""

    @property
    def is_over(self) -> bool:
        """Nothing is noted any more; loops end."""
        return self.events >= MOST_EVENTS

    def goes_on(self) -> bool:
        """Asked by each round of a loop: a round counts like an event."""
        self.events += 1
        return not self.is_over

    def choose(self, number: int) -> int:
        """One of ``number`` outcomes; by chance, the last is half as likely as each other."""
        if self.is_over:
            return 0
        place = len(self.taken)
        if place < len(self._prefix):
            chosen = self._prefix[place]
        else:
            chosen = self._rest.randrange(2 * number - 1) // 2 if self._rest else 0
        self.taken.append((chosen, number))
        return chosen

    def following(self) -> tuple[int, ...] | None:
        """The prefix of the next run, if all are to be made."""
        taken = list(self.taken)
        while taken:
            chosen, number = taken.pop()
            if chosen + 1 < number:
                return (*(one for one, _ in taken), chosen + 1)
        return None

    def fail(self) -> None:
        """Raise one of the exceptions."""
        raise (E1(), E2(), Cancelled(), ExceptionGroup("both", [E1(), E2()]))[self.choose(4)]


class Activation:
    """One run of a function: ``place`` is the line and column of its definition."""

    def __init__(self, scene: Scene, place: tuple[int, int]) -> None:
        self.scene = scene
        self.place = place
        self.events: list[Event] = []

    def note(self, *event: Any) -> None:
        """Something happened."""
        error = sys.exc_info()[1]
        if isinstance(error, STRANGE):
            self.scene.strange = repr(error)
        if not self.scene.is_over:
            self.scene.events += 1
            self.events.append(event)

    def __enter__(self) -> Activation:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, STRANGE):
            self.scene.strange = repr(error)
        self.note("exit" if kind is None else "raised")

    def outcome(self, what: str, number: int, *ways: object) -> Any:
        """One of ``ways`` happens, or an exception; which is noted."""
        chosen = self.scene.choose(len(ways) + 1)
        if chosen == len(ways):
            self.note(what, number, "raised")
            self.scene.fail()
        self.note(what, number, ways[chosen])
        return ways[chosen]


class Value:
    """What a call returned."""

    def __init__(self, scene: Scene, said: str = "yes") -> None:
        self._scene = scene
        self._is_true = said == "yes"

    def __bool__(self) -> bool:
        return self._is_true

    def _some(self, other: object) -> bool:
        return self._scene.choose(2) == 0

    __eq__ = __lt__ = __gt__ = _some  # type: ignore[assignment]

    def __hash__(self) -> int:
        return 1

    def __format__(self, form: str) -> str:
        return ""

    def __getitem__(self, key: object) -> Value:
        return Value(self._scene)

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def __delitem__(self, key: object) -> None:
        pass

    __add__ = __iadd__ = __getitem__

    @property
    def kind(self) -> int:
        """A member that patterns ask for."""
        return self._scene.choose(2)


class Rounds:
    """What ``for`` and ``async for`` go over; silent where nothing is to be noted."""

    def __init__(self, activation: Activation, number: int) -> None:
        self._activation = activation
        self._number = number

    def __iter__(self) -> Iterator[Value]:
        while self._is_more():
            yield Value(self._activation.scene)

    async def __aiter__(self) -> AsyncIterator[Value]:
        while self._is_more():
            yield Value(self._activation.scene)

    def _is_more(self) -> bool:
        activation = self._activation
        return activation.outcome("next", self._number, "over", "element") == "element"


class Manager:
    """A context manager that may swallow what is raised in it."""

    def __init__(self, activation: Activation, number: int) -> None:
        self._activation = activation
        self._number = number

    def __enter__(self) -> Value:
        self._activation.outcome("enter", self._number, "ok")
        return Value(self._activation.scene, ("yes", "no")[self._activation.scene.choose(2)])

    def __exit__(self, kind: object, *rest: object) -> bool:
        if kind is None:
            self._activation.outcome("leave", self._number, "ok")
            return False
        is_lost = self._activation.scene.choose(2) == 1
        self._activation.note("unwind", self._number, "swallowed" if is_lost else "raised")
        return is_lost

    async def __aenter__(self) -> Value:
        return self.__enter__()

    async def __aexit__(self, *failure: object) -> bool:
        return self.__exit__(*failure)


class Task(Value):
    """Something to be awaited that is no call."""

    def __init__(self, activation: Activation, number: int) -> None:
        super().__init__(activation.scene)
        self._activation = activation
        self._number = number

    def __await__(self) -> Iterator[None]:
        self._activation.outcome("await", self._number, "ok")
        return iter(())


class Base:
    """A base class."""

    def __init_subclass__(cls, **keywords: object) -> None:
        pass


Made = Callable[[Activation, int], object]


def _silent(activation: Activation) -> Activation:
    return Activation(activation.scene, (0, 0))


CALLS: dict[str, Made] = {
    "it": Rounds,
    "ait": Rounds,
    "git": lambda activation, number: Rounds(_silent(activation), number),
    "m": Manager,
    "am": Manager,
    "sm": lambda activation, number: Manager(_silent(activation), number),
    "task": Task,
    "base": lambda activation, number: Base,
    "dec": lambda activation, number: lambda function: function,
    "error": lambda activation, number: (E1(), E2())[activation.scene.choose(2)],
    "kind": lambda activation, number: (E1, E2)[activation.scene.choose(2)],
}
"""What a call gives that may also raise; beside them ``w``, ``v`` and ``call``."""


def plain_call(made: Made) -> Callable[..., Any]:
    """A call that is noted, and gives what ``made`` makes."""

    def run(number: int, activation: Activation) -> object:
        activation.outcome("call", number, "yes")
        return made(activation, number)

    return run


def w(number: int, activation: Activation, *values: object, **named: object) -> Value:
    """A call that says yes or no, or raises."""
    return Value(activation.scene, activation.outcome("call", number, "yes", "no"))


async def v(number: int, activation: Activation) -> Value:
    """The same, awaited."""
    return w(number, activation)


def call(number: int, activation: Activation, function: Callable[[], object]) -> Value:
    """A call that calls ``function`` up to twice."""
    try:
        for _ in range(activation.scene.choose(3)):
            function()
    except BaseException:
        activation.note("call", number, "raised")
        raise
    return w(number, activation)
