"""Functions that are declared and do nothing yet."""

from __future__ import annotations

from botlint.facts.types import Function, Kind, Name

_PLAIN = frozenset({Kind.EXIT, Kind.RAISED, Kind.ENTRY, Kind.RAISE, Kind.CALL, Kind.RETURN})


def is_stub(function: Function) -> bool:
    """Whether a function only declares: its body is ``pass``, ``...``, words, or raises
    ``NotImplementedError``."""
    for node in function.nodes:
        if node.kind not in _PLAIN or (node.kind is Kind.RETURN and node.value is not None):
            return False
    return all(
        isinstance(call.func, Name) and call.func.path == "NotImplementedError"
        for call in function.calls
    )
