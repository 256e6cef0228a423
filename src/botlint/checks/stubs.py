"""Functions that are declared and do nothing yet."""

from __future__ import annotations

from botlint.facts.types import Function, Kind, Name, Result

_PLAIN = frozenset({Kind.EXIT, Kind.RAISED, Kind.ENTRY, Kind.RAISE, Kind.CALL, Kind.RETURN})


def is_stub(function: Function) -> bool:
    """Whether a function only declares: its body is ``pass``, ``...``, words, or raises
    ``NotImplementedError``."""
    for node in function.nodes:
        if node.kind not in _PLAIN or (node.kind is Kind.RETURN and node.value is not None):
            return False
        is_raise = node.kind is Kind.RAISE and not isinstance(node.value, Result)
        if is_raise and node.value != Name("NotImplementedError"):
            return False
    return all(
        isinstance(call.func, Name) and call.func.path == "NotImplementedError"
        for call in function.calls
    )
