"""The pattern language in which roles are written.

A *pattern* is a dotted name with optional keyword constraints: ``create_order``,
``OrderService.submit_limit``, ``*.place_limit_ioc(side='sell')``, ``ccxt.*.create_order``, and
``!executor.submit``, which takes away. Without a dot it speaks of the last segment of a name, with
dots of a suffix of it. ``*`` stands for one or more characters of one segment, and as the value of
a keyword for whatever is given. Segments are compared in normal form: without leading underscores
and in snake_case, so that ``_placeOrder`` and ``place_order`` are one name.

Of the patterns that match, the last one decides; so what a project writes wins over the default.
A program has hundreds of thousands of calls, therefore a name is first looked up by its last
segment, and what can match that segment is worked out once.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Hashable, Iterable, Iterator
from types import EllipsisType
from typing import Generic, TypeVar

import msgspec

from botlint.facts.types import Call, Constant, Expression, Operation

Literal = None | bool | int | float | str | EllipsisType

_GRAMMAR = re.compile(r"(!?)([\w*]+(?:\.[\w*]+)*)(?:\((.*)\))?", re.DOTALL)
_KEYWORD = re.compile(
    r"""\s*(\w+)\s*=\s*("[^"]*"|'[^']*'|True|False|None|\*|-?\d+(?:\.\d+)?)\s*(,|$)"""
)
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NAMED_LITERALS: dict[str, Literal] = {"True": True, "False": False, "None": None, "*": ...}


Owner = TypeVar("Owner", bound=Hashable)
_Starred = tuple[str, str, str, Owner]
"""How a pattern with ``*`` begins and ends, the pattern, and whose it is."""

_KEY = 3
"""So many characters at a pattern's beginning or end are enough to look it up by."""


class PatternFault(ValueError):
    """A pattern that isn't written as one; its text says why."""


class Pattern(msgspec.Struct, frozen=True):
    """One pattern: ``segments`` in normal form, ``keywords`` as (name, literal or ``...``).

    Where there are ``receivers``, one of them must stand before the segments.
    """

    text: str
    segments: tuple[str, ...]
    keywords: tuple[tuple[str, Literal], ...]
    is_negative: bool
    receivers: tuple[str, ...] = ()


class SegmentIndex(Generic[Owner]):
    """Which owners have a pattern whose last segment can match a given segment.

    Literal ones are found by one lookup, and those with ``*`` by how they begin or end.
    """

    __slots__ = ("_begins", "_ends", "_known", "_literal", "_loose")

    def __init__(self, entries: Iterable[tuple[str, Owner]]) -> None:
        self._literal: dict[str, set[Owner]] = {}
        self._begins: dict[str, list[_Starred[Owner]]] = {}
        self._ends: dict[str, list[_Starred[Owner]]] = {}
        self._loose: list[_Starred[Owner]] = []
        self._known: dict[str, frozenset[Owner]] = {}
        for wanted, owner in entries:
            self._add(wanted, owner)

    def owners(self, segment: str) -> frozenset[Owner]:
        """Who could match; empty for nearly all."""
        found = self._known.get(segment)
        if found is None:
            found = self._known[segment] = frozenset(self._find(normalise_segment(segment)))
        return found

    def _add(self, wanted: str, owner: Owner) -> None:
        first, star, _ = wanted.partition("*")
        last = wanted.rpartition("*")[2]
        if not star:
            self._literal.setdefault(wanted, set()).add(owner)
        elif len(first) >= _KEY:
            self._begins.setdefault(first[:_KEY], []).append((first, last, wanted, owner))
        elif len(last) >= _KEY:
            self._ends.setdefault(last[-_KEY:], []).append((first, last, wanted, owner))
        else:
            self._loose.append((first, last, wanted, owner))

    def _find(self, segment: str) -> Iterator[Owner]:
        yield from self._literal.get(segment, ())
        begins, ends = self._begins.get(segment[:_KEY], ()), self._ends.get(segment[-_KEY:], ())
        for entries in (begins, ends, self._loose):
            for first, last, wanted, owner in entries:
                is_near = segment.startswith(first) and segment.endswith(last)
                if is_near and _matches_segment(wanted, segment):
                    yield owner


class PatternSet:
    """Patterns in their order, asked by name."""

    __slots__ = ("_candidates", "_index", "_of_name", "patterns")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self._index = SegmentIndex(
            (pattern.segments[-1], rank) for rank, pattern in enumerate(self.patterns)
        )
        self._candidates: dict[str, tuple[tuple[int, Pattern], ...]] = {}
        self._of_name: dict[str, Pattern | None] = {}

    def candidates(self, last: str) -> tuple[tuple[int, Pattern], ...]:
        """The patterns that can match a name ending in ``last``, with their rank, highest first.

        Empty where none of them could give the role.
        """
        found = self._candidates.get(last)
        if found is None:
            ranks = sorted(self._index.owners(last), reverse=True)
            found = tuple((rank, self.patterns[rank]) for rank in ranks)
            if all(pattern.is_negative for _, pattern in found):
                found = ()
            self._candidates[last] = found
        return found

    def deciding_on(self, name: str) -> Pattern | None:
        """The pattern that decides on what is known by one name and is no call."""
        if not self.candidates(name[name.rfind(".") + 1 :]):
            return None
        if name not in self._of_name:
            self._of_name[name] = self.deciding_pattern((name,))
        return self._of_name[name]

    def deciding_pattern(
        self,
        names: tuple[str, ...],
        call: Call | None = None,
        parameters: tuple[str, ...] | None = None,
    ) -> Pattern | None:
        """The pattern that decides on what is known under ``names``, if any matches."""
        best: Pattern | None = None
        best_rank = -1
        for name in names:
            found = self.candidates(name[name.rfind(".") + 1 :])
            if not found:
                continue
            segments = normalise_name(name)
            for rank, pattern in found:
                if rank < best_rank:
                    break
                if matches_name(pattern, segments) and meets_keywords(pattern, call, parameters):
                    best, best_rank = pattern, rank
                    break
        return best


