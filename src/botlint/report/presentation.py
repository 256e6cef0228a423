"""Presentation: how a report is to be shown, which says nothing about what is in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from botlint.model import Report


class Presentation(msgspec.Struct, frozen=True):
    """``root`` is where paths are relative to, and source lines are read from.

    ``sources`` holds the bytes of sources that are not on the disk; ``prefix`` is what leads from
    the top of the Git repository to ``root`` (``""`` or with a final ``/``).
    """

    root: Path
    color: bool = False
    width: int = 100
    verbose: bool = False
    quiet: bool = False
    shows_suppressed: bool = False
    is_ascii: bool = False
    prefix: str = ""
    sources: Mapping[str, bytes] = {}


Reporter = Callable[[Report, Presentation], str]

_LARGEST = 10_000_000
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def read_bytes(path: str, presentation: Presentation) -> bytes:
    """What a source holds, or nothing: a report never fails for want of a source line."""
    given = presentation.sources.get(path)
    if given is not None:
        return given
    file = presentation.root / path
    try:
        return file.read_bytes() if file.stat().st_size <= _LARGEST else b""
    except (OSError, ValueError):
        return b""


def clean(text: str) -> str:
    """The text without characters that would move the cursor, turn the text or end the line."""
    return _UNPRINTABLE.sub(_spell_out, text)


def _spell_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
