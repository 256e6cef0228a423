"""Placing: hits come to stand under their rules.

One cause, one finding: of the hits with one cause, those of a rule that another one stands before
give way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from botlint.model import Hit, Rule


class Placed(NamedTuple):
    """A hit under the rule whose check yielded it; ``reason`` is why it is silenced, if it is."""

    rule: Rule
    hit: Hit
    reason: str = ""

    @property
    def message(self) -> str:
        """What the rule says of the hit."""
        return self.rule.message.format_map(Fields(self.hit.saw))


class Fields(dict[str, str]):
    """The fields of a message; one that the check didn't see reads as ``?``."""

    def __missing__(self, name: str) -> str:
        return "?"


def place_hits(hits: Iterable[Placed], rules: tuple[Rule, ...]) -> tuple[Placed, ...]:
    """The hits that stand, sorted by place and code."""
    return tuple(_resolve_causes(_drop_repeated(sort_placed(hits)), _precedence(rules)))


def sort_placed(placed: Iterable[Placed]) -> list[Placed]:
    """By place, code and cause."""
    return sorted(placed, key=lambda one: (one.hit.place, one.rule.code, one.hit.cause))


def _drop_repeated(hits: list[Placed]) -> list[Placed]:
    """One finding for what a rule says of one place, however many ways lead there."""
    first = {(one.rule.code, one.hit.place, one.message): one for one in reversed(hits)}
    return sort_placed(first.values())


def _precedence(rules: tuple[Rule, ...]) -> Mapping[str, frozenset[str]]:
    """For each rule the codes that it stands before, directly or by way of another."""
    direct = {rule.code: set(rule.stands_before) for rule in rules}
    closed: dict[str, frozenset[str]] = {}
    for code in direct:
        reached: set[str] = set()
        waiting = [code]
        while waiting:
            for later in direct.get(waiting.pop(), ()):
                if later not in reached:
                    reached.add(later)
                    waiting.append(later)
        closed[code] = frozenset(reached)
    return closed


def _resolve_causes(hits: list[Placed], precedence: Mapping[str, frozenset[str]]) -> list[Placed]:
    codes_of_cause: dict[str, set[str]] = defaultdict(set)
    for one in hits:
        if one.hit.cause:
            codes_of_cause[one.hit.cause].add(one.rule.code)
    return [
        one
        for one in hits
        if not any(
            one.rule.code in precedence[code] for code in codes_of_cause.get(one.hit.cause, ())
        )
    ]
