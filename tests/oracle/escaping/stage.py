"""The stage of the aborts: who catches them, and whether they were meant to."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping
from types import FrameType, ModuleType
from typing import Any, NamedTuple

from tests.oracle.escaping.watching import Watcher
from tests.oracle.exploring import STRANGE, Seen, Spot
from tests.oracle.feeding import Feed
from tests.oracle.program import Program
from tests.oracle.world import Run, Value

WORDS = ("Abort", "Halt", "Veto")
_WIDE = (Exception, BaseException, object)


class _Try:
    """A ``try`` that runs: its frame, and for each clause what it names and whether it may end
    otherwise than by raising."""

    def __init__(self, clauses: list[tuple[Callable[[], Any], bool]]) -> None:
        self.clauses = clauses


class _Held:
    """An abort that a clause or ``finally`` holds."""

    def __init__(self, error: BaseException | None, spot: Spot, *, is_meant: bool) -> None:
        self.error = error
        self.spot = spot
        self.is_meant = is_meant
        self.is_thrown = False


class _Stop(NamedTuple):
    error: BaseException
    spot: Spot
    is_robbed: bool


class EscapeStage:
    """Aborts that are stopped by what is not meant for them."""

    def __init__(self, program: Program) -> None:
        raising: tuple[type[Exception], ...] = (RuntimeError,)
        self._raising = (*raising, ValueError) if "ValueError" in program.text() else raising
        self._feed = Feed(Run((), ()), is_async=program.is_async)
        self._entered: set[Spot] = set()
        self._silent: set[Spot] = set()
        self._wrong: set[frozenset[Spot]] = set()
        self._stopped: set[Spot] = set()
        self._tries: dict[int, list[_Try]] = {}
        self._holding: list[_Held] = []
        self._stops: list[_Stop] = []
        self._meant: list[BaseException] = []

    def modules(self) -> Mapping[str, ModuleType]:
        return self._feed.modules()

    def members(self) -> Mapping[str, Any]:
        return {
            "__enter__": self._enter,
            "__exit__": self._exit,
            "__caught__": self._caught,
            "__flying__": self._flying,
            "__passing__": self._passing,
            "__thrown__": self._thrown,
            "__left__": self._left,
            "__raises__": self._raise,
            "__seen__": self._seen,
            "__passed__": self._passed,
            "__asks__": self._asks,
        }

    def watch(self, tree: ast.Module, path: str) -> ast.Module:
        watcher = Watcher(path)
        found = watcher.visit(tree)
        self._silent |= watcher.raises
        assert isinstance(found, ast.Module)
        return found

    def begin(self, prefix: tuple[int, ...]) -> Run:
        self._feed.run = Run(prefix, self._raising)
        self._tries, self._holding, self._stops, self._meant = {}, [], [], []
        return self._feed.run

    def after(self) -> None:
        pass

    def end(self) -> None:
        """Keep where aborts were stopped: a clause in a manager and its ``with`` stop the same."""
        groups: dict[int, list[_Stop]] = {}
        for stop in self._stops:
            groups.setdefault(id(stop.error), []).append(stop)
        for group in groups.values():
            spots = frozenset(stop.spot for stop in group)
            self._stopped |= spots
            if any(stop.is_robbed for stop in group):
                self._wrong.add(spots)

    def value(self, name: str) -> object:
        return Value()

    def seen(self) -> Seen:
        fine = set() if self._silent else self._entered - self._stopped
        return Seen(frozenset(self._wrong), frozenset(fine))

    def _raise(self, path: str, line: int) -> None:
        self._silent.discard((path, line))

    def _seen(self, path: str, line: int) -> None:
        self._entered.add((path, line))

    def _enter(
        self, path: str, lines: list[int], types: list[Callable[[], Any]], handles: list[bool]
    ) -> tuple[int, _Try]:
        self._entered |= {(path, line) for line in lines}
        frame = id(sys._getframe(1))
        found = _Try(list(zip(types, handles, strict=True)))
        self._tries.setdefault(frame, []).append(found)
        return frame, found

    def _exit(self, token: tuple[int, _Try]) -> None:
        self._tries[token[0]].remove(token[1])

    def _flying(self) -> BaseException | None:
        error = sys.exc_info()[1]
        self._look_at(error)
        return error if is_abort(error) else None

    def _look_at(self, error: BaseException | None) -> None:
        """A fault of the program itself must not be swallowed unseen."""
        if isinstance(error, STRANGE) and not is_abort(error):
            self._feed.run.strange.append(repr(error))

    def _caught(self, path: str, line: int, types: Callable[[], Any]) -> _Held:
        error = sys.exc_info()[1]
        self._look_at(error)
        held = _Held(error if is_abort(error) else None, (path, line), is_meant=False)
        self._holding.append(held)
        if held.error is not None:
            held.is_meant = is_named(types(), held.error)
        return held

    def _passing(self, error: BaseException | None, path: str, line: int) -> _Held:
        self._entered.add((path, line))
        return _Held(error, (path, line), is_meant=False)

    def _thrown(self, held: _Held) -> None:
        """It goes on, or another exception goes on in its place: then no abort is under way."""
        held.is_thrown = True
        if held.error is not None and sys.exc_info()[1] is not held.error:
            self._meant.append(held.error)

    def _left(self, held: _Held) -> None:
        if held in self._holding:
            self._holding.remove(held)
        if held.error is None or held.is_thrown or self._feed.run.cuts:
            return
        if held.is_meant:
            self._meant.append(held.error)
        else:
            self._stop(held.error, held.spot, sys._getframe(1))

    def _passed(
        self, error: BaseException | None, path: str, line: int, types: Callable[[], Any]
    ) -> None:
        if error is None or self._feed.run.cuts or is_named(types(), error):
            return
        if all(one is not error for one in self._meant):
            self._stop(error, (path, line), sys._getframe(1))

    def _asks(self, error: object, cls: Any) -> bool:
        if is_abort(error) and not is_wide(cls) and isinstance(error, cls):
            for held in self._holding:
                held.is_meant |= held.error is error
        return isinstance(error, cls)

    def _stop(self, error: BaseException, spot: Spot, frame: FrameType) -> None:
        is_robbed = self._is_awaited(error, frame)
        self._stops.append(_Stop(error, spot, is_robbed))

    def _is_awaited(self, error: BaseException, frame: FrameType | None) -> bool:
        """Whether a clause that is meant for the abort stands around the frame."""
        while frame is not None:
            for one in self._tries.get(id(frame), ()):
                for types, is_handling in one.clauses:
                    if is_named(types(), error):
                        if is_handling:
                            return True
                        break
            frame = frame.f_back
        return False


def is_abort(error: object) -> bool:
    """Whether it is an exception of the program that is made to stop something."""
    if not isinstance(error, BaseException):
        return False
    return any(word in cls.__name__ for cls in type(error).__mro__ for word in WORDS)


def is_named(types: Any, error: BaseException) -> bool:
    """Whether what a clause names is meant for ``error``."""
    return any(isinstance(error, cls) and cls not in _WIDE for cls in flat(types))


def is_wide(types: Any) -> bool:
    """Whether one of ``types`` is no class of its own."""
    return any(cls in _WIDE for cls in flat(types))


def flat(types: Any) -> list[type[BaseException]]:
    """The classes of a clause, which may stand in tuples."""
    if isinstance(types, tuple):
        return [cls for one in types for cls in flat(one)]
    return [types]
