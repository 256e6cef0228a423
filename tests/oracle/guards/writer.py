"""The writer: what it knows while it writes a program, and the order of its work.

A *block* is a list of lines. What stands in it may use the :class:`Scope`: the values that are in
sight, and the ways in which the block may be left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.oracle.choices import Choices
from tests.oracle.pens import Block, Pen

_CLOSING = (
    'ex.create_order({}, "market", "sell", {})',
    "ex.create_market_sell_order({}, {})",
    'ex.create_order({}, "market", "sell", {}, None, {{"reduceOnly": True}})',
)


class Values(NamedTuple):
    """The written values of one order."""

    symbol: str
    amount: str

    def __str__(self) -> str:
        return f"{self.symbol}, {self.amount}"


class Scope(NamedTuple):
    """What a block may use."""

    values: tuple[Values, ...]
    depth: int
    is_in_loop: bool = False
    is_in_function: bool = True
    is_plain: bool = False
    """No ``await`` here: a lambda or a function that is not async."""
    is_around: bool = False
    """The values are those of a function around, and can't be bound anew here."""

    @property
    def newest(self) -> Values:
        """The values that were bound last."""
        return self.values[-1]

    def deeper(self) -> Scope:
        """One block further in."""
        return self._replace(depth=self.depth - 1)

    def with_values(self, values: Values) -> Scope:
        """With values bound in addition."""
        return self._replace(values=(*self.values, values), is_around=False)


class Writer(Pen):
    """Counts names, collects what has to stand at module level, and writes calls that leave."""

    def __init__(self, choices: Choices) -> None:
        self.kind = choices.pick(("bool", "bool", "pair", "member", "method", "item", "enum"))
        super().__init__(choices, 15)
        self.closing = choices.pick(_CLOSING)
        """How orders that close are written: a literal sell closes where nothing is said of
        margin."""
        self.senders: list[str] = []
        self.own: dict[str, str] = {}

    def pick_block(self, makers: Sequence[Callable[[], Block]]) -> Block:
        """One of several blocks, all of which are made: what the others have defined is forgotten,
        as it would be taken for entry points."""
        made = []
        before, known = len(self.definitions), self.own
        for make in makers:
            self.own = dict(known)
            block = make()
            made.append((block, self.definitions[before:], self.own))
            del self.definitions[before:]
        block, definitions, self.own = self.pick(made)
        self.definitions += definitions
        return block

    def ask(self, call: str, scope: Scope) -> str:
        """A call of the world or of a function of the program, awaited where it has to be."""
        return f"(await {call})" if self.is_async and not scope.is_plain else call

    def flag(self, scope: Scope) -> str:
        """An opaque condition that nothing else asks."""
        return self.feed("flag", scope)

    def feed(self, kind: str, scope: Scope) -> str:
        """Something of the world: a ``flag``, ``orders``, whether there is ``more``."""
        return self.ask(f"feed.{self.fresh(kind)}()", scope)


def leaving(pen: Writer, scope: Scope) -> str:
    """A statement that leaves the block."""
    ways = ["return", "raise ValueError(1)"] if scope.is_in_function else ["raise ValueError(2)"]
    ways += ["continue", "break"] if scope.is_in_loop else []
    return pen.pick(ways)


GIVEN = Scope((Values("symbol", "amount"),), 2)
"""What a function may use that is handed one order."""

Inner = Callable[[Scope], Block]
"""What writes the block that stands within another one."""

Way = Callable[[Writer, Scope, Inner], Block]
"""What writes a block that runs another one only if a check said yes, or seems to."""
