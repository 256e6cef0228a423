"""What may become of an order."""

from __future__ import annotations

import enum

CANCELLED = frozenset({"canceled", "cancelled", "apicancelled", "partiallycanceled"})
"""The statuses of an order that was cancelled, in normal form."""


class Fate(enum.Enum):
    """What became of an order: all of it was filled, a part, or a part before it was cancelled."""

    FULL = "full"
    PARTIAL = "partial"
    CANCELLED = "cancelled"
