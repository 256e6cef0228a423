"""What the values of one function say of prices, and which comparisons hold one against a limit.

A value says the names, keys and called functions that it is made of, also through the local names
it comes from. A local limit that comes from the present price alone is no limit.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from botlint.checks.roots import arguments_of, receiver_of, targets_in
from botlint.facts.types import (
    Attribute,
    Call,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.vocabulary import Vocabulary

DEEPEST = 6
_ORDERED = frozenset({"lt", "le", "gt", "ge"})
_CLAMPS = frozenset({"max", "clip", "clamp", "np.clip", "numpy.clip"})
_NOTHING = (Constant(0), Constant(0.0), Constant(None))
_HAVING = frozenset({"gt", "ge", "ne", "isnot", "is", "eq", "le", "lt"})


class Prices:
    """The prices in one function."""

    def __init__(self, function: Function, vocabulary: Vocabulary) -> None:
        self._function = function
        self._roles = vocabulary.roles
        self._words = vocabulary.words
        self._bound: dict[str, list[Expression]] = {}
        for node in function.nodes:
            if node.kind in (Kind.ASSIGN, Kind.ITERATE) and node.value is not None:
                for name in targets_in(node.target):
                    self._bound.setdefault(name, []).append(node.value)
        self._said: dict[str, frozenset[str]] = {}
        # Every walk through the function asks about the same few tests.
        self.is_check = cache(self._is_check)
        self.is_had = cache(self._is_had)

    def call(self, number: int) -> Call:
        """A call of the function."""
        return self._function.calls[number]

    def _is_check(self, value: Expression) -> bool:
        """Whether a comparison holds a price against what was paid, was last paid, or a limit."""
        if type(value) is not Operation or value.kind not in _ORDERED or len(value.args) != 2:
            return False
        first, second = (self.said(part) for part in value.args)
        if any(self._is_spread(part, 0) for part in value.args) and not self._is_of_past(
            first | second
        ):
            return False
        if self._any("price-distance", first | second):
            return True
        if any(part in _NOTHING for part in value.args):
            return False
        plain = frozenset().union(*(self.written(part) for part in value.args))
        if self._any("quantity", plain) and not self._any("entry-price", plain):
            return False
        return self._is_held(first, second) or self._is_held(second, first)

    def _is_spread(self, value: Expression, depth: int) -> bool:
        """Whether a value is how far the bid and the ask of one moment are apart: of the price of
        an order that says nothing."""
        if depth >= DEEPEST:
            return False
        if type(value) is Name:
            return any(self._is_spread(one, depth + 1) for one in self._bound.get(value.path, ()))
        if type(value) is Result:
            call = self._function.calls[value.call]
            return any(self._is_spread(one, depth + 1) for one in arguments_of(call))
        if type(value) is not Operation:
            return False
        if value.kind == "-" and len(value.args) == 2:
            sides = [self._sides_said(part) for part in value.args]
            if sides in ([{"ask"}, {"bid"}], [{"bid"}, {"ask"}]):
                return True
        return any(self._is_spread(one, depth + 1) for one in value.args)

    def _sides_said(self, value: Expression) -> set[str]:
        words = {word for name in self.said(value) for word in self._words(name)}
        return {side for side in ("bid", "ask") if words & {side, f"{side}s"}}

    def _is_of_past(self, said: frozenset[str]) -> bool:
        return self._any("entry-price", said) or self._any("last-price", said)

    def is_clamp(self, call: Call) -> bool:
        """Whether ``max(limit, floor)`` keeps a price within a limit."""
        if not isinstance(call.func, Name) or call.func.path not in _CLAMPS or len(call.args) < 2:
            return False
        said = [self.said(part) for part in call.args]
        return any(
            self._is_held(first, second)
            for number, first in enumerate(said)
            for second in (*said[:number], *said[number + 1 :])
        )

    def _is_had(self, value: Expression) -> bool:
        """Whether a test asks if there is a price, an entry or a limit to compare at all."""
        if isinstance(value, Operation) and value.kind in ("not", "and", "or"):
            return any(self._is_had(part) for part in value.args)
        if isinstance(value, Operation):
            is_asking = value.kind in _HAVING and len(value.args) == 2
            if not is_asking or value.args[1] not in _NOTHING:
                return False
            value = value.args[0]
        return self.is_about_price(self.said(value))

    def is_limited(self, value: Expression) -> bool:
        """Whether a price is made from what was paid or from a limit, and so is one itself."""
        if self._any("quantity", self.written(value)):
            return False
        said = self.said(value)
        if self._any("entry-price", said):
            return True
        return any(
            self._roles["price-limit"].plays_name(name) and self._is_price_word(name)
            for name in said
        )

    def is_present(self, value: Expression) -> bool:
        """Whether a price is made from what the market pays at present, and from nothing that was
        paid or seen before."""
        direct = self.written(value)
        is_price = self._any("price", direct) and not self._any("quantity", direct)
        if isinstance(value, Constant) or not is_price:
            return False
        said = self.said(value)
        return self._any("present-price", said) and not self._is_of_past(said)

    def is_about_price(self, said: frozenset[str]) -> bool:
        """Whether words speak of a price, what was paid, or a limit of either."""
        return any(self._any(role, said) for role in _SPEAKING)

    def said(self, value: Expression | None) -> frozenset[str]:
        """The names, keys and called functions that a value is made of."""
        return self._say(value, 0)

    def written(self, value: Expression) -> frozenset[str]:
        """The names, keys and called functions in a value as it is written, without what its
        local names were given."""
        return self._say(value, DEEPEST)

    def _is_held(self, held: frozenset[str], against: frozenset[str]) -> bool:
        if not any(self._any(role, held) for role in _PRICES):
            return False
        if any(self._any(role, against) for role in _LIMITS):
            return True
        is_literal = not against
        return is_literal and any(self._any(role, held) for role in _PRICES)

    def _is_price_word(self, name: str) -> bool:
        return self._words(name).isdisjoint(_SHARES)

    def _any(self, role: str, said: frozenset[str]) -> bool:
        known = self._roles[role]
        return any(known.plays_name(name) for name in said)

    def _say(self, value: Expression | None, depth: int) -> frozenset[str]:
        if type(value) is Name:
            return self._say_name(value.path, depth)
        if type(value) is Attribute:
            return self._say_part(value.name, value.value)
        if type(value) is Item:
            if type(value.key) is Constant and isinstance(value.key.value, str):
                return self._say_part(value.key.value, value.value)
            return self._say(value.value, depth)
        if type(value) is Operation:
            return frozenset().union(*(self._say(part, depth) for part in value.args))
        if type(value) is Result:
            return self._say_call(self._function.calls[value.call], depth)
        return frozenset()

    def _say_part(self, name: str, whole: Expression) -> frozenset[str]:
        """A part by its name; the price of what is held is what was paid for it."""
        said = frozenset({name})
        while isinstance(whole, Item):
            whole = whole.value
        if not isinstance(whole, Name) or not self._any("price", said):
            return said
        is_held = not self._words(whole.path).isdisjoint(_HELD)
        return said | {"entry_price"} if is_held else said

    def _say_name(self, path: str, depth: int) -> frozenset[str]:
        if depth >= DEEPEST or path not in self._bound:
            base, _, last = path.rpartition(".")
            return self._say_part(last, Name(base)) | {path} if base else frozenset({path})
        if path not in self._said:
            self._said[path] = frozenset({path})
            bound = self._bound[path]
            found = frozenset().union(*(self._say(one, depth + 1) for one in bound))
            is_local = "." not in path
            is_present = (
                is_local
                and self._any("price", found)
                and not any(self._any(role, found) for role in _LIMITS)
            )
            self._said[path] = found if is_present else found | {path}
        return self._said[path]

    def _say_call(self, call: Call, depth: int) -> frozenset[str]:
        receiver = receiver_of(call)
        said = {call.func.path} if type(call.func) is Name else set()
        if type(call.func) is Attribute:
            said.add(call.func.name)
        texts = [one.value for one in call.args if type(one) is Constant]
        keys = {text for text in texts if isinstance(text, str) and text.isidentifier()}
        parts = [] if keys and said else list(arguments_of(call))
        if receiver is not None and not keys and type(receiver) is not Name:
            parts.append(receiver)
        found = [self._say(one, depth) for one in parts]
        if said == {"min"} and not all(self._is_limit(one) for one in found):
            # The lower of a limit and something else may be lower than the limit.
            found = [frozenset(name for name in one if not self._is_limit({name})) for one in found]
        return frozenset(said | keys).union(*found)

    def _is_limit(self, said: Collection[str]) -> bool:
        return any(self._any(role, frozenset(said)) for role in _LIMITS)


_PRICES = ("price", "entry-price", "last-price")
_LIMITS = ("entry-price", "last-price", "price-limit")
_HELD = frozenset(
    {"position", "positions", "pos", "holding", "holdings", "held", "lot", "lots"}
) | {"state", "states", "trade", "trades", "portfolio", "inventory", "bought", "buy", "purchase"}
_SPEAKING = ("price", "entry-price", "last-price", "price-limit")
_SHARES = frozenset(
    {"bps", "pct", "percent", "percentage", "ratio", "slippage", "tolerance", "offset", "factor"}
)
