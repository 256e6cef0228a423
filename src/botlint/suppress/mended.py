"""How a suppression that is unused, expired or malformed is mended, where that is obvious."""

from __future__ import annotations

import re
from collections.abc import Collection

from botlint.model import Edit, Fix, Place, Safety, Span
from botlint.settings.days import read_day
from botlint.suppress.written import Suppression

_WITHOUT_DASHES = re.compile(r"#+[ \t]*botlint:[ \t]*ignore[ \t]*\[[^\]]+\][ \t]*(?=[^\s-])")


def mend_unused(one: Suppression, unused: Collection[str]) -> Fix | None:
    """Take out the rules that it need not name, and the comment if none is left."""
    if not one.is_comment:
        return None
    left = [code for code in one.codes if code not in unused]
    if not left:
        return _delete(one)
    edit = Edit("narrow-comment", one.place, {"codes": left})
    return Fix(f"Leave only {', '.join(left)} in the comment", Safety.SAFE, (edit,))


def mend_expired(one: Suppression) -> Fix | None:
    """Take out what has ended; a day that is none may be a slip of the pen."""
    is_day = read_day(one.until) is not None
    return _delete(one) if is_day and one.is_comment else None


def mend_malformed(one: Suppression) -> Fix | None:
    """Put the dashes before a reason that is there."""
    written = _WITHOUT_DASHES.match(one.text)
    if not one.is_comment or written is None or "no reason" not in one.fault:
        return None
    span = one.place.span
    column = span.column + written.end()
    there = Place(one.path, Span(span.line, column, span.line, column))
    return Fix(
        "Write `--` before the reason", Safety.SAFE, (Edit("insert-text", there, {"text": "-- "}),)
    )


def _delete(one: Suppression) -> Fix:
    return Fix("Delete the comment", Safety.SAFE, (Edit("delete-comment", one.place),))
