"""What fixes change, as a unified diff without the credentials in it.

A line that held one is shown with asterisks, so that nothing that botlint prints repeats it: the
diff is to be read; ``--fix`` makes the change.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator

from botlint.fixes.mending import Changed
from botlint.secrets.redaction import redact_line

_ROW = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_QUOTED = re.compile(r"""(['"])((?:(?!\1)[^\\]|\\.){5,})\1""")


def describe_changes(files: Iterable[Changed]) -> str:
    """The diff of all files, in their order."""
    return "".join(line for changed in files for line in _describe(changed))


def _describe(changed: Changed) -> Iterator[str]:
    before, after = _text(changed.before), _text(changed.after)
    show = _make_mask(_literals(before) - _literals(after))
    source = f"a/{changed.path}" if changed.before else "/dev/null"
    rows = _ROW.findall(before), _ROW.findall(after)
    for number, line in enumerate(difflib.unified_diff(*rows, source, f"b/{changed.path}")):
        shown = line if number < 2 else line[0] + show(line[1:])
        yield shown if shown.endswith("\n") else shown + "\n\\ No newline at end of file\n"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _literals(text: str) -> frozenset[str]:
    return frozenset(found[2] for row in _ROW.findall(text) for found in _QUOTED.finditer(row))


def _make_mask(gone: frozenset[str]) -> Callable[[str], str]:
    """What hides in a row the texts that the fixes take away, and all that looks like one."""

    def mask(found: re.Match[str]) -> str:
        return f"{found[1]}{'*' * len(found[2])}{found[1]}" if found[2] in gone else found[0]

    return lambda row: redact_line(_QUOTED.sub(mask, row))
