"""Tests that tell an exchange's refusal from all other errors: the order was not placed, so what
such a test lets go on sends no order twice."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import Constant, Expression, Function, Kind, Result
from botlint.project import CallRef, Project

_LOST = frozenset(
    {"timeout", "timed out", "network", "connection", "temporar", "unavailable"}
    | {"502", "503", "504", "1006", "1007"}
)
_AGAIN = ("retry", "retri", "transient", "recover", "again", "lost")
_LOOKING = frozenset({"startswith", "endswith", "search", "match", "fullmatch", "find"})
_SHORTEST = 3


def names_loss(text: str) -> bool:
    """Whether a text or code of an error says that the answer may be lost, and not the order."""
    return any(lost in text.casefold() for lost in _LOST)


def tells_refusal(project: Project, ref: CallRef) -> bool:
    """Whether a call runs functions of the project that look for texts or codes in what they are
    handed, of which none says that the answer was lost."""
    callees = project.program.callees(ref.function, ref.call)
    return bool(callees) and all(_is_for_refusals(project.function(one)) for one in callees)


def _is_for_refusals(function: Function) -> bool:
    texts = set(_texts_in(function))
    said = (*texts, function.name)
    return bool(texts) and not any(names_loss(one) or _names_repeat(one) for one in said)


def _names_repeat(text: str) -> bool:
    """Whether a text says that one may try again, which a refusal is no reason for."""
    return any(word in text.casefold() for word in _AGAIN)


def _texts_in(function: Function) -> Iterator[str]:
    """The texts and codes that the tests and answers of a function look for."""
    for node in function.nodes:
        if node.kind in (Kind.TEST, Kind.RETURN, Kind.ASSIGN):
            for part in walk(node.value, function.calls):
                if not isinstance(part, Result):
                    yield from _text(part)
    for call in function.calls:
        if last_segment(call.func) in _LOOKING:
            for value in arguments_of(call):
                yield from _text(value)


def _text(value: Expression) -> Iterator[str]:
    text = value.value if isinstance(value, Constant) else None
    is_code = isinstance(text, str | int) and not isinstance(text, bool)
    if is_code and len(str(text)) >= _SHORTEST:
        yield str(text)
