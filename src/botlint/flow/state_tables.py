"""The rows of state machines: the transitions that tables list, and code that sets a state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Lambda,
    Name,
    Operation,
)
from botlint.flow.names import FunctionRef, segment_of
from botlint.flow.program import Program
from botlint.flow.state_names import MANY, STATES, State, StateNames, Way, words_of
from botlint.flow.values import Func
from botlint.model import Span


class Row(NamedTuple):
    """One row: ``ways`` into ``state``, or else ``handlers`` registered for it."""

    ways: tuple[Way, ...]
    handlers: tuple[FunctionRef, ...]
    state: State


class Tables:
    """The rows of a program, function by function."""

    def __init__(self, program: Program, names: StateNames) -> None:
        self._program = program
        self._names = names

    def rows(self, ref: FunctionRef, function: Function) -> Iterator[Row]:
        for call in function.calls:
            parts = [("", value) for value in call.args]
            parts += [(name or "", value) for name, value in call.keywords]
            yield from self._row(ref, parts, call.span, segment_of(call, function.calls))
            for _, value in parts:
                yield from self._displayed(ref, value, call.span)
        for node in function.nodes:
            if node.value is not None and node.kind in (Kind.ASSIGN, Kind.RETURN):
                yield from self._displayed(ref, node.value, node.span)

    def _displayed(self, ref: FunctionRef, value: Expression, span: Span) -> Iterator[Row]:
        """The rows of a display: a list of tuples or dicts, a dict by state."""
        if type(value) is not Operation:
            return
        if value.kind in ("list", "tuple", "set"):
            for part in value.args:
                if type(part) is Operation and part.kind in ("tuple", "list"):
                    yield from self._row(ref, [("", one) for one in part.args], span)
                elif type(part) is Operation and part.kind == "dict":
                    yield from self._row(ref, list(_entries(part)), span)
        elif value.kind == "dict":
            for key, entry in zip(value.args[::2], value.args[1::2], strict=True):
                for parts in _flattened(key, entry):
                    yield from self._row(ref, [("", part) for part in parts], span)

    def _row(
        self,
        ref: FunctionRef,
        parts: list[tuple[str, Expression]],
        span: Span,
        called: str = "",
    ) -> Iterator[Row]:
        """What one row says: a transition with its action, or a handler of a state."""
        texts = _texts_of_row(parts)
        told = [self._names.states_in(value) if texts is None else () for _, value in parts]
        if texts is None and not any(told):
            return
        is_inline = bool(words_of(called) & _SETTING)
        found: list[tuple[str, tuple[State | None, ...]]] = []
        actions: list[FunctionRef] = []
        conditions: list[FunctionRef] = []
        for (name, value), states in zip(parts, told, strict=True):
            if states:
                found.append((name, states))
            else:
                known = conditions if name in _ASKED else actions
                known += self._functions(ref, value, name)
        if texts is not None:
            sources, target = texts
        else:
            pair = _source_and_target(found)
            if pair is None:
                if len(found) == 1 and actions and not is_inline:
                    for state in found[0][1]:
                        yield Row((), tuple(actions), state or _NOWHERE)
                return
            sources, target = pair
        if is_inline and not actions:
            return
        run, asked = tuple(actions), tuple(conditions)
        ways = tuple(Way(target, one, ref, span, -1, run, asked) for one in sources)
        yield Row(ways, (), target)

    def set_in(self, ref: FunctionRef, function: Function) -> Iterator[Way]:
        """Code that sets a state: an assignment, or a call that says that it does."""
        for number, node in enumerate(function.nodes):
            if node.kind is Kind.ASSIGN and type(node.target) is Name:
                state = self._assigned(node.target, node.value)
                if state is not None:
                    yield Way(state, None, ref, node.span, number)
            elif node.kind is Kind.CALL:
                state = self._set_by(function.calls[node.call], function.calls)
                if state is not None:
                    yield Way(state, None, ref, node.span, number)

    def _assigned(self, target: Name, value: Expression | None) -> State | None:
        base, _, attribute = target.path.rpartition(".")
        if not base or value is None:
            return None
        is_named = bool(words_of(attribute) & STATES)
        if type(value) is Constant and isinstance(value.value, str):
            return State(attribute, value.value) if is_named else None
        for state in self._names.states_in(value):
            if state is not None and (is_named or words_of(state.owner) & STATES):
                return state
        return None

    def _set_by(self, call: Call, calls: tuple[Call, ...]) -> State | None:
        given = [
            state
            for value in call.args
            for state in self._names.states_in(value)
            if state is not None
        ]
        for name, value in call.keywords:
            if name and words_of(name) & STATES:
                given += [state for state in self._names.states_in(value) if state is not None]
        if not given or len({state.owner for state in given}) > 1:
            return None
        is_setting = bool(words_of(segment_of(call, calls)) & _SETTING)
        is_made = any(name and words_of(name) & STATES for name, _ in call.keywords)
        return given[-1] if is_setting or is_made else None

    def _functions(self, ref: FunctionRef, value: Expression, name: str) -> list[FunctionRef]:
        if type(value) is Lambda:
            return [FunctionRef(ref.source, value.function)]
        if type(value) is Operation and value.kind in ("list", "tuple"):
            return [one for part in value.args for one in self._functions(ref, part, name)]
        if type(value) is Constant and isinstance(value.value, str) and name in _CALLED:
            return list(self._program.functions_named(value.value)[:1])
        if type(value) is not Name and type(value) is not Item:
            return []
        values = self._program.values_of(ref, value)
        return [one.ref for one in values if isinstance(one, Func)]


_NOWHERE = State("", "")
_SETTING = frozenset({"set", "transition", "go", "goto", "move", "change", "switch", "advance"})
_SOURCES = frozenset({"source", "src", "from_state", "from_", "from", "origin", "current"})
_TARGETS = frozenset({"dest", "target", "dst", "to", "to_state", "destination", "next_state"})
_ASKED = frozenset({"conditions", "condition", "cond", "guard", "guards"})
_CALLED = _ASKED | {"before", "prepare", "action", "on", "handler"}


def _entries(value: Operation) -> Iterator[tuple[str, Expression]]:
    for key, entry in zip(value.args[::2], value.args[1::2], strict=True):
        text = key.value if isinstance(key, Constant) and isinstance(key.value, str) else ""
        yield text, entry


def _flattened(key: Expression, entry: Expression) -> Iterator[list[Expression]]:
    """The rows of one entry of a table by state, also of a table of tables."""
    first = list(key.args) if type(key) is Operation and key.kind == "tuple" else [key]
    if type(entry) is Operation and entry.kind == "dict":
        for inner, value in zip(entry.args[::2], entry.args[1::2], strict=True):
            for rest in _flattened(inner, value):
                yield [*first, *rest]
    elif type(entry) is Operation and entry.kind == "tuple":
        yield [*first, *entry.args]
    else:
        yield [*first, entry]


def _texts_of_row(
    parts: list[tuple[str, Expression]],
) -> tuple[tuple[State | None, ...], State] | None:
    """Source and target of a row that names them by keys, as texts."""
    named = {name: value for name, value in parts if name}
    if not named:
        return None
    source = next((named[name] for name in sorted(_SOURCES & named.keys())), None)
    target = next((named[name] for name in sorted(_TARGETS & named.keys())), None)
    if type(target) is not Constant or not isinstance(target.value, str) or source is None:
        return None
    listed = source.args if type(source) is Operation and source.kind in MANY else (source,)
    sources = []
    for one in listed:
        if type(one) is not Constant or not isinstance(one.value, str):
            return None
        sources.append(None if one.value == "*" else State("state", one.value))
    return tuple(sources), State("state", target.value)


def _source_and_target(
    found: list[tuple[str, tuple[State | None, ...]]],
) -> tuple[tuple[State | None, ...], State] | None:
    """Source and target of a row, by their names, else by their order; the enumeration that stands
    twice is that of the states, any other that of the events."""
    owners = [states[0].owner for _, states in found if states[0] is not None]
    twice = [owner for owner in owners if owners.count(owner) == 2]
    pair = [(name, states) for name, states in found if states[0] and states[0].owner in twice[:1]]
    if len(pair) != 2:
        return None
    (first, ones), (second, others) = pair
    if first in _TARGETS or second in _SOURCES:
        ones, others = others, ones
    return (ones, others[0]) if others[0] is not None else None
