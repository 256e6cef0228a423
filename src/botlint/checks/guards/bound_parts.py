"""Bindings taken apart: which name gets what, and what that says of an order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.guards.clamps import own_in_passing
from botlint.checks.guards.slots import AMOUNTS
from botlint.checks.reads import walk
from botlint.checks.roots import have_common, targets_in
from botlint.facts.types import Constant, Expression, Function, Item, Kind, Name, Node, Operation
from botlint.roles import words_of

_MARKETS = frozenset({"symbol", "pair", "instrument"})


class Part(NamedTuple):
    """One name that a binding binds, and to what; ``field`` is what it changes of that name, ``""``
    where it binds it whole."""

    name: str
    field: str
    value: Expression | None

    def says_what(self) -> bool:
        """Whether it is the market or the amount of an order, by its name."""
        words = words_of(self.field or self.name)
        return not (AMOUNTS | _MARKETS).isdisjoint(words)

    def is_emptied(self) -> bool:
        """Whether it gets nothing: there is no price, the amount is zero."""
        return isinstance(self.value, Constant) and not self.value.value


def parts_bound(node: Node) -> Iterator[Part]:
    """The parts of the binding ``node``: two of ``symbol, amount = other, size``."""
    waiting = [(node.target, node.value)]
    while waiting:
        target, value = waiting.pop()
        if isinstance(target, Operation) and target.kind in ("tuple", "star"):
            is_pairwise = isinstance(value, Operation) and value.kind == target.kind
            values = value.args if is_pairwise and isinstance(value, Operation) else ()
            is_pairwise = len(values) == len(target.args)
            waiting += zip(
                target.args, values if is_pairwise else [value] * len(target.args), strict=True
            )
        elif isinstance(target, Item) and isinstance(target.value, Name):
            key = target.key.value if isinstance(target.key, Constant) else None
            yield Part(target.value.path, str(key), value)
        elif isinstance(target, Name):
            yield Part(target.path, "", value)


def by_own_test(function: Function) -> frozenset[int]:
    """The bindings by what a test of the very value that is bound anew says: ``if amount > cap:
    amount = cap``."""
    nodes = function.nodes
    bound = [(number, targets_in(node.target)) for number, node in enumerate(nodes)]
    found: set[int] = set()
    for test, node in enumerate(nodes):
        compared = _compared(node.value) if node.kind is Kind.TEST else frozenset()
        own = {number for number, names in bound if names and have_common(compared, names)}
        found |= own & own_in_passing(function, test) if own else set()
    return frozenset(found)


def _compared(value: Expression | None) -> frozenset[str]:
    """The names that a test asks about itself, and not by a call."""
    return frozenset(part.path for part in walk(value, ()) if isinstance(part, Name))
