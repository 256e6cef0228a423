"""Names that another one may have been meant to be.

Letters alone do not tell: ``cooldown_manager`` and ``position_manager`` are much alike, and two
things.
What was meant has the same words, each but for a slip, and at most one more or less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from botlint.configs.misspelt import distance

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SHORTEST = 4
_LONG = 8


def nearest_name(name: str, known: Iterable[str]) -> str:
    """The one of ``known`` that ``name`` may have been meant to be, ``""`` for none."""
    ranked = sorted((-_likeness(name, one), one) for one in known)
    return ranked[0][1] if ranked and ranked[0][0] < 0 else ""


def _likeness(name: str, other: str) -> float:
    """Which part of the letters of two names stands in words that both have; 0 if they are two
    things."""
    words, others = _words(name), _words(other)
    if len(words) > len(others):
        words, others = others, words
    if len(others) - len(words) > 1:
        return 0.0
    left = list(others)
    for word in words:
        same = next((one for one in left if one == word), None)
        same = same or next((one for one in left if _is_slip(word, one)), None)
        if same is None:
            return 0.0
        left.remove(same)
    part = 1 - len("".join(left)) / len("".join(others)) if others else 0.0
    return part if part >= 0.5 else 0.0


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _is_slip(word: str, other: str) -> bool:
    """Whether one word is the other in the plural, cut short, or with a slip behind its first
    letter."""
    short, long = sorted((word, other), key=len)
    if short[0] != long[0]:
        return False
    letters = iter(long)
    if len(short) > 1 and all(letter in letters for letter in short):
        return True
    most = 2 if len(short) >= _LONG else 1
    return len(short) >= _SHORTEST and distance(short, long, most) <= most
