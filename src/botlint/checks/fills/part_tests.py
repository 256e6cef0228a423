"""What a comparison of the filled quantity with what was asked for says of an order that was filled
in part."""

from __future__ import annotations

from botlint.checks.fills.bookings import Bookings
from botlint.checks.fills.measured import Measured
from botlint.checks.fills.statuses import Statuses
from botlint.checks.reads import last_segment
from botlint.facts.types import Attribute, Constant, Expression, Item, Name, Operation
from botlint.flow.names import FunctionRef
from botlint.project import Project

DEEPEST = 4
_BELOW = {"lt": True, "le": True, "ne": True, "gt": False, "ge": False, "eq": False}
_ABOVE = {"gt": True, "ge": True, "ne": True, "lt": False, "le": False, "eq": False}
_QUANTITY = frozenset(
    {"amount", "qty", "quantity", "size", "volume", "shares", "units", "lots", "contracts"}
)


class PartTests:
    """The comparisons in one function."""

    def __init__(self, project: Project, ref: FunctionRef, statuses: Statuses) -> None:
        self._words = project.vocabulary.words
        self._statuses = statuses
        bookings = project.answer(("bookings",), lambda: Bookings(project))
        self._measured = Measured(project, bookings, ref, statuses.flags())

    def truth(self, value: Expression | None, depth: int = 0) -> bool | None:
        """Whether a test is true where less was filled than was asked for."""
        if depth > DEEPEST or value is None:
            return None
        if isinstance(value, Name):
            held = self._statuses.held(value.path)
            return self.truth(held.value, depth + 1) if held is not None else None
        if not isinstance(value, Operation):
            return None
        if value.kind == "not":
            inner = self.truth(value.args[0], depth + 1)
            return None if inner is None else not inner
        if value.kind in ("and", "or"):
            decisive = value.kind == "or"
            parts = [self.truth(part, depth + 1) for part in value.args]
            return decisive if decisive in parts else None if None in parts else not decisive
        if len(value.args) != 2:
            return None
        first, second = value.args
        if self._measured.says(first) and self._is_asked(second):
            return _BELOW.get(value.kind)
        if self._measured.says(second) and self._is_asked(first):
            return _ABOVE.get(value.kind)
        return None

    def _is_asked(self, value: Expression) -> bool:
        """Whether a value is named for a quantity, and is none that was filled."""
        said = last_segment(value) if isinstance(value, Name | Attribute) else ""
        if isinstance(value, Item) and isinstance(value.key, Constant):
            said = str(value.key.value)
        return not self._words(said).isdisjoint(_QUANTITY) and not self._measured.says(value)
