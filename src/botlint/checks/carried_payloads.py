"""What a call tells an event sink: the keys of its payload, and the words that name its subject."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.reads import has_spread, last_segment, walk
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Operation
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project

_ABOUT_THE_CALL = frozenset(
    {"extra", "exc_info", "stack_info", "stacklevel", "end", "sep", "file", "flush", "maxlen"}
)
_RECORDS = ("event", "payload", "data", "message", "msg", "record", "body", "fields", "context")
_MARK = Operation("**", ())
_WORD = re.compile(r"[A-Za-z]+")


class Payload(NamedTuple):
    """The named values of one event, and the words of its texts and keys in small letters."""

    keys: frozenset[str]
    words: frozenset[str]


def payload_of(project: Project, call: CallRef) -> Payload | None:
    """What a call tells by keywords and dict displays; ``None`` if it tells nothing by name, or
    something whose keys can't be known."""
    facts = project.call(call)
    function = project.function(call.function)
    if has_spread(facts):
        return None
    keys = {name for name, _ in facts.keywords if name and name not in _ABOUT_THE_CALL}
    texts: set[str] = set(keys)
    for given in (*facts.args, *(value for _, value in facts.keywords)):
        shown = _shown(project, call, given)
        if shown is None or _is_record(shown):
            return None
        for part in walk(shown, function.calls):
            if isinstance(part, Operation) and part.kind == "dict":
                if _MARK in part.args[::2]:
                    return None
                keys.update(_texts(part.args[::2]))
            texts.update(_texts((part,)))
    if not keys:
        return None
    words = {word.lower() for text in texts for word in _WORD.findall(normalise_segment(text))}
    return Payload(frozenset(keys), frozenset(words))


def _is_record(given: Expression) -> bool:
    """Whether an argument is a name of something that may hold any key."""
    return isinstance(given, Name) and last_segment(given).lower().endswith(_RECORDS)


def _texts(values: tuple[Expression, ...]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Constant) and isinstance(value.value, str):
            yield value.value


def _shown(project: Project, call: CallRef, given: Expression) -> Expression | None:
    """An argument, or the dict display that the function binds its name to, with the keys that
    are put into it; ``None`` if others may be."""
    if not isinstance(given, Name):
        return given
    function = project.function(call.function)
    displays = _displays(function, given)
    if not displays:
        return given
    written: list[Expression] = []
    for use in project.program.sources[call.function.source].keys:
        if use.function == call.function.index and use.record == given:
            if use.mode == "open":
                return None
            if use.mode == "write":
                written += (Constant(use.key), Constant(None))
    return Operation("dict", (*displays[0].args, *written)) if len(displays) == 1 else None


def _displays(function: Function, name: Name) -> list[Operation]:
    values = [
        node.value for node in function.nodes if node.kind is Kind.ASSIGN and node.target == name
    ]
    found = [one for one in values if isinstance(one, Operation) and one.kind == "dict"]
    return list(dict.fromkeys(found)) if len(found) == len(values) else []
