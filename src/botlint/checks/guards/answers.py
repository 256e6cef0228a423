"""How a function guards by what it returns: its truth, one of its elements, its class, a word."""

from __future__ import annotations

from collections.abc import Callable, Collection

from botlint.checks.guards.contracts import is_told_apart, returned_sign
from botlint.checks.guards.elements import read_elements, read_handed, read_words
from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import Sign
from botlint.checks.guards.states import State
from botlint.facts.types import EXIT, Expression, Function


def read_answer(
    function: Function,
    reached: Collection[tuple[int, State]],
    guard_at: Callable[[int], Guard | None],
    polarity: Callable[[str], int],
    is_yes: Callable[[Expression], bool],
) -> Guard | None:
    """How the answer of a function guards, of which a walk has ``reached`` these states; ``is_yes``
    says whether the truth of a value says that its guard said yes."""
    if handed := read_handed(function, reached, guard_at):
        return handed
    sign = returned_sign([state for number, state in reached if number == EXIT])
    if sign is not None:
        return Guard(Sign.PAIR if is_told_apart(function, polarity) else sign)
    return read_elements(function, reached) or read_words(function, reached, is_yes)
