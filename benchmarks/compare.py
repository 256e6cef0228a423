"""How long botlint takes on a tree, beside parsing the same files and beside other analysers.

    python benchmarks/compare.py [--runs N] TREE...

The Python files that botlint would look at are copied into an empty directory, so that every tool
sees the same ones; then the tools take turns, and of each the fastest run counts, by the clock and
in seconds of all processors: on a busy machine the second tells more. What isn't installed
(``benchmarks/requirements.txt``) is left out and said so. Everything is a ratio against
``ast.parse`` of those files on one core, in a process of its own, with the garbage collector as
Python sets it. Of botlint a *cold* run finds an empty cache, a *warm* one that of the run before,
and *one changed* too, but for one file of middling size that has got another function.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
BESIDE = Path(sys.executable).parent
COLUMNS = "{:<34}{:>10}{:>10}{:>10}{:>10}{:>8}"
BUDGETS = {
    "botlint check, cold": 1.5,
    "botlint check, warm": 0.12,
    "botlint check, one changed": 0.2,
}


@dataclass(frozen=True)
class Contender:
    """A command to be timed; one that prints its own time (``is_self_timed``) is believed."""

    name: str
    command: tuple[str, ...]
    accepted: tuple[int, ...] = (0,)
    is_self_timed: bool = False
    prepare: Callable[[], object] = tuple


@dataclass(frozen=True)
class Measure:
    """The fastest of several runs, by the clock and of the processors, and what its largest process
    held in memory."""

    seconds: float
    processor: float
    megabytes: float

    def or_better(self, other: Measure) -> Measure:
        """The better of each."""
        return Measure(
            min(self.seconds, other.seconds),
            min(self.processor, other.processor),
            max(self.megabytes, other.megabytes),
        )


class Failed(Exception):
    """A contender ended with a status that is none of its good ones."""


def main() -> None:
    options = read_options()
    for tree in options.trees:
        with tempfile.TemporaryDirectory(prefix="botlint-bench-") as directory:
            copy, cache = Path(directory).resolve() / "tree", Path(directory).resolve() / "cache"
            files = copy_discovered(tree.resolve(), copy)
            lines = sum(file.read_bytes().count(b"\n") for file in files)
            print(f"\n{tree.name}: {len(files):,} files, {lines:,} lines; best of {options.runs}\n")
            contenders = list_contenders(copy, cache, files)
            print_table(measure_all(contenders, options.runs, copy, environment(cache)))
            print_steps(copy)


def environment(cache: Path) -> dict[str, str]:
    """That of all runs: what is compiled once is kept, as where botlint is installed."""
    told = {**os.environ, "BOTLINT_CACHE_DIR": str(cache)}
    told.pop("PYTHONDONTWRITEBYTECODE", None)
    return told


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("trees", nargs="+", type=Path, metavar="TREE")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs of each tool")
    return parser.parse_args()


def copy_discovered(tree: Path, copy: Path) -> tuple[Path, ...]:
    """Copy the Python files that botlint would look at, and tell where they are now."""
    run = subprocess.run(
        [sys.executable, str(HERE / "steps.py"), "discover"],
        cwd=tree, capture_output=True, text=True, check=True,
    )  # fmt: skip
    copied = []
    for path in run.stdout.splitlines():
        target = copy / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(tree / path, target)
        copied.append(target)
    return tuple(copied)


def list_contenders(copy: Path, cache: Path, files: tuple[Path, ...]) -> Iterator[Contender]:
    parse = (sys.executable, str(HERE / "parse_only.py"), str(copy))
    yield Contender("ast.parse, one core", parse, is_self_timed=True)
    yield Contender("ast.parse, no collector", (*parse, "--no-gc"), is_self_timed=True)
    botlint = (sys.executable, "-m", "botlint")
    check = (*botlint, "check", ".", "--isolated")
    yield Contender("botlint check, cold", check, (0, 1), prepare=lambda: clear(cache))
    yield Contender("botlint check, warm", check, (0, 1))
    yield Contender("botlint check, one changed", check, (0, 1), prepare=lambda: change(files))
    yield Contender("botlint --version", (*botlint, "--version"))
    yield Contender("python -c pass", (sys.executable, "-c", "pass"))
    rules = str(HERE / "semgrep.yml")
    for name, *arguments in (
        ("ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--quiet", "."),
        ("bandit", "--recursive", "--quiet", "--exit-zero", "."),
        ("semgrep", "scan", "--config", rules, "--metrics=off", "--disable-version-check",
         "--no-git-ignore", "--quiet", "."),
    ):  # fmt: skip
        program = find_program(name)
        if program is None:
            print(f"{name}: not installed, left out", file=sys.stderr)
            continue
        title = {"semgrep": "semgrep, two rules", "ruff": "ruff check, no cache"}.get(name, name)
        yield Contender(title, (program, *arguments))


def clear(cache: Path) -> None:
    shutil.rmtree(cache, ignore_errors=True)


def change(files: tuple[Path, ...]) -> None:
    """Put one more function at the end of the file of middling size."""
    file = sorted(files, key=lambda file: file.stat().st_size)[len(files) // 2]
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"\n\ndef changed_at_{time.time_ns()}():\n    return None\n")


def find_program(name: str) -> str | None:
    """The program beside this Python, or on the path."""
    return shutil.which(name, path=str(BESIDE)) or shutil.which(name)


def measure_all(
    contenders: Iterator[Contender], runs: int, copy: Path, told: dict[str, str]
) -> dict[str, Measure | Failed]:
    """The contenders take turns, so that a busy minute of the machine hits all of them."""
    best: dict[str, Measure | Failed] = {}
    field = tuple(contenders)
    for _ in range(runs):
        for contender in field:
            before = best.get(contender.name)
            if isinstance(before, Failed):
                continue
            try:
                now = measure(contender, copy, told)
            except Failed as failure:
                best[contender.name] = failure
                continue
            best[contender.name] = now.or_better(before or now)
    return best


def measure(contender: Contender, copy: Path, told: dict[str, str]) -> Measure:
    contender.prepare()
    with tempfile.TemporaryFile() as output:
        begin = time.perf_counter()
        process = subprocess.Popen(
            contender.command, cwd=copy, env=told, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode("utf-8", "replace")
    # Python ends with 1 when it falls over, and so does botlint when it has findings.
    if process.returncode not in contender.accepted or "Traceback (most recent" in said:
        raise Failed(f"exit {process.returncode}: {' '.join(said.split())[-200:]}")
    processor = usage.ru_utime + usage.ru_stime
    if contender.is_self_timed:
        seconds, processor = map(float, said.split())
    return Measure(
        seconds, processor, usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    )


def print_table(measures: dict[str, Measure | Failed]) -> None:
    print(COLUMNS.format("", "seconds", "ratio", "CPU", "ratio", "MB"))
    base = measures["ast.parse, one core"]
    if isinstance(base, Failed):
        sys.exit(f"ast.parse: {base}")
    for name, one in measures.items():
        if isinstance(one, Failed):
            print(f"{name:<34}  {one}")
            continue
        print(COLUMNS.format(
            name, f"{one.seconds:.3f}", f"{one.seconds / base.seconds:.2f}",
            f"{one.processor:.3f}", f"{one.processor / base.processor:.2f}", f"{one.megabytes:.0f}"
        ))  # fmt: skip
    start, nothing = measures["botlint --version"], measures["python -c pass"]
    if isinstance(start, Measure) and isinstance(nothing, Measure):
        ratio = start.seconds / nothing.seconds
        print(f"\nbotlint --version is {ratio:.1f} x python -c pass (budget 5)")
    for name, budget in BUDGETS.items():
        check = measures[name]
        if isinstance(check, Measure):
            ratio = check.seconds / base.seconds
            print(f"{name}, is {ratio:.2f} x ast.parse (budget {budget})")


def print_steps(copy: Path) -> None:
    """Where the time of one cold check goes, all of it in one process."""
    command: Sequence[str] = (sys.executable, str(HERE / "steps.py"), "time")
    run = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    print("\nwhere it goes, in seconds of the processor, in one run and one process:\n")
    print(run.stdout if run.returncode == 0 else run.stderr[-1000:])


if __name__ == "__main__":
    main()
