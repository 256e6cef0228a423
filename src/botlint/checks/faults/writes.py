"""Where a program writes keys, binds attributes and hands dicts over, by the name they bear."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from botlint.checks.reads import Key, last_segment, stands_behind_own_read
from botlint.checks.roots import arguments_of
from botlint.facts.types import (
    Constant,
    Expression,
    Function,
    Item,
    KeyUse,
    Kind,
    Name,
    Node,
    Operation,
)
from botlint.flow.program import FunctionRef
from botlint.model import Place
from botlint.project import CallRef, Project


class Contents(NamedTuple):
    """All keys that a record can have, and where they are written."""

    keys: frozenset[str]
    places: frozenset[Place]


EMPTY = Contents(frozenset(), frozenset())


def merge(parts: Iterable[Contents | None]) -> Contents | None:
    """The contents of a record that may be any of ``parts``."""
    keys: set[str] = set()
    places: set[Place] = set()
    for part in parts:
        if part is None:
            return None
        keys |= part.keys
        places |= part.places
    return Contents(frozenset(keys), frozenset(places))


class Writes:
    """What may write to dicts, by the last segment of the name that the dict is written by."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._program = project.program
        self._written: dict[tuple[FunctionRef, KeyUse], Contents] = {}
        self._uses: dict[str, list[tuple[FunctionRef, KeyUse]]] = {}
        self._bound: dict[str, list[tuple[FunctionRef, Node]]] = {}
        self._given: dict[str, list[CallRef]] = {}
        self._aliases: dict[str, list[tuple[FunctionRef, Expression, Expression]]] = {}
        for ref in self._program.functions():
            self._index(ref, self._program.function(ref))
        for source, facts in enumerate(self._program.sources):
            for use in facts.keys:
                where = FunctionRef(source, use.function)
                self._uses.setdefault(last_segment(use.record), []).append((where, use))

    def uses(self, name: str) -> list[tuple[FunctionRef, KeyUse]]:
        """All reads and writes of keys."""
        return self._uses.get(name, [])

    def uses_in(self, source: int, name: str) -> list[tuple[FunctionRef, KeyUse]]:
        """The reads and writes of keys in one source."""
        return self._uses_by_source.get((source, name), [])

    def given_in(self, source: int, name: str) -> list[CallRef]:
        """The calls of one source that it is handed to."""
        return self._given_by_source.get((source, name), [])

    def bound(self, attribute: str) -> list[tuple[FunctionRef, Node]]:
        """All bindings of an attribute, of whatever object."""
        return self._bound.get(attribute, [])

    def given(self, name: str) -> list[CallRef]:
        """All calls that it is handed to."""
        return self._given.get(name, [])

    def aliases(self, attribute: str) -> list[tuple[FunctionRef, Expression, Expression]]:
        """What is bound to an attribute, as target and value, so that it writes there too."""
        return self._aliases.get(attribute, [])

    @cached_property
    def _uses_by_source(self) -> dict[tuple[int, str], list[tuple[FunctionRef, KeyUse]]]:
        found: dict[tuple[int, str], list[tuple[FunctionRef, KeyUse]]] = {}
        for name, uses in self._uses.items():
            for ref, use in uses:
                found.setdefault((ref.source, name), []).append((ref, use))
        return found

    @cached_property
    def _given_by_source(self) -> dict[tuple[int, str], list[CallRef]]:
        found: dict[tuple[int, str], list[CallRef]] = {}
        for name, calls in self._given.items():
            for call in calls:
                found.setdefault((call.function.source, name), []).append(call)
        return found

    def of_use(self, ref: FunctionRef, use: KeyUse) -> Contents | None:
        """What one use of a key adds to a record."""
        if use.mode == "open":
            return None
        if (ref, use) not in self._written:
            self._written[ref, use] = self._of_write(ref, use)
        return self._written[ref, use]

    def _index(self, ref: FunctionRef, function: Function) -> None:
        for node in function.nodes:
            if node.target is None or node.kind not in (Kind.ASSIGN, Kind.AUGMENT):
                continue
            if type(node.target) is Name and "." in node.target.path:
                self._bound.setdefault(last_segment(node.target), []).append((ref, node))
            for value in alternatives(node.value) if node.kind is Kind.ASSIGN else ():
                if type(value) is Name and "." in value.path:
                    alias = (ref, node.target, value)
                    self._aliases.setdefault(last_segment(value), []).append(alias)
        for number, call in enumerate(function.calls):
            for value in arguments_of(call):
                if type(value) is Name:
                    self._given.setdefault(last_segment(value), []).append(CallRef(ref, number))

    def _of_write(self, ref: FunctionRef, use: KeyUse) -> Contents:
        function = self._program.function(ref)
        key = Key(use.record, use.key)
        nodes = frozenset(
            number
            for number, node in enumerate(function.nodes)
            if node.target == Item(key.record, Constant(key.name))
            or (node.call >= 0 and function.calls[node.call].span == use.span)
        )
        if nodes and stands_behind_own_read(function, key, nodes):
            return EMPTY
        return Contents(frozenset({use.key}), frozenset({self._project.place(ref, use.span)}))


def alternatives(value: Expression | None) -> tuple[Expression, ...]:
    """The values that an expression may be: those of ``a or b`` and ``a if t else b``."""
    if type(value) is Operation and value.kind in ("or", "and", "if"):
        return tuple(part for one in value.args for part in alternatives(one))
    return (value,) if value is not None else ()
