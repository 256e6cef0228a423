"""The stage of the reservations: which of them are open when their function is left."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping
from types import FrameType, ModuleType
from typing import Any

from tests.oracle.exploring import Seen, Spot
from tests.oracle.feeding import Feed
from tests.oracle.program import Program
from tests.oracle.watching import BlockWatcher, Def, placed
from tests.oracle.world import NetworkError, Run, Value, foreign, origins_of

_CLOSING = ("release_budget", "commit_budget")


class _Call:
    """One call of a function of the program."""

    is_raised = False


class _Reservation:
    """What was reserved at a spot, by the call of a function."""

    def __init__(self, spot: Spot, keys: frozenset[object], owner: object) -> None:
        self.spot = spot
        self.keys = keys
        self.owner = owner
        self.is_open = True


class ReserveStage:
    """A portfolio that knows what is reserved."""

    def __init__(self, program: Program) -> None:
        self._is_async = program.is_async
        self._raising: list[type[Exception]] = [NetworkError, RuntimeError]
        for error in (ValueError, KeyError):
            self._raising += [error] if f"except {error.__name__}" in text_of(program) else []
        if "(KeyError, ValueError)" in text_of(program):
            self._raising += [KeyError, ValueError]
        self._feed = Feed(Run((), ()), is_async=program.is_async)
        self._reserved: list[_Reservation] = []
        self._wrong: set[Spot] = set()
        self._made: set[Spot] = set()
        self._unclear: set[Spot] = set()
        self._unrun: set[Spot] = set()
        self._paths = frozenset(program.files)
        self._own = _own_spots(program)

    def modules(self) -> Mapping[str, ModuleType]:
        ccxt = foreign(
            "ccxt", binance=lambda: self, NetworkError=NetworkError, InsufficientFunds=KeyError
        )
        ccxt.__dict__["async_support"] = ccxt
        return {
            **self._feed.modules(),
            "ccxt": ccxt,
            "ccxt.async_support": ccxt,
            "book": foreign("book", portfolio=self),
            "bus": foreign("bus", publish=lambda topic, *values: self._hand_on(values)),
        }

    def members(self) -> Mapping[str, Any]:
        return {
            "__enter__": self._enter,
            "__raised__": self._raised,
            "__left__": self._left,
            "__gives__": self._gives,
            "__pending__": lambda: _Pending(self._hand_on),
            "__at__": lambda *spot: self._unrun.discard(spot),
        }

    def watch(self, tree: ast.Module, path: str) -> ast.Module:
        watcher = _Watcher(path)
        found = watcher.visit(tree)
        self._unrun |= watcher.blocks
        assert isinstance(found, ast.Module)
        return found

    def begin(self, prefix: tuple[int, ...]) -> Run:
        self._feed.run = Run(prefix, ())
        self._reserved = []
        return self._feed.run

    def after(self) -> None:
        pass

    def end(self) -> None:
        pass

    def value(self, name: str) -> object:
        return Value()

    def seen(self) -> Seen:
        wrong = frozenset(frozenset({spot}) for spot in self._wrong)
        fine = self._made - self._wrong - self._unclear
        return Seen(wrong, frozenset() if self._unrun else frozenset(fine))

    def reserve_budget(self, symbol: Value, amount: object) -> object:
        """The portfolio's: something is set aside, or not."""
        if self._feed.run.take(2):
            return None
        frame = sys._getframe(1)
        spot = (frame.f_code.co_filename, frame.f_lineno)
        token = Value()
        keys = origins_of([symbol]) | token.origins
        self._reserved.append(_Reservation(spot, keys, _call_around(frame)))
        self._made.add(spot)
        return token

    def release_budget(self, key: object, *more: object) -> None:
        """The portfolio's: what was reserved under a key is closed."""
        self._hand_on((key,))

    commit_budget = release_budget

    def create_order(self, *values: object) -> object:
        """The exchange's: may fail."""
        return self._ask()

    def fetch_ticker(self, *values: object) -> object:
        """The exchange's: may fail."""
        return self._ask()

    def _ask(self) -> object:
        if not self._is_async:
            return self._answer()

        async def asked() -> object:
            return self._answer()

        return asked()

    def _answer(self) -> object:
        choice = self._feed.run.take(1 + len(self._raising))
        if choice:
            raise self._raising[choice - 1]("of the exchange")
        return Value()

    def _hand_on(self, values: tuple[object, ...]) -> None:
        keys = origins_of(values)
        for one in self._reserved:
            one.is_open = one.is_open and not keys & one.keys

    def _enter(self) -> _Call:
        return _Call()

    def _raised(self, call: _Call) -> None:
        call.is_raised = True

    def _gives(self, value: object) -> object:
        """A function returns a value: what it has reserved goes with it."""
        keys, call = origins_of([value]), _call_around(sys._getframe(1))
        for one in self._reserved:
            if one.owner is call and keys & one.keys:
                one.is_open = False
        return value

    def _left(self, call: _Call) -> None:
        if self._feed.run.cuts:
            return
        for one in self._reserved:
            if one.owner is call and one.is_open:
                is_wrong = call.is_raised or one.spot in self._own
                (self._wrong if is_wrong else self._unclear).add(one.spot)


def _call_around(frame: FrameType | None) -> object:
    """The call of a function of the program that a frame belongs to; a generator that waits has
    one too, and is not meant."""
    while frame is not None and "__call__" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["__call__"] if frame is not None else None


class _Pending(dict[Any, Any]):
    """A dictionary of the program that outlives its calls."""

    def __init__(self, told: Callable[[tuple[object, ...]], None]) -> None:
        super().__init__()
        self._told = told

    def __setitem__(self, key: object, value: object) -> None:
        self._told((key,))


class _Watcher(BlockWatcher, ast.NodeTransformer):
    """Tells of each function that is entered and left, and of what it returns."""

    def visit_Return(self, node: ast.Return) -> ast.AST:
        if node.value is not None:
            call = ast.Call(ast.Name("__gives__", ast.Load()), [node.value], [])
            node.value = ast.copy_location(call, node)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if ast.unparse(node) == "pending = {}":
            node.value = ast.Call(ast.Name("__pending__", ast.Load()), [], [])
        return node

    def change(self, node: Def) -> ast.AST:
        self.mark(node)
        text = (
            "__call__ = __enter__()\n"
            "try:\n    ...\n"
            "except BaseException:\n    __raised__(__call__)\n    raise\n"
            "finally:\n    __left__(__call__)"
        )
        frame = [placed(one, node) for one in ast.parse(text).body]
        tried = frame[1]
        assert isinstance(tried, ast.Try)
        tried.body = node.body
        node.body = frame
        return node


def _own_spots(program: Program) -> frozenset[Spot]:
    """The lines of functions that reserve and close, where all that close do: what one of them
    leaves open stays open."""
    found: set[Spot] = set()
    for path, text in program.files.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = ast.unparse(node)
                is_closing = any(name in body for name in _CLOSING)
                if is_closing and "reserve_budget" not in body:
                    return frozenset()
                lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                found |= {(path, line) for line in lines} if is_closing else set()
    return frozenset(found)


def text_of(program: Program) -> str:
    """All that the program says."""
    return "".join(program.files.values())
