"""The facts of the sources of one program, each as it was encoded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from botlint.cache.files import digest_of, drop_older, read_kept, stamp, write_kept

MOST_BYTES = 50_000_000
"""So much is kept of what earlier runs over a program needed and this one doesn't."""

MOST_PROGRAMS = 20
_DECODER = msgspec.msgpack.Decoder(dict[bytes, bytes])


def read_facts(directory: Path | None, root: Path) -> dict[bytes, bytes] | None:
    """What earlier runs over the program at ``root`` made of its sources, by their keys; empty if
    there is nothing to trust, ``None`` if nothing is to be kept."""
    if directory is None:
        return None
    try:
        return _DECODER.decode(read_kept(_file(directory, root)))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}


def write_facts(
    directory: Path | None,
    root: Path,
    before: Mapping[bytes, bytes] | None,
    used: Mapping[bytes, bytes],
) -> None:
    """Keep what was ``used``, and of what was there ``before`` as much as there is room for."""
    before = before or {}
    if directory is None or all(key in before for key in used):
        return
    kept = dict(used)
    room = MOST_BYTES
    for key, encoded in before.items():
        room -= len(encoded)
        if room < 0:
            break
        kept.setdefault(key, encoded)
    write_kept(_file(directory, root), msgspec.msgpack.encode(kept))
    drop_older(directory, "facts-*.msgpack", MOST_PROGRAMS)


def _file(directory: Path, root: Path) -> Path:
    return directory / f"facts-{digest_of(str(root).encode()).hex()}-{stamp()}.msgpack"
