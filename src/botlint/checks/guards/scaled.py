"""Arithmetic after which a number that fitted a step fits it by chance only."""

from __future__ import annotations

from botlint.facts.types import Constant, Expression, Kind, Name, Node, Operation


def is_scaled(value: Expression) -> bool:
    """Whether something is multiplied or divided: sums of what fits a step fit it too."""
    if not isinstance(value, Operation):
        return False
    return value.kind in ("*", "/") or any(is_scaled(part) for part in value.args)


def is_scaled_anew(node: Node, name: str) -> bool:
    """Whether a node binds a name to a fraction of what it held: by a quotient, or by a written
    number that is no whole one."""
    value = node.value
    if node.kind not in (Kind.ASSIGN, Kind.AUGMENT) or node.target != Name(name):
        return False
    if not isinstance(value, Operation) or Name(name) not in value.args:
        return False
    if value.kind == "/":
        return value.args[0] == Name(name)
    return value.kind == "*" and any(
        isinstance(one, Constant) and isinstance(one.value, float) and not one.value.is_integer()
        for one in value.args
    )
