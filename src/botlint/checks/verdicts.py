"""What a value says about a guard's verdict.

A guard's verdict travels: through variables, ``not``, members (``result.ok``), pairs, comparisons and
constants that a handler puts in its place. :func:`Reading.evaluate` says, for one value on one path,
what its being true would mean.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import NamedTuple

from botlint.facts.types import (
    Attribute,
    Call,
    Constant,
    Expression,
    Item,
    Name,
    Operation,
    Result,
)


class Sign(enum.Enum):
    """What the truth of a value means."""

    TRUE = "true"
    """It is always true."""
    FALSE = "false"
    """It is always false."""
    YES = "yes"
    """It is true only if the guard said yes."""
    NO = "no"
    """It is false only if the guard said yes."""
    OBJECT = "object"
    """The guard's own result: its truth says yes, and its members may say more."""
    PAIR = "pair"
    """A tuple whose first element says yes; its own truth says nothing."""
    YES_OR_OTHER = "yes or other"
    """It is false for one refusal; any other outcome, known or not, makes it true."""
    NO_OR_OTHER = "no or other"
    """It is true for one refusal; any other outcome, known or not, makes it false."""
    COMPARED = "compared"
    """The result is compared with a number or the like: true and false differ, how is unknown."""
    WEAK = "weak"
    """The verdict is one of several reasons: neither outcome tells it."""


class Verdict(NamedTuple):
    """``sign`` about the verdict of guard call number ``guard`` (``-1``: of no guard)."""

    sign: Sign
    guard: int = -1


TRUE = Verdict(Sign.TRUE)
FALSE = Verdict(Sign.FALSE)

Environment = Mapping[str, Verdict]
"""What variables hold; ``#7`` is there if call 7 has returned on this path."""

_FLIPPED = {
    Sign.TRUE: Sign.FALSE,
    Sign.FALSE: Sign.TRUE,
    Sign.YES: Sign.NO,
    Sign.NO: Sign.YES,
    Sign.OBJECT: Sign.NO,
    Sign.PAIR: Sign.FALSE,
    Sign.YES_OR_OTHER: Sign.NO_OR_OTHER,
    Sign.NO_OR_OTHER: Sign.YES_OR_OTHER,
}
_TRANSPARENT = frozenset({"bool", "len", "list", "tuple", "set", "cast", "all", "any", "sum"})
_ORDERED = frozenset({"lt", "le", "gt", "ge"})


def flip(verdict: Verdict | None) -> Verdict | None:
    """The verdict of ``not value``."""
    if verdict is None:
        return None
    return Verdict(_FLIPPED.get(verdict.sign, verdict.sign), verdict.guard)


