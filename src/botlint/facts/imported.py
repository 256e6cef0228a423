"""Import statements of one source."""

from __future__ import annotations

import msgspec

from botlint.model import Span


class Import(msgspec.Struct, frozen=True, array_like=True):
    """``local`` is bound to ``module`` (``name`` empty) or to its member ``name``; ``*`` for star.

    ``level`` counts the leading dots; ``function`` is where the statement stands.
    ``is_guarded``: inside a ``try`` that catches ``ImportError`` or broader, or ``TYPE_CHECKING``.
    """

    local: str
    module: str
    name: str
    level: int
    function: int
    span: Span
    is_guarded: bool
