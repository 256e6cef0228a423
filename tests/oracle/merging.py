"""Tells when a run has come to a point where another run has been, with nothing that matters being
different: what follows has been explored then, and the run can end.

Two points are the same if the functions that are running stand at the same places, their variables
that are still read hold the same, and so does what a variable of a module holds. Values of the
world are told apart by what a stage knows of them, and by which of them are one. What a function
has in hand in the middle of a statement follows from the choices taken since the statement began.
"""

from __future__ import annotations

import asyncio
import enum
import functools
import sys
import threading
import types
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from tests.oracle import exploring
from tests.oracle.exploring import Spot
from tests.oracle.liveness import live_after
from tests.oracle.program import module_name
from tests.oracle.world import Cut, Run, Value

_EXPLORING = exploring.__file__
_HERE = __file__.rpartition("/")[0]
_PLAIN = (bool, int, float, str, bytes, type(None), range, slice)
_PLAIN += (type(Ellipsis), type(NotImplemented))
_ITERATORS = tuple(
    type(one) for one in (iter([]), iter(()), iter({}), iter({}.values()), iter({}.items()))
)
_ITERATORS += (type(iter(range(1))), type(iter(set())), map, filter, zip, enumerate, reversed)


class Unknown(Exception):
    """Something of which it can't be told what it holds."""


class _Mark(NamedTuple):
    """Where a function has come to: at which ``offset`` of its code, the variables ``kept`` for
    Python, and how many choices had been taken when it was ``entered`` and when it came there."""

    offset: int
    kept: tuple[str, ...]
    entered: int
    since: int


class Merging:
    """The points at which the runs from one entry point have been."""

    def __init__(
        self, files: frozenset[str], told: Callable[[Value], object], entered: set[Spot]
    ) -> None:
        """``told`` is what a stage knows of a value of the world; ``entered`` gets where the
        functions begin that are run."""
        self._entered = entered
        self._files = files
        self._told = told
        self._seen: set[int] = set()
        self._run = Run((), ())
        self._last = -1
        self._hooked: set[types.CodeType] = set()
        self._marks: dict[int, _Mark] = {}

    def begin(self, run: Run) -> None:
        """A new run."""
        self._run, self._last = run, -1
        self._marks = {}

    def entered(self, kept: tuple[str, ...]) -> None:
        """The first statement of a function begins; ``kept`` are variables that Python reads."""
        frame = sys._getframe(1)
        self._hooked.add(frame.f_code)
        self._entered.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))
        taken = len(self._run.taken)
        self._marks[id(frame)] = _Mark(frame.f_lasti, kept, taken, taken)
        self._compare(frame)

    def here(self, kept: tuple[str, ...]) -> None:
        """Another statement begins."""
        frame = sys._getframe(1)
        entered = self._marks[id(frame)].entered
        self._marks[id(frame)] = _Mark(frame.f_lasti, kept, entered, len(self._run.taken))
        self._compare(frame)

    def _compare(self, frame: types.FrameType) -> None:
        run = self._run
        taken = len(run.taken)
        if taken < len(run.prefix) or taken == self._last or run.chances is not None or run.cuts:
            return
        if threading.current_thread() is not threading.main_thread() or _has_tasks():
            return
        self._last = taken
        try:
            state = hash(self._state(frame))
        except Unknown:
            return
        if state in self._seen:
            run.cuts += 1
            raise Cut
        self._seen.add(state)

    def _state(self, top: types.FrameType) -> tuple[object, ...]:
        """All that what follows depends on."""
        look = Look(self._files, self._told)
        found: list[object] = [tuple(sorted(self._run.rounds.items()))]
        until = len(self._run.taken)
        frame: types.FrameType | None = top
        while frame is not None and frame.f_code.co_filename != _EXPLORING:
            code = frame.f_code
            found += (code, frame.f_lasti)
            if code in self._hooked:
                mark = self._marks[id(frame)]
                found.append(tuple(self._run.taken[mark.since : until]))
                until = mark.entered
                found += look.each_of(frame.f_locals, (*live_after(code, mark.offset), *mark.kept))
            elif code.co_filename in self._files:
                found += look.each_of(frame.f_locals, sorted(frame.f_locals))
            frame = frame.f_back
        found.append(tuple(self._run.taken[:until]) if frame is None else ())
        found += [look.at(value) for value in self._of_modules()]
        found.append(_raised())
        return (*found, *look.told())

    def _of_modules(self) -> Iterable[object]:
        """What the variables of the program's modules hold, but for what a statement defines."""
        for path in sorted(self._files):
            module = sys.modules.get(module_name(path))
            for name, value in vars(module).items() if module is not None else ():
                if not name.startswith("__") and not isinstance(value, _FIXED):
                    yield value


_FIXED = (types.FunctionType, types.ModuleType, types.BuiltinFunctionType, type)


def _raised() -> tuple[str, ...]:
    """The exception that is being handled, and those during which it was raised."""
    found: list[str] = []
    error = sys.exc_info()[1]
    while error is not None and len(found) < _MOST_RAISED:
        found.append(type(error).__qualname__)
        error = error.__context__
    return tuple(found)


