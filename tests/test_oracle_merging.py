"""Two points of two runs are one only if all that matters is the same."""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.merging import Look


def test_a_loop_within_a_loop_is_told_by_both_of_their_rounds() -> None:
    assert _shown(first=1, second=0) != _shown(first=1, second=1)
    assert _shown(first=0, second=1) != _shown(first=1, second=1)
    assert _shown(first=1, second=1) == _shown(first=1, second=1)


def _shown(first: int, second: int) -> object:
    rounds = (_after(iter([5, 6]), first), _after(iter(range(2)), second))
    return Look(frozenset(), lambda value: value).each(rounds)


def _after(iterator: Iterator[int], rounds: int) -> Iterator[int]:
    for _ in range(rounds):
        next(iterator)
    return iterator
