"""Local collections that get only what a guard has said yes to."""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.fills.fills import read_fills
from botlint.checks.guards.paths import Walk
from botlint.checks.guards.question import Question
from botlint.checks.guards.states import Mark
from botlint.checks.roots import names_in
from botlint.facts.types import Function

Ask = Callable[[frozenset[str] | None], Question]


def is_vetted(function: Function, name: str, ask: Ask) -> bool:
    """Whether each element of the collection ``name`` is put in after a guard has said yes to it.

    ``ask`` makes the question for an element that comes from the given names.
    """
    fills = read_fills(function, name)
    if fills is None:
        return False
    for node, element in fills.puts:
        question = ask(names_in(element, function.calls) or None)
        reached = Walk(function, question, frozenset({node})).run()
        if any(s.status.mark is not Mark.GUARDED for number, s in reached if number == node):
            return False
    for filtered in fills.filtered:
        question = ask(names_in(filtered.args[0], function.calls) or None)
        walk = Walk(function, question, frozenset())
        if not any(walk.is_yes(condition) for condition in filtered.args[2:]):
            return False
    return True
