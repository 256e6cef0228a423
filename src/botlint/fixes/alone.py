"""A stretch of a Python source read by itself: a syntax tree of a whole file takes a second where
it is long."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from botlint.fixes.code import Code
from botlint.fixes.draft import Draft, EditFault
from botlint.model import Span

Range = tuple[int, int]


def ranges_alone(
    draft: Draft, span: Span, find: Callable[[Code, Span], Iterable[Span]]
) -> list[Range]:
    """The offsets in ``draft`` of what ``find`` finds in the expression at ``span``.

    Raises :class:`EditFault` for what is no expression, and like ``find``.
    """
    start, end = draft.range_of(span)
    alone = Draft(draft.path, f"({draft.text[start:end]}\n)".encode())
    found = find(alone.code, alone.span_of(1, 1 + end - start))
    ranges = (alone.range_of(one) for one in found)
    return [(start + first - 1, start + last - 1) for first, last in ranges]


def ranges_in(
    draft: Draft, span: Span, find: Callable[[Code, Span], Iterable[Span]]
) -> list[Range]:
    """The same, of what may be no expression, or be seen only with what stands around it."""
    try:
        return ranges_alone(draft, span, find)
    except EditFault:
        return [draft.range_of(one) for one in find(draft.code, span)]
