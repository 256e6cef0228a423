"""Answers in collections: which elements they choose, and which of them this path has got."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botlint.checks.guards.signs import FALSE, TRUE, Environment, Sign, Verdict
from botlint.facts.types import Attribute, Expression, Item, Name, Operation, Result

if TYPE_CHECKING:
    from botlint.checks.guards.verdicts import Reading


def read_comprehension(
    reading: Reading, args: tuple[Expression, ...], known: Environment
) -> Verdict | None:
    """``[name for name, check in checks if not check(order)]`` is empty if none says no; where
    answers stand beside their names, or are read from such a list, how is unknown."""
    element, source, *conditions = args
    for condition in conditions:
        verdict = reading.evaluate(condition, known)
        if verdict is not None and verdict.sign is Sign.NO:
            return FALSE if is_unrun(condition, known, reading) else verdict
    told = reading.evaluate(element, known)
    if told not in (TRUE, FALSE, None):
        return told
    if lined := _read_row(reading, args):
        return lined
    parts = element.args[1:] if type(element) is Operation and element.kind == "tuple" else ()
    answers = [reading.evaluate(part, known) for part in (*parts, source)]
    telling = [answer.guard for answer in answers if answer is not None and answer.guard >= 0]
    return Verdict(Sign.COMPARED, telling[0]) if telling else None


def _read_row(reading: Reading, args: tuple[Expression, ...]) -> Verdict | None:
    """A row of verdicts: ``[ok for ok, _ in row]``, ``[name for name, ok in row if not ok]``."""
    says = 1 if len(args) == 2 else len(args) - 1
    told = args[0 if says == 1 else says]
    is_refused = type(told) is Operation and told.kind == "not"
    told = told.args[0] if type(told) is Operation and is_refused else told
    guard = reading.lined_up(args[1]) if type(told) is Name else -1
    if guard < 0 or (says > 1 and not is_refused):
        return None
    return Verdict(Sign.NO if is_refused else Sign.YES, guard)


_ASKING = frozenset({"not", "await", "is", "isnot", "eq", "ne", "in", "notin"})


def is_unrun(value: Expression, known: Environment, reading: Reading) -> bool:
    """Whether ``value`` is, or asks, a guard's result that this path has not got."""
    while type(value) is not Result:
        if type(value) is Operation and value.kind in _ASKING and value.args:
            value = value.args[0]
        elif type(value) is Item or type(value) is Attribute:
            value = value.value
        else:
            return False
    if reading.guard_sign(value.call) is not None:
        return f"#{value.call}" not in known
    func = reading.calls[value.call].func
    return type(func) is Attribute and is_unrun(func.value, known, reading)
