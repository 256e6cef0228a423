"""On which kind of market a program trades: spot, or futures and margin.

What says futures and margin: a word of a call's name (``set_leverage``, ``binanceusdm``), a key
that only derivatives have (``positionSide``), a kind of market (``category="linear"``), an endpoint
(``/fapi/v1/order``), or the symbol of a contract as ccxt writes it (``BTC/USDT:USDT``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from botlint.checks.reads import is_class_name, last_segment, walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import Call, Constant, Expression, Kind, Name, Operation, Result
from botlint.flow.ways import points_from
from botlint.patterns import normalise_segment
from botlint.project import Project

_ENDPOINT = re.compile(r"(https?|wss?)://\S+\Z|/[\w/.-]+\Z")
_CONTRACT = re.compile(r"[A-Z0-9]+/[A-Z0-9]+:[A-Z0-9]+(-\d+.*)?\Z")


class Markets:
    """What a program, or a part of it, says of futures, margin and leverage."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lexicon = project.vocabulary.lexicon

    @cached_property
    def is_spot(self) -> bool:
        """Whether nothing in the program says futures, margin or leverage."""
        words = self._lexicon.derivatives
        segments = self._project.program.segments()
        said = (self._project.vocabulary.words(name) for name in segments)
        # A name that says both asks for a setting of the account: `get_bnb_burn_spot_margin`.
        is_named = any(not words.isdisjoint(one) and "spot" not in one for one in said)
        return not is_named and not self._telling_sources

    def is_spot_along(self, sources: frozenset[int]) -> bool:
        """Whether nothing in some files, nor in what they import, says so, of a program that
        trades on several markets."""
        imports = self._project.program.imports
        used = points_from(sorted(sources), imports)
        return not any(source in self._derivative_sources for source in used)

    @cached_property
    def _telling_sources(self) -> frozenset[int]:
        """The files that say so by what a call is given, or a name of the module is bound to."""
        given = self._given()
        return frozenset(source for source, name, value in given if self._says(name, value))

    def _given(self) -> Iterator[tuple[int, str, Expression]]:
        program = self._project.program
        for ref, number, _ in program.calls():
            call = program.function(ref).calls[number]
            for name, value in (*settings_of(call), *_literals(arguments_of(call))):
                yield ref.source, name, value
        for ref in program.functions():
            if ref.index == 0:
                for node in program.function(ref).nodes:
                    if node.kind is Kind.ASSIGN and node.value is not None:
                        for name, value in (*entries_of(node.value), *_literals((node.value,))):
                            yield ref.source, name, value

    def _says(self, name: str, value: Expression) -> bool:
        said = value.value if type(value) is Constant else None
        if isinstance(said, str) and (_CONTRACT.match(said) or self._is_endpoint(said)):
            return True
        key = normalise_segment(name) if name else ""
        if key in self._lexicon.derivative_keys:
            return True
        if key not in self._lexicon.market_kinds or not isinstance(said, str):
            return False
        return normalise_segment(said.replace("-", "_")) in self._lexicon.derivative_kinds

    def _is_endpoint(self, text: str) -> bool:
        """Whether a text is the path or the address of an endpoint for futures or margin."""
        if not _ENDPOINT.match(text):
            return False
        parts = re.split(r"[^a-z0-9]+", text.partition("?")[0].lower())
        return not self._lexicon.derivatives.isdisjoint(parts)

    @cached_property
    def _derivative_sources(self) -> frozenset[int]:
        """The files that say futures, margin or leverage: in a call, a class or a function."""
        program = self._project.program
        derivatives = self._lexicon.derivatives
        found = set(self._telling_sources)
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


def settings_of(call: Call) -> Iterator[tuple[str, Expression]]:
    """The keywords of a call, and the entries of the displays that it is given."""
    for name, value in call.keywords:
        if name is not None:
            yield name, value
    for value in arguments_of(call):
        yield from entries_of(value)


def made_with(value: Expression, calls: tuple[Call, ...]) -> tuple[Expression, ...]:
    """What an object is given by place that is made by its class there; nothing else is."""
    if type(value) is not Result or type(calls[value.call].func) is not Name:
        return ()
    call = calls[value.call]
    return call.args if is_class_name(last_segment(call.func)) else ()


def entries_of(value: Expression) -> Iterator[tuple[str, Expression]]:
    """The entries of a dict display, and of those in it."""
    if type(value) is not Operation or value.kind != "dict":
        return
    for key, entry in zip(value.args[::2], value.args[1::2], strict=True):
        if type(key) is Constant and isinstance(key.value, str):
            yield key.value, entry
        yield from entries_of(entry)


def given_by(value: Expression, calls: tuple[Call, ...]) -> Iterator[tuple[str, Expression]]:
    """The entries of a dict display, or what a request is built with."""
    if isinstance(value, Result):
        yield from settings_of(calls[value.call])
    yield from entries_of(value)


def _literals(values: tuple[Expression, ...]) -> Iterator[tuple[str, Expression]]:
    for value in values:
        for part in walk(value, ()):
            if type(part) is Constant:
                yield "", part
