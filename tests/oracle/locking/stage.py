"""The stage of the locks: who holds which when a store is changed."""

from __future__ import annotations

import ast
import asyncio
import sys
from collections.abc import Callable, Mapping
from types import FrameType, ModuleType
from typing import Any, NamedTuple

from tests.oracle.exploring import Seen, Spot
from tests.oracle.feeding import Feed
from tests.oracle.program import Program
from tests.oracle.world import Cut, Run

STORES = ("positions", "balances")


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
        self._unrun: set[int] = set()
        self._paused: set[str] = set()
        self._stuck: set[frozenset[Spot]] = set()
        self._maybe: set[Spot] = set()
        self._threads: list[_Thread] = []
        self.thread: object = None
        self.locks: list[_Lock] = []

    def modules(self) -> Mapping[str, ModuleType]:
        return self._feed.modules()

    def members(self) -> Mapping[str, Any]:
        return {
            "__store__": self._store,
            "__at__": self._unrun.discard,
            "__lock__": self._lock,
            "__thread__": lambda target, args=(): _Thread(self, target, args),
        }

    def watch(self, tree: ast.Module, path: str) -> ast.Module:
        watcher = _Watcher()
        found = watcher.visit(tree)
        self._unrun |= watcher.lines
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
        return name

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
        found, frame = [], _above(sys._getframe(1))
        while frame is not None:
            if frame.f_code.co_filename in self._paths:
                found.append((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back
        return found

    def changed(self, store: str) -> None:
        """A store is being changed."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename in self._paths and frame.f_code.co_name == "__init__":
                return
            frame = frame.f_back
        if not self._feed.run.cuts:
            held = frozenset(lock.name for lock in self.locks if lock.holder == self.who())
            self._changes.add(Changed(store, self.spots()[0], held))

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
        """Whether a lock that may not be got is got."""
        return self._feed.run.take(2) == 0

    def start(self, thread: _Thread) -> None:
        """A thread is ready."""
        self._threads.append(thread)

    def is_strange(self, why: str) -> None:
        """The program does what no program does."""
        if not self._feed.run.cuts:
            self._feed.run.strange.append(why)

    def _store(self, name: str, value: dict[Any, Any]) -> dict[Any, Any]:
        self.changed(name)
        return _Store(self, name, value)

    def _lock(self, name: str, made: tuple[str, object]) -> _Lock:
        kind, _ = made
        cls = _AsyncLock if kind.startswith("asyncio") else _PlainLock
        found = cls(self, name, is_reentrant=kind.endswith("RLock"))
        self.locks.append(found)
        return found


class _Store(dict[Any, Any]):
    """A dictionary that tells of each change, also of the dictionaries in it."""

    def __init__(self, stage: LockStage, name: str, value: dict[Any, Any]) -> None:
        super().__init__({key: _Store(stage, name, one) for key, one in value.items()})
        self._stage, self._name = stage, name

    def __setitem__(self, key: object, value: object) -> None:
        self._stage.changed(self._name)
        is_inner = isinstance(value, dict)
        super().__setitem__(key, _Store(self._stage, self._name, value) if is_inner else value)

    def setdefault(self, key: object, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        else:
            self._stage.changed(self._name)
        return self[key]

    def update(self, other: Any = (), **more: Any) -> None:
        for key, value in dict(other).items():
            self[key] = value


def _telling(method: str) -> Callable[..., Any]:
    def tell(self: _Store, *values: Any) -> Any:
        self._stage.changed(self._name)
        return getattr(dict, method)(self, *values)

    return tell


for _method in ("__delitem__", "pop", "popitem", "clear"):
    setattr(_Store, _method, _telling(_method))


class _Lock:
    """A lock with its holder."""

    def __init__(self, stage: LockStage, name: str, *, is_reentrant: bool) -> None:
        self.name = name
        self.holder: object = ()
        self._stage = stage
        self._is_reentrant = is_reentrant
        self._count = 0

    def release(self) -> None:
        if not self._count:
            self._stage.is_strange(f"{self.name} is given back by nobody")
            return
        self._count -= 1
        if not self._count:
            self.holder = ()

    def _is_own(self) -> bool:
        return self._count > 0 and self.holder == self._stage.who()

    def _take(self) -> None:
        self.holder = self._stage.who()
        self._count += 1


class _PlainLock(_Lock):
    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002
        self._stage.taking()
        is_tried = timeout != -1 or not blocking
        if self._count and not (self._is_reentrant and self._is_own()):
            if is_tried:
                return False
            if self._is_own():
                self._stage.waits_for_itself(is_sure=not self._is_tried)
            raise Cut
        if is_tried and not self._stage.choose():
            return False
        self._is_tried = is_tried
        self._take()
        return True

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *failure: object) -> None:
        self.release()


class _AsyncLock(_Lock):
    async def acquire(self) -> bool:
        self._stage.taking()
        for _ in range(50):
            if not self._count:
                self._take()
                return True
            if self._is_own():
                self._stage.waits_for_itself(is_sure=True)
            await asyncio.sleep(0)
        raise Cut

    async def __aenter__(self) -> bool:
        return await self.acquire()

    async def __aexit__(self, *failure: object) -> None:
        self.release()


class _Thread:
    """A thread: it runs when the others are through, and holds what it takes itself."""

    def __init__(self, stage: LockStage, target: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self._stage, self._target, self._args = stage, target, args

    def start(self) -> None:
        self._stage.start(self)

    def run(self) -> None:
        before, self._stage.thread = self._stage.thread, self
        try:
            self._target(*self._args)
        except (RuntimeError, ValueError):
            pass
        finally:
            self._stage.thread = before


class _Watcher(ast.NodeTransformer):
    """Puts locks, stores and threads that tell in place of Python's own, and notes what runs."""

    def __init__(self) -> None:
        self.lines: set[int] = set()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._with_marks(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._with_marks(node)

    def _with_marks(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        """What never runs, because a lock is never got, tells nothing."""
        self.generic_visit(node)
        for part in ast.walk(node):
            for field in ("body", "orelse", "finalbody"):
                block = getattr(part, field, None)
                if isinstance(block, list) and block and not _is_mark(block[0]):
                    self.lines.add(block[0].lineno)
                    mark = ast.parse(f"__at__({block[0].lineno})").body[0]
                    for one in ast.walk(mark):
                        ast.copy_location(one, block[0])
                    block.insert(0, mark)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        target = node.targets[0]
        name = getattr(target, "attr", getattr(target, "id", ""))
        value = node.value
        if isinstance(value, ast.Dict) and name in STORES:
            node.value = _call("__store__", name, value)
        elif isinstance(value, ast.Call) and ast.unparse(value.func).endswith("Lock"):
            kind = ast.unparse(value.func)
            # Python's own lock is named too: without its import this is no program.
            node.value = _call(
                "__lock__", name, ast.Tuple([ast.Constant(kind), value.func], ast.Load())
            )
        ast.copy_location(node.value, node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if ast.unparse(node) == "threading.Thread":
            return ast.copy_location(ast.Name("__thread__", ast.Load()), node)
        self.generic_visit(node)
        return node


def _is_mark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and ast.unparse(node).startswith("__at__")


def _call(function: str, name: str, value: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(function, ast.Load()), [ast.Constant(name), value], [])


def _above(frame: FrameType) -> FrameType | None:
    return frame.f_back
