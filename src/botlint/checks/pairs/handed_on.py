"""Whether a node hands something on: returns it, or stores it where it outlives the call."""

from __future__ import annotations

from botlint.checks.roots import names_in
from botlint.facts.types import Attribute, Call, Expression, Item, Kind, Name, Node, Result


def hands_on(node: Node, names: frozenset[str], call: int, calls: tuple[Call, ...]) -> bool:
    """Whether ``node`` returns, yields or stores what is known by ``names`` or is the result of
    ``call``."""
    if node.kind in (Kind.RETURN, Kind.YIELD):
        return _speaks_of(node.value, names, call, calls)
    if node.kind is not Kind.ASSIGN or not _outlives(node.target):
        return False
    is_keyed = isinstance(node.target, Item) and _speaks_of(node.target, names, call, calls)
    return is_keyed or _speaks_of(node.value, names, call, calls)


def _speaks_of(
    value: Expression | None, names: frozenset[str], call: int, calls: tuple[Call, ...]
) -> bool:
    if value is None:
        return False
    return value == Result(call) or bool(names_in(value, calls) & names)


def _outlives(target: Expression | None) -> bool:
    """Whether a target is a member or an element of something that other code sees."""
    if isinstance(target, Item | Attribute):
        return True
    return isinstance(target, Name) and "." in target.path
