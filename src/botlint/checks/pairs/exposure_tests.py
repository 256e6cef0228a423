"""What a test after an entry says of the position: that it is there, or that no stop is wanted."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.fills.fates import Fate
from botlint.checks.fills.part_tests import PartTests
from botlint.checks.fills.statuses import Statuses
from botlint.checks.pairs.protections import ATTACHED
from botlint.checks.roots import Origins, have_common, names_given, names_in, words_in
from botlint.facts.types import (
    Constant,
    Expression,
    Item,
    Name,
    Operation,
    Result,
)
from botlint.project import CallRef, Project

_HELD = frozenset(
    {"position", "positions", "pos", "filled", "fill", "fills", "holding", "holdings", "result"}
    | {"response", "resp", "success", "ok", "executed", "order", "orders"}
)
_UNWANTED = (ATTACHED, "simulator")
_SIGNS = {"is": -1, "eq": -1, "isnot": 1, "ne": 1}


class Asking:
    """The tests of the function that an entry stands in."""

    def __init__(
        self, project: Project, entry: CallRef, given: frozenset[str] = frozenset()
    ) -> None:
        """``given`` are the names of what else tells of the order."""
        self._project = project
        self._entry = entry
        self._function = project.function(entry.function)
        self._statuses = Statuses(project, entry.function)
        self._origins = Origins(self._function)
        self._given = names_given(self._function, entry.call) | given
        self._parts = PartTests(project, entry.function, self._statuses)

    def truth(self, value: Expression | None, fate: Fate) -> bool | None:
        """Whether a test is true of an order of that fate; ``None`` if it doesn't tell. A status
        is taken to be that of the whole: what it leaves out is another rule's."""
        known = self._parts.truth(value) if fate is Fate.PARTIAL else None
        if known is None:
            known = self._statuses.truth(value, Fate.FULL)
        sign = self._tells(value) if known is None else 0
        return known if not sign else sign > 0

    def is_unknown(self, value: Expression | None) -> bool:
        """Whether a test looks at the order or at what is held, or asks if a stop is wanted."""
        return self._is_about_entry(value) or self._is_about_stops(value)

    def _tells(self, value: Expression | None) -> int:
        """What the truth of a test says: 1 that there is an answer, -1 that there is none."""
        if isinstance(value, Operation) and value.kind == "not":
            return -self._tells(value.args[0])
        if isinstance(value, Operation) and len(value.args) == 2:
            if value.args[1] != Constant(None):
                return 0
            return self._tells(value.args[0]) * _SIGNS.get(value.kind, 0)
        if value == Result(self._entry.call):
            return 1
        return 1 if isinstance(value, Name) and value.path in self._given else 0

    def _is_about_entry(self, value: Expression | None) -> bool:
        """Whether a test looks at the order's answer, or at what is held."""
        names = self._origins.closure(names_in(value, self._function.calls))
        if have_common(names, self._given):
            return True
        words = self._project.vocabulary.words
        said = names | self._said(value)
        return any(not words(name).isdisjoint(_HELD) for name in said)

    def _is_about_stops(self, value: Expression | None) -> bool:
        """Whether a test asks if a stop is wanted at all, what is set, or if this is for real."""
        roles = self._project.vocabulary.roles
        said = self._origins.closure(names_in(value, self._function.calls)) | self._said(value)
        if any(roles[role].plays_name(word) for role in _UNWANTED for word in said):
            return True
        parts = {part for word in said for part in word.split(".")}
        return any(roles["settings-record"].plays_name(one) or one.isupper() for one in parts)

    def _said(self, value: Expression | None) -> frozenset[str]:
        if value is None:
            return frozenset()
        results = [part for part in parts_of(value) if isinstance(part, Result)]
        calls = tuple(self._function.calls[one.call] for one in results)
        return words_in((value,), calls)


def parts_of(value: Expression) -> Iterator[Expression]:
    """A value with all that it is made of, but for the insides of calls."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, Operation):
            waiting += part.args
        elif isinstance(part, Item):
            waiting.append(part.value)
