"""Verdicts that a function returns as one element among others: ``return price, amount, error``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import Sign, Verdict
from botlint.checks.guards.states import Mark, State
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Operation, Result

_Args = tuple[Expression, ...]
_EMPTY = frozenset({"tuple", "list", "set", "dict"})


def read_handed(
    function: Function,
    reached: Iterable[tuple[int, State]],
    guard_at: Callable[[int], Guard | None],
) -> Guard | None:
    """How a function guards that only hands on a result with the verdict among its elements."""
    numbers = {number for number, _ in reached if function.nodes[number].kind is Kind.RETURN}
    found: set[Guard | None] = set()
    for number in numbers:
        value = function.nodes[number].value
        found.add(guard_at(value.call) if isinstance(value, Result) else None)
    guard = found.pop() if len(found) == 1 else None
    return guard if guard is not None and guard.element >= 0 else None


def read_elements(function: Function, reached: Iterable[tuple[int, State]]) -> Guard | None:
    """How a function guards by one element of the tuples that it returns: it is constant where the
    guard has said yes, and another value wherever it hasn't."""
    marks: dict[int, set[Mark]] = {}
    for number, state in reached:
        if function.nodes[number].kind is Kind.RETURN:
            marks.setdefault(number, set()).add(state.status.mark)
    positive: list[tuple[Expression, ...]] = []
    negative: list[tuple[Expression, ...]] = []
    for number, found in sorted(marks.items()):
        value = function.nodes[number].value
        if not isinstance(value, Operation) or value.kind != "tuple":
            return None
        (positive if found == {Mark.GUARDED} else negative).append(value.args)
    return _told(positive, negative)


def read_words(
    function: Function,
    reached: Iterable[tuple[int, State]],
    is_yes: Callable[[Expression], bool],
) -> Guard | None:
    """How a function guards that answers by a word: ``"BUY"`` only where the guard has said yes,
    and other words elsewhere. Which is which, its caller knows."""
    said: dict[bool, set[Expression | None]] = {True: set(), False: set()}
    for number, state in reached:
        node = function.nodes[number]
        if node.kind is Kind.RETURN:
            is_guarded = state.status.mark is Mark.GUARDED
            for word, is_consent in _words(node.value, is_yes, is_guarded=is_guarded):
                if not _is_word(word):
                    return None
                said[is_consent].add(word)
    is_told = said[True] and said[False] and said[True].isdisjoint(said[False])
    return Guard(Sign.COMPARED) if is_told else None


def _words(
    value: Expression | None, is_yes: Callable[[Expression], bool], *, is_guarded: bool
) -> Iterator[tuple[Expression | None, bool]]:
    """What a returned value may be, each with whether a guard has said yes then: of ``ALLOW if
    preflight(order) else DENY`` the first."""
    if not isinstance(value, Operation) or value.kind != "if":
        yield value, is_guarded
        return
    test, then, otherwise = value.args
    is_then, is_otherwise = is_yes(test), is_yes(Operation("not", (test,)))
    if is_then or is_otherwise:
        yield from _words(then, is_yes, is_guarded=is_then)
        yield from _words(otherwise, is_yes, is_guarded=is_otherwise)
    else:
        yield from _words(then, is_yes, is_guarded=is_guarded)
        yield from _words(otherwise, is_yes, is_guarded=is_guarded)


def _is_word(value: Expression | None) -> bool:
    """Whether a value is a literal text, or a member of an enumeration."""
    if isinstance(value, Constant):
        return isinstance(value.value, str)
    return isinstance(value, Name) and value.path.rpartition(".")[2].isupper()


def reason_in(function: Function) -> int:
    """Which element of the pairs that a function returns is there for a no, and empty for a yes:
    ``(True, None)`` and ``(False, "too small")``; -1 if none is."""
    pairs = {True: list[_Args](), False: list[_Args]()}
    for node in function.nodes:
        if node.kind is Kind.RETURN:
            value = node.value
            if not isinstance(value, Operation) or value.kind != "tuple":
                return -1
            first = value.args[0] if value.args else None
            if not isinstance(first, Constant) or not isinstance(first.value, bool):
                return -1
            pairs[first.value].append(value.args)
    told = _told(pairs[True], pairs[False])
    return told.element if told is not None and told.sign is Sign.NO else -1


def unpacked(
    target: Operation, verdict: Verdict, guard: Guard | None, polarity: Callable[[str], int]
) -> dict[str, Verdict | None]:
    """The part of an unpacked result that holds the verdict: the one that the guard says it by, one
    with a telling name, or the first."""
    if guard is not None and guard.sign is not None and guard.element >= 0:
        part = target.args[guard.element] if guard.element < len(target.args) else None
        return {part.path: Verdict(guard.sign, verdict.guard)} if isinstance(part, Name) else {}
    names = [part.path for part in target.args if isinstance(part, Name)]
    telling = [name for name in names if polarity(name) > 0]
    chosen = telling[0] if telling else names[0] if names else ""
    sign = Sign.NO if polarity(chosen) < 0 else Sign.YES
    told: dict[str, Verdict | None] = {chosen: Verdict(sign, verdict.guard)}
    if guard is not None and 0 <= guard.reason < len(target.args):
        reason = target.args[guard.reason]
        if isinstance(reason, Name):
            told[reason.path] = Verdict(Sign.NO, verdict.guard)
    return told


def _told(
    positive: list[tuple[Expression, ...]], negative: list[tuple[Expression, ...]]
) -> Guard | None:
    if not positive or not negative or len({len(args) for args in (*positive, *negative)}) != 1:
        return None
    for position in range(1, len(positive[0])):
        yes = {_truth(args[position]) for args in positive}
        no = {_truth(args[position]) for args in negative}
        if yes == {True} and no == {False}:
            return Guard(Sign.YES, element=position)
        if yes == {False} and False not in no:
            return Guard(Sign.NO, element=position)
    return None


def _truth(value: Expression) -> bool | None:
    """Whether a value is true, as far as it is written; ``None`` where it can't be told."""
    if isinstance(value, Constant):
        return bool(value.value)
    if isinstance(value, Operation) and value.kind in _EMPTY:
        return bool(value.args)
    return True if isinstance(value, Operation) and value.kind == "fstring" else None
