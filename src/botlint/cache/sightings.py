"""What was seen in texts: where a known form of a credential stands, its length, and four
characters of it at most."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from botlint.cache.files import read_kept, stamp, write_kept
from botlint.facts.texts import Sightings

MOST_KEPT = 50_000
_DECODER = msgspec.msgpack.Decoder(dict[bytes, Sightings])


def read_sightings(directory: Path | None) -> dict[bytes, Sightings]:
    """What earlier runs saw, by the digest of the content; empty if there is nothing to trust."""
    if directory is None:
        return {}
    try:
        return _DECODER.decode(read_kept(_file(directory)))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}


def write_sightings(
    directory: Path | None, before: Mapping[bytes, Sightings], seen: Mapping[bytes, Sightings]
) -> None:
    """Keep what was ``seen``, and of what was there ``before`` as much as there is room for."""
    if directory is None or all(digest in before for digest in seen):
        return
    kept = dict(list({**seen, **before}.items())[:MOST_KEPT])
    write_kept(_file(directory), msgspec.msgpack.encode(kept))


def _file(directory: Path) -> Path:
    return directory / f"sightings-{stamp()}.msgpack"
