"""Fixes out of the history of real bots: botlint tells the fault on the parent, not on the fix.

Clones of the bots stand outside of this repository. ::

    git clone --bare https://github.com/OWNER/NAME CLONES/OWNER/NAME.git    # of those wanted
    python benchmarks/pairs.py CLONES [WORD ...]

The words choose pairs by anything that ``pairs.toml`` says of them. Each pair is one line of a
table, with the findings that the fix takes away and those that it brings (a fix may be none); a
pair that comes out otherwise than ``pairs.toml`` says makes the exit code 1. Both commits are
checked as a stranger's tree, with the profile of the pair, and only the rules and the file that the
fix is about count.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

_ENDINGS = (".py", ".pyi", ".toml", ".yml", ".yaml", ".json", ".ini", ".cfg")


class Pair(msgspec.Struct, frozen=True):
    """A fix in a bot's history; ``under`` are the parts of a large tree that are looked at,
    ``brings`` the codes of what the fix does wrong."""

    kind: str
    repo: str
    parent: str
    fix: str
    file: str
    codes: str
    what: str
    is_told: bool
    why: str = ""
    profile: str = ""
    under: tuple[str, ...] = ()
    brings: tuple[str, ...] = ()


class Told(NamedTuple):
    """A finding as pairs compare it: without lines, which a fix moves."""

    code: str
    symbol: str
    message: str


def main(clones: str, *words: str) -> int:
    """Check the pairs that the words choose, and print the table."""
    strays = 0
    for pair in _pairs():
        if not all(word in " ".join(map(str, msgspec.structs.astuple(pair))) for word in words):
            continue
        directory = _clone(Path(clones), pair.repo)
        if directory is None:
            sys.stdout.write(f"not there: {pair.repo}\n")
            continue
        before = _findings(directory, pair, pair.parent)
        after = _findings(directory, pair, pair.fix)
        gone = [line for told, line in before.items() if told not in after]
        new = [line for told, line in after.items() if told not in before]
        brought = {line.partition(":")[0] for line in new}
        is_stray = bool(gone) != pair.is_told or brought != set(pair.brings)
        strays += is_stray
        mark = "!" if is_stray else " "
        outcome = "told" if gone else "untold"
        sys.stdout.write(
            f"{mark} {pair.kind:12} {pair.repo.partition('/')[2]:25} {pair.parent}→{pair.fix} "
            f"{pair.file}: {outcome}; gone {_shown(gone)}; new {_shown(new)}; "
            f"stays {len(before) - len(gone)}{'; ' if pair.why else ''}{pair.why}\n"
        )
        sys.stdout.flush()
    return min(strays, 1)


def _pairs() -> list[Pair]:
    text = (Path(__file__).parent / "pairs.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    return msgspec.convert([{**read["defaults"], **one} for one in read["pair"]], list[Pair])


def _clone(clones: Path, repo: str) -> Path | None:
    """The git directory of a repository, however clones are laid out."""
    flat = repo.replace("/", "+")
    for name in (f"{repo}.git", f"{repo}/.git", repo, f"{flat}/repo", flat):
        if (clones / name / "HEAD").exists():
            return (clones / name).resolve()
    return None


def _findings(directory: Path, pair: Pair, commit: str) -> dict[Told, str]:
    """What botlint says of the file at a commit, each with its line for people."""
    with tempfile.TemporaryDirectory() as tree:
        _check_out(directory, commit, Path(tree), pair.under)
        if not (Path(tree) / pair.file).exists():
            return {}
        profile = ("--profile", pair.profile) if pair.profile else ()
        command = [sys.executable, "-m", "botlint", "check", ".", "--isolated", *profile]
        command += ["--select", pair.codes, "--output-format", "json"]
        run = subprocess.run(command, cwd=tree, capture_output=True, check=False)
    report = json.loads(run.stdout)
    found: dict[Told, str] = {}
    for one in report["findings"]:
        if one["place"]["path"] == pair.file:
            message = re.sub(r"(line |:)\d+", r"\1", one["message"])
            line = f"{one['code']}:{one['place']['line']}"
            found[Told(one["code"], one["symbol"], message)] = line
    return found


def _check_out(directory: Path, commit: str, tree: Path, under: tuple[str, ...]) -> None:
    """Write the sources and settings of a commit into ``tree``; the clone stays as it is."""
    with tempfile.TemporaryDirectory() as index:
        git = ["git", f"--git-dir={directory}", f"--work-tree={tree}"]
        environment = {**os.environ, "GIT_INDEX_FILE": f"{index}/index"}
        subprocess.run([*git, "read-tree", commit], env=environment, check=True)
        names = "\0".join(_names(git, commit, under))
        subprocess.run(
            [*git, "checkout-index", "-z", "--stdin", "-f"],
            env=environment,
            input=names.encode(),
            check=False,
            capture_output=True,
        )


def _names(git: list[str], commit: str, under: tuple[str, ...]) -> Iterator[str]:
    command = [*git, "ls-tree", "-r", "-z", "--full-tree", "--name-only", commit]
    listed = subprocess.run(command, check=True, capture_output=True)
    for name in listed.stdout.decode("utf-8", "replace").split("\0"):
        if name.endswith(_ENDINGS) and (not under or name.startswith(under)):
            yield name


def _shown(lines: list[str]) -> str:
    return ", ".join(sorted(lines)) or "-"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
