"""The stage of the guards: an exchange that records its orders, checks and conditions with chosen
outcomes.

Calls are put into a program around its own checks, so that the stage knows what they said, and at
the head of each ``except``, so that faults of the program itself are told from what the world
raises.
"""

from __future__ import annotations

import ast
import asyncio
import enum
import functools
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from types import ModuleType
from typing import Any, NamedTuple

from tests.oracle.covering import is_covered
from tests.oracle.exploring import STRANGE, Seen, Spot
from tests.oracle.marking import ENTERED, HERE, Marker
from tests.oracle.merging import Merging
from tests.oracle.program import Program
from tests.oracle.watching import Def, FunctionWatcher
from tests.oracle.world import MOST_ROUNDS, Cut, NetworkError, Run, Value, foreign, origins_of

MOST_CHOICES = 60
CHECK_NAMES = frozenset({"check_order", "validate_order", "validate_trade", "ensure_order"})


class Verdict(enum.Enum):
    """What a check may say; not all of it is yes or no."""

    APPROVED = 1
    REJECTED = 2
    UNKNOWN = 3


class Order(NamedTuple):
    """An order call that was run: where it stands, whether a check had passed for it or it needs
    none, and whether it is left open if it is fine: one has said no since, or has not seen all of
    it."""

    spot: Spot
    is_guarded: bool
    is_open: bool


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


class GuardStage:
    """The modules that a program imports, and what has been checked in the present run.

    An order is fine if a check said yes in every run to each of its values; one that was placed
    although a check, after one that said yes, had said no, is left open, and one of which a check
    has seen only the market or only the amount.
    """

    def __init__(self, program: Program) -> None:
        self._kind = program.kind
        self._is_async = program.is_async
        self._raising = _raised_in(program)
        self._files = frozenset(program.files)
        self._run = Run((), ())
        self._marker = Marker()
        self._entered: set[Spot] = set()
        self._merging = self._merged()
        self._passed: set[object] = set()
        self._refused: set[object] = set()
        self._orders: set[Order] = set()
        self._said: dict[str, set[bool]] = {}

    def modules(self) -> Mapping[str, ModuleType]:
        ccxt = foreign("ccxt", NetworkError=NetworkError, binance=lambda: _Exchange(self))
        ccxt.__dict__["async_support"] = ccxt
        futures = foreign("concurrent.futures", ThreadPoolExecutor=_Pool)
        return {
            "ccxt": ccxt,
            "concurrent": foreign("concurrent", futures=futures),
            "concurrent.futures": futures,
            "ccxt.async_support": ccxt,
            "checks": foreign("checks", preflight=self._asked(self._check), Verdict=Verdict),
            "feed": foreign("feed", __getattr__=self._feed),
            "journal": foreign("journal", note=lambda *values: None),
        }

    def members(self) -> Mapping[str, Any]:
        return {
            "__check__": self._watched,
            "__caught__": self._caught,
            "__iter__": iter,
            ENTERED: self._merging.entered,
            HERE: self._merging.here,
        }

    def watch(self, tree: ast.Module, path: str) -> ast.Module:
        self._marker.mark(tree, path)
        found = _Watcher().visit(tree)
        assert isinstance(found, ast.Module)
        return found

    def begin(self, prefix: tuple[int, ...]) -> Run:
        self._run = Run(prefix, self._raising, MOST_CHOICES)
        self._passed, self._refused = set(), set()
        if not prefix:
            self._merging = self._merged()
        self._merging.begin(self._run)
        return self._run

    def _merged(self) -> Merging:
        def told(value: object) -> tuple[bool, bool]:
            return value in self._passed, value in self._refused

        return Merging(self._files, told, self._entered)

    def after(self) -> None:
        pass

    def end(self) -> None:
        pass

    def value(self, name: str) -> object:
        return Value()

    def seen(self) -> Seen:
        if any(len(said) == 1 for said in self._said.values()):
            return Seen(strange="a check that always says the same")
        unguarded = {one.spot for one in self._orders if not one.is_guarded}
        left_open = {one.spot for one in self._orders if one.is_open}
        fine = {one.spot for one in self._orders} - unguarded - left_open
        functions = self._marker.functions
        dead = frozenset(one for one in functions if one[:2] not in self._entered)
        wrong = frozenset(frozenset({spot}) for spot in unguarded)
        return Seen(wrong, frozenset(fine), dead=dead)

    def _choose(self, outcomes: int) -> int:
        """The outcome of something that may raise; it does where the program would see that."""
        if is_covered(self._files):
            return self._run.choose(outcomes)
        return self._run.take(outcomes) if outcomes > 1 else 0

    def place(self, spot: Spot, values: tuple[object, ...]) -> Value:
        """An order reaches the exchange."""
        if not self._run.cuts:
            origins = origins_of(values)
            is_closing = "sell" in values
            is_guarded = is_closing or bool(self._passed & origins)
            sent = [one for one in (origins_of([value]) for value in values) if one]
            is_whole = all(self._passed & one for one in sent)
            is_open = not is_closing and (not is_whole or bool(self._refused & origins))
            self._orders.add(Order(spot, is_guarded, is_open))
        self._choose(1)
        return Value()

    def place_later(self, spot: Spot, values: tuple[object, ...]) -> object:
        """The same, awaited where the program is async."""
        if not self._is_async:
            return self.place(spot, values)

        async def placed() -> object:
            return self.place(spot, values)

        return placed()

    def _check(self, *values: object) -> object:
        """The preflight: its verdict is chosen."""
        says = ("APPROVED", "REJECTED", "UNKNOWN") if self._kind == "enum" else ("yes", "no")
        choice = self._choose(len(says))
        origins = origins_of(values)
        if self._kind == "enum":
            verdict: object = Verdict[says[choice]]
        elif self._kind == "pair":
            verdict = (choice == 0, Value(origins))
        elif self._kind in ("member", "method", "item"):
            verdict = Answer(origins, is_ok=choice == 0)
        else:
            verdict = choice == 0
        return self._pass_if_positive(verdict, origins)

    def _hear(self, check: str, verdict: object, values: tuple[object, ...]) -> object:
        """What a check of the program has said."""
        self._said.setdefault(check, set()).add(is_positive(verdict))
        return self._pass_if_positive(verdict, origins_of(values))

    def _pass_if_positive(self, verdict: object, origins: frozenset[object]) -> object:
        """Remember that a check has completed for these values, and what it said."""
        if is_positive(verdict):
            self._passed |= origins
            self._refused -= origins
        else:
            self._refused |= origins
        return verdict

    def _feed(self, name: str) -> Callable[..., object]:
        if name.startswith("__"):
            raise AttributeError(name)
        kind = name.partition("_")[0]
        return self._asked(lambda *values: self._answer(kind, name))

    def _answer(self, kind: str, name: str) -> object:
        if kind == "value":
            self._choose(1)
            return Value()
        if kind == "orders":
            return [Value() for _ in range((1, 0, 2)[self._choose(3)])]
        choice = self._choose(2)
        if kind == "more" and choice == 0:
            frame = sys._getframe(2)
            site = (frame.f_code.co_filename, frame.f_lineno, name)
            self._run.rounds[site] = self._run.rounds.get(site, 0) + 1
            if self._run.rounds[site] > MOST_ROUNDS:
                self._run.cuts += 1
                raise Cut
        return choice == 0

    def _asked(self, answer: Callable[..., object]) -> Callable[..., object]:
        if not self._is_async:
            return answer

        async def asked(*values: object) -> object:
            return answer(*values)

        return asked

    def _watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if asyncio.iscoroutinefunction(function):

            @functools.wraps(function)
            async def asked(*values: object) -> object:
                return self._hear(function.__name__, await function(*values), values)

            return asked

        @functools.wraps(function)
        def called(*values: object) -> object:
            return self._hear(function.__name__, function(*values), values)

        return called

    def _caught(self) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, STRANGE):
            self._run.strange.append(repr(error))


