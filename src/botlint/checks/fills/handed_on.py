"""Values that are handed on whole: returned, or given to a call."""

from __future__ import annotations

from botlint.checks.roots import arguments_of
from botlint.facts.types import Call, Expression, Name, Operation, Result


def names_returned(value: Expression | None) -> frozenset[str]:
    """The names that a returned value hands on whole."""
    if isinstance(value, Name):
        return frozenset({value.path})
    if isinstance(value, Operation) and value.kind in ("tuple", "list", "if", "or"):
        return frozenset().union(*(names_returned(part) for part in value.args))
    return frozenset()


def is_given(value: Expression | None, calls: tuple[Call, ...], names: frozenset[str]) -> bool:
    """Whether a call gets one of ``names`` whole."""
    if not isinstance(value, Result):
        return False
    call = calls[value.call]
    parts = arguments_of(call)
    return any(isinstance(part, Name) and part.path in names for part in parts)
