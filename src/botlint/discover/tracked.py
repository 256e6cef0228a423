"""What Git tracks: it belongs to the program, whatever a ``.gitignore`` says of it.

Git's index is read here, and Git isn't run: it may not be there, may refuse a tree that another
user owns, and would do what the configuration of a stranger's repository tells it to.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from botlint.discover.globs import relative_path
from botlint.settings import find_git_root

_HASHES = (20, 32)  # SHA-1, SHA-256; the index doesn't say which
_LONGEST = 0xFFF
_HAS_MORE_FLAGS = 0x4000


class Tracked:
    """The files that Git tracks in the repositories of a walk; each index is read when something
    in its repository is first asked for."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._known: dict[Path, frozenset[bytes]] = {}
        self.unread: list[str] = []
        """What can't be told, as sentences."""

    def holds(self, path: str) -> bool:
        """Whether Git tracks the file, or anything in the directory (with a final "/") at a
        root-relative path."""
        absolute = os.path.normpath(f"{self._root}/{path}")
        top = find_git_root(Path(absolute).parent)
        if top is None:
            return False
        if top not in self._known:
            self._known[top] = self._read(top)
        inner = os.fsencode(os.path.relpath(absolute, top))
        known = self._known[top]
        return inner + b"/" * path.endswith("/") in known or inner in known  # a submodule

    def _read(self, top: Path) -> frozenset[bytes]:
        try:
            file = _find_index(top)
            paths = _read_index(file) if file.exists() else []
        except (OSError, ValueError, IndexError):
            shown = relative_path(str(top), self._root)
            self.unread.append(f"{shown}: what Git tracks there: its index can't be read")
            return frozenset()
        directories = {parent for path in paths for parent in _parents(path)}
        return frozenset(paths) | directories


def _find_index(top: Path) -> Path:
    """The index of the repository, worktree or submodule at ``top``."""
    git = top / ".git"
    if git.is_file():
        link = git.read_text("utf-8", "surrogateescape").partition("gitdir:")[2].strip()
        git = top / link
    return git / "index"


def _read_index(file: Path) -> list[bytes]:
    """The paths in an index; raises ``ValueError`` or ``IndexError`` for what is none."""
    data = file.read_bytes()
    if data[:4] != b"DIRC" or data[7] not in (2, 3, 4):
        raise ValueError("is no index")
    for size in _HASHES:
        paths, end = _read_entries(data, size)
        if len(paths) == int.from_bytes(data[8:12], "big"):
            # A split index holds what has changed since its base, which lies beside it.
            base = _find_base(data, end, size)
            return paths + (_read_index(file.with_name(f"sharedindex.{base}")) if base else [])
    raise ValueError("is no index")


def _read_entries(data: bytes, hash_size: int) -> tuple[list[bytes], int]:
    """The paths of the entries, up to one that isn't what it should be, and where they end."""
    version, count = data[7], int.from_bytes(data[8:12], "big")
    paths: list[bytes] = []
    at, path = 12, b""
    for _ in range(count):
        start = at
        at += 40 + hash_size
        flags = int.from_bytes(data[at : at + 2], "big")
        at += 4 if flags & _HAS_MORE_FLAGS else 2
        dropped = len(path)
        if version == 4:
            dropped, at = _read_number(data, at)
        end = data.find(b"\0", at)
        path = path[: len(path) - dropped] + data[at:end]
        if end < 0 or min(len(path), _LONGEST) != flags & _LONGEST:
            break
        paths.append(path)
        at = end + 1 if version == 4 else start + (end - start + 8) // 8 * 8
    return paths, at


def _find_base(data: bytes, at: int, hash_size: int) -> str:
    """The name of the index that this one is split from, in what follows its entries."""
    while at + 8 < len(data) - hash_size:
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        if data[at : at + 4] == b"link":
            name = data[at + 8 : at + 8 + hash_size]
            return name.hex() if any(name) else ""
        at += 8 + size
    return ""


def _read_number(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and where what follows begins."""
    number = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        number = (number + 1 << 7) + (data[at] & 0x7F)
    return number, at + 1


def _parents(path: bytes) -> Iterator[bytes]:
    end = path.rfind(b"/")
    while end > 0:
        yield path[: end + 1]
        end = path.rfind(b"/", 0, end)
