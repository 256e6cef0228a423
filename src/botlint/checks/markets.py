"""On which kind of market a program trades: spot, or futures and margin."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from botlint.checks.roots import arguments_of
from botlint.facts.types import Call, Constant, Expression, Operation
from botlint.patterns import normalise_segment
from botlint.project import Project


class Markets:
    """What a program, or a part of it, says of futures, margin and leverage."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._vocabulary = project.vocabulary

    @cached_property
    def is_spot(self) -> bool:
        """Whether nothing in the program says futures, margin or leverage."""
        derivatives = self._vocabulary.lexicon.derivatives
        segments = self._project.program.segments()
        is_named = any(not derivatives.isdisjoint(words_in_name(name)) for name in segments)
        return not is_named and not self._derivative_clients

    def is_spot_along(self, sources: frozenset[int]) -> bool:
        """Whether nothing in some files says so, of a program that trades on several markets."""
        return self._derivative_sources.isdisjoint(sources)

    @cached_property
    def _derivative_clients(self) -> frozenset[int]:
        program = self._project.program
        return frozenset(
            ref.source
            for ref, number, _ in program.calls()
            if _trades_derivatives(program.function(ref).calls[number])
        )

    @cached_property
    def _derivative_sources(self) -> frozenset[int]:
        """The files that say futures, margin or leverage: in a call, a class or a function."""
        program = self._project.program
        derivatives = self._vocabulary.lexicon.derivatives
        found = set(self._derivative_clients)
        for name in program.segments():
            if any(one in name.lower() for one in derivatives):
                found.update(ref.source for ref, _ in program.calls_named(name))
        for name in program.defined_names():
            if any(one in name.lower() for one in derivatives):
                found.update(ref.source for ref in program.functions_named(name))
        for cls in program.classes():
            if any(one in program.cls(cls).name.lower() for one in derivatives):
                found.add(cls.source)
        return frozenset(found)


def _trades_derivatives(call: Call) -> bool:
    """Whether a call is told, by a literal, that derivatives are traded."""
    return any(
        key.casefold() in _MARKETS
        and isinstance(entry, Constant)
        and str(entry.value).casefold() in _DERIVATIVES
        for key, entry in settings_of(call)
    )


_MARKETS = frozenset(
    {"defaulttype", "default_type", "defaultsubtype", "markettype", "market_type", "category"}
)
_DERIVATIVES = frozenset(
    {"future", "futures", "swap", "linear", "inverse", "margin", "delivery", "perpetual", "perp"}
)


def words_in_name(name: str) -> frozenset[str]:
    """The words of the last segment of a name."""
    return frozenset(normalise_segment(name.rpartition(".")[2]).split("_"))


def settings_of(call: Call) -> Iterator[tuple[str, Expression]]:
    """The keywords of a call, and the entries of the displays that it is given."""
    for name, value in call.keywords:
        if name is not None:
            yield name, value
    for value in arguments_of(call):
        yield from entries_of(value)


def entries_of(value: Expression) -> Iterator[tuple[str, Expression]]:
    """The entries of a dict display, and of those in it."""
    if not isinstance(value, Operation) or value.kind != "dict":
        return
    for key, entry in zip(value.args[::2], value.args[1::2], strict=True):
        if isinstance(key, Constant) and isinstance(key.value, str):
            yield key.value, entry
        yield from entries_of(entry)
