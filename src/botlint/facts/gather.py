"""The facts of many sources, on several processors where that pays."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from botlint.crashes import describe_crash
from botlint.discover import Source, read_source
from botlint.facts.extract import extract_facts
from botlint.facts.types import Facts
from botlint.model import Problem
from botlint.processes import end_with_parent

PAYS_FROM = 1_500_000
"""Bytes of source from which starting processes costs less than it saves."""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Facts)


class Read(NamedTuple):
    """A source with its bytes."""

    path: str
    data: bytes


class Gathered(NamedTuple):
    """The facts of sources in their order; what could not be read; and, for another run, the facts
    as they are encoded, by keys that speak of path and content."""

    facts: tuple[Facts, ...]
    problems: tuple[Problem, ...]
    encoded: Mapping[bytes, bytes]


def gather_facts(
    sources: tuple[Source, ...], jobs: int
) -> tuple[tuple[Facts, ...], tuple[Problem, ...]]:
    """The facts of ``sources`` in their order, and what could not be read.

    ``jobs`` is the number of processes; 0 takes the number of processors, where it pays.
    """
    found = gather_by_content(sources, jobs, None)
    return found.facts, found.problems


def gather_by_content(
    sources: tuple[Source, ...], jobs: int, known: Mapping[bytes, bytes] | None
) -> Gathered:
    """Like :func:`gather_facts`; ``known`` are facts that were encoded before, by their keys;
    ``None``: nothing is to be encoded for later."""
    with paused_collection():
        contents = [(source.path, read_source(source)) for source in sources]
        problems = [data for _, data in contents if isinstance(data, Problem)]
        reads = [Read(path, data) for path, data in contents if isinstance(data, bytes)]
        keys = [_key(read) if known is not None else b"" for read in reads]
        found = [_decode(known.get(key)) if known else None for key in keys]
        missing = [number for number, facts in enumerate(found) if facts is None]
        encoded = {
            key: known[key] for key, facts in zip(keys, found, strict=True) if known and facts
        }
        for number, made in zip(
            missing, _extract([reads[one] for one in missing], jobs), strict=True
        ):
            if isinstance(made, Problem):
                problems.append(made)
                continue
            found[number] = _DECODER.decode(made) if isinstance(made, bytes) else made
            if known is not None:
                encoded[keys[number]] = made if isinstance(made, bytes) else _ENCODER.encode(made)
        sound = tuple(facts for facts in found if facts is not None)
        return Gathered(sound, tuple(problems), encoded)


@contextmanager
def paused_collection() -> Iterator[None]:
    """No garbage collection meanwhile: facts are many small values and hold no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            # All that was made meanwhile counts as old; else the next few objects would cost a
            # look through it.
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def _key(read: Read) -> bytes:
    path = read.path.encode("utf-8", "surrogateescape")
    return blake2b(path + b"\0" + read.data, digest_size=16).digest()


def _decode(encoded: bytes | None) -> Facts | None:
    """The facts that were encoded; ``None`` for anything else."""
    if encoded is None:
        return None
    try:
        return _DECODER.decode(encoded)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _extract(reads: list[Read], jobs: int) -> list[Facts | bytes | Problem]:
    """The facts of each source, made here or encoded by another process, or why there are none."""
    jobs = jobs or os.cpu_count() or 1
    sizes = [len(read.data) for read in reads]
    if jobs < 2 or sum(sizes) < PAYS_FROM:
        return [_extract_one(read) for read in reads]
    from multiprocessing import get_context

    shares = _shares(sizes, jobs)
    with get_context().Pool(jobs - 1, end_with_parent) as pool:
        others = [
            pool.apply_async(_extract_encoded, ([reads[index] for index in share],))
            for share in shares[1:]
        ]
        made: dict[int, Facts | bytes | Problem] = {
            index: _extract_one(reads[index]) for index in shares[0]
        }
        for share, result in zip(shares[1:], others, strict=True):
            made.update(zip(share, result.get(), strict=True))
    return [made[index] for index in range(len(reads))]


def _shares(sizes: list[int], jobs: int) -> list[list[int]]:
    """Indexes dealt out so that each share holds about as many bytes, the largest first."""
    shares: list[list[int]] = [[] for _ in range(jobs)]
    weights = [0] * jobs
    for index in sorted(range(len(sizes)), key=lambda index: -sizes[index]):
        lightest = weights.index(min(weights))
        shares[lightest].append(index)
        weights[lightest] += sizes[index] + 200
    return shares


def _extract_encoded(reads: list[Read]) -> list[bytes | Problem]:
    with paused_collection():
        made = [_extract_one(read) for read in reads]
        return [one if isinstance(one, Problem) else _ENCODER.encode(one) for one in made]


def _extract_one(read: Read) -> Facts | Problem:
    """The facts of one source; a fault of botlint's own costs no other's."""
    try:
        return extract_facts(*read)
    except Exception as error:
        crash = describe_crash(error)
        return Problem(read.path, f"not analysed: {crash.told}", None, crash.detail)
