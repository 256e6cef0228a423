"""What Git passes over, by its ``.gitignore`` files; what it tracks all the same it doesn't."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botlint.settings import find_git_root

Ignores = tuple[tuple[str, Any], ...]
"""Directories (root-relative, "" or with a final "/") with what their .gitignore says."""


def read_outer_ignores(base: str, root: str) -> Ignores:
    """What is said in the directories above ``base``, which is relative to ``root``."""
    if base.startswith("../"):
        return ()
    gathered: list[tuple[str, Any]] = []
    if find_git_root(Path(root)) == Path(root):
        gathered.extend(read_ignores("", f"{root}/.git/info/exclude"))
    at = ""
    for part in base.split("/")[:-1]:
        gathered.extend(read_ignores(at, f"{root}/{at}.gitignore"))
        at += part + "/"
    return tuple(gathered)


def read_ignores(base: str, file: str) -> Iterator[tuple[str, Any]]:
    """What one ``.gitignore`` says, with the directory that it speaks of."""
    try:
        text = Path(file).read_bytes().decode("utf-8", "replace")
    except OSError:
        return
    import pathspec  # takes a while to import, and many trees have nothing to ignore

    lines = text.splitlines()
    try:
        yield base, pathspec.GitIgnoreSpec.from_lines(lines)
    except (ValueError, re.error):  # Git passes over a pattern that it can't read
        yield base, pathspec.GitIgnoreSpec.from_lines(filter(_is_pattern, lines))


def is_ignored(path: str, ignores: Ignores) -> bool:
    """Whether the innermost ``.gitignore`` that speaks of the path leaves it out."""
    for base, spec in reversed(ignores):
        verdict = spec.check_file(path[len(base) :]).include
        if verdict is not None:
            return bool(verdict)
    return False


def _is_pattern(line: str) -> bool:
    import pathspec

    try:
        pathspec.GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True