class _Exchange:
    """The recorder in place of the exchange."""

    def __init__(self, stage: GuardStage) -> None:
        self._stage = stage

    def create_order(self, *values: object) -> object:
        frame = sys._getframe(1)
        return self._stage.place_later((frame.f_code.co_filename, frame.f_lineno), values)

    create_market_buy_order = create_limit_buy_order = create_order

    def create_market_sell_order(self, *values: object) -> object:
        frame = sys._getframe(1)
        spot = (frame.f_code.co_filename, frame.f_lineno)
        return self._stage.place_later(spot, (*values, "sell"))


class _Pool:
    """A pool that does at once what it is given: who gives it something waits for that."""

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *failure: object) -> None:
        return None

    def submit(self, function: Callable[..., object], *values: object) -> Future[object]:
        done: Future[object] = Future()
        try:
            done.set_result(function(*values))
        except Exception as error:
            done.set_exception(error)
        return done


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


def _raised_in(program: Program) -> tuple[type[Exception], ...]:
    """What the world raises: something no clause names, and each foreign class that one names."""
    text = "".join(program.files.values())
    found: list[type[Exception]] = [RuntimeError]
    found += [ValueError] if "ValueError" in text else []
    found += [NetworkError] if "ccxt.NetworkError" in text else []
    return tuple(found)


class _Watcher(FunctionWatcher, ast.NodeTransformer):
    """Puts the calls in that tell the stage what happens."""

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        call = ast.Call(_name("__caught__", node), [], [])
        node.body.insert(0, ast.copy_location(ast.Expr(ast.copy_location(call, node)), node))
        return node

    def change(self, node: Def) -> ast.AST:
        if node.name in CHECK_NAMES:
            node.decorator_list.append(_name("__check__", node))
        return node


def _name(text: str, node: ast.AST) -> ast.Name:
    return ast.copy_location(ast.Name(text, ast.Load()), node)
