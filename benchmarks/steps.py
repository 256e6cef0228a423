"""Ask botlint itself, in the current directory: which Python files, or where the time goes.

    python steps.py discover | time

``time`` wraps the functions that ``looking.py`` calls, which are the steps of the pipeline, and the
checks. What is worked out once is counted where it is asked for first.
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

START = time.process_time()


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
    import msgspec

    from botlint import applying, looking, run
    from botlint.checks import CHECKS
    from botlint.settings import Overrides, load_settings

    spent = {"import everything": time.process_time() - START}
    checks: dict[str, float] = {}
    counted = {name: timed(name, listed(check), checks) for name, check in CHECKS.items()}
    vars(applying)["CHECKS"] = counted
    for name, value in list(vars(looking).items()):
        if callable(value) and not isinstance(value, type) and is_step(value, looking.__name__):
            setattr(looking, name, timed(name, value, spent))
    settings = load_settings(Path.cwd(), Overrides(isolated=True))
    begin = time.process_time()
    run.check((".",), msgspec.structs.replace(settings, cache=None, jobs=1))
    total = time.process_time() - begin
    within = sum(spent.values()) - spent["import everything"]
    spent["between the steps"] = total - within
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"{name:<34}{seconds:>10.3f}{seconds / total:>9.0%}")
    for name, seconds in sorted(checks.items(), key=lambda item: -item[1]):
        print(f"  check {name:<26}{seconds:>10.3f}{seconds / total:>9.0%}")


def listed(check: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: list(check(*arguments))


def is_step(value: Callable[..., Any], runner: str) -> bool:
    home = getattr(value, "__module__", "")
    return home.startswith("botlint.") and home != runner


def timed(name: str, step: Callable[..., Any], spent: dict[str, float]) -> Callable[..., Any]:
    @functools.wraps(step)
    def run_timed(*arguments: Any, **keywords: Any) -> Any:
        begin = time.process_time()
        try:
            return step(*arguments, **keywords)
        finally:
            spent[name] = spent.get(name, 0.0) + time.process_time() - begin

    return run_timed


if __name__ == "__main__":
    main()
