"""The periphery: tests, examples, docs and archives, which call nothing that trades."""

from __future__ import annotations

import re

_PERIPHERAL = re.compile(
    r"((?!(back|forward|paper|live)[_-])[a-z0-9]+[_-])*tests?|test[_-](tools?|utils?|data)|docs?|old"
    r"|([a-z0-9]+[_-])?(examples?|samples?)([_-][a-z0-9]+)?|archives?|archived|(legacy_)?backups?",
    re.IGNORECASE,
)
_KEPT = re.compile(
    # `src_v1_backup`, `bot-old`, `bak_2024-05-01`, and what is named for being put away
    r"([a-z0-9]+[._-])*(backups?|bak|old|archives?|archived)([._-]?v?[0-9][0-9a-z._-]*)?"
    r"|(old|archives?|archived)[._-][a-z0-9._-]+|backups?[._-](of|before|from|pre|after)[._-].+",
    re.IGNORECASE,
)
_PERIPHERAL_FILE = re.compile(r"(test_.*|.*_tests?|conftest)\.pyw?", re.IGNORECASE)


def is_peripheral(path: str) -> bool:
    """Whether a path belongs to tests, examples, docs or archives."""
    directory, _, name = path.rpartition("/")
    if _PERIPHERAL_FILE.fullmatch(name):
        return True
    return bool(directory) and is_peripheral_directory(directory)


def is_peripheral_directory(path: str) -> bool:
    """Whether a directory, or one above it, is named like the periphery."""
    return any(_PERIPHERAL.fullmatch(part) or _KEPT.fullmatch(part) for part in path.split("/"))
