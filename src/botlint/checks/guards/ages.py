"""Comparisons that tell whether a price may be used: how old it is, how far from the last one.

An age is a difference between a clock and a time that data has, or a name that says so; a distance
is the absolute difference of a price from one of before. Waiting times of orders, trades and the
bot itself are none.
"""

from __future__ import annotations

from botlint.checks.guards.prices import Prices
from botlint.checks.roots import names_in
from botlint.facts.types import Call, Constant, Expression, Function, Operation
from botlint.vocabulary import Vocabulary

_ORDERED = frozenset({"lt", "le", "gt", "ge"})
_NOTHING = (Constant(0), Constant(0.0), Constant(None))


class Ages:
    """The ages and distances in one function."""

    def __init__(self, function: Function, vocabulary: Vocabulary) -> None:
        self._prices = Prices(function, vocabulary)
        self._calls = function.calls
        self._roles = vocabulary.roles
        self._words = vocabulary.words

    def call(self, number: int) -> Call:
        """A call of the function."""
        return self._prices.call(number)

    def is_check(self, value: Expression) -> bool:
        """Whether a comparison holds the age of data, or a price's distance, against a limit."""
        if type(value) is not Operation or value.kind not in _ORDERED or len(value.args) != 2:
            return False
        if any(part in _NOTHING for part in value.args):
            return False
        return any(self._is_age(part) or self._is_distance(part) for part in value.args)

    def is_clamp(self, call: Call) -> bool:
        """No call clamps an age."""
        return False

    def is_had(self, value: Expression) -> bool:
        """Whether a test asks if there is a time or a price to compare at all."""
        if isinstance(value, Operation) and value.kind in ("not", "and", "or"):
            return any(self.is_had(part) for part in value.args)
        if isinstance(value, Operation) and (len(value.args) != 2 or value.args[1] not in _NOTHING):
            return False
        said = self._prices.said(value)
        is_time = any(self._roles["data-time"].plays_name(name) for name in said)
        return is_time or self._prices.is_about_price(said)

    def _is_age(self, value: Expression) -> bool:
        said = self._prices.said(value) | self._prices.written(value)
        if self._speaks_of_waiting(said):
            return False
        if any(self._roles["data-age"].plays_name(name) for name in said):
            return True
        clocks = {name for name in said if self._is_clock(name)}
        times = self._roles["data-time"]
        parts = {part for name in said - clocks for part in name.split(".")}
        return bool(clocks) and any(times.plays_name(part) for part in parts)

    def _is_clock(self, name: str) -> bool:
        if name.rpartition(".")[2] == "timestamp":  # a key of most answers, too
            return False
        return self._roles["clock"].plays_call((name,)) or name in ("now", "now_ts", "now_ms")

    def _speaks_of_waiting(self, said: frozenset[str]) -> bool:
        waiting = self._roles["waiting-time"]
        return any(waiting.plays_name(part) for name in said for part in name.split("."))

    def _is_distance(self, value: Expression) -> bool:
        names = names_in(value, self._calls)
        said = self._prices.said(value)
        if any(self._roles["price-deviation"].plays_name(name) for name in said | names):
            return True
        # The "last" of a ticker is the present price; only what is named here can be of before.
        is_last = any(self._roles["last-price"].plays_name(name) for name in names)
        is_apart = len([name for name in names if self._is_price(name)]) > 1
        return "abs" in said and is_last and is_apart

    def _is_price(self, name: str) -> bool:
        return any(self._roles[role].plays_name(name) for role in ("price", "last-price"))
