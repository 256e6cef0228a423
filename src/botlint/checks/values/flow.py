"""What is known of carried values from node to node: which are bound, and which missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from botlint.checks.reads import Key, is_read, walk
from botlint.checks.roots import targets_in
from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)

State = frozenset["Value"]
Aliases = Mapping[str, Expression | None]
_EMPTY = (Constant(None), Constant(""))


class Value(NamedTuple):
    """A carried value: ``name`` is its last name, ``path`` how the function reaches it, and
    ``is_key``: as a key of the record ``root``."""

    name: str
    path: str
    root: str
    is_key: bool = False

    @property
    def shown(self) -> str:
        """How one would write it."""
        return f"{self.root}['{self.name}']" if self.is_key else self.path


class Known(NamedTuple):
    """What is bound on every way here, and what a test on every way here found to be missing;
    ``alike`` are names that still have what another one has."""

    bound: State
    absent: State
    alike: frozenset[tuple[str, str]] = frozenset()

    def joined(self, other: Known) -> Known:
        return Known(self.bound & other.bound, self.absent & other.absent, self.alike & other.alike)


def aliases_of(function: Function) -> Aliases:
    """The names that a function binds to one item or answer, in whatever copies of a
    ``finally``."""
    found: dict[str, list[Expression | None]] = {}
    for node in function.nodes:
        for name in targets_in(node.target):
            values = found.setdefault(name, [])
            values += [node.value] if node.value not in values else []
    return {
        name: values[0]
        for name, values in found.items()
        if len(values) == 1 and isinstance(values[0], Item | Result)
    }


def step(
    function: Function, aliases: Aliases, number: int, state: Known, candidates: State
) -> Iterator[tuple[int, Known]]:
    """Where control goes on from a node, and what is known there."""
    node = function.nodes[number]
    if node.exc >= 0:
        yield node.exc, state
    then = otherwise = state
    if node.kind in (Kind.TEST, Kind.ASSERT):
        here = {**aliases, **{name: Name(path) for name, path in state.alike}}
        missing = _missing(node.value, here, function.calls, candidates)
        found = _found(node.value, missing, here, function.calls)
        then = _tested(state, found[0], missing[0])
        otherwise = _tested(state, found[1], missing[1])
        if found[0] & state.absent or found[1] & state.absent:
            # A test before has settled what this one asks.
            yield (node.other, otherwise) if found[0] & state.absent else (node.next, then)
            return
    elif node.kind in (Kind.ASSIGN, Kind.ENTER):
        then = _bound(node, state, candidates, function.calls)
    elif node.kind is Kind.ITERATE:
        then = _bound(node, state, candidates, function.calls)
        otherwise = _unbound(node, state)
    elif node.kind is Kind.DELETE:
        then = _unbound(node, state)
    yield node.next, then
    yield node.other, otherwise


def _tested(state: Known, found: State, missing: State) -> Known:
    return state._replace(bound=state.bound | found, absent=(state.absent | missing) - found)


def _bound(node: Node, state: Known, candidates: State, calls: tuple[Call, ...]) -> Known:
    roots = set(targets_in(node.target))
    alike = frozenset(pair for pair in state.alike if not any(_is_part(one, roots) for one in pair))
    if isinstance(node.target, Name) and isinstance(node.value, Name):
        is_other = not _is_part(node.value.path, roots)
        alike |= {(node.target.path, node.value.path)} if is_other else frozenset()
    touched = frozenset(one for one in candidates if one.root in roots or one.path in roots)
    source = _converted(node.value, calls)
    if any(Name(one.path) == source for one in state.absent):
        return Known(state.bound, state.absent | touched, alike)
    if node.value not in _EMPTY:
        return Known(state.bound | touched, state.absent - touched, alike)
    # What is missing already is set to nothing: that changes nothing.
    lost = touched - state.absent
    return Known(state.bound - lost, state.absent, alike)


def _is_part(path: str, roots: set[str]) -> bool:
    """Whether a dotted name changes with one of ``roots``."""
    return any(path == root or path.startswith(root + ".") for root in roots)


def _converted(value: Expression | None, calls: tuple[Call, ...]) -> Expression | None:
    """What a value is but for its type: ``x`` of ``str(x)``."""
    if isinstance(value, Result):
        call = calls[value.call]
        return call.args[0] if call.func == Name("str") and len(call.args) == 1 else None
    return value


def _unbound(node: Node, state: Known) -> Known:
    roots = set(targets_in(node.target))
    return state._replace(bound=frozenset(one for one in state.bound if one.root not in roots))


def _missing(
    value: Expression | None, aliases: Aliases, calls: tuple[Call, ...], candidates: State
) -> tuple[State, State]:
    """What surely is missing when a test holds, and when it doesn't."""
    none: State = frozenset()
    if not isinstance(value, Operation) or not value.args:
        return none, _without(value, aliases, calls, candidates)
    parts = [_missing(part, aliases, calls, candidates) for part in value.args]
    if value.kind == "not":
        return parts[0][1], parts[0][0]
    if value.kind == "and":
        return none.union(*(part[0] for part in parts)), none
    if value.kind == "or":
        return none, none.union(*(part[1] for part in parts))
    if value.kind in ("is", "eq") and value.args[-1] in _EMPTY:
        return _without(value.args[0], aliases, calls, candidates), none
    if value.kind in ("isnot", "ne") and value.args[-1] in _EMPTY:
        return none, _without(value.args[0], aliases, calls, candidates)
    if value.kind in ("in", "notin"):
        record, key = value.args[1], value.args[0]
        absent = frozenset(
            one
            for one in candidates
            if one.is_key and record == Name(one.root) and key == Constant(one.name)
        )
        return (none, absent) if value.kind == "in" else (absent, none)
    return none, none


def _found(
    value: Expression | None,
    missing: tuple[State, State],
    aliases: Aliases,
    calls: tuple[Call, ...],
) -> tuple[State, State]:
    """What surely is there when a test holds, and when it doesn't: what would be missing else. A
    record that is there need not hold the value."""
    if isinstance(value, Operation) and value.kind in ("and", "or"):
        return frozenset(), frozenset()
    parts = list(walk(value, calls))
    names = [part.path for part in parts if isinstance(part, Name)]
    parts += [part for name in names for part in walk(aliases.get(name), calls)]
    paths = {part.path for part in parts if isinstance(part, Name)}
    then, otherwise = (
        frozenset(one for one in side if one.is_key or one.path in paths) for side in missing
    )
    reads = frozenset(
        one
        for one in then | otherwise
        if not one.is_key
        or any(is_read(part, Key(Name(one.root), one.name), calls) for part in parts)
    )
    return otherwise & reads, then & reads


def _without(
    value: Expression | None, aliases: Aliases, calls: tuple[Call, ...], candidates: State
) -> State:
    if isinstance(value, Name) and value.path in aliases:
        others = {name: bound for name, bound in aliases.items() if name != value.path}
        inner = _without(aliases[value.path], others, calls, candidates)
        return inner | _without(value, {}, calls, candidates)
    return frozenset(
        one
        for one in candidates
        if (isinstance(value, Name) and value.path in (one.path, one.root))
        or (
            one.is_key
            and value is not None
            and is_read(value, Key(Name(one.root), one.name), calls)
        )
    )
