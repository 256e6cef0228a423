"""Keys that are nearly the name of a setting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botlint.configs.instance import Instance
from botlint.configs.types import Path

_SHORTEST = 4
_LONG = 8


def find_near(key: str, known: Iterable[str]) -> str:
    """The name that ``key`` misses by one edit, or by two if it is long; ``""`` for none."""
    if len(key) < _SHORTEST:
        return ""
    most = 2 if len(key) >= _LONG else 1
    ranked = sorted((distance(_plain(key), _plain(name), most), name) for name in known)
    return ranked[0][1] if ranked and ranked[0][0] <= most else ""


def find_misspelt(instance: Instance, known: frozenset[str]) -> Iterator[tuple[Path, str]]:
    """The keys of ``instance`` that are none of the names ``known`` but near one, with that name.

    A name that stands in the same mapping isn't meant by another key of it.
    """
    beside: dict[Path, set[str]] = {}
    for path in instance.settings:
        if path and isinstance(path[-1], str):
            beside.setdefault(path[:-1], set()).add(path[-1])
    for outer, keys in beside.items():
        for key in sorted(keys - known):
            near = find_near(key, known - keys)
            if near:
                yield (*outer, key), near


def distance(one: str, other: str, most: int) -> int:
    """How many edits lead from one text to the other (a swap of neighbours is one), ``most + 1``
    if more than ``most``."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        earlier, before, row = before, row, [number]
        for column, wanted in enumerate(other, 1):
            cost = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != wanted))
            is_swap = (
                number > 1
                and column > 1
                and letter == other[column - 2]
                and one[number - 2] == wanted
            )
            row.append(min(cost, earlier[column - 2] + 1) if is_swap else cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_")
