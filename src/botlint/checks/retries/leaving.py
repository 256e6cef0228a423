"""Does success leave the loop that a call stands in?

What variables hold for sure is followed: ``while order is None`` is over once the call has given an
order, ``while not done`` once ``done`` is true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from botlint.checks.roots import Origins, have_common, names_given, names_in, targets_in
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.ways import nodes_from, normally

Held = Mapping[str, bool]
"""The truth of variables that hold a constant, or what a call gave; ``#7`` of what call 7 gave."""


def is_left(
    function: Function, origins: Origins, number: int, is_other: Callable[[Node], bool]
) -> bool:
    """Whether no way from the normal end of call node ``number`` leads back to it, but for those
    past a node at which ``is_other`` says that another order's turn comes."""
    node = function.nodes[number]
    seen: set[tuple[int, frozenset[tuple[str, bool]]]] = set()
    waiting: list[tuple[int, Held]] = [(node.next, answered(node.call, is_given=True))]
    while waiting:
        at, held = waiting.pop()
        mark = (at, frozenset(held.items()))
        if at < 0 or mark in seen:
            continue
        if at == number:
            return False
        seen.add(mark)
        one = function.nodes[at]
        if is_other(one):
            continue
        held = bound(one, held)
        arms = [one.next, one.other]
        if one.kind is Kind.TEST:
            truth = truth_of(one.value, held)
            if truth is not None:
                arms = arms[:1] if truth else arms[1:]
            elif _is_about_answer(function, origins, one, node.call):
                arms = [
                    arm for arm in arms if number not in nodes_from(function, (arm,), normally)
                ] or arms
        waiting += [(arm, held) for arm in arms]
    return True


def answered(call: int, *, is_given: bool) -> Held:
    """What is held once a call has given something, or nothing."""
    return {f"#{call}": is_given}


def bound(node: Node, held: Held) -> Held:
    """``held`` after a node."""
    if node.kind not in (Kind.ASSIGN, Kind.AUGMENT, Kind.ITERATE):
        return held
    names = targets_in(node.target)
    if node.kind is Kind.ASSIGN and isinstance(node.target, Name):
        if isinstance(node.value, Constant):
            return {**held, node.target.path: bool(node.value.value)}
        truth = truth_of(node.value, held)
        if truth is not None:
            return {**held, node.target.path: truth}
    return held if held.keys().isdisjoint(names) else _without(held, names)


def truth_of(value: Expression | None, held: Held) -> bool | None:
    """The truth of a value, as far as what variables hold tells it."""
    if isinstance(value, Constant):
        return bool(value.value)
    if isinstance(value, Name):
        return held.get(value.path)
    if isinstance(value, Result):
        return held.get(f"#{value.call}")
    if not isinstance(value, Operation):
        return None
    if value.kind == "not":
        inner = truth_of(value.args[0], held)
        return None if inner is None else not inner
    if len(value.args) != 2:
        return None
    known, limit = truth_of(value.args[0], held), value.args[1]
    if known is None or not isinstance(limit, Constant):
        return None
    if (value.kind, limit) in _COUNTED:
        return known is _COUNTED[value.kind, limit]
    if value.kind not in ("is", "isnot", "eq", "ne"):
        return None
    if limit.value is not None and not isinstance(limit.value, bool):
        return None
    is_same = known is bool(limit.value)
    return is_same if value.kind in ("is", "eq") else not is_same


_COUNTED = {
    ("gt", Constant(0)): True,
    ("ge", Constant(1)): True,
    ("ne", Constant(0)): True,
    ("eq", Constant(0)): False,
    ("lt", Constant(1)): False,
    ("le", Constant(0)): False,
}
"""What a comparison of a counter says of its truth."""


def counted(node: Node, held: Held) -> Held:
    """``held`` after a node that begins another round: the counter of attempts is above zero."""
    is_counting = node.kind in (Kind.ITERATE, Kind.AUGMENT) and isinstance(node.target, Name)
    if is_counting and isinstance(node.target, Name) and is_attempt(node.target.path):
        return {**held, node.target.path: True}
    return held


def is_attempt(name: str) -> bool:
    """Whether a name counts attempts."""
    return not _ATTEMPTS.isdisjoint(name.casefold().split("_")) or name == "_"


_ATTEMPTS = frozenset(
    {"attempt", "attempts", "retry", "retries", "try", "tries", "trial", "i", "n", "count"}
)


def _without(held: Held, names: tuple[str, ...]) -> Held:
    return {name: truth for name, truth in held.items() if name not in names}


def _is_about_answer(function: Function, origins: Origins, node: Node, call: int) -> bool:
    """Whether a test looks at what a call gave."""
    names = origins.closure(names_in(node.value, function.calls))
    return have_common(names, names_given(function, call))
