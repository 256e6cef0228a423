"""Functions that are declared and do nothing yet."""

from __future__ import annotations

from botlint.facts.types import Function, Kind, Name, Result
from botlint.flow.ways import live_nodes

_PLAIN = frozenset({Kind.EXIT, Kind.RAISED, Kind.ENTRY, Kind.RAISE, Kind.CALL, Kind.RETURN})
_WITH_CLAUSES = _PLAIN | {Kind.EXCEPT, Kind.ASSIGN}
"""Also what a clause consists of that catches an error and only logs it."""


def is_stub(function: Function) -> bool:
    """Whether a function only declares: its body is ``pass``, ``...``, words, or raises
    ``NotImplementedError``; also in a ``try``, whose clauses nothing can get to then."""
    if any(node.kind not in _WITH_CLAUSES for node in function.nodes):
        return False
    nodes = [function.nodes[number] for number in live_nodes(function)]
    for node in nodes:
        if node.kind not in _PLAIN or (node.kind is Kind.RETURN and node.value is not None):
            return False
        is_raise = node.kind is Kind.RAISE and not isinstance(node.value, Result)
        if is_raise and node.value != Name("NotImplementedError"):
            return False
    calls = (function.calls[node.call] for node in nodes if node.kind is Kind.CALL)
    return all(
        isinstance(call.func, Name) and call.func.path == "NotImplementedError" for call in calls
    )
