"""Comments of one source that say something to botlint, or of it that it is unfinished."""

from __future__ import annotations

import msgspec

from botlint.model import Span


class Comment(msgspec.Struct, frozen=True, array_like=True):
    """A comment that speaks to botlint (``# botlint: ...``), with the statement it belongs to.

    ``covers`` are the first and last line of the logical line that it stands on, or, alone on its
    line, of the next one.
    """

    text: str
    span: Span
    covers: tuple[int, int]


class Note(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A comment that says that something is unfinished: ``mark`` is ``TODO``, ``FIXME``, ``BUG``,
    ``XXX`` or ``HACK``, ``text`` what it says."""

    mark: str
    text: str
    span: Span
