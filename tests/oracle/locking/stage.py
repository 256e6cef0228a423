"""The stage of the locks: who holds which when a store is changed."""

from __future__ import annotations

import ast
import asyncio
import sys
from collections.abc import Mapping
from types import FrameType, ModuleType
from typing import Any, NamedTuple

from tests.oracle.exploring import Seen, Spot
from tests.oracle.feeding import Feed
from tests.oracle.locking.things import AsyncLock, Lock, PlainLock, Store, Thread
from tests.oracle.locking.watching import STORES, Watcher
from tests.oracle.program import Program, module_name
from tests.oracle.world import Cut, Run


class Changed(NamedTuple):
    """A store was changed at a spot, with the locks held there and then."""

    store: str
    spot: Spot
    held: frozenset[str]


class LockStage:
    """Locks that know who holds them, and stores that tell who changes them."""

    def __init__(self, program: Program) -> None:
        self._paths = frozenset(program.files)
        self._feed = Feed(Run((), ()), is_async=program.is_async, told=self._pause)
        self._changes: set[Changed] = set()
        self._taken: set[Spot] = set()
        self._unrun: set[Spot] = set()
        self._paused: set[str] = set()
        self._stuck: set[frozenset[Spot]] = set()
        self._maybe: set[Spot] = set()
        self._threads: list[Thread] = []
        self.thread: object = None
        self.locks: list[Lock] = []

    def modules(self) -> Mapping[str, ModuleType]:
        return self._feed.modules()

    def members(self) -> Mapping[str, Any]:
        return {
            "__store__": self._store,
            "__at__": lambda *spot: self._unrun.discard(spot),
            "__lock__": self._lock,
            "__thread__": lambda target, args=(): Thread(self, target, args),
        }

    def watch(self, tree: ast.Module, path: str) -> ast.Module:
        watcher = Watcher(path)
        found = watcher.visit(tree)
        self._unrun |= watcher.blocks
        assert isinstance(found, ast.Module)
        return found

    def begin(self, prefix: tuple[int, ...]) -> Run:
        self._feed.run = Run(prefix, (RuntimeError,))
        self._threads, self.locks, self.thread = [], [], None
        return self._feed.run

    def after(self) -> None:
        """The threads run when the rest is through."""
        while self._threads:
            self._threads.pop(0).run()

    def end(self) -> None:
        pass

    def value(self, name: str) -> object:
        """The book of the program where one is asked for."""
        modules = (sys.modules[module_name(path)] for path in sorted(self._paths))
        books = (one.book for one in modules if hasattr(one, "book"))
        return next(books, name) if name == "book" else name

    def seen(self) -> Seen:
        """What must be reported: changes with no lock held, of stores that others change under
        one; of changes under locks of which none is common to all, one; a lock that its holder
        waits for."""
        wrong: set[frozenset[Spot]] = set(self._stuck)
        stuck = {spot for spots in self._stuck for spot in spots} | self._maybe
        fine = self._taken - stuck
        for store in STORES:
            held: dict[Spot, list[frozenset[str]]] = {}
            for one in self._changes:
                if one.store == store:
                    held.setdefault(one.spot, []).append(one.held)
            always = {spot: frozenset.intersection(*sets) for spot, sets in held.items()}
            locked = {spot: locks for spot, locks in always.items() if locks}
            common = frozenset.intersection(*locked.values()) if locked else frozenset()
            free = {spot for spot, sets in held.items() if frozenset() in sets}
            if any(locks & self._paused for locks in locked.values()):
                wrong |= {frozenset({spot}) for spot in free}
            if locked and not common:
                wrong.add(frozenset(locked))
            fine |= {spot for spot, locks in locked.items() if locks & common}
        return Seen(frozenset(wrong), frozenset() if self._unrun else frozenset(fine - stuck))

    def _pause(self) -> None:
        """The world is asked: if that has to be waited for, others run meanwhile."""
        self._paused |= {lock.name for lock in self.locks if lock.holder == self.who()}

    def spots(self) -> list[Spot]:
        """Where the program is, the innermost first."""
        found, frame = [], sys._getframe(1).f_back
        while frame is not None:
            if frame.f_code.co_filename in self._paths:
                found.append((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back
        return found

    def changed(self, store: str) -> None:
        """A store is being changed."""
        if not self._feed.run.cuts and not self._is_building():
            held = frozenset(lock.name for lock in self.locks if lock.holder == self.who())
            self._changes.add(Changed(store, self.spots()[0], held))

    def _is_building(self) -> bool:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename in self._paths and frame.f_code.co_name == "__init__":
                return True
            frame = frame.f_back
        return False

    def who(self) -> object:
        """The present thread or task."""
        try:
            return asyncio.current_task()
        except RuntimeError:
            return self.thread

    def taking(self) -> None:
        """A lock is being taken."""
        self._taken.add(self.spots()[0])

    def waits_for_itself(self, *, is_sure: bool) -> None:
        """A holder waits for what it holds: nothing of it goes on. If it does not know that it got
        it, that is left open."""
        if not self._feed.run.cuts and is_sure:
            self._stuck.add(frozenset(self.spots()))
        elif not self._feed.run.cuts:
            self._maybe |= set(self.spots())
        self._feed.run.cuts += 1
        raise Cut

    def choose(self) -> bool:
        """Whether a lock that may not be got is got, or what may be in a store is."""
        return self._feed.run.take(2) == 0

    def start(self, thread: Thread) -> None:
        """A thread is ready."""
        self._threads.append(thread)

    def is_strange(self, why: str) -> None:
        """The program does what no program does."""
        if not self._feed.run.cuts:
            self._feed.run.strange.append(why)

    def _store(self, name: str, value: dict[Any, Any]) -> dict[Any, Any]:
        self.changed(name)
        return Store(self, name, value, is_old=self._is_building())

    def _lock(self, name: str, made: tuple[str, object]) -> Lock:
        kind, _ = made
        cls = AsyncLock if kind.startswith("asyncio") else PlainLock
        found = cls(self, name, is_reentrant=kind.endswith("RLock"))
        self.locks.append(found)
        return found
