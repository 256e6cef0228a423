"""Whether a program trades on spot alone: nothing in it says futures, margin or leverage.

What says it: a word of a call's name (``set_leverage``, ``binanceusdm``), a key that only
derivatives have (``positionSide``), a kind of market (``category="linear"``), or the symbol of a
contract as ccxt writes it (``BTC/USDT:USDT``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import Constant, Expression, Kind, Operation
from botlint.patterns import normalise_segment
from botlint.project import Project

_CONTRACT = re.compile(r"[A-Z0-9]+/[A-Z0-9]+:[A-Z0-9]+(-\d+.*)?\Z")


def is_spot(project: Project) -> bool:
    """Whether nothing in ``project`` says futures, margin or leverage."""
    return project.answer(("is spot",), lambda: not _has_derivatives(project))


def _has_derivatives(project: Project) -> bool:
    words = project.vocabulary.lexicon.derivatives
    if any(not words.isdisjoint(_words(name)) for name in project.program.segments()):
        return True
    return any(_says_derivative(project, name, value) for name, value in _given(project))


def _given(project: Project) -> Iterator[tuple[str, Expression]]:
    """What calls are given and what modules' names are bound to, each with its key."""
    program = project.program
    for ref, number, _ in program.calls():
        call = program.function(ref).calls[number]
        yield from ((name or "", value) for name, value in call.keywords)
        for value in arguments_of(call):
            yield from _entries(value)
    for ref in program.functions():
        if ref.index == 0:
            for node in program.function(ref).nodes:
                if node.kind is Kind.ASSIGN and node.value is not None:
                    yield from _entries(node.value)


def _entries(value: Expression) -> Iterator[tuple[str, Expression]]:
    """``value`` without a key, and the entries of the displays in it with theirs."""
    for part in walk(value, ()):
        yield "", part
        if isinstance(part, Operation) and part.kind == "dict":
            for key, entry in zip(part.args[::2], part.args[1::2], strict=True):
                if isinstance(key, Constant) and isinstance(key.value, str):
                    yield key.value, entry


def _says_derivative(project: Project, name: str, value: Expression) -> bool:
    lexicon = project.vocabulary.lexicon
    said = value.value if isinstance(value, Constant) else None
    if isinstance(said, str) and _CONTRACT.match(said):
        return True
    key = normalise_segment(name) if name else ""
    if key in lexicon.derivative_keys:
        return True
    is_kind = key in lexicon.market_kinds and isinstance(said, str)
    return is_kind and normalise_segment(str(said).replace("-", "_")) in lexicon.derivative_kinds


def _words(name: str) -> frozenset[str]:
    return frozenset(normalise_segment(name.rpartition(".")[2]).split("_"))
