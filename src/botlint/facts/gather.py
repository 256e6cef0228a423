"""The facts of many sources, on several processors where that pays."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from botlint.discover import Source, read_source
from botlint.facts.extract import extract_facts
from botlint.facts.types import Facts
from botlint.model import Problem

PAYS_FROM = 1_500_000
"""Bytes of source from which starting processes costs less than it saves."""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Facts | Problem])


def gather_facts(
    sources: tuple[Source, ...], jobs: int
) -> tuple[tuple[Facts, ...], tuple[Problem, ...]]:
    """The facts of ``sources`` in their order, and what could not be read.

    ``jobs`` is the number of processes; 0 takes the number of processors, where it pays.
    """
    with paused_collection():
        found = _gather(sources, jobs)
    facts = tuple(one for one in found if isinstance(one, Facts))
    return facts, tuple(one for one in found if isinstance(one, Problem))


@contextmanager
def paused_collection() -> Iterator[None]:
    """No garbage collection meanwhile: facts are many small values and hold no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _gather(sources: tuple[Source, ...], jobs: int) -> list[Facts | Problem]:
    jobs = jobs or os.cpu_count() or 1
    sizes = [_size(source) for source in sources]
    if jobs < 2 or sum(sizes) < PAYS_FROM:
        return [_read(source) for source in sources]
    from multiprocessing import get_context

    shares = _shares(sizes, jobs)
    with get_context().Pool(jobs - 1) as pool:
        others = [
            pool.apply_async(_read_encoded, ([sources[index] for index in share],))
            for share in shares[1:]
        ]
        found: dict[int, Facts | Problem] = {index: _read(sources[index]) for index in shares[0]}
        for share, result in zip(shares[1:], others, strict=True):
            found.update(zip(share, _DECODER.decode(result.get()), strict=True))
    return [found[index] for index in range(len(sources))]


def _shares(sizes: list[int], jobs: int) -> list[list[int]]:
    """Indexes dealt out so that each share holds about as many bytes, the largest first."""
    shares: list[list[int]] = [[] for _ in range(jobs)]
    weights = [0] * jobs
    for index in sorted(range(len(sizes)), key=lambda index: -sizes[index]):
        lightest = weights.index(min(weights))
        shares[lightest].append(index)
        weights[lightest] += sizes[index] + 200
    return shares


def _read_encoded(sources: list[Source]) -> bytes:
    with paused_collection():
        return _ENCODER.encode([_read(source) for source in sources])


def _read(source: Source) -> Facts | Problem:
    data = read_source(source)
    if isinstance(data, Problem):
        return data
    return extract_facts(source.path, data)


def _size(source: Source) -> int:
    if source.file is None:
        return len(source.data or b"")
    try:
        return source.file.stat().st_size
    except OSError:
        return 0
