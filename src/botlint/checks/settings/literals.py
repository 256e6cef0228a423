"""The values of lists and mappings that a module of constants gives a name."""

from __future__ import annotations

from typing import Any

from botlint.checks.settings.constants import DEEPEST, Unknown, fold, last_assignment, value_of
from botlint.facts.types import Expression, Function, Name, Operation


def value_deep(module: Function, name: str) -> Any:
    """What the module gives ``name``: a scalar, a list or a mapping. Raises :class:`Unknown`."""
    node = last_assignment(module, name)
    if node is None or not isinstance(node.value, Operation):
        return value_of(module, name)
    if node.value.kind not in _COMPOUND:
        return value_of(module, name)
    return fold_deep(module, node.value)


def fold_deep(module: Function, value: Expression | None, depth: int = 0) -> Any:
    """The value of an expression in the names of a module. Raises :class:`Unknown`."""
    if depth > DEEPEST:
        raise Unknown
    if isinstance(value, Name) and "." not in value.path:
        return value_deep(module, value.path)
    if not isinstance(value, Operation) or value.kind not in _COMPOUND:
        return fold(module, value)
    parts = value.args
    if value.kind != "dict":
        return [fold_deep(module, part, depth + 1) for part in parts]
    pairs = zip(parts[::2], parts[1::2], strict=False)
    return {str(fold(module, key)): fold_deep(module, part, depth + 1) for key, part in pairs}


_COMPOUND = frozenset({"list", "tuple", "set", "dict"})
