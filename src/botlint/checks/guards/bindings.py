"""What the names of a binding hold: a verdict, a part of one, or a constant that matters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from botlint.checks.guards.elements import unpacked
from botlint.checks.guards.question import Guard, Question
from botlint.checks.guards.signs import FALSE, TRUE, Sign, Verdict
from botlint.checks.guards.verdicts import Reading
from botlint.checks.roots import gathered
from botlint.facts.types import Expression, Function, Name, Operation, Result

Told = dict[str, Verdict | None]


class Bindings(NamedTuple):
    """The bindings of one function; ``flags`` are the variables in which constants matter."""

    function: Function
    reading: Reading
    guard_at: Callable[[int], Guard | None]
    question: Question
    flags: frozenset[str]

    def told(
        self, target: Expression | None, value: Expression | None, known: Mapping[str, Verdict]
    ) -> Told:
        """What each name of ``target`` holds once it is bound to ``value``; ``None``: nothing."""
        if type(target) is Operation and target.kind == "tuple":
            return self._unpacked(target, value, known)
        if type(target) is not Name:
            return {}
        verdict = self.reading.evaluate(value, known)
        if verdict in (TRUE, FALSE) and target.path not in self.flags:
            return {}
        made = self.question.made_by(value, target.path) if self.question.held else {}
        if verdict is not None and verdict.sign is Sign.OBJECT:
            last = target.path.rpartition(".")[2]
            if self.question.polarity(last) < 0:
                verdict = Verdict(Sign.NO, verdict.guard)
                if value == Result(verdict.guard):  # A walrus: what is tested is the call.
                    return {target.path: verdict, f"#{verdict.guard}": verdict, **made}
        return {target.path: verdict, **made}

    def _unpacked(
        self, target: Operation, value: Expression | None, known: Mapping[str, Verdict]
    ) -> Told:
        value = gathered(value, self.function.calls)
        if type(value) is Operation and value.kind == "tuple":
            if len(value.args) != len(target.args):
                return {}
            parts = zip(target.args, value.args, strict=True)
            return {k: v for t, p in parts for k, v in self.told(t, p, known).items()}
        verdict = self.reading.evaluate(value, known)
        if verdict is None or verdict.sign not in (Sign.OBJECT, Sign.PAIR, Sign.YES):
            return {}
        guard = self.guard_at(verdict.guard) if verdict.guard >= 0 else None
        return unpacked(target, verdict, guard, self.question.polarity)
