"""What names are known to hold of a verdict once a value has been bound to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from botlint.checks.guards.elements import unpacked
from botlint.checks.guards.question import Guard, Question
from botlint.checks.guards.signs import FALSE, TRUE, Sign, Verdict
from botlint.checks.guards.verdicts import Reading
from botlint.checks.roots import gathered
from botlint.facts.types import Expression, Function, Name, Operation, Result

_SAID = (Sign.OBJECT, Sign.PAIR, Sign.YES)


class Binding(NamedTuple):
    """Reads the bindings of one function.

    ``guard`` says how a call guards this order; ``flags`` are the names whose constants matter.
    """

    function: Function
    question: Question
    reading: Reading
    guard: Callable[[int], Guard | None]
    flags: frozenset[str]

    def told(
        self, target: Expression | None, value: Expression | None, known: Mapping[str, Verdict]
    ) -> dict[str, Verdict | None]:
        """What the names in ``target`` hold after it; ``None``: nothing that is known."""
        if type(target) is Operation and target.kind == "tuple":
            return self._told_apart(target, value, known)
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

    def _told_apart(
        self, target: Operation, value: Expression | None, known: Mapping[str, Verdict]
    ) -> dict[str, Verdict | None]:
        value = gathered(value, self.function.calls)
        if type(value) is Operation and value.kind == "tuple":
            if len(value.args) != len(target.args):
                return {}
            parts = zip(target.args, value.args, strict=True)
            return {k: v for t, p in parts for k, v in self.told(t, p, known).items()}
        verdict = self.reading.evaluate(value, known)
        if verdict is None or verdict.sign not in _SAID:
            return {}
        guard = self.guard(verdict.guard) if verdict.guard >= 0 else None
        return unpacked(target, verdict, guard, self.question.polarity)
