"""Calls that end the program: they raise ``SystemExit``, and nothing goes on behind them."""

from __future__ import annotations

import re

from botlint.facts.types import Name

ENDS = Name("SystemExit")
"""What is raised behind such a call."""

_ENDING = frozenset({"sys.exit", "os._exit", "os.abort"})
_MENTIONED = re.compile(rb"\b(exit|_exit|quit|abort)\s*\(")
_BOUND = r"\bdef\s+{0}\b|\bimport\b[^\n]*\b{0}\b|\b{0}\s*=[^=]"
_PLAIN = {name: re.compile(_BOUND.format(name).encode()) for name in ("exit", "quit")}


def ending_names(data: bytes) -> frozenset[str]:
    """The names by which a source calls what ends the program; none where it calls no such thing.

    ``exit`` and ``quit`` are those that Python gives, unless the source binds them itself.
    """
    if not _MENTIONED.search(data):
        return frozenset()
    own = re.sub(rb"\bfrom\s+sys\s+import\b", b"", data)
    return _ENDING | {name for name, bound in _PLAIN.items() if not bound.search(own)}
