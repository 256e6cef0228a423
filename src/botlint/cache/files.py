"""Files of the cache: each begins with the digest of what follows, and is replaced as a whole."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path

import botlint
from botlint.resources import rules_directory, schemas_directory

LARGEST = 300_000_000
_DIGEST = 16


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


def digest_of(data: bytes) -> bytes:
    """What a content is known by."""
    return blake2b(data, digest_size=_DIGEST).digest()


def read_kept(file: Path) -> bytes:
    """What was written to a file of the cache; empty if that isn't all there, or is too large."""
    try:
        if not file.is_file() or file.stat().st_size > LARGEST:
            return b""
        data = file.read_bytes()
    except OSError:
        return b""
    content = data[_DIGEST:]
    return content if digest_of(content) == data[:_DIGEST] else b""


def write_kept(file: Path, content: bytes) -> None:
    """Write a file of the cache, or leave it as it is if that can't be done."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(digest_of(content))
                stream.write(content)
            Path(name).replace(file)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def drop_older(directory: Path, pattern: str, most: int) -> None:
    """Delete all but the ``most`` newest files of the cache that fit ``pattern``."""
    with contextlib.suppress(OSError):
        files = sorted(directory.glob(pattern), key=lambda file: -file.stat().st_mtime_ns)
        for file in files[most:]:
            file.unlink(missing_ok=True)


@cache
def stamp() -> str:
    """Another one for each version of botlint, of its rules and of the Python that it runs on."""
    digest = blake2b(f"{botlint.__version__} {sys.version}".encode(), digest_size=8)
    for directory in (Path(botlint.__file__).parent, rules_directory(), schemas_directory()):
        for line in sorted(_describe_files(str(directory))):
            digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _describe_files(directory: str) -> Iterator[str]:
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir() and entry.name != "__pycache__":
                yield from _describe_files(entry.path)
            elif entry.is_file():
                status = entry.stat()
                yield f"{entry.path} {status.st_size} {status.st_mtime_ns}\n"
