"""From offsets in a text to lines and columns, and from a list of settings to what overrides what.

Lines end at ``\\n``, ``\\r\\n`` and ``\\r`` only; columns are code points.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

import msgspec

from botlint.configs.types import Path, Setting
from botlint.model import Place, Span

_NEWLINE = re.compile(r"\r\n|\r|\n")


class Lines:
    """The lines of one text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]

    def position(self, offset: int) -> tuple[int, int]:
        """The 1-based line and column of an offset in code points."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The span from ``start`` to before ``end``."""
        return Span(*self.position(start), *self.position(end))

    def offset(self, line: int, column: int) -> int:
        """The offset of a 1-based line and column."""
        return self._starts[min(line, len(self._starts)) - 1] + column - 1


def link_overrides(settings: Iterable[Setting]) -> tuple[Setting, ...]:
    """The settings, each with the places of the same path before and after it."""
    listed = tuple(settings)
    places: dict[tuple[int, Path], list[Place]] = {}
    for one in listed:
        places.setdefault((one.document, one.path), []).append(Place(one.source, one.span))
    linked = []
    seen: dict[tuple[int, Path], int] = {}
    for one in listed:
        key = (one.document, one.path)
        all_places = places[key]
        if len(all_places) == 1:
            linked.append(one)
            continue
        at = seen.get(key, 0)
        seen[key] = at + 1
        linked.append(
            msgspec.structs.replace(
                one, overrides=tuple(all_places[:at]), overridden=tuple(all_places[at + 1 :])
            )
        )
    return tuple(linked)
