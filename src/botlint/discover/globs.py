"""Globs: what an exclude, a ``.gitignore`` or a setting says about a root-relative path."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from botlint.settings import SettingsFault

DEFAULT_EXCLUDES = frozenset(
    (
        *(".bzr", ".direnv", ".eggs", ".git", ".git-rewrite", ".hg", ".svn", ".vscode"),
        *(".ipynb_checkpoints", ".mypy_cache", ".nox", ".pants.d", ".pyenv", ".pytest_cache"),
        *(".pytype", ".ruff_cache", ".botlint_cache", ".tox", ".venv", "__pycache__"),
        *("__pypackages__", "_build", "buck-out", "build", "dist", "node_modules"),
        *("site-packages", "venv", "virtualenv"),
    )
)
"""Directories that never hold a bot's own code: Ruff's list, so that both see the same files."""

Ignores = tuple[tuple[str, Any], ...]
"""Directories (root-relative, "" or with a final "/") with what their .gitignore says."""


def compile_glob(pattern: str) -> Callable[[str], bool]:
    """Whether a root-relative path fits a glob: ``*`` stays in a directory, ``**`` does not.

    As in ``.gitignore``, a pattern fits what lies under a directory that it names, and one
    without a slash fits at any depth.
    """
    import pathspec  # only paid for by those who have patterns

    try:
        return pathspec.GitIgnoreSpec.from_lines([pattern]).match_file
    except (ValueError, re.error) as error:
        raise SettingsFault("", f"`{pattern}` is no glob: {error}") from error


def has_path(root: Path, pattern: str) -> bool:
    """Whether any file under ``root`` fits the glob, whatever a run looked at."""
    if (root / pattern).exists():
        return True
    fits = compile_glob(pattern)
    for directory, names, files in os.walk(root):
        names[:] = [name for name in names if name not in DEFAULT_EXCLUDES]
        prefix = relative_path(directory, str(root))
        prefix = "" if prefix == "." else prefix + "/"
        if any(fits(prefix + name) for name in files):
            return True
    return False


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


def relative_path(absolute: str, root: str) -> str:
    """The path as seen from the root, with ``/``."""
    if absolute.startswith(root + "/"):
        return absolute[len(root) + 1 :]
    return os.path.relpath(absolute, root).replace(os.sep, "/")


def _is_pattern(line: str) -> bool:
    import pathspec

    try:
        pathspec.GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True
