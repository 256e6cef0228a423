"""How many planted credentials botlint finds, and how often it takes something else for one.

    python benchmarks/secrets_table.py [--seed N]... [--beside DIRECTORY] [--show]

Makes a tree with 200 planted credentials and one with 200 near misses for each seed
(``planting.py``), runs every tool on both, and counts the files with an alarm: each file holds one
value. ``--beside`` is the directory of the programs ``detect-secrets``, ``bandit`` and ``ruff``;
what isn't there is left out. ``--second`` takes the set of ``second_author.py`` instead.
``--show`` lists what botlint missed and took wrongly, by kind.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from near_misses import near_misses
from planting import Planting, plant  # beside this file
from second_author import credentials, near_misses_of_second_author

Finder = Callable[[Path], set[str]]
"""The files in which a tool raises an alarm, relative to the tree."""


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--beside", type=Path, default=Path(sys.executable).parent)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--second", action="store_true", help="the set of the second author")
    options = parser.parse_args(arguments)
    print(f"{'seed':>6}  {'tool':<18}{'found':>10}{'of':>6}{'wrong':>8}{'of':>6}")
    for seed in options.seed or [1]:
        trees = plant(seed), near_misses(seed)
        if options.second:
            trees = credentials(seed), near_misses_of_second_author(seed)
        for name, finder in _finders(options.beside):
            hits, wrong = (_count(tree, finder) for tree in trees)
            sizes = [len(tree.plants) for tree in trees]
            print(f"{seed:>6}  {name:<18}{hits[0]:>10}{sizes[0]:>6}{wrong[0]:>8}{sizes[1]:>6}")
            if options.show and name == "botlint":
                _show("missed", trees[0], hits[1], wanted=False)
                _show("wrong", trees[1], wrong[1], wanted=True)


def _count(planting: Planting, finder: Finder) -> tuple[int, set[str]]:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for path, text in planting.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        found = finder(root)
    return sum(one.path in found for one in planting.plants), found


def _show(word: str, planting: Planting, found: set[str], *, wanted: bool) -> None:
    """No value is printed: its kind and how it is written."""
    left = [one for one in planting.plants if (one.path in found) is wanted]
    for (kind, way), count in sorted(Counter((one.kind, one.way) for one in left).items()):
        print(f"{'':>8}{word}: {kind}, {way} ({count})")


def _finders(beside: Path) -> list[tuple[str, Finder]]:
    finders: list[tuple[str, Finder]] = [("botlint", _botlint)]
    for name, finder in (
        ("detect-secrets", _detect_secrets),
        ("bandit", _bandit),
        ("ruff S105-S107", _ruff),
    ):
        program = beside / name.split()[0]
        if program.exists():
            finders.append((name, _bound(finder, program)))
    return finders


def _bound(finder: Callable[[Path, Path], set[str]], program: Path) -> Finder:
    return lambda root: finder(program, root)


def _botlint(root: Path) -> set[str]:
    command = [sys.executable, "-m", "botlint", "check", "--isolated", "--select", "SEC001,SEC002"]
    told = json.loads(_run([*command, "--output-format", "json", "."], root))
    return {finding["place"]["path"] for finding in told["findings"]}


def _detect_secrets(program: Path, root: Path) -> set[str]:
    told = json.loads(_run([str(program), "scan", "--all-files", "."], root))
    return {path.removeprefix("./") for path in told["results"]}


def _bandit(program: Path, root: Path) -> set[str]:
    command = [str(program), "-r", ".", "-f", "json", "-q", "-t", "B105,B106,B107"]
    told = json.loads(_run(command, root))
    return {result["filename"].removeprefix("./") for result in told["results"]}


def _ruff(program: Path, root: Path) -> set[str]:
    command = [str(program), "check", "--isolated", "--select", "S105,S106,S107"]
    told = json.loads(_run([*command, "--output-format", "json", "--no-cache", "."], root))
    return {str(Path(one["filename"]).relative_to(root.resolve())) for one in told}


def _run(command: list[str], root: Path) -> str:
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    main(sys.argv[1:])
