"""Recovery phrases of wallets: BIP-39, https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki"""

from __future__ import annotations

import functools
import hashlib
import re
from pathlib import Path

_LENGTHS = (12, 15, 18, 21, 24)
_WORDS = re.compile(r"[a-z]{3,8}")
_RUN = re.compile(rb"(?<![a-z])(?:[a-z]{3,8}[ ]{1,2}){11,23}[a-z]{3,8}(?![a-z])")
_BYTES = re.compile(rb"[a-z]+")
_CLASSES = bytes(
    ord("a") if (chr(byte).islower() and byte < 128) or byte == 32 else ord(".")
    for byte in range(256)
)
_STRETCH = b"a" * 47
"""Twelve words of three letters, with what stands between them."""
_FEWEST = 8
"""Published test vectors repeat one word; a phrase has more different words than this."""


@functools.cache
def word_numbers() -> dict[str, int]:
    """The words of the list with their numbers."""
    text = Path(__file__).with_name("words.txt").read_text(encoding="utf-8")
    return {word: number for number, word in enumerate(text.split())}


def is_phrase(text: str) -> bool:
    """Whether a text is a recovery phrase: 12 to 24 words of the list, nothing else.

    A wrong checksum makes it no less of a secret where all words are of the list and few repeat:
    somebody mistyped it.
    """
    words = text.lower().replace(",", " ").split()
    if len(words) not in _LENGTHS or not all(map(_WORDS.fullmatch, words)):
        return False
    numbers = word_numbers()
    if not all(word in numbers for word in words):
        return False
    different = len(set(words))
    return different > _FEWEST and (has_checksum(words) or different >= len(words) - 2)


def has_checksum(words: list[str]) -> bool:
    """Whether the last bits of a phrase are the hash of the others."""
    numbers = word_numbers()
    bits = "".join(f"{numbers[word]:011b}" for word in words)
    cut = len(bits) * 32 // 33
    data = int(bits[:cut], 2).to_bytes(cut // 8, "big")
    return f"{hashlib.sha256(data).digest()[0]:08b}"[: len(bits) - cut] == bits[cut:]


def find_phrases(data: bytes) -> list[tuple[int, int]]:
    """Where recovery phrases stand in the bytes of a text: start and end.

    The bytes are mapped to two classes once, so that only stretches of words are looked at.
    """
    classes = data.translate(_CLASSES)
    found: list[tuple[int, int]] = []
    start = classes.find(_STRETCH)
    while start >= 0:
        end = classes.find(b".", start)
        end = len(data) if end < 0 else end
        first = max(0, start - 1)  # what stands before may be a capital letter
        for match in _RUN.finditer(data, first, end + 1):
            found += _phrase_in(match)
        start = classes.find(_STRETCH, end)
    return found


def _phrase_in(match: re.Match[bytes]) -> list[tuple[int, int]]:
    """The phrase that a run of words is, or that stands in it with a right checksum."""
    if is_phrase(match[0].decode("ascii")):
        return [match.span()]
    found = _BYTES.finditer(match[0])
    places = [(word.start(), word.end(), word[0].decode("ascii")) for word in found]
    numbers = word_numbers()
    for size in reversed(_LENGTHS):
        for first in range(len(places) - size + 1):
            part = places[first : first + size]
            words = [word for _, _, word in part]
            is_listed = all(word in numbers for word in words) and len(set(words)) > _FEWEST
            if is_listed and has_checksum(words):
                return [(match.start() + part[0][0], match.start() + part[-1][1])]
    return []
