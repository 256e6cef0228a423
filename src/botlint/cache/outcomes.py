"""The outcome of a check, for as long as nothing that it hangs on has changed."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

import msgspec

from botlint.cache.files import digest_of, drop_older, read_kept, stamp, write_kept
from botlint.discover import Discovery, read_source
from botlint.discover.globs import has_path
from botlint.model import Finding, Problem, Report, Rule, Scope
from botlint.settings import Settings

MOST_OUTCOMES = 100


class Outcome(msgspec.Struct, frozen=True, array_like=True):
    """What a report says, without what stands in botlint's own files."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    scope: Scope


_ENCODER = msgspec.msgpack.Encoder(order="deterministic", enc_hook=str)
_DECODER = msgspec.msgpack.Decoder(Outcome)


def key_of(discovery: Discovery, settings: Settings, rules: Iterable[Rule]) -> bytes:
    """The digest of all that the outcome of a check hangs on, but for botlint itself; empty if
    it can't be told.

    That is what was found, each content of it, the settings with the file that they came from and
    whether what they speak of is there, and the rules, of which some may be the user's.
    """
    told = msgspec.structs.replace(settings, jobs=0, cache=None)
    digest = blake2b(digest_size=16)
    try:
        digest.update(_ENCODER.encode((told, tuple(rules), discovery)))
        globs = [one.glob for one in settings.per_file_ignores]
        globs += [one.path for one in settings.ignores]
        digest.update(bytes(has_path(settings.root, glob) for glob in globs))
        if settings.origin is not None:
            digest.update(digest_of(settings.origin.read_bytes()))
        for source in (*discovery.sources, *discovery.texts):
            data = read_source(source)
            content = _ENCODER.encode(data) if isinstance(data, Problem) else data
            digest.update(digest_of(content))
    except (OSError, ValueError):
        return b""
    return digest.digest()


def read_outcome(directory: Path | None, key: bytes) -> Outcome | None:
    """What a check came to under ``key``, if that is kept."""
    if directory is None or not key:
        return None
    try:
        return _DECODER.decode(read_kept(_file(directory, key)))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def write_outcome(directory: Path | None, key: bytes, report: Report) -> None:
    """Keep what a report says, if it comes back from the cache as it is."""
    if directory is None or not key:
        return
    outcome = Outcome(report.findings, report.problems, report.scope)
    try:
        encoded = _ENCODER.encode(outcome)
        if _DECODER.decode(encoded) != outcome:
            return
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return
    write_kept(_file(directory, key), encoded)
    drop_older(directory, "outcome-*.msgpack", MOST_OUTCOMES)


def _file(directory: Path, key: bytes) -> Path:
    return directory / f"outcome-{key.hex()}-{stamp()}.msgpack"
