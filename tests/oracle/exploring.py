"""Executes a program from each of its entry points over all outcomes, under a *stage*.

A stage is the world of one check: the modules that a program imports, the calls that are put into
its syntax tree to tell what happens, and what a run has shown. Lines stay as they are.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import random
import sys
from collections.abc import Coroutine, Mapping
from types import CodeType, ModuleType
from typing import Any, NamedTuple, Protocol

from tests.oracle.program import Program, module_name
from tests.oracle.records import Records
from tests.oracle.rounds import with_rounds
from tests.oracle.world import Cut, Run, Stuck

MOST_RUNS = 1500
RANDOM_RUNS = 1000
"""So many runs at random follow where not all can be made."""
STRANGE = (NameError, TypeError, AttributeError, ImportError, SyntaxError, RecursionError)

Spot = tuple[str, int]
"""Path and line."""

Stretch = tuple[str, int, int]
"""Path, first line and last line."""


class Seen(NamedTuple):
    """What the runs of a program have shown.

    ``wrong``: what botlint must report, each at one of the given spots. ``fine``: where it must not
    report anything. ``is_complete``: all runs were made, and to their ends. ``strange`` is why it
    is no program to judge by. ``dead`` are the functions that no run has entered.
    """

    wrong: frozenset[frozenset[Spot]] = frozenset()
    fine: frozenset[Spot] = frozenset()
    is_complete: bool = True
    strange: str = ""
    runs: int = 0
    dead: frozenset[Stretch] = frozenset()


class Stage(Protocol):
    """The world of one check."""

    def modules(self) -> Mapping[str, ModuleType]:
        """The foreign modules by name."""

    def members(self) -> Mapping[str, Any]:
        """What every module of the program has in addition: what the tree is made to call."""

    def watch(self, tree: ast.Module, path: str) -> ast.Module:
        """The tree with calls that tell what happens."""

    def begin(self, prefix: tuple[int, ...]) -> Run:
        """A new run, which replays ``prefix``."""

    def after(self) -> None:
        """The entry point is through, in time for what it has started."""

    def end(self) -> None:
        """The run is over: keep what it has shown."""

    def value(self, name: str) -> object:
        """What an entry point is called with for its parameter ``name``."""

    def seen(self) -> Seen:
        """What all runs have shown."""


def explore(program: Program, stage: Stage) -> Seen:
    """What all runs of ``program`` show."""
    runs, is_complete = 0, True
    sys.modules["dataclasses"] = Records().module()
    for optimize in (0, 1) if program.has_assert() else (0,):
        codes = {}
        for path, text in program.files.items():
            tree = ast.fix_missing_locations(with_rounds(stage.watch(ast.parse(text), path)))
            codes[path] = compile(tree, path, "exec", optimize=optimize)
        for entry in ("", *program.entries()):
            count, is_through, strange = _run_all(program, codes, entry, stage)
            _forget(program)
            if strange:
                return Seen(strange=strange)
            is_complete &= is_through
            runs += count
    return stage.seen()._replace(is_complete=is_complete, runs=runs)


def _run_all(
    program: Program, codes: dict[str, CodeType], entry: str, stage: Stage
) -> tuple[int, bool, str]:
    """How many runs there are from one entry point, whether that is all of them to their ends, and
    why it is no program to judge by."""
    sys.modules.update(stage.modules())
    prefix: tuple[int, ...] | None = ()
    count, is_through = 0, True
    while prefix is not None and count < MOST_RUNS:
        run = stage.begin(prefix)
        count += 1
        _run_once(program, codes, entry, stage, run)
        if run.strange:
            return count, False, run.strange[0]
        stage.end()
        is_through &= not run.is_short
        prefix = run.following()
    if prefix is None:
        return count, is_through, ""
    return _run_some(program, codes, entry, stage, count)


def _run_some(
    program: Program, codes: dict[str, CodeType], entry: str, stage: Stage, count: int
) -> tuple[int, bool, str]:
    """Runs at random, after the first ``count``, which are far from all."""
    chances = random.Random(count)
    for number in range(count, count + RANDOM_RUNS):
        run = stage.begin(())
        run.chances = chances
        _run_once(program, codes, entry, stage, run)
        if run.strange:
            return number, False, run.strange[0]
        stage.end()
    return count + RANDOM_RUNS, False, ""


def _run_once(
    program: Program, codes: dict[str, CodeType], entry: str, stage: Stage, run: Run
) -> None:
    try:
        _run(program, codes, entry, stage, run)
    except (Cut, Stuck):
        pass
    except STRANGE as fault:
        run.strange.append(repr(fault))
    except Exception:
        pass
    except BaseExceptionGroup as error:
        if error.split((Cut, Stuck, Exception))[1] is not None:
            raise
    except BaseException as error:
        if not type(error).__module__.startswith("oracle_"):
            raise


def _run(program: Program, codes: dict[str, CodeType], entry: str, stage: Stage, run: Run) -> None:
    """Import all modules afresh; then call ``entry``, or let the last module run as the script."""
    modules = {path: _module(path, program, entry) for path in reversed(codes)}
    for path, code in codes.items():
        modules[path].__dict__.update(stage.members(), __round__=run.go_on)
        exec(code, modules[path].__dict__)
    if entry:
        function = getattr(modules[program.main], entry)
        code = inspect.unwrap(function).__code__
        result = function(*(stage.value(name) for name in code.co_varnames[: code.co_argcount]))
        if inspect.iscoroutine(result):
            asyncio.run(_with_tasks(result))
    stage.after()


def _module(path: str, program: Program, entry: str) -> ModuleType:
    """A module in which nothing has run yet, where imports find it."""
    name = module_name(path)
    is_script = not entry and path == program.main
    found = ModuleType("__main__" if is_script else f"oracle_{name}")
    is_package = path.endswith("/__init__.py")
    found.__package__ = name if is_package else name.rpartition(".")[0]
    if is_package:
        found.__path__ = []
    sys.modules[name] = found
    if not is_script:
        sys.modules[f"oracle_{name}"] = found
    parent, _, last = name.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], last, found)
    return found


def _forget(program: Program) -> None:
    """Take the modules of a program away: the next one has to bring its own."""
    for path in program.files:
        name = module_name(path)
        for one in (name, f"oracle_{name}"):
            sys.modules.pop(one, None)


async def _with_tasks(result: Coroutine[Any, Any, object]) -> None:
    """A coroutine, and the tasks that it has started and not awaited."""
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    try:
        await result
    finally:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)
