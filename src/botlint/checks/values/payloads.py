"""What a call tells an event sink: the keys of its payload, and the words that name its subject."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.reads import has_spread, last_segment, walk
from botlint.checks.roots import arguments_of, values_given
from botlint.facts.types import Constant, Expression, Function, Name, Operation, Result
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project

_ABOUT_THE_CALL = frozenset(
    {"extra", "exc_info", "stack_info", "stacklevel", "end", "sep", "file", "flush", "maxlen"}
)
_RECORDS = ("event", "payload", "data", "message", "msg", "record", "body", "fields", "context")
_MARK = Operation("**", ())
_ANYTHING = Operation("star", ())
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
    for given in arguments_of(facts):
        shown = shown_record(project, call, given)
        if shown is None or _is_record(shown):
            return None
        for part in walk(shown, function.calls):
            display = _as_display(part, function)
            if type(display) is Operation and display.kind == "dict":
                if _MARK in display.args[::2]:
                    return None
                keys.update(_texts(display.args[::2]))
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
        if type(value) is Constant and isinstance(value.value, str):
            yield value.value


def shown_record(project: Project, call: CallRef, given: Expression) -> Expression | None:
    """An argument, or the dict display that the function binds its name to, with the keys that
    are put into it; ``None`` if others may be."""
    function = project.function(call.function)
    if not isinstance(given, Name):
        return _as_display(given, function)
    displays = _displays(function, given)
    if not displays:
        return given
    written: list[Expression] = []
    for use in project.program.sources[call.function.source].keys:
        if use.function == call.function.index and use.record == given:
            if use.mode == "open":
                return None
            if use.mode == "write":
                written += (Constant(use.key), _ANYTHING)
    return Operation("dict", (*displays[0].args, *written)) if len(displays) == 1 else None


def _as_display(given: Expression | None, function: Function) -> Expression | None:
    """``dict(symbol=symbol)`` as the display that it stands for."""
    if type(given) is not Result:
        return given
    call = function.calls[given.call]
    if call.func != Name("dict") or call.args or has_spread(call):
        return given
    parts = [part for name, value in call.keywords for part in (Constant(name), value)]
    return Operation("dict", tuple(parts))


def _displays(function: Function, name: Name) -> list[Operation]:
    values = [_as_display(value, function) for value in values_given(function, name)]
    found = [one for one in values if isinstance(one, Operation) and one.kind == "dict"]
    return list(dict.fromkeys(found)) if len(found) == len(values) else []


def entries_of(record: Expression | None) -> dict[str, Expression] | None:
    """The entries of a dict display by their literal keys; ``None`` if others may be in it."""
    if not isinstance(record, Operation) or record.kind != "dict":
        return None
    found: dict[str, Expression] = {}
    for key, value in zip(record.args[::2], record.args[1::2], strict=True):
        if not isinstance(key, Constant) or not isinstance(key.value, str):
            return None
        found[key.value] = value
    return found
