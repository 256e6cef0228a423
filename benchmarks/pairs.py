"""Commits of real bots and their parents: loud on the parent, silent on the fix.

    python benchmarks/pairs.py benchmarks/settings_pairs.toml [--repositories DIR] [--only TEXT]

Repositories are looked for in DIR, as ``owner+name`` or ``name`` (a clone, a bare one, or a folder
with one called ``repo``), and else cloned from GitHub into a folder that is thrown away. Only files
of text are checked out. Ends with 1 where a pair says something else than is written down.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from botlint.model import Report
from botlint.run import check
from botlint.settings import Overrides, load_settings

TEXTS = re.compile(r"\.(pyi?|toml|ya?ml|jsonc?|ini|cfg|env)$|(^|/)\.(gitignore|env[^/]*)$")


def find_repository(name: str, repositories: Path | None, scratch: Path) -> Path:
    """The git directory of ``owner/name``; cloned without its files where it isn't there."""
    owner, _, last = name.partition("/")
    for folder in (f"{owner}+{last}", last) if repositories is not None else ():
        assert repositories is not None
        for inner in ("repo", ".git", "."):
            if (repositories / folder / inner / "HEAD").is_file():
                return repositories / folder / inner
    there = scratch / f"{owner}+{last}"
    if not there.exists():
        url = f"https://github.com/{name}"
        command = ["git", "clone", "-q", "--bare", "--filter=blob:none", url, str(there)]
        subprocess.run(command, check=True)
    return there


def check_out(repository: Path, commit: str, to: Path) -> None:
    """Write the texts of a commit."""
    environment = {
        **os.environ,
        "GIT_DIR": str(repository),
        "GIT_WORK_TREE": str(to),
        "GIT_INDEX_FILE": str(to.parent / f"{to.name}.index"),
    }

    def git(*words: str, given: str = "") -> str:
        command = ["git", *words]
        done = subprocess.run(
            command,
            env=environment,
            cwd=to,
            input=given,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    git("read-tree", commit)
    names = [one for one in git("ls-files", "-z").split("\0") if TEXTS.search(one)]
    git("checkout-index", "-z", "--stdin", "-f", given="\0".join(names))


def look_at(repository: Path, commit: str, pair: dict[str, Any], scratch: Path) -> Report:
    """What botlint says of a commit."""
    to = scratch / f"{repository.parent.name}-{commit}".replace("~", "-").replace("/", "-")
    if not to.exists():
        to.mkdir()
        check_out(repository, commit, to)
    told = Overrides(isolated=True, profile=pair.get("profile"), select=(pair["code"],))
    return check((str(to),), load_settings(to, told))


def count(report: Report, pair: dict[str, Any]) -> int:
    """How many findings a pair speaks of."""
    wanted = re.compile(pair["text"])
    return sum(
        one.code == pair["code"]
        and one.place.path == pair["file"]
        and wanted.search(one.message) is not None
        for one in report.findings
    )


def main() -> int:
    """Print a row for each pair."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("pairs", type=Path)
    options.add_argument("--repositories", type=Path)
    options.add_argument("--only", default="")
    told = options.parse_args()
    pairs = tomllib.loads(told.pairs.read_text("utf-8"))["pair"]
    is_as_written = True
    print("| pair | code | parent | fix | |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="botlint-pairs-") as directory:
        for pair in pairs:
            if told.only not in f"{pair['title']} {pair['code']} {pair['repository']}":
                continue
            repository = find_repository(pair["repository"], told.repositories, Path(directory))
            said = [
                count(look_at(repository, pair[side], pair, Path(directory)), pair)
                for side in ("parent", "fix")
            ]
            is_right = said == [pair["parent_says"], pair["fix_says"]]
            is_as_written = is_as_written and is_right
            verdict = "as written" if is_right else "OTHERWISE"
            print(f"| {pair['title']} | {pair['code']} | {said[0]} | {said[1]} | {verdict} |")
    return 0 if is_as_written else 1


if __name__ == "__main__":
    sys.exit(main())
