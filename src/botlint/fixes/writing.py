"""Writing: each file whole or not at all, and only if it is still what was analysed."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path

from botlint.fixes.mending import Changed
from botlint.model import Problem
from botlint.whole import write_whole


def write_changes(files: Iterable[Changed], root: Path) -> tuple[Problem, ...]:
    """Write the files, whose paths are relative to ``root``; what could not be written."""
    found = (_write(changed, root / changed.path) for changed in files)
    return tuple(problem for problem in found if problem is not None)


def _write(changed: Changed, file: Path) -> Problem | None:
    try:
        if file.is_symlink():
            return Problem(changed.path, "not fixed: it is a link, and stays one")
        is_there = file.exists()
        if (file.read_bytes() if is_there else b"") != changed.before:
            return Problem(changed.path, "not fixed: it has changed since it was analysed")
        write_whole(file, changed.after, stat.S_IMODE(file.stat().st_mode) if is_there else None)
    except OSError as error:
        return Problem(changed.path, f"could not be written: {error.strerror or error}")
    return None
