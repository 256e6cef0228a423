"""A role: what a name in a bot's code is for, and the patterns that say who plays it."""

from __future__ import annotations

import functools

import msgspec

from botlint.facts.types import Call
from botlint.patterns import PatternSet, SegmentIndex, normalise_name
from botlint.settings import SettingsFault, suggest


class Role(msgspec.Struct, frozen=True):
    """What a name in a bot's code is for."""

    name: str
    means: str
    calls: PatternSet
    names: PatternSet
    words: frozenset[str] = frozenset()
    index: SegmentIndex[str] | None = None

    def plays_call(
        self,
        names: tuple[str, ...],
        call: Call | None = None,
        parameters: tuple[str, ...] | None = None,
    ) -> bool:
        """Does a call play the role?

        ``names`` are the chain as written and the qualified names it resolves to; ``parameters``
        the names of the callee's parameters, without ``self``, where they are known.
        """
        is_class = bool(names) and _is_bare_class(names[0])
        pattern = self.calls.deciding_pattern(names[1:] if is_class else names, call, parameters)
        if pattern is None or pattern.is_negative:
            return False
        return not is_class or len(pattern.segments) > 1

    def may_play(self, last: str) -> bool:
        """Could a call whose name ends in ``last`` play the role? No for nearly all."""
        if self.index is not None:
            return self.name in self.index.owners(last)
        return bool(self.calls.candidates(last))

    def plays_name(self, path: str) -> bool:
        """Does a name, attribute, setting or class play the role?"""
        pattern = self.names.deciding_on(path)
        if pattern is not None:
            return not pattern.is_negative
        return bool(self.words) and not self.words.isdisjoint(words_of(path))


class Roles(dict[str, Role]):
    """All roles by name; asking for another raises :class:`UnknownRole`."""

    def __missing__(self, name: str) -> Role:
        raise UnknownRole("", f"there is no role {name!r}{suggest(name, frozenset(self))}", None)


class UnknownRole(SettingsFault):
    """A role that nothing defines was asked for."""


@functools.lru_cache(maxsize=1 << 14)
def words_of(name: str) -> tuple[str, ...]:
    """The single words of a name's last segment, in normal form."""
    return tuple(normalise_name(name)[-1].split("_"))


def _is_bare_class(name: str) -> bool:
    # SubmitOrder(...) makes a message; self.MarketOrder(...) is a method in camel case.
    return "." not in name and name[:1].isupper() and not name.isupper()
