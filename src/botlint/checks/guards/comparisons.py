"""A guard's verdict compared with something: what the comparison's truth says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botlint.checks.guards.signs import FALSE, TRUE, Environment, Sign, Verdict, flip
from botlint.facts.types import Attribute, Constant, Expression, Item, Name, Operation, Result

if TYPE_CHECKING:
    from botlint.checks.guards.verdicts import Reading


_ANSWERS = (Sign.OBJECT, Sign.PAIR)
"""Whole answers of guards, whose members say more."""


def read_equality(
    reading: Reading, kind: str, args: tuple[Expression, ...], known: Environment
) -> Verdict | None:
    verdict, other = reading.evaluate(args[0], known), args[1]
    if verdict is None or (verdict.guard < 0 and verdict in (TRUE, FALSE)):
        verdict, other = reading.evaluate(args[1], known), args[0]
    if verdict is None or verdict in (TRUE, FALSE):
        verdict, other = _decision(reading, args, known)
    if verdict is None:
        return _constants(reading, kind, args, known) or _member_compared(reading, args, known)
    is_equal = kind in ("eq", "is")
    if isinstance(other, Constant) and not isinstance(other.value, str):
        result = verdict if other.value else flip(verdict)
        return result if is_equal else flip(result)
    polarity = reading.polarity(_last_word(other))
    if polarity > 0:
        return Verdict(Sign.YES if is_equal else Sign.NO, verdict.guard)
    members = reading.members(other.path) if isinstance(other, Name) else ()
    if polarity < 0 and len(members) == 2:
        return Verdict(Sign.NO if is_equal else Sign.YES, verdict.guard)
    if polarity < 0:
        return Verdict(Sign.NO_OR_OTHER if is_equal else Sign.YES_OR_OTHER, verdict.guard)
    if sorted(map(reading.polarity, members)) == [-1, 0, 1]:
        return Verdict(Sign.THIRD if is_equal else Sign.NOT_THIRD, verdict.guard)
    return Verdict(Sign.COMPARED, verdict.guard)


def _decision(
    reading: Reading, args: tuple[Expression, ...], known: Environment
) -> tuple[Verdict | None, Expression]:
    """The verdict whose member is compared with a word that says yes or no, whatever the member is
    called: ``result.decision == "approved"``; and the word."""
    for value, word in (args, args[::-1]):
        if reading.polarity(_last_word(word)):
            owner = _owner(reading, value, known)
            if owner is not None and owner.sign in _ANSWERS:
                return owner, word
    return None, args[1]


def _member_compared(
    reading: Reading, args: tuple[Expression, ...], known: Environment
) -> Verdict | None:
    """A member of a verdict that is compared with a value: ``check.retcode != 0``. How it says no
    is unknown; that there is any such member says nothing."""
    for value, other in (args, args[::-1]):
        owner = _owner(reading, value, known) if other != Constant(None) else None
        if owner is not None and owner.sign in _ANSWERS and owner.guard >= 0:
            return Verdict(Sign.COMPARED, owner.guard)
    return None


def _owner(reading: Reading, value: Expression, known: Environment) -> Verdict | None:
    """The verdict that something is a member or an entry of."""
    if isinstance(value, Name):
        parts = value.path.split(".")
        bases = (".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1))
        return next((known[base] for base in bases if base in known), None)
    if isinstance(value, Attribute | Item):
        owner = reading.evaluate(value.value, known)
        return owner if owner is not None else _owner(reading, value.value, known)
    if not isinstance(value, Result):
        return None
    func = reading.calls[value.call].func
    if isinstance(func, Name) and func.path.endswith(".get"):
        return reading.evaluate(Name(func.path.removesuffix(".get")), known)
    if isinstance(func, Attribute) and func.name == "get":
        return reading.evaluate(func.value, known)
    return None


def _constants(
    reading: Reading, kind: str, args: tuple[Expression, ...], known: Environment
) -> Verdict | None:
    """A flag that a path has set to a constant, compared with a constant."""
    verdict, other = reading.evaluate(args[0], known), args[1]
    if verdict is None or isinstance(args[0], Constant) or not isinstance(other, Constant):
        return None
    if (counted := _counted(reading, kind, args, verdict)) is not None:
        return counted
    if other.value is False and verdict == FALSE and kind in ("is", "isnot"):
        return None  # It may be empty in another way.
    if other.value is True or other.value is False:
        is_same = (verdict == TRUE) is other.value
        return TRUE if is_same is (kind in ("eq", "is")) else FALSE
    if verdict == FALSE and other.value:
        # What is empty equals nothing that isn't.
        return FALSE if kind in ("eq", "is") else TRUE
    return None


def _counted(
    reading: Reading, kind: str, args: tuple[Expression, ...], verdict: Verdict | None
) -> Verdict | None:
    """How many elements a collection has, of which it is known whether it has any."""
    func = reading.calls[args[0].call].func if isinstance(args[0], Result) else None
    is_none = _NONE_LEFT.get((kind, args[1].value)) if isinstance(args[1], Constant) else None
    if verdict not in (TRUE, FALSE) or func != Name("len") or is_none is None:
        return None
    return flip(verdict) if is_none else verdict


_NONE_LEFT: dict[tuple[str, object], bool] = {
    ("gt", 0): False,
    ("ne", 0): False,
    ("ge", 1): False,
    ("eq", 0): True,
    ("lt", 1): True,
}


def read_containment(
    reading: Reading, kind: str, args: tuple[Expression, ...], known: Environment
) -> Verdict | None:
    if told := _read_line(reading, args, is_in=kind == "in"):
        return told
    verdict, options = reading.evaluate(args[0], known), args[1]
    if not isinstance(options, Operation):
        return None
    signs = {reading.polarity(_last_word(option)) for option in options.args}
    if verdict is None and 0 not in signs:
        owner = _owner(reading, args[0], known)
        verdict = owner if owner is not None and owner.sign in _ANSWERS else None
    if verdict is None or verdict.guard < 0:
        return None
    is_in = kind == "in"
    left = _members_left(reading, options.args)
    if left and all(reading.polarity(one) > 0 for one in left):
        return Verdict(Sign.NO if is_in else Sign.YES, verdict.guard)
    if signs == {1}:
        return Verdict(Sign.YES if is_in else Sign.NO, verdict.guard)
    if signs == {-1}:
        return Verdict(Sign.NO_OR_OTHER if is_in else Sign.YES_OR_OTHER, verdict.guard)
    return Verdict(Sign.COMPARED, verdict.guard)


def _read_line(reading: Reading, args: tuple[Expression, ...], *, is_in: bool) -> Verdict | None:
    """Whether one of several verdicts says no: ``False in results``; that one says yes is not
    enough."""
    guard = reading.lined_up(args[1]) if isinstance(args[0], Constant) else -1
    if guard < 0 or reading.guard_sign(guard) not in (Sign.YES, Sign.OBJECT):
        return None
    if args[0] == Constant(value=False):
        return Verdict(Sign.NO if is_in else Sign.YES, guard)
    return Verdict(Sign.WEAK, guard) if args[0] == Constant(value=True) else None


def _members_left(reading: Reading, options: tuple[Expression, ...]) -> frozenset[str]:
    """The members of an enumeration that are none of ``options``; none where it isn't known."""
    first = options[0] if options else None
    members = reading.members(first.path) if isinstance(first, Name) else ()
    return frozenset(members) - {_last_word(one) for one in options}


def read_order(
    reading: Reading, kind: str, args: tuple[Expression, ...], known: Environment
) -> Verdict | None:
    first, second = (reading.evaluate(argument, known) for argument in args)
    if (counted := _counted(reading, kind, args, first)) is not None:
        return counted
    for verdict, other in ((first, args[1]), (second, args[0])):
        if verdict is None or verdict.guard < 0:
            continue
        if verdict.sign is Sign.NO and isinstance(other, Constant) and other.value == 0:
            return verdict if kind in ("gt", "lt") else Verdict(Sign.COMPARED, verdict.guard)
        return Verdict(Sign.COMPARED, verdict.guard)
    return None


def _last_word(value: Expression) -> str:
    if isinstance(value, Constant):
        return str(value.value)
    if isinstance(value, Name):
        last = value.path.rpartition(".")[2]
        return (
            value.path.split(".")[-2] if last in ("value", "name") and "." in value.path else last
        )
    return ""
