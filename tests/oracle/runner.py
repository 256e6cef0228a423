"""Executes a program over all outcomes of what it asks the world, within a bound.

A program is run in a process of its own, which is kept for the next one and replaced when it takes
too long. Before it is run, calls are put into its syntax tree (lines stay as they are): around its
own checks, so that the world knows what they said, and at the head of each ``except``, so that
faults of the program itself are told from what the world raises.
"""

from __future__ import annotations

import ast
import asyncio
import functools
import inspect
import multiprocessing
import sys
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from types import CodeType, ModuleType
from typing import Any, NamedTuple

from tests.oracle.program import CHECK_NAMES, Program
from tests.oracle.world import Cut, NetworkError, Order, Run, Stuck, Value, World

MOST_RUNS = 1500
SECONDS = 10.0
_STRANGE = (NameError, TypeError, AttributeError, ImportError, SyntaxError, RecursionError)


class Outcome(NamedTuple):
    """What a program did: the lines of its orders, ``(path, line)``.

    ``refused`` were placed although a check for them, after one that said yes, had said no.
    ``is_complete``: all runs were made, and to their ends. ``strange`` is why it is no program to
    judge by.
    """

    placed: frozenset[tuple[str, int]] = frozenset()
    unguarded: frozenset[tuple[str, int]] = frozenset()
    refused: frozenset[tuple[str, int]] = frozenset()
    is_complete: bool = True
    strange: str = ""
    runs: int = 0


class Runner:
    """A process that executes programs by ``look``; a new one after each that hangs."""

    def __init__(self, look: Callable[[Program], Any] | None = None) -> None:
        self._look = look or explore
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def execute(self, program: Program) -> Any:
        """What looking at ``program`` gives; an outcome that is ``strange`` if it does not end in
        time."""
        if self._process is None or self._pipe is None:
            context = multiprocessing.get_context("fork")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs, self._look), daemon=True)
            self._process.start()
        try:
            self._pipe.send(program)
            if self._pipe.poll(SECONDS):
                return self._pipe.recv()
        except (EOFError, BrokenPipeError):
            pass
        self.close()
        return Outcome(strange="does not end")

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._pipe = None


def _serve(pipe: Connection, look: Callable[[Program], Any]) -> None:
    while True:
        try:
            program = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(look(program))
        except _STRANGE as fault:
            pipe.send(Outcome(strange=repr(fault)))


def explore(program: Program) -> Outcome:
    """Run a program from each of its entry points over all outcomes."""
    found = Outcome()
    world = World(program.kind, is_async=program.is_async)
    for optimize in (0, 1) if program.has_assert() else (0,):
        codes = _compile(program, optimize)
        for entry in ("", *program.entries()):
            found = _explore_entry(program, codes, entry, world, found)
            if found.strange:
                return found
    if any(len(said) == 1 for said in world.said.values()):
        return Outcome(strange="a check that always says the same")
    return found


def _explore_entry(
    program: Program, codes: dict[str, CodeType], entry: str, world: World, found: Outcome
) -> Outcome:
    sys.modules.update(world.modules())
    raising = _raised_in(program)
    prefix: tuple[int, ...] | None = ()
    runs = 0
    orders: set[Order] = set()
    is_short = False
    while prefix is not None and runs < MOST_RUNS:
        world.run = run = Run(prefix, raising)
        runs += 1
        try:
            _run(program, codes, entry, world)
        except (Cut, Stuck):
            pass
        except _STRANGE as fault:
            run.strange.append(repr(fault))
        except Exception:
            pass
        if run.strange:
            return Outcome(strange=run.strange[0])
        orders.update(run.orders)
        is_short |= run.is_short
        prefix = run.following()
    return Outcome(
        found.placed | _lines(orders),
        found.unguarded | _lines(order for order in orders if not order.is_guarded),
        found.refused | _lines(order for order in orders if order.is_refused),
        found.is_complete and prefix is None and not is_short,
        "",
        found.runs + runs,
    )


def _lines(orders: Iterable[Order]) -> frozenset[tuple[str, int]]:
    return frozenset((order.path, order.line) for order in orders)


def _run(program: Program, codes: dict[str, CodeType], entry: str, world: World) -> None:
    """Import all modules afresh; then call ``entry``, or let the last module run as the script."""
    watched = {"__check__": _watch(world), "__caught__": _caught(world)}
    module = ModuleType("nothing")
    for path, code in codes.items():
        name = path.removesuffix(".py")
        module = ModuleType(name if entry or path != program.main else "__main__")
        module.__dict__.update(watched)
        sys.modules[name] = module
        exec(code, module.__dict__)
    if entry:
        function = getattr(module, entry)
        count = inspect.unwrap(function).__code__.co_argcount
        result = function(*(Value() for _ in range(count)))
        if asyncio.iscoroutine(result):
            asyncio.run(result)


def _watch(world: World) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def check(function: Callable[..., Any]) -> Callable[..., Any]:
        if asyncio.iscoroutinefunction(function):

            @functools.wraps(function)
            async def asked(*values: object) -> object:
                return world.hear(function.__name__, await function(*values), values)

            return asked

        @functools.wraps(function)
        def called(*values: object) -> object:
            return world.hear(function.__name__, function(*values), values)

        return called

    return check


def _caught(world: World) -> Callable[[], None]:
    def caught() -> None:
        error = sys.exc_info()[1]
        if isinstance(error, _STRANGE):
            world.run.strange.append(repr(error))

    return caught


def _raised_in(program: Program) -> tuple[type[Exception], ...]:
    """What the world raises: something no clause names, and each foreign class that one names."""
    text = "".join(program.files.values())
    found: list[type[Exception]] = [RuntimeError]
    found += [ValueError] if "ValueError" in text else []
    found += [NetworkError] if "ccxt.NetworkError" in text else []
    return tuple(found)


def _compile(program: Program, optimize: int) -> dict[str, CodeType]:
    found = {}
    for path, text in program.files.items():
        tree = _Instrument().visit(ast.parse(text))
        ast.fix_missing_locations(tree)
        found[path] = compile(tree, path, "exec", optimize=optimize)
    return found


class _Instrument(ast.NodeTransformer):
    """Puts the calls in that tell the world what happens."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        if node.name in CHECK_NAMES:
            node.decorator_list.append(_name("__check__", node))
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        if node.name in CHECK_NAMES:
            node.decorator_list.append(_name("__check__", node))
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        call = ast.Call(_name("__caught__", node), [], [])
        node.body.insert(0, ast.copy_location(ast.Expr(ast.copy_location(call, node)), node))
        return node


def _name(text: str, node: ast.AST) -> ast.Name:
    return ast.copy_location(ast.Name(text, ast.Load()), node)
