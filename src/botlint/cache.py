"""What was seen in texts, kept by content from one run to the next.

Only sightings are kept: where a known form of a credential stands, its length, and four characters
of it at most. A cache that can't be read, or holds anything else, is as good as none; one that
can't be written is not. It lies in the user's own cache directory, never in the program that is
checked.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

import msgspec

from botlint import __version__, secrets
from botlint.facts.texts import Sightings

MOST_KEPT = 50_000
_LARGEST = 50_000_000
_DECODER = msgspec.msgpack.Decoder(dict[bytes, Sightings])


def cache_directory(environment: Mapping[str, str]) -> Path | None:
    """Where this user's caches are: ``BOTLINT_CACHE_DIR``, else what the system says; ``None`` if
    there is no such place."""
    named = environment.get("BOTLINT_CACHE_DIR")
    if named:
        return Path(named)
    system = environment.get("XDG_CACHE_HOME") or environment.get("LOCALAPPDATA")
    if system:
        return Path(system) / "botlint"
    home = environment.get("HOME")
    return Path(home) / ".cache" / "botlint" if home else None


def read_sightings(directory: Path | None) -> dict[bytes, Sightings]:
    """What earlier runs saw, by the digest of the content; empty if there is nothing to trust."""
    if directory is None:
        return {}
    file = directory / _name()
    try:
        if file.stat().st_size > _LARGEST:
            return {}
        return _DECODER.decode(file.read_bytes())
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
        return {}


def write_sightings(
    directory: Path | None, before: Mapping[bytes, Sightings], seen: Mapping[bytes, Sightings]
) -> None:
    """Keep what was ``seen``, and of what was there ``before`` as much as there is room for."""
    if directory is None or all(digest in before for digest in seen):
        return
    kept = dict(list({**seen, **before}.items())[:MOST_KEPT])
    with contextlib.suppress(OSError):
        directory.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=directory, prefix=".sightings-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(msgspec.msgpack.encode(kept))
            Path(name).replace(directory / _name())
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def _name() -> str:
    """Another one for each version of botlint and of its known forms."""
    digest = blake2b(__version__.encode(), digest_size=8)
    for module in sorted(Path(secrets.__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    return f"sightings-{digest.hexdigest()}.msgpack"
