"""Of several orders that a lookup gave: which one is taken, and is its client order id asked?

Taken is one that stands in a fixed place (``orders[0]``, ``next(iter(orders))``, ``orders.pop()``),
one that is the greatest or the least of them, or whichever a loop has in hand when it returns. A
test or comparison of its id anywhere in that function asks; one of symbol or side doesn't, nor one
of other orders.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import names_in, receiver_of, targets_in
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
from botlint.model import Span
from botlint.project import CallRef, Project
from botlint.roles import Role

_ENDS = (Constant(0), Constant(-1), Operation("neg", (Constant(1),)))
_PICKING = frozenset({"next", "max", "min", "pop", "popleft"})
_PASSING = frozenset({"iter", "list", "tuple", "sorted", "reversed", "filter"})
_JOINING = frozenset({"chain", "from_iterable"})
_JOINED = frozenset({"+", "|", "or", "list", "tuple", "set"})
_COMPARING = frozenset({"eq", "ne", "is", "isnot", "in", "notin"})


def find_taken_unasked(project: Project, lookup: CallRef, identity: str) -> Span | None:
    """Where one of the orders that ``lookup`` gave is taken, if nothing in that function compares
    what plays the role ``identity``; ``None`` for a lookup of one order."""
    if not project.written(lookup).rpartition(".")[2].endswith("s"):
        return None
    function = project.function(lookup.function)
    known = project.vocabulary.roles[identity]
    several = _Several(function, lookup.call)
    taking = [
        node
        for node in function.nodes
        if node.kind in (Kind.RETURN, Kind.ASSIGN, Kind.YIELD) and several.is_one(node.value)
    ]
    about = several.names | {name for node in taking for name in targets_in(node.target)}
    for question in _questions(function):
        parts = tuple(walk(question, function.calls))
        is_about = not about.isdisjoint(names_in(question, function.calls))
        if is_about and any(_is_identity(part, known) for part in parts):
            return None
    return taking[0].span if taking else None


class _Several:
    """What names the orders that one call gave, in its function, and what names one of them."""

    def __init__(self, function: Function, lookup: int) -> None:
        self._function = function
        self._all: set[Expression] = {Result(lookup)}
        self._each: set[Expression] = set()
        for node in sorted(function.nodes, key=lambda node: node.span):
            self._read(node)

    @property
    def names(self) -> frozenset[str]:
        """The names of the orders, and of one of them."""
        displays = (part for part in _parts(self._function) if _is_display(part))
        elements = [part.args[0] for part in displays if self._is_all(part.args[1])]
        return frozenset(
            name for one in (*self._all, *self._each, *elements) for name in targets_in(one)
        )

    def is_one(self, value: Expression | None) -> bool:
        """Whether ``value`` is one of the orders, picked by its place or by a loop."""
        if value in self._each:
            return True
        if isinstance(value, Attribute) or (isinstance(value, Item) and _is_key(value.key)):
            return self.is_one(value.value)
        if isinstance(value, Item):
            return value.key in _ENDS and self._is_all(value.value)
        if isinstance(value, Operation) and value.kind in ("if", "or", "and"):
            return any(self.is_one(one) for one in value.args)
        if not isinstance(value, Result):
            return False
        call = self._function.calls[value.call]
        is_picking = last_segment(call.func) in _PICKING
        given = (receiver_of(call), *call.args[:1])
        return is_picking and any(one is not None and self._is_all(one) for one in given)

    def _read(self, node: Node) -> None:
        if node.target is None or node.value is None:
            return
        if node.kind is Kind.ASSIGN and self._is_all(node.value):
            self._all.add(node.target)
        if node.kind is Kind.ITERATE and self._is_all(node.value):
            self._each.add(node.target)

    def _is_all(self, value: Expression) -> bool:
        if value in self._all:
            return True
        if isinstance(value, Item) and _is_key(value.key):
            return self._is_all(value.value)
        if _is_display(value):
            return self._is_all(value.args[1])
        if isinstance(value, Operation):
            return value.kind in _JOINED and any(self._is_all(one) for one in _joined(value))
        if not isinstance(value, Result):
            return False
        call = self._function.calls[value.call]
        given = call.args
        if last_segment(call.func) in _JOINING:
            given = tuple(one for arg in call.args for one in (arg, *_joined(arg)))
        elif last_segment(call.func) not in _PASSING:
            return False
        return any(self._is_all(one) for one in given)


def _is_key(value: Expression) -> bool:
    """Whether a subscript names a field: the list in an answer, or what one of it holds."""
    return isinstance(value, Constant) and isinstance(value.value, str)


def _joined(value: Expression) -> tuple[Expression, ...]:
    """What a value joins to one list: ``a + b``, ``a or b``, ``[*a, *b]``."""
    if not isinstance(value, Operation) or value.kind not in _JOINED:
        return ()
    stars = [one for one in value.args if isinstance(one, Operation) and one.kind == "star"]
    if value.kind in ("list", "tuple", "set"):
        return tuple(one.args[0] for one in stars)
    return value.args


def _questions(function: Function) -> Iterator[Expression]:
    """What a function tests, and what it compares without a test."""
    for node in function.nodes:
        if node.kind in (Kind.TEST, Kind.ASSERT) and node.value is not None:
            yield node.value
    for part in _parts(function):
        if _is_display(part):
            yield from part.args[2:]
        elif isinstance(part, Operation) and part.kind in _COMPARING:
            yield part


def _parts(function: Function) -> Iterator[Expression]:
    values = [node.value for node in function.nodes if node.value is not None]
    for value in (*values, *(one for call in function.calls for one in call.args)):
        yield from walk(value, function.calls)


def _is_display(value: Expression) -> TypeGuard[Operation]:
    return isinstance(value, Operation) and value.kind == "comprehension"


def _is_identity(value: Expression, identity: Role) -> bool:
    if isinstance(value, Constant):
        return isinstance(value.value, str) and identity.plays_name(value.value)
    return isinstance(value, (Name, Attribute)) and identity.plays_name(last_segment(value))