def parse_pattern(text: str) -> Pattern:
    """Read one pattern; :class:`PatternFault` says what is wrong with it."""
    stripped = text.strip()
    found = _GRAMMAR.fullmatch(stripped)
    if not found:
        raise PatternFault(
            f"{text!r} is no call pattern; write a dotted name such as 'OrderService.submit' "
            "or '*.place_order(side='sell')'"
        )
    bang, dotted, keywords = found.groups()
    segments = tuple(normalise_segment(segment) for segment in dotted.split("."))
    for segment in segments:
        if not segment.replace("*", "x").isidentifier():
            raise PatternFault(f"{text!r}: {segment!r} is no name")
        if "**" in segment:
            raise PatternFault(f"{text!r}: '*' already stands for many characters; write it once")
    if not any(segment.strip("*_") for segment in segments):
        raise PatternFault(f"{text!r} matches every call; name at least one segment")
    return Pattern(stripped, segments, _parse_keywords(text, keywords), bool(bang))


@functools.lru_cache(maxsize=1 << 16)
def normalise_segment(segment: str) -> str:
    """``_placeOrder`` and ``PLACE_ORDER`` → ``place_order``."""
    bare = segment.lstrip("_")
    if bare.islower() or not bare.isascii():
        return bare.lower()
    return _WORDS.sub("_", bare).replace("__", "_").lower()


@functools.lru_cache(maxsize=1 << 16)
def normalise_name(name: str) -> tuple[str, ...]:
    """Each segment of a dotted name in normal form."""
    return tuple(normalise_segment(segment) for segment in name.split("."))


def matches_name(pattern: Pattern, segments: tuple[str, ...]) -> bool:
    """Is the pattern a suffix of the name (given in normal form)?"""
    wanted = pattern.segments
    if len(wanted) > len(segments):
        return False
    tail = segments[-len(wanted) :]
    if not all(map(_matches_segment, wanted, tail)):
        return False
    return not pattern.receivers or _has_receiver(pattern, segments[: -len(wanted)])


def meets_keywords(pattern: Pattern, call: Call | None, parameters: tuple[str, ...] | None) -> bool:
    """Does the call give each constrained parameter its literal, by name or by position?"""
    if not pattern.keywords:
        return True
    if call is None:
        return False
    return all(
        _same_literal(_argument(call, name, parameters), wanted)
        for name, wanted in pattern.keywords
    )


def _parse_keywords(text: str, keywords: str | None) -> tuple[tuple[str, Literal], ...]:
    if keywords is None or not keywords.strip():
        return ()
    parsed: list[tuple[str, Literal]] = []
    position = 0
    while position < len(keywords):
        found = _KEYWORD.match(keywords, position)
        if not found:
            raise PatternFault(
                f"{text!r}: {keywords[position:].strip()!r} is no keyword with a literal "
                "(write side='sell', or reduce_only=True)"
            )
        parsed.append((found[1], _read_literal(found[2])))
        position = found.end()
    return tuple(parsed)


def _read_literal(text: str) -> Literal:
    if text[0] in "'\"":
        return text[1:-1]
    if text in _NAMED_LITERALS:
        return _NAMED_LITERALS[text]
    return float(text) if "." in text else int(text)


def _argument(call: Call, name: str, parameters: tuple[str, ...] | None) -> Expression | None:
    for keyword, value in call.keywords:
        if keyword == name:
            return value
    if parameters is None or name not in parameters:
        return None
    position = parameters.index(name)
    before = call.args[: position + 1]
    if len(before) <= position or any(_is_star(argument) for argument in before):
        return None
    return call.args[position]


def _has_receiver(pattern: Pattern, before: tuple[str, ...]) -> bool:
    return bool(before) and any(
        _matches_segment(receiver, before[-1]) for receiver in pattern.receivers
    )


def _is_star(argument: Expression) -> bool:
    return isinstance(argument, Operation) and argument.kind == "star"


def _same_literal(given: Expression | None, wanted: Literal) -> bool:
    if wanted is ...:
        return given is not None and given != Constant(None)
    if not isinstance(given, Constant):
        return False
    if isinstance(given.value, str) and isinstance(wanted, str):
        # The exchanges' libraries don't agree on "sell" and "SELL".
        return given.value.casefold() == wanted.casefold()
    return type(given.value) is type(wanted) and given.value == wanted


def _matches_segment(wanted: str, segment: str) -> bool:
    if "*" not in wanted:
        return wanted == segment
    if wanted == "*":
        return bool(segment)
    first, *middle, last = wanted.split("*")
    if not segment.startswith(first):
        return False
    position = len(first)
    for part in middle:
        found = segment.find(part, position + 1)
        if found < 0:
            return False
        position = found + len(part)
    if not last:
        return len(segment) > position
    return segment.endswith(last) and len(segment) - len(last) > position
