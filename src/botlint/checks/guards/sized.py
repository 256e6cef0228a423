"""Collections of verdicts, whose truth only says whether they have elements.

``results = [fits(order), can_afford(order)]`` is true whatever is in it, so that ``if not results:
return`` asks nothing; ``if not all(results)`` does.
"""

from __future__ import annotations

from botlint.checks.roots import targets_in
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Operation, Result

_DISPLAYS = frozenset({"list", "set", "tuple", "dict"})
_ASKING = (Name("bool"), Name("len"))
_TAKING = frozenset({"clear", "pop", "popitem", "popleft", "remove", "discard"})


def is_always_filled(function: Function, value: Expression | None) -> bool:
    """Whether ``value`` is a collection that is written out with elements, or a local that holds
    nothing else, and from which nothing is taken."""
    return all(_is_filled(one) for one in _held(function, value))


def is_of_size(function: Function, value: Expression | None) -> bool:
    """Whether the truth of ``value`` says only whether it has elements: it is such a collection, or
    one that has an answer of a call for each element of another."""
    return all(_is_filled(one) or _is_row(one) for one in _held(function, value))


def _held(function: Function, value: Expression | None) -> tuple[Expression, ...]:
    """What a test looks at that only asks for the truth of ``value``: that itself, or all that a
    local of that name holds; the constant ``None`` where that can't be told."""
    if isinstance(value, Result):
        call = function.calls[value.call]
        value = call.args[0] if call.func in _ASKING and len(call.args) == 1 else None
    if not isinstance(value, Name):
        return (value or _UNKNOWN,)
    if any(one.name == value.path for one in function.parameters) or value.path in function.outer:
        return (_UNKNOWN,)
    if any(_takes_from(call.func, value.path) for call in function.calls):
        return (_UNKNOWN,)
    binding = [node for node in function.nodes if value.path in targets_in(node.target)]
    is_plain = all(node.kind is Kind.ASSIGN and node.target == value for node in binding)
    held = tuple(node.value or _UNKNOWN for node in binding)
    return held if is_plain and held else (_UNKNOWN,)


_UNKNOWN = Constant(None)


def _is_filled(value: Expression) -> bool:
    if not isinstance(value, Operation) or value.kind not in _DISPLAYS:
        return False
    return any(
        not isinstance(one, Operation) or one.kind not in ("star", "**") for one in value.args
    )


def _takes_from(func: Expression, name: str) -> bool:
    owner, _, method = func.path.rpartition(".") if isinstance(func, Name) else ("", "", "")
    return owner == name and method in _TAKING


def _is_row(value: Expression) -> bool:
    is_each = (
        isinstance(value, Operation) and value.kind == "comprehension" and len(value.args) == 2
    )
    return is_each and isinstance(value, Operation) and isinstance(value.args[0], Result)
