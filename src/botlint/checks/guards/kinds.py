"""Answers told apart by their class: ``Ok(order)`` and ``Err("too small")``.

The class of an answer is what it says: a name of consent or of refusal. Its truth is that of any
object, so only who asks for the class, or for a member, learns what was said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from botlint.checks.guards.signs import Environment, Sign, Verdict
from botlint.facts.types import Call, Expression, Function, Kind, Name, Operation, Result

if TYPE_CHECKING:
    from botlint.checks.guards.verdicts import Reading

_ANSWERS = (Sign.OBJECT, Sign.PAIR)


def read_kind(reading: Reading, args: tuple[Expression, ...], known: Environment) -> Verdict | None:
    """What ``isinstance(answer, Err)`` says, or a ``case Err():`` for it."""
    verdict = reading.evaluate(args[0], known) if len(args) == 2 else None
    classes = _named(args[1]) if len(args) == 2 else ()
    if verdict is None or verdict.sign not in _ANSWERS or not classes:
        return None
    signs = {reading.polarity(name.rpartition(".")[2]) for name in classes}
    if signs == {1}:
        return Verdict(Sign.YES, verdict.guard)
    if signs != {-1}:
        return Verdict(Sign.COMPARED, verdict.guard)
    alike = reading.members(classes[0])
    is_left = len(alike) <= len(classes) + 1
    return Verdict(Sign.NO if is_left else Sign.NO_OR_OTHER, verdict.guard)


def kind_made(call: Call, polarity: Callable[[str], int]) -> int:
    """1 where a call makes an answer of consent, -1 one of refusal, 0 anything else.

    The class says it, or what its maker is called: ``Decision.reject("too large")``.
    """
    owner, _, name = call.func.path.rpartition(".") if isinstance(call.func, Name) else ("", "", "")
    return polarity(name) if _is_class(name) or (owner and _is_class(owner)) else 0


def returns_kinds(function: Function, polarity: Callable[[str], int]) -> bool:
    """Whether a function answers by the class of what it returns."""
    values = [node.value for node in function.nodes if node.kind is Kind.RETURN]
    made = [function.calls[value.call] for value in values if isinstance(value, Result)]
    return any(kind_made(call, polarity) < 0 for call in made)


def _named(value: Expression) -> tuple[str, ...]:
    """The classes that are asked for; ``()`` where one can't be read or is a built-in type."""
    parts = value.args if isinstance(value, Operation) and value.kind in _JOINED else (value,)
    names = tuple(part.path for part in parts if isinstance(part, Name))
    is_read = len(names) == len(parts) and all(_is_class(name) for name in names)
    return names if is_read else ()


def _is_class(name: str) -> bool:
    last = name.rpartition(".")[2].lstrip("_")
    return last[:1].isupper() and last not in _BUILT_IN and not last.isupper()


_JOINED = frozenset({"tuple", "|"})
_BUILT_IN = frozenset({"Exception", "BaseException", "Mapping", "Sequence", "Iterable", "Decimal"})
