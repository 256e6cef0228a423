"""How much of an order was filled, as one function works with it.

A test that holds what was filled against what was asked for, or looks at what remains, tells a fill
in part from a whole one. One that only asks whether anything was filled does not, and neither does
a quantity that is read and used for nothing.
"""

from __future__ import annotations

from botlint.checks.fills.bookings import Bookings
from botlint.checks.reads import last_segment, parts_of, walk
from botlint.checks.roots import (
    SELF,
    Origins,
    arguments_of,
    have_common,
    names_handed,
    names_in,
    targets_in,
)
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_COMPARING = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})
_PRICES = frozenset({"price", "px", "avg", "average", "cost", "value", "at", "time"})
_REST = frozenset({"remaining", "remainder", "leaves", "unfilled", "partial", "partially", "left"})


class Measured:
    """The filled quantities in one function; ``flags`` are names that hold what a status said."""

    def __init__(
        self, project: Project, bookings: Bookings, ref: FunctionRef, flags: frozenset[str]
    ) -> None:
        self._project = project
        self._bookings = bookings
        self._ref = ref
        self._flags = flags
        self._function: Function = project.function(ref)
        self._origins = Origins(self._function)
        bound = [node for node in self._function.nodes if node.kind is Kind.ASSIGN]
        self._quantities: frozenset[str] = frozenset()
        self._quantities = frozenset(
            name for node in bound if self._gives(node.value) for name in targets_in(node.target)
        )
        self._names = frozenset(
            name for node in bound if self._says(node.value) for name in targets_in(node.target)
        )

    def is_in(self, node: Node) -> bool:
        """Whether a booking gets the quantity that was filled, be it beside what was asked for. A
        quotient is a price."""
        return self._gives(Result(node.call) if node.kind is Kind.CALL else node.value)

    def is_kept(self, node: Node) -> bool:
        """Whether a node puts the quantity that was filled, or what is left, into an object."""
        is_object = isinstance(node.target, Name) and "." in node.target.path
        return node.kind in (Kind.ASSIGN, Kind.AUGMENT) and is_object and self._gives(node.value)

    def _gives(self, value: Expression | None) -> bool:
        waiting: list[Expression | None] = [value]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Name) and part.path in self._quantities:
                return True
            if part is None or self._is_price(part):
                continue
            if self._is_quantity(part):
                return True
            waiting += parts_of(part)
            if isinstance(part, Result):
                waiting += arguments_of(self._function.calls[part.call])
        return False

    def says(self, value: Expression) -> bool:
        """Whether a value says how much was filled."""
        return self._is_about(value)

    def tells_parts(self, node: Node, asked: set[str]) -> bool:
        """Whether a node tells an order that was filled in part from one that got all of
        ``asked``."""
        if node.kind is Kind.TEST:
            return self._is_about(node.value) and not self._asks_if_any(node.value, asked)
        if node.kind is not Kind.ASSIGN:
            return False
        return any(
            isinstance(part, Operation)
            and part.kind in _COMPARING
            and self._is_about(part)
            and not self._asks_if_any(part, asked)
            for part in walk(node.value, self._function.calls)
        )

    def is_idle(self, node: Node, reached: frozenset[int]) -> bool:
        """Whether a node only reads what was filled into names that nothing of ``reached`` uses."""
        names = self._read_into(node)
        if not names or any("." in name for name in names):
            return False
        nodes = self._function.nodes
        return not any(self._is_using(nodes[number], names) for number in reached)

    def _read_into(self, node: Node) -> frozenset[str]:
        if node.kind is Kind.ASSIGN:
            return frozenset(targets_in(node.target))
        if node.kind is not Kind.CALL:
            return frozenset()
        return frozenset(
            name
            for one in self._function.nodes
            if one.kind is Kind.ASSIGN
            and Result(node.call) in walk(one.value, self._function.calls)
            for name in targets_in(one.target)
        )

    def _is_using(self, node: Node, names: frozenset[str]) -> bool:
        if node.kind is not Kind.CALL:
            return have_common(names_in(node.value, self._function.calls), names)
        if self._project.plays(CallRef(self._ref, node.call), "log"):
            return False
        return have_common(names_handed(self._function, node.call), names)

    def _says(self, value: Expression | None) -> bool:
        return any(self._is_quantity(part) for part in walk(value, self._function.calls))

    def _is_quantity(self, part: Expression) -> bool:
        if isinstance(part, Name) and part.path in self._flags:
            return False
        if not self._bookings.says_filled(self._ref, part):
            return False
        return not self._is_price(part)

    def _is_price(self, part: Expression) -> bool:
        """Whether a part is a price, by its name or as a quotient."""
        if isinstance(part, Operation):
            return part.kind == "/"
        said = part.key.value if isinstance(part, Item) and isinstance(part.key, Constant) else ""
        words = self._project.vocabulary.words
        return not words(str(said) or last_segment(part)).isdisjoint(_PRICES)

    def _is_about(self, value: Expression | None) -> bool:
        names = names_in(value, self._function.calls)
        return self._says(value) or not self._origins.closure(names).isdisjoint(self._names)

    def _asks_if_any(self, value: Expression | None, asked: set[str]) -> bool:
        if isinstance(value, Operation) and value.kind in ("not", "and", "or"):
            return all(not self._is_about(p) or self._asks_if_any(p, asked) for p in value.args)
        if isinstance(value, Operation) and value.kind in _COMPARING:
            if not any(_is_number(part) for part in value.args):
                return False
        elif not isinstance(value, Name | Item | Attribute | Result):
            return False
        names = self._origins.closure(names_in(value, self._function.calls), self._records())
        return not have_common(names, asked) and not self._is_rest(value, names)

    def _records(self) -> frozenset[str]:
        """What the filled quantities are read from: that it came of what was asked for tells
        nothing."""
        calls = self._function.calls
        found: set[str] = set()
        for node in self._function.nodes:
            for part in walk(node.value, calls):
                if not self._bookings.says_filled(self._ref, part):
                    continue
                names = names_in(part, calls)
                found |= names | {name.partition(".")[0] for name in names if "." in name}
        return frozenset(found - self._names - SELF)

    def _is_rest(self, value: Expression, names: frozenset[str]) -> bool:
        """Whether a value is what remains to be filled."""
        words = self._project.vocabulary.words
        said = {name.rpartition(".")[2] for name in names}
        for part in walk(value, self._function.calls):
            if isinstance(part, Constant) and isinstance(part.value, str):
                said.add(part.value)
            elif isinstance(part, Name | Attribute):
                said.add(last_segment(part))
        return any(not words(one).isdisjoint(_REST) for one in said)


def _is_number(value: Expression) -> bool:
    return isinstance(value, Constant) and isinstance(value.value, int | float)