class Reading(NamedTuple):
    """How the values of one function are read.

    ``guard_sign`` says what the result of a guard call is (``None``: no guard), ``named_sign`` what
    a name or key that plays a guard's role says, ``polarity`` whether a word is one of refusal
    (-1), of consent (1) or neither (0), ``is_binary`` whether an enumeration has two members only.
    """

    calls: tuple[Call, ...]
    guard_sign: Callable[[int], Sign | None]
    named_sign: Callable[[str], Sign | None]
    polarity: Callable[[str], int]
    is_binary: Callable[[str], bool]

    def evaluate(self, value: Expression | None, known: Environment) -> Verdict | None:
        """What the truth of ``value`` says, ``None`` if nothing."""
        if value is None:
            return FALSE
        if isinstance(value, Constant):
            return TRUE if value.value else FALSE
        if isinstance(value, Name):
            return self._name(value.path, known)
        if isinstance(value, Result):
            return self._result(value.call, known)
        if isinstance(value, Attribute):
            return self._member(self.evaluate(value.value, known), value.name)
        if isinstance(value, Item):
            return self._item(value, known)
        if isinstance(value, Operation):
            return self._operation(value, known)
        return None

    def returned(self, value: Expression | None, known: Environment) -> Verdict | None:
        """What a caller that looks at the verdict in a returned ``value`` is told."""
        if isinstance(value, Operation) and value.kind == "tuple" and value.args:
            return self.evaluate(value.args[0], known)
        if isinstance(value, Operation) and value.kind == "dict":
            for key, entry in zip(value.args[::2], value.args[1::2], strict=True):
                if isinstance(key, Constant) and isinstance(key.value, str):
                    polarity = self.polarity(key.value)
                    if polarity:
                        verdict = self.evaluate(entry, known)
                        return verdict if polarity > 0 else flip(verdict)
        if isinstance(value, Result):
            call = self.calls[value.call]
            for name, entry in call.keywords:
                if name and self.polarity(name) > 0:
                    return self.evaluate(entry, known)
        return self.evaluate(value, known)

    def _name(self, path: str, known: Environment) -> Verdict | None:
        verdict = known.get(path)
        if verdict is not None:
            return verdict
        base, _, last = path.rpartition(".")
        if base:
            owner = known.get(base)
            if owner is not None:
                return self._member(owner, last)
        sign = self.named_sign(path)
        return Verdict(sign) if sign is not None else None

    def _result(self, number: int, known: Environment) -> Verdict | None:
        sign = self.guard_sign(number)
        if sign is not None:
            return Verdict(sign, number)
        call = self.calls[number]
        if isinstance(call.func, Name):
            base, _, last = call.func.path.rpartition(".")
            receiver: Expression | None = Name(base) if base else None
        elif isinstance(call.func, Attribute):
            receiver, last = call.func.value, call.func.name
        else:
            return None
        if receiver is None:
            return self._builtin(last, call, known)
        owner = self.evaluate(receiver, known)
        if last == "get" and call.args and isinstance(call.args[0], Constant):
            key = str(call.args[0].value)
            return self._member(owner, key) or self._named(key)
        return self._member(owner, last)

    def _builtin(self, name: str, call: Call, known: Environment) -> Verdict | None:
        if name == "getattr" and len(call.args) > 1 and isinstance(call.args[1], Constant):
            key = str(call.args[1].value)
            return self._member(self.evaluate(call.args[0], known), key) or self._named(key)
        if name == "getenv" and call.args and isinstance(call.args[0], Constant):
            return self._named(str(call.args[0].value))
        if name not in _TRANSPARENT or not call.args:
            return None
        verdict = self.evaluate(call.args[-1] if name == "cast" else call.args[0], known)
        if verdict is None:
            return None
        if name == "any" and verdict.sign is not Sign.NO:
            return Verdict(Sign.WEAK, verdict.guard)
        if name == "all" and verdict.sign is Sign.NO:
            return Verdict(Sign.WEAK, verdict.guard)
        return verdict

    def _named(self, key: str) -> Verdict | None:
        sign = self.named_sign(key)
        return Verdict(sign) if sign is not None else None

    def _member(self, owner: Verdict | None, name: str) -> Verdict | None:
        if owner is None or owner.sign not in (Sign.OBJECT, Sign.PAIR, Sign.YES, Sign.NO):
            return None
        polarity = self.polarity(name)
        if polarity == 0:
            return None
        return Verdict(Sign.YES if polarity > 0 else Sign.NO, owner.guard)

    def _item(self, value: Item, known: Environment) -> Verdict | None:
        owner = self.evaluate(value.value, known)
        if not isinstance(value.key, Constant):
            return None
        if isinstance(value.key.value, str):
            return self._member(owner, value.key.value) or self._named(value.key.value)
        if owner is not None and value.key.value == 0 and owner.sign in (Sign.OBJECT, Sign.PAIR):
            return Verdict(Sign.YES, owner.guard)
        return None

    def _operation(self, value: Operation, known: Environment) -> Verdict | None:
        kind, args = value.kind, value.args
        if kind == "not":
            return flip(self.evaluate(args[0], known))
        if kind in ("await", "entered", "star"):
            return self.evaluate(args[0], known)
        if kind in ("and", "or"):
            return self._boolean(kind, args, known)
        if kind == "if":
            return self._choice(args, known)
        if kind == "comprehension":
            return self.evaluate(args[0], known)
        if kind in ("eq", "ne", "is", "isnot"):
            return self._compared(kind, args, known)
        if kind in ("in", "notin"):
            return self._contained(kind, args, known)
        if kind in _ORDERED:
            return self._ordered(kind, args, known)
        if kind in ("tuple", "list", "set", "dict") and not args:
            return FALSE
        if kind == "tuple":
            first = self.evaluate(args[0], known)
            return Verdict(Sign.PAIR, first.guard) if first is not None else TRUE
        if kind in ("list", "set", "dict"):
            return TRUE
        return None

    def _boolean(
        self, kind: str, args: tuple[Expression, ...], known: Environment
    ) -> Verdict | None:
        """``a and b`` is true only if both are; an operand that did not run decides by itself."""
        neutral, absorbing = (Sign.TRUE, FALSE) if kind == "and" else (Sign.FALSE, TRUE)
        keeps = (Sign.YES, Sign.OBJECT) if kind == "and" else (Sign.NO,)
        found: Verdict | None = None
        for operand in args:
            if _is_unrun(operand, known, self):
                return absorbing
            verdict = self.evaluate(operand, known)
            if verdict is None or verdict.sign is neutral:
                continue
            if verdict.sign is absorbing.sign:
                return absorbing
            if verdict.sign in keeps:
                sign = Sign.YES if kind == "and" else Sign.NO
                found = Verdict(sign, verdict.guard)
            elif found is None:
                found = Verdict(Sign.WEAK, verdict.guard)
        return found

    def _choice(self, args: tuple[Expression, ...], known: Environment) -> Verdict | None:
        test, first, second = (self.evaluate(argument, known) for argument in args)
        if _is_unrun(args[1], known, self):
            return second
        if _is_unrun(args[2], known, self):
            return first
        if first == TRUE and second == FALSE:
            return test
        if first == FALSE and second == TRUE:
            return flip(test)
        if test in (TRUE, FALSE):
            return first if test == TRUE else second
        return first if first == second else None

    def _compared(
        self, kind: str, args: tuple[Expression, ...], known: Environment
    ) -> Verdict | None:
        verdict, other = self.evaluate(args[0], known), args[1]
        if verdict is None or verdict.guard < 0 and verdict in (TRUE, FALSE):
            verdict, other = self.evaluate(args[1], known), args[0]
        if verdict is None or verdict in (TRUE, FALSE):
            return self._constants(kind, args, known)
        is_equal = kind in ("eq", "is")
        if isinstance(other, Constant) and not isinstance(other.value, str):
            result = verdict if other.value else flip(verdict)
            return result if is_equal else flip(result)
        polarity = self.polarity(_last_word(other))
        if polarity > 0:
            return Verdict(Sign.YES if is_equal else Sign.NO, verdict.guard)
        if polarity < 0 and isinstance(other, Name) and self.is_binary(other.path):
            return Verdict(Sign.NO if is_equal else Sign.YES, verdict.guard)
        if polarity < 0:
            return Verdict(Sign.NO_OR_OTHER if is_equal else Sign.YES_OR_OTHER, verdict.guard)
        return Verdict(Sign.COMPARED, verdict.guard)

    def _constants(
        self, kind: str, args: tuple[Expression, ...], known: Environment
    ) -> Verdict | None:
        """A flag that a path has set to a constant, compared with a constant."""
        verdict, other = self.evaluate(args[0], known), args[1]
        if verdict is None or isinstance(args[0], Constant) or not isinstance(other, Constant):
            return None
        if other.value is True or other.value is False:
            is_same = (verdict == TRUE) is other.value
            return TRUE if is_same is (kind in ("eq", "is")) else FALSE
        return None

    def _contained(
        self, kind: str, args: tuple[Expression, ...], known: Environment
    ) -> Verdict | None:
        verdict, options = self.evaluate(args[0], known), args[1]
        if verdict is None or verdict.guard < 0 or not isinstance(options, Operation):
            return None
        signs = {self.polarity(_last_word(option)) for option in options.args}
        is_in = kind == "in"
        if signs == {1}:
            return Verdict(Sign.YES if is_in else Sign.NO, verdict.guard)
        if signs == {-1}:
            return Verdict(Sign.NO_OR_OTHER if is_in else Sign.YES_OR_OTHER, verdict.guard)
        return Verdict(Sign.COMPARED, verdict.guard)

    def _ordered(
        self, kind: str, args: tuple[Expression, ...], known: Environment
    ) -> Verdict | None:
        first, second = (self.evaluate(argument, known) for argument in args)
        for verdict, other in ((first, args[1]), (second, args[0])):
            if verdict is None or verdict.guard < 0:
                continue
            if verdict.sign is Sign.NO and isinstance(other, Constant) and other.value == 0:
                return verdict if kind in ("gt", "lt") else Verdict(Sign.COMPARED, verdict.guard)
            return Verdict(Sign.COMPARED, verdict.guard)
        return None


def _is_unrun(value: Expression, known: Environment, reading: Reading) -> bool:
    """Whether ``value`` is a guard's result that this path has not asked for."""
    if isinstance(value, Operation) and value.kind in ("not", "await") and value.args:
        return _is_unrun(value.args[0], known, reading)
    if not isinstance(value, Result) or reading.guard_sign(value.call) is None:
        return False
    return f"#{value.call}" not in known


def _last_word(value: Expression) -> str:
    if isinstance(value, Constant):
        return str(value.value)
    if isinstance(value, Name):
        last = value.path.rpartition(".")[2]
        return (
            value.path.split(".")[-2] if last in ("value", "name") and "." in value.path else last
        )
    return ""
