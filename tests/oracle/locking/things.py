"""Stores, locks and threads that tell the stage what is done with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.oracle.world import Cut

if TYPE_CHECKING:
    from tests.oracle.locking.stage import LockStage


class Store(dict[Any, Any]):
    """A dictionary that tells of each change, also of the dictionaries in it. In an ``old`` one
    anything may stand already: others have been here before."""

    def __init__(
        self, stage: LockStage, name: str, value: dict[Any, Any], *, is_old: bool = False
    ) -> None:
        super().__init__({key: Store(stage, name, one) for key, one in value.items()})
        self._stage, self._name, self._is_old = stage, name, is_old
        self._known: set[object] = set()

    def __setitem__(self, key: object, value: object) -> None:
        self._stage.changed(self._name)
        self._known.add(key)
        is_inner = isinstance(value, dict)
        super().__setitem__(key, Store(self._stage, self._name, value) if is_inner else value)

    def __contains__(self, key: object) -> bool:
        self._look(key)
        return super().__contains__(key)

    def __getitem__(self, key: object) -> Any:
        self._look(key)
        return super().__getitem__(key)

    def get(self, key: object, default: Any = None) -> Any:
        self._look(key)
        return super().get(key, default)

    def _look(self, key: object) -> None:
        """An entry is asked for."""
        if self._is_old and key not in self._known:
            self._known.add(key)
            if not super().__contains__(key) and self._stage.choose():
                super().__setitem__(key, Store(self._stage, self._name, {}))

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
    def tell(self: Store, *values: Any) -> Any:
        self._stage.changed(self._name)
        self._known.update(values)
        self._is_old &= method != "clear"
        return getattr(dict, method)(self, *values)

    return tell


for _method in ("__delitem__", "pop", "popitem", "clear"):
    setattr(Store, _method, _telling(_method))


class Lock:
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


class PlainLock(Lock):
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


class AsyncLock(Lock):
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


class Thread:
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
