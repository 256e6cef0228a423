"""What a value shows as it is written: results of calls, names and keys, not through arguments."""

from __future__ import annotations

from botlint.facts.types import Attribute, Constant, Expression, Item, Name, Operation, Result


def results_in(value: Expression | None) -> tuple[int, ...]:
    """The calls whose results stand in ``value`` itself, in order."""
    if isinstance(value, Result):
        return (value.call,)
    if isinstance(value, Operation):
        return tuple(number for part in value.args for number in results_in(part))
    if isinstance(value, Attribute | Item):
        return results_in(value.value)
    return ()


def plain_names(value: Expression) -> tuple[str, ...]:
    """The dotted names that stand in ``value`` itself, in order."""
    if isinstance(value, Name):
        return (value.path,)
    if isinstance(value, Operation):
        return tuple(name for part in value.args for name in plain_names(part))
    if isinstance(value, Attribute | Item):
        return plain_names(value.value)
    return ()


def keys_in(value: Expression) -> frozenset[str]:
    """The literal keys by which ``value`` takes something out of what it names."""
    if isinstance(value, Operation):
        return frozenset().union(*(keys_in(part) for part in value.args))
    if not isinstance(value, Item) or not isinstance(value.key, Constant):
        return frozenset()
    return frozenset({value.key.value}) if isinstance(value.key.value, str) else frozenset()
