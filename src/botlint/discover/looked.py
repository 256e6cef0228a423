"""What stands in the directories that were gone through, whether it was taken or not."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import msgspec

_ENDINGS = (".py", ".pyc", ".pyd", ".pyi", ".pyw", ".pyx", ".so")


class Looked(msgspec.Struct, frozen=True):
    """Which directories were gone through whole (root-relative, "" or with a final "/"), and what
    stands in them that an import could mean, taken or not: paths without an ending."""

    directories: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()

    def is_absent(self, module: str) -> bool:
        """Whether no module or directory is called so (``strategies/grid``), for sure."""
        directory, slash, _ = module.rpartition("/")
        return directory + slash in self.directories and module not in self.modules


def modules_among(entries: Iterable[os.DirEntry[str]]) -> Iterator[str]:
    """The names by which an import could mean the entries of a directory."""
    for entry in entries:
        if entry.name.endswith(_ENDINGS) or entry.is_symlink() or entry.is_dir():
            yield entry.name.partition(".")[0]
