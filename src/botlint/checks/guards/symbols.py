"""Which market a call is about, where that is written there: a guard of one is none for another."""

from __future__ import annotations

import re

from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import Call, Constant, Expression, Function, Item, Kind, Name
from botlint.roles import words_of

_PAIR = re.compile(
    r"[A-Z0-9]{2,15}[/_-][A-Z0-9]{2,8}(:[A-Z0-9]{2,8})?|[A-Z0-9]{2,12}(USDT|USDC|BUSD)"
)
_WORDS = frozenset({"symbol", "pair", "market", "instrument", "ticker", "coin", "asset", "id"})


def names_market(value: Expression) -> bool:
    """Whether a value is written like that of a market: a text, or a name or key that says so."""
    if isinstance(value, Item) and isinstance(value.key, Constant):
        return not _WORDS.isdisjoint(words_of(str(value.key.value)))
    if isinstance(value, Constant):
        return isinstance(value.value, str)
    return not _WORDS.isdisjoint(words_of(last_segment(value)))


def symbols_of(function: Function, call: Call) -> frozenset[str]:
    """The markets that a call of a function is given, as literals or through names that are bound
    to one literal only."""
    given = [part for value in arguments_of(call) for part in walk(value, ())]
    found = [_symbol(part) for part in given]
    found += [_bound(function, part.path) for part in given if isinstance(part, Name)]
    return frozenset(text for text in found if text)


def is_of_other(function: Function, call: Call, wanted: frozenset[str]) -> bool:
    """Whether a call is about markets that are not among those ``wanted``."""
    asked = symbols_of(function, call) if wanted else frozenset()
    return bool(asked) and asked.isdisjoint(wanted)


def _bound(function: Function, name: str) -> str:
    if any(one.name == name for one in function.parameters):
        return ""
    bound = [node for node in function.nodes if node.target == Name(name)]
    is_one = len(bound) == 1 and bound[0].kind is Kind.ASSIGN
    return _symbol(bound[0].value) if is_one else ""


def _symbol(value: Expression | None) -> str:
    """The market that a literal names, however it is spelled: ``BTC/USDT:USDT``, ``BTCUSDT``."""
    text = value.value if isinstance(value, Constant) else None
    if not isinstance(text, str) or not _PAIR.fullmatch(text):
        return ""
    return re.sub(r"[/_-]", "", text.partition(":")[0])