_MOST_RAISED = 6


def _has_tasks() -> bool:
    loop = asyncio._get_running_loop()
    return loop is not None and len(asyncio.all_tasks(loop)) > 1


class Look:
    """One look at what variables hold: each object is shown once, and named afterwards."""

    def __init__(self, files: frozenset[str], told: Callable[[Value], object]) -> None:
        self._files = files
        self._told = told
        self._numbers: dict[int, int] = {}
        self._seen: list[object] = []
        self._origins: dict[Value, int] = {}

    def told(self) -> tuple[object, ...]:
        """What the stage knows of the values of the world that have been seen."""
        return tuple(self._told(one) for one in self._origins)

    def at(self, value: object) -> object:
        """What ``value`` holds, in something that can be compared."""
        if isinstance(value, _PLAIN):
            return type(value), value
        kind = type(value)
        number = self._numbers.get(id(value))
        if number is not None:
            return number
        self._numbers[id(value)] = len(self._numbers)
        self._seen.append(value)  # What is made for the look alone keeps its id until the end.
        look = _LOOKS.get(kind)
        if look is not None:
            return look(self, value)
        if isinstance(value, Value):
            return self._world(value)
        if isinstance(value, enum.Enum):
            return kind.__qualname__, value.name
        if isinstance(value, type | types.ModuleType | types.BuiltinFunctionType):
            return kind, getattr(value, "__qualname__", getattr(value, "__name__", ""))
        if isinstance(value, BaseException):
            return kind.__qualname__, self.each(value.args)
        if isinstance(value, _ITERATORS):
            return kind, self.at(value.__reduce__())
        return self._instance(value)

    def each_of(self, held: Mapping[str, object], names: Iterable[str]) -> list[object]:
        """What those of ``names`` hold that hold something."""
        return [(name, self.at(held[name])) for name in names if name in held]

    def each(self, values: Iterable[object]) -> tuple[object, ...]:
        """The same of several."""
        return tuple(self.at(value) for value in values)

    def _world(self, value: Value) -> object:
        for one in sorted(value.origins - self._origins.keys(), key=_age):
            self._origins[one] = len(self._origins)
        made = tuple(sorted(self._origins[one] for one in value.origins))
        return type(value).__name__, made, getattr(value, "__dict__", {}).get("ok")

    def _instance(self, value: object) -> object:
        kind = type(value)
        if kind.__module__.startswith(("tests.", "concurrent.")):
            return kind
        if isinstance(value, asyncio.Future) and value.done() and not value.cancelled():
            return kind, type(value.exception()), self.at(value._result)
        if not hasattr(value, "__dict__") or isinstance(value, asyncio.Future):
            raise Unknown(kind)
        return kind.__qualname__, self.at(vars(value))


def _age(value: Value) -> int:
    return value.number


def _dict(look: Look, value: Any) -> object:
    return "dict", tuple((look.at(key), look.at(held)) for key, held in value.items())


def _listed(look: Look, value: Any) -> object:
    return type(value), look.each(value)


def _set(look: Look, value: Any) -> object:
    if not all(isinstance(one, _PLAIN) for one in value):
        raise Unknown
    return type(value), tuple(sorted(value, key=repr))


def _function(look: Look, value: Any) -> object:
    code = value.__code__
    if code.co_filename.startswith(_HERE):
        return code
    return code, look.each(value.__closure__ or ()), look.each(value.__defaults__ or ())


def _cell(look: Look, value: Any) -> object:
    try:
        return look.at(value.cell_contents)
    except ValueError:
        return "empty"


def _method(look: Look, value: Any) -> object:
    return look.at(value.__func__), look.at(value.__self__)


def _builtin(look: Look, value: Any) -> object:
    return value.__qualname__, look.at(value.__self__)


def _partial(look: Look, value: Any) -> object:
    return look.at(value.func), look.each(value.args), look.at(value.keywords)


def _resting(look: Look, value: Any) -> object:
    """A generator: where it stands, and what its variables hold; of one that is running, the
    function is looked at."""
    prefix = {"generator": "gi", "coroutine": "cr", "async_generator": "ag"}[type(value).__name__]
    frame = getattr(value, f"{prefix}_frame")
    if frame is None or getattr(value, f"{prefix}_running"):
        return value.__qualname__, frame is None
    held = frame.f_locals
    names = tuple((name, look.at(held[name])) for name in sorted(held))
    awaited = value.gi_yieldfrom if prefix == "gi" else getattr(value, f"{prefix}_await")
    return frame.f_code, frame.f_lasti, names, look.at(awaited)


_LOOKS: dict[type, Callable[[Look, Any], object]] = {
    dict: _dict,
    list: _listed,
    tuple: _listed,
    deque: _listed,
    set: _set,
    frozenset: _set,
    types.FunctionType: _function,
    types.CellType: _cell,
    types.MethodType: _method,
    types.BuiltinMethodType: _builtin,
    functools.partial: _partial,
    types.GeneratorType: _resting,
    types.CoroutineType: _resting,
    types.AsyncGeneratorType: _resting,
}
