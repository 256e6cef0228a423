"""GitHub's fingerprint of a line, ``primaryLocationLineHash``.

Code scanning tells whether it has seen a finding before by this value, computes it itself, and
warns where a tool's differs. For a line it is a polynomial hash (base 37, modulo 2**64) over the
100 UTF-16 units that begin there, spaces and tabs left out, line ends all ``\\n``, the end of the
file marked by 65535 and followed by zeros; then ``:`` and which line of the same hash this is.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection

_WINDOW = 100
_BASE = 37
_MASK = 2**64 - 1
_END = 65535
_LINE_FEED = 10


def hash_lines(data: bytes, wanted: Collection[int]) -> dict[int, str]:
    """The fingerprints of the wanted lines (1-based) of a file."""
    units = _read_units(data)
    top = pow(_BASE, _WINDOW, 2**64)
    totals = array("Q", [0])
    total = 0
    for unit in (*units, _END, *([0] * _WINDOW)):
        total = (total * _BASE + unit) & _MASK
        totals.append(total)
    counts: dict[int, int] = {}
    hashes = {}
    last = max(wanted, default=0)
    for line, start in enumerate(_find_starts(units), 1):
        if line > last:
            break
        value = (totals[start + _WINDOW] - totals[start] * top) & _MASK
        counts[value] = counts.get(value, 0) + 1
        if line in wanted:
            hashes[line] = f"{value:x}:{counts[value]}"
    return hashes


def _read_units(data: bytes) -> array[int]:
    text = re.sub(r"\r\n|\r", "\n", data.decode("utf-8", "replace"))
    encoded = re.sub("[ \t]", "", text).encode("utf-16-le", "surrogatepass")
    units = array("H")
    units.frombytes(encoded)
    return units


def _find_starts(units: array[int]) -> list[int]:
    """Where each line begins; what follows the last line feed is a line too, if only the end."""
    return [0, *(index + 1 for index, unit in enumerate(units) if unit == _LINE_FEED)]
