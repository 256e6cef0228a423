"""Globs: what an exclude or a setting says about a root-relative path."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

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


def relative_path(absolute: str, root: str) -> str:
    """The path as seen from the root, with ``/``."""
    if absolute.startswith(root + "/"):
        return absolute[len(root) + 1 :]
    return os.path.relpath(absolute, root).replace(os.sep, "/")
