"""Answers that say themselves whether the order went: ``Result(success=False, error=...)``."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.failing import is_failure
from botlint.checks.reads import last_segment
from botlint.facts.types import Constant, Expression, Function, Kind, Result


def telling_members(function: Function) -> frozenset[str]:
    """The members of what a function returns that are true on one way and false on another, by
    the letter."""
    said: dict[bool, set[str]] = {True: set(), False: set()}
    for node in function.nodes:
        if node.kind is Kind.RETURN:
            for name, truth in _flags(function, node.value):
                said[truth].add(name)
    return frozenset(said[True] & said[False])


def says_nothing(function: Function, value: Expression | None) -> bool:
    """Whether a returned value says no more than that it failed, or is a record that says so."""
    if is_failure(value):
        return True
    telling = telling_members(function)
    return any(not truth and name in telling for name, truth in _flags(function, value))


def _flags(function: Function, value: Expression | None) -> Iterator[tuple[str, bool]]:
    """The members that an object is made with and that hold ``True`` or ``False``."""
    if type(value) is not Result:
        return
    call = function.calls[value.call]
    if last_segment(call.func)[:1].isupper():
        for name, given in call.keywords:
            if name and type(given) is Constant and isinstance(given.value, bool):
                yield name, given.value
