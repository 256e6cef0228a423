"""Ask botlint itself, in the current directory: which Python files, or where the time goes.

    python steps.py discover | time

``time`` wraps the functions that ``run.py`` calls, which are the steps of the pipeline.
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

START = time.perf_counter()


def main() -> None:
    {"discover": list_sources, "time": time_steps}[sys.argv[1]]()


def list_sources() -> None:
    from botlint.discover import discover
    from botlint.settings import Overrides, load_settings

    found = discover((".",), load_settings(Path.cwd(), Overrides()))
    for source in found.sources:
        if source.kind == "python" and not source.is_peripheral:
            print(source.path)


def time_steps() -> None:
    from botlint import run
    from botlint.settings import Overrides, load_settings

    spent = {"import everything": time.perf_counter() - START}
    for name, value in list(vars(run).items()):
        if callable(value) and not isinstance(value, type) and is_step(value, run.__name__):
            setattr(run, name, timed(name, value, spent))
    begin = time.perf_counter()
    run.check((".",), load_settings(Path.cwd(), Overrides()))
    total = time.perf_counter() - begin
    within = sum(spent.values()) - spent["import everything"]
    spent["between the steps"] = total - within
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"{name:<34}{seconds:>10.3f}{seconds / total:>9.0%}")


def is_step(value: Callable[..., Any], runner: str) -> bool:
    home = getattr(value, "__module__", "")
    return home.startswith("botlint.") and home != runner


def timed(name: str, step: Callable[..., Any], spent: dict[str, float]) -> Callable[..., Any]:
    @functools.wraps(step)
    def run_timed(*arguments: Any, **keywords: Any) -> Any:
        begin = time.perf_counter()
        try:
            return step(*arguments, **keywords)
        finally:
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - begin

    return run_timed


if __name__ == "__main__":
    main()
