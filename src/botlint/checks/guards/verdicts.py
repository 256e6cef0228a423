"""What a value says about a guard's verdict.

A guard's verdict travels: through variables, ``not``, members (``result.ok``), pairs, comparisons
and constants that a handler puts in its place. :func:`Reading.evaluate` says, for one value on one
path, what its being true would mean.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from botlint.checks.guards.chosen import is_unrun, read_comprehension
from botlint.checks.guards.comparisons import read_containment, read_equality, read_order
from botlint.checks.guards.kinds import kind_made, read_kind
from botlint.checks.guards.question import compares_nothing, lines_up_nothing
from botlint.checks.guards.signs import COMPARED, FALSE, TRUE, Environment, Sign, Verdict, flip
from botlint.checks.roots import keyed_entries
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

_TRANSPARENT = frozenset(
    {"bool", "len", "list", "tuple", "set", "cast", "all", "any", "sum", "next"}
)
_EMPTY = frozenset({"list", "tuple", "set", "dict"})
_JOINING = {"all": "and", "any": "or"}
_BOOLEAN = {"and": "and", "or": "or", "&": "and", "|": "or"}
_AWAITING = frozenset({"wait_for", "shield", "create_task", "ensure_future"})
_ORDERED = frozenset({"lt", "le", "gt", "ge"})
_DISPLAYS = frozenset({"tuple", "list", "set", "dict"})


class Reading(NamedTuple):
    """How the values of one function are read.

    ``guard_sign`` says what the result of a guard call is (``None``: no guard), ``named_sign`` what
    a name or key that plays a guard's role says, ``polarity`` whether a word is one of refusal
    (-1), of consent (1) or neither (0), ``members`` the members of an enumeration beside one,
    ``compares`` whether a comparison is a verdict by itself, ``lined_up`` a guard whose verdict is
    in a collection (-1: none).
    """

    calls: tuple[Call, ...]
    guard_sign: Callable[[int], Sign | None]
    named_sign: Callable[[str], Sign | None]
    polarity: Callable[[str], int]
    members: Callable[[str], tuple[str, ...]]
    compares: Callable[[Expression], bool] = compares_nothing
    lined_up: Callable[[Expression], int] = lines_up_nothing

    def evaluate(self, value: Expression | None, known: Environment) -> Verdict | None:
        """What the truth of ``value`` says, ``None`` if nothing."""
        if value is None:
            return FALSE
        if type(value) is Constant:
            return TRUE if value.value else FALSE
        if type(value) is Name:
            return self._name(value.path, known)
        if type(value) is Result:
            return self._result(value.call, known)
        if type(value) is Attribute:
            return self._member(self.evaluate(value.value, known), value.name)
        if type(value) is Item:
            return self._item(value, known)
        if type(value) is Operation:
            return self._operation(value, known)
        return None

    def returned(self, value: Expression | None, known: Environment) -> Verdict | None:
        """What a caller that looks at the verdict in a returned ``value`` is told."""
        if isinstance(value, Operation) and value.kind == "tuple" and value.args:
            return self.evaluate(value.args[0], known)
        for key, entry in keyed_entries(value):
            if polarity := self.polarity(key):
                verdict = self.evaluate(entry, known)
                return verdict if polarity > 0 else flip(verdict)
        if isinstance(value, Result):
            call = self.calls[value.call]
            for name, entry in call.keywords:
                if name and self.polarity(name) > 0:
                    return self.evaluate(entry, known)
            if kind := kind_made(call, self.polarity):
                return TRUE if kind > 0 else FALSE
        return self.evaluate(value, known)

    def _name(self, path: str, known: Environment) -> Verdict | None:
        verdict = known.get(path)
        if verdict is not None:
            return verdict
        base, _, last = path.rpartition(".")
        while base:
            owner = known.get(base)
            if owner is not None:
                return self._member(owner, last)
            base = base.rpartition(".")[0]
        sign = self.named_sign(path)
        return Verdict(sign) if sign is not None else None

    def _result(self, number: int, known: Environment) -> Verdict | None:
        sign = self.guard_sign(number)
        if sign is not None:
            named = known.get(f"#{number}", TRUE)
            return named if named.sign is Sign.NO else Verdict(sign, number)
        call = self.calls[number]
        if type(call.func) is Name:
            base, _, last = call.func.path.rpartition(".")
            receiver: Expression | None = Name(base) if base else None
        elif type(call.func) is Attribute:
            receiver, last = call.func.value, call.func.name
        else:
            return None
        if last in _AWAITING and call.args:
            return self.evaluate(call.args[0], known)
        if receiver is None:
            return self._builtin(last, call, known)
        owner = self.evaluate(receiver, known)
        if last == "result" and owner is not None:
            return owner
        if last == "get" and call.args and type(call.args[0]) is Constant:
            key = str(call.args[0].value)
            return self._member(owner, key) or self._named(key)
        return self._member(owner, last)

    def _builtin(self, name: str, call: Call, known: Environment) -> Verdict | None:
        if name == "isinstance":
            return read_kind(self, call.args, known)
        if name == "getattr" and len(call.args) > 1 and isinstance(call.args[1], Constant):
            key = str(call.args[1].value)
            return self._member(self.evaluate(call.args[0], known), key) or self._named(key)
        if name == "getenv" and call.args and isinstance(call.args[0], Constant):
            return self._named(str(call.args[0].value))
        if name == "next" and len(call.args) > 1 and self.evaluate(call.args[1], known) != FALSE:
            return None
        if name in _EMPTY and not call.args and not call.keywords:
            return FALSE
        if name not in _TRANSPARENT or not call.args:
            return None
        if name in _JOINING and (parts := _listed(call.args[0])):
            return self._boolean(_JOINING[name], parts, known)
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
        if owner is not None and owner.sign is Sign.COMPARED:
            return owner
        if owner is None or owner.sign not in (Sign.OBJECT, Sign.PAIR, Sign.YES, Sign.NO):
            return None
        polarity = self.polarity(name)
        if polarity == 0:
            return None
        return Verdict(Sign.YES if polarity > 0 else Sign.NO, owner.guard)

    def _item(self, value: Item, known: Environment) -> Verdict | None:
        if not isinstance(value.key, Constant):
            return None
        if isinstance(value.value, Operation) and isinstance(value.key.value, int):
            parts = value.value.args if value.value.kind == "tuple" else ()
            if 0 <= value.key.value < len(parts):
                return self.evaluate(parts[value.key.value], known)
        owner = self.evaluate(value.value, known)
        if isinstance(value.key.value, str):
            return self._member(owner, value.key.value) or self._named(value.key.value)
        if owner is not None and owner.sign is Sign.COMPARED:
            return owner
        if owner is not None and value.key.value == 0 and owner.sign in (Sign.OBJECT, Sign.PAIR):
            return Verdict(Sign.YES, owner.guard)
        return None

    def _operation(self, value: Operation, known: Environment) -> Verdict | None:
        kind, args = value.kind, value.args
        if kind == "not":
            return flip(self.evaluate(args[0], known))
        if kind in ("await", "entered", "star"):
            return self.evaluate(args[0], known)
        if kind in _BOOLEAN:
            return self._boolean(_BOOLEAN[kind], args, known)
        if kind == "if":
            return self._choice(args, known)
        if kind == "comprehension":
            return read_comprehension(self, args, known)
        if kind in ("eq", "ne", "is", "isnot"):
            return read_equality(self, kind, args, known)
        if kind == "isinstance":
            return read_kind(self, args, known)
        if kind in ("in", "notin"):
            return read_containment(self, kind, args, known)
        if kind in _ORDERED:
            return COMPARED if self.compares(value) else read_order(self, kind, args, known)
        return self._display(args, kind, known) if kind in _DISPLAYS else None

    def _display(self, args: tuple[Expression, ...], kind: str, known: Environment) -> Verdict:
        if kind == "tuple":
            first = self.evaluate(args[0], known) if args else None
            if first is not None and first.sign in (Sign.YES, Sign.OBJECT):
                return Verdict(Sign.PAIR, first.guard)
            return TRUE if args else FALSE
        told = [self.evaluate(part, known) for part in args]
        answers = [one.guard for one in told if one is not None and one.guard >= 0]
        if answers:  # Which of them decides, and how, is for who reads them.
            return Verdict(Sign.COMPARED, answers[-1])
        return TRUE if args else FALSE

    def _boolean(
        self, kind: str, args: tuple[Expression, ...], known: Environment
    ) -> Verdict | None:
        """``a and b`` is true only if both are; an operand that did not run decides by itself."""
        found: list[Verdict | None] = []
        for operand in args:
            if is_unrun(operand, known, self):
                return _joined(kind, [*found, FALSE if kind == "and" else TRUE])
            found.append(self.evaluate(operand, known))
        return _joined(kind, found)

    def _choice(self, args: tuple[Expression, ...], known: Environment) -> Verdict | None:
        if is_unrun(args[1], known, self):
            return self.evaluate(args[2], known)
        if is_unrun(args[2], known, self):
            return self.evaluate(args[1], known)
        test, first, second = (self.evaluate(argument, known) for argument in args)
        if first == TRUE and second == FALSE:
            return test
        if first == FALSE and second == TRUE:
            return flip(test)
        if test in (TRUE, FALSE):
            return first if test == TRUE else second
        if FALSE in (first, second):
            return _joined("and", [test, first] if second == FALSE else [flip(test), second])
        if TRUE in (first, second):
            return _joined("or", [test, second] if first == TRUE else [flip(test), first])
        return first if first == second else None


def _joined(kind: str, verdicts: list[Verdict | None]) -> Verdict | None:
    """What the truth of operands says that ``and`` or ``or`` join."""
    neutral, absorbing = (Sign.TRUE, FALSE) if kind == "and" else (Sign.FALSE, TRUE)
    keeps = (Sign.YES, Sign.OBJECT) if kind == "and" else (Sign.NO,)
    deciding = [one for one in verdicts if one is None or one.sign is not neutral]
    if not deciding:
        return TRUE if kind == "and" else FALSE
    if len(deciding) == 1:
        return deciding[0]
    found: Verdict | None = None
    for verdict in deciding:
        if verdict is None:
            continue
        if verdict.sign is absorbing.sign:
            return absorbing
        if verdict == COMPARED:
            return COMPARED
        if verdict.sign in keeps:
            found = Verdict(Sign.YES if kind == "and" else Sign.NO, verdict.guard)
        elif found is None:
            found = Verdict(Sign.WEAK, verdict.guard)
    return found


def _listed(value: Expression) -> tuple[Expression, ...]:
    """The elements of a list that is written out, ``()`` for any other value."""
    if not isinstance(value, Operation) or value.kind not in ("list", "tuple", "set"):
        return ()
    has_star = any(isinstance(part, Operation) and part.kind == "star" for part in value.args)
    return () if has_star else value.args
