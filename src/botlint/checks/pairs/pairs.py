"""Which calls open and which close, and whether they speak of one thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any

from botlint.checks.roots import arguments_of
from botlint.facts.types import Name
from botlint.flow.forwarding import outer_callers
from botlint.flow.names import FunctionRef
from botlint.patterns import PatternSet, normalise_segment, parse_pattern
from botlint.project import CallRef, Project

_ANYTHING = frozenset({"", "reservation", "reservations"})
"""What may be of anything: the nameless, and ``release_reservation``."""

_HANDING = frozenset({"put", "put_nowait", "append", "add", "publish", "emit", "send", "submit"})


class Pair:
    """The calls of a program that open, and those that close.

    ``reserve_budget`` is closed by ``release_budget`` and ``commit_budget``, and by any bare
    ``release``: what follows the first word says of what.
    """

    def __init__(
        self,
        project: Project,
        opening: tuple[CallRef, ...],
        closing: frozenset[CallRef],
        closes_by_name: Callable[[str], bool],
        *,
        is_listed: bool,
    ) -> None:
        self._project = project
        self._program = project.program
        self.opening = opening
        self._closing = closing
        self._is_listed = is_listed
        self._closes_by_name = closes_by_name
        self._reaching: dict[CallRef, frozenset[FunctionRef]] = {}

    def closes(self, ref: CallRef, opening: CallRef) -> bool:
        """Whether a call closes what ``opening`` opens, or makes a call that does."""
        if ref in self._closing and self._is_same(ref, opening):
            return True
        reaching = self._reaching_close(opening)
        callees = self._program.callees(ref.function, ref.call)
        return any(callee in reaching for callee in callees)

    def is_given_close(self, ref: CallRef, opening: CallRef) -> bool:
        """Whether a call is handed the function that closes, to be called in time:
        ``stack.callback(portfolio.release_budget, symbol)``."""
        call = self._project.call(ref)
        for value in arguments_of(call):
            if isinstance(value, Name) and self._closes_by_name(value.path):
                last = normalise_segment(value.path.rpartition(".")[2]).partition("_")[2]
                if self._is_listed or not last or last == self._stem(opening):
                    return True
        return False

    def is_part(self, ref: FunctionRef) -> bool:
        """Whether a function itself opens by its own name, for its callers."""
        names = {self._stem_of(self._program.function(ref).name)}
        return any(
            normalise_segment(self._program.function(ref).name)
            == normalise_segment(self._project.written(one).rpartition(".")[2])
            and self._stem(one) in names
            for one in self.opening
            if one.function == ref
        )

    def is_closed_by_callers(self, opening: CallRef) -> bool:
        """Whether some caller closes: then what is open is handed on to the callers."""
        return any(
            one.function == site.function and self._is_same(one, opening)
            for site in outer_callers(self._program, opening.function)
            for one in self._closing
        )

    def is_closed_only_within(self, opening: CallRef) -> bool:
        """Whether a function closes that opens too, and no other: what it leaves open stays open.
        Else the reservation may be meant to outlive it, for an order that rests. Another function
        that opens for itself closes its own."""
        functions = [one.function for one in self._closing if self._is_same(one, opening)]
        handing = [one.function for one in self._handing if self.is_given_close(one, opening)]
        within = {opening.function, *self._program.nested(opening.function)}
        own = {one.function for one in self.opening if self._is_same(one, opening)}
        closing = {*functions, *handing}
        return not within.isdisjoint(closing) and within | own >= closing

    @cached_property
    def _handing(self) -> tuple[CallRef, ...]:
        """The calls that are handed a function which closes something."""
        closes = cache(self._closes_by_name)
        return tuple(
            CallRef(ref, number)
            for ref in self._program.functions()
            for number, call in enumerate(self._program.function(ref).calls)
            if any(type(value) is Name and closes(value.path) for value in arguments_of(call))
        )

    def is_published(self, ref: CallRef) -> bool:
        """Whether a call hands what it gets on to somebody else."""
        last = self._project.written(ref).rpartition(".")[2]
        return last in _HANDING or normalise_segment(last).startswith(("publish", "emit"))

    def closing_word(self, opening: CallRef) -> str:
        """How people would write what is missing: ``release_budget``."""
        words = {
            self._project.written(one).rpartition(".")[2].lstrip("_")
            for one in self._closing
            if self._is_same(one, opening)
        }
        return " or ".join(sorted(words)[:2]) or "a release"

    def _reaching_close(self, opening: CallRef) -> frozenset[FunctionRef]:
        known = self._reaching.get(opening)
        if known is None:
            closing = {one.function for one in self._closing if self._is_same(one, opening)}
            functions = frozenset(ref for ref in closing if ref.index)
            known = self._reaching[opening] = self._program.reaches(functions)
        return known

    def _is_same(self, one: CallRef, other: CallRef) -> bool:
        """Whether two calls speak of one thing: by what follows the first word of their names, or,
        where one of them is a bare ``reserve`` or ``release``, by their receiver."""
        first, second = self._stem(one), self._stem(other)
        if first == second or self._is_listed:
            return True
        is_bare = first in _ANYTHING or second in _ANYTHING
        return is_bare and self._receiver(one) == self._receiver(other) != ""

    def _receiver(self, ref: CallRef) -> str:
        return self._project.written(ref).rpartition(".")[0].rpartition(".")[2]

    def _stem(self, ref: CallRef) -> str:
        return self._stem_of(self._project.written(ref).rpartition(".")[2])

    def _stem_of(self, name: str) -> str:
        return normalise_segment(name).partition("_")[2]


def read_pair(project: Project, parameters: Mapping[str, Any]) -> Pair:
    """The pair that a rule names, by two roles or by two lists of call patterns."""
    opening = _calls(project, parameters["open"])
    closing = frozenset(_calls(project, parameters["close"]))
    is_listed = not isinstance(parameters["open"], str)
    closes = _naming(project, parameters["close"])
    return Pair(project, opening, closing, closes, is_listed=is_listed)


def _naming(project: Project, named: str | list[str]) -> Callable[[str], bool]:
    """Whether a function of a name is one of a role, or of some patterns."""
    if isinstance(named, str):
        role = project.vocabulary.roles[named]
        return lambda name: role.plays_call((name,))
    patterns = PatternSet([parse_pattern(text) for text in named])

    def is_named(name: str) -> bool:
        pattern = patterns.deciding_pattern((name,), None)
        return pattern is not None and not pattern.is_negative

    return is_named


def _calls(project: Project, named: str | list[str]) -> tuple[CallRef, ...]:
    if isinstance(named, str):
        return project.calls_playing(named)
    patterns = PatternSet([parse_pattern(text) for text in named])
    found = []
    for segment in project.program.segments():
        if patterns.candidates(segment):
            for ref, number in project.program.calls_named(segment):
                call = project.function(ref).calls[number]
                pattern = patterns.deciding_pattern(project.program.names(ref, number), call)
                if pattern is not None and not pattern.is_negative:
                    found.append(CallRef(ref, number))
    return tuple(sorted(found))
