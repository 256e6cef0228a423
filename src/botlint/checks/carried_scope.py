"""Which carried values (ids) surely exist at each node of a function, and under which names.

A forward must-analysis: a value is in scope at a node if it is bound on every way that leads there
and no test on the way said that there is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from botlint.checks.reads import Key, is_read, walk
from botlint.checks.roots import targets_in
from botlint.facts.types import Call, Constant, Expression, Function, Kind, Name, Node, Operation
from botlint.flow.program import ClassRef, FunctionRef
from botlint.patterns import normalise_segment
from botlint.project import Project

State = frozenset["Value"]
_EMPTY = (Constant(None), Constant(""))
_OWN = frozenset({"self", "cls"})
_FILLING = frozenset({"current", "parent", "my", "the", "last", "active"})


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


def is_same(one: str, other: str) -> bool:
    """Whether two names mean one value: ``dec_id`` and ``decision_id``, not ``trade_id``."""
    first, second = _words(one), _words(other)
    return len(first) == len(second) and all(
        a == b or (min(len(a), len(b)) > 2 and (a.startswith(b) or b.startswith(a)))
        for a, b in zip(first, second, strict=True)
    )


def _words(name: str) -> list[str]:
    words = normalise_segment(name.rpartition(".")[2]).split("_")
    return [word for word in words if word and word not in _FILLING]


class Carried:
    """Where in a project the values of one role are in scope."""

    def __init__(self, project: Project, role: str) -> None:
        self.project = project
        self._names = project.vocabulary.roles[role]
        self._scopes: dict[FunctionRef, Mapping[int, State]] = {}
        self.known: dict[str, bool] = {}
        self._keys = self._read_keys()
        self._kinds = self._read_kinds()

    def plays(self, name: str) -> bool:
        """Whether a name is one of the value's."""
        known = self.known.get(name)
        if known is None:
            known = self.known[name] = self._names.plays_name(name)
        return known

    def keys_of(self, ref: FunctionRef, record: str) -> frozenset[str]:
        """The keys that a function reads or writes of a record."""
        return frozenset(self._keys.get(ref, {}).get(record, ()))

    def at(self, ref: FunctionRef) -> Mapping[int, State]:
        """The values in scope before each node of a function."""
        known = self._scopes.get(ref)
        if known is None:
            known = self._scopes[ref] = self._solve(ref)
        return known

    def before_calls(self, ref: FunctionRef) -> Mapping[int, State]:
        """The values that are surely in scope before each call of a function."""
        function = self.project.function(ref)
        states = self.at(ref) if function.calls else {}
        found: dict[int, State] = {}
        for number, state in states.items():
            node = function.nodes[number]
            if node.kind is Kind.CALL and node.call >= 0:
                found[node.call] = found.get(node.call, state) & state
        return found

    def field_of(self, cls: ClassRef) -> str:
        """The field of a class that holds the value, ``""`` if it has none."""
        for one in self.project.program.ancestry(cls):
            for name, _ in self.project.program.cls(one).attributes:
                if self.plays(name):
                    return name
        return ""

    def _read_keys(self) -> dict[FunctionRef, dict[str, set[str]]]:
        found: dict[FunctionRef, dict[str, set[str]]] = {}
        for source, facts in enumerate(self.project.program.sources):
            for use in facts.keys:
                if isinstance(use.record, Name) and use.key:
                    records = found.setdefault(FunctionRef(source, use.function), {})
                    records.setdefault(use.record.path, set()).add(use.key)
        return found

    def _read_kinds(self) -> dict[str, list[tuple[str, frozenset[str]]]]:
        """Records known to hold the value: by their name, its key, and the keys beside it."""
        found: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for ref in sorted(self._keys):
            for record, keys in self._keys[ref].items():
                for key in sorted(keys):
                    if self.plays(key):
                        found[record].append((key, frozenset(keys - {key})))
        return found

    def _candidates(self, ref: FunctionRef) -> Iterator[Value]:
        function = self.project.function(ref)
        for path in sorted(_paths(function)):
            root, _, rest = path.partition(".")
            if self.plays(path.rpartition(".")[2]) and root not in _OWN:
                yield Value(path.rpartition(".")[2], path, root if rest else path)
        for parameter in function.parameters:
            if parameter.name in _OWN or parameter.kind in ("*", "**"):
                continue
            kind = self.project.program.type_of(ref, Name(parameter.name))
            field = self.field_of(kind) if isinstance(kind, ClassRef) else ""
            if field:
                yield Value(field, f"{parameter.name}.{field}", parameter.name)
        yield from self._records(ref)

    def _records(self, ref: FunctionRef) -> Iterator[Value]:
        for record, keys in sorted(self._keys.get(ref, {}).items()):
            if "." in record:
                continue
            own = sorted(key for key in keys if self.plays(key))
            for key in own if not self._is_local(ref, own) else ():
                yield Value(key, f"{record}[{key}]", record, is_key=True)
            alike = sorted(key for key, beside in self._kinds.get(record, ()) if keys & beside)
            if not own and alike and "_" in record:
                yield Value(alike[0], f"{record}[{alike[0]}]", record, is_key=True)

    def _is_local(self, ref: FunctionRef, keys: list[str]) -> bool:
        """Whether a function has the value of a key in a name of its own, also."""
        bound = {
            name for node in self.project.function(ref).nodes for name in targets_in(node.target)
        }
        return any(self.plays(name) and is_same(name, key) for name in bound for key in keys)

    def _given(self, ref: FunctionRef) -> frozenset[str]:
        """The names that are bound when a function begins: parameters, also of those around."""
        names: set[str] = set()
        around: FunctionRef | None = ref
        while around is not None:
            function = self.project.function(around)
            names.update(one.name for one in function.parameters if one.kind not in ("*", "**"))
            around = self.project.program.parent(around)
        return frozenset(names)

    def _solve(self, ref: FunctionRef) -> Mapping[int, State]:
        candidates = frozenset(self._candidates(ref))
        function = self.project.function(ref)
        if not candidates or function.entry >= len(function.nodes):
            return {}
        given = self._given(ref)
        start = _Known(frozenset(one for one in candidates if one.root in given), frozenset())
        states: dict[int, _Known] = {function.entry: start}
        waiting = [function.entry]
        while waiting:
            number = waiting.pop()
            for follower, state in _step(function, number, states[number], candidates):
                if follower < 0:
                    continue
                known = states.get(follower)
                joined = state if known is None else known.joined(state)
                if joined != known:
                    states[follower] = joined
                    waiting.append(follower)
        return {number: state.bound - state.absent for number, state in states.items()}


class _Known(NamedTuple):
    """What is bound on every way here, and what a test on every way here found to be missing."""

    bound: State
    absent: State

    def joined(self, other: _Known) -> _Known:
        return _Known(self.bound & other.bound, self.absent & other.absent)


def _paths(function: Function) -> frozenset[str]:
    """All dotted names that a function reads or binds, its parameters too."""
    found = {parameter.name for parameter in function.parameters}
    for node in function.nodes:
        for part in walk(node.value, ()):
            if isinstance(part, Name):
                found.add(part.path)
        found.update(targets_in(node.target))
    for call in function.calls:
        for given in (*call.args, *(value for _, value in call.keywords)):
            found.update(part.path for part in walk(given, ()) if isinstance(part, Name))
    return frozenset(found)


def _step(
    function: Function, number: int, state: _Known, candidates: State
) -> Iterator[tuple[int, _Known]]:
    node = function.nodes[number]
    if node.exc >= 0:
        yield node.exc, state
    then = otherwise = state
    if node.kind in (Kind.TEST, Kind.ASSERT):
        missing = _missing(node.value, function.calls, candidates)
        then = _Known(state.bound, state.absent | missing[0])
        otherwise = _Known(state.bound, state.absent | missing[1])
    elif node.kind in (Kind.ASSIGN, Kind.ENTER):
        then = _bound(node, state, candidates)
    elif node.kind is Kind.ITERATE:
        then = _bound(node, state, candidates)
        otherwise = _unbound(node, state)
    elif node.kind is Kind.DELETE:
        then = _unbound(node, state)
    yield node.next, then
    yield node.other, otherwise


def _bound(node: Node, state: _Known, candidates: State) -> _Known:
    roots = set(targets_in(node.target))
    touched = frozenset(one for one in candidates if one.root in roots or one.path in roots)
    bound = state.bound - touched if node.value in _EMPTY else state.bound | touched
    return _Known(bound, state.absent - touched)


def _unbound(node: Node, state: _Known) -> _Known:
    roots = set(targets_in(node.target))
    return _Known(frozenset(one for one in state.bound if one.root not in roots), state.absent)


def _missing(
    value: Expression | None, calls: tuple[Call, ...], candidates: State
) -> tuple[State, State]:
    """What surely is missing when a test holds, and when it doesn't."""
    none: State = frozenset()
    if not isinstance(value, Operation) or not value.args:
        return none, _without(value, calls, candidates)
    parts = [_missing(part, calls, candidates) for part in value.args]
    if value.kind == "not":
        return parts[0][1], parts[0][0]
    if value.kind == "and":
        return none.union(*(part[0] for part in parts)), none
    if value.kind == "or":
        return none, none.union(*(part[1] for part in parts))
    if value.kind in ("is", "eq") and value.args[-1] in _EMPTY:
        return _without(value.args[0], calls, candidates), none
    if value.kind in ("isnot", "ne") and value.args[-1] in _EMPTY:
        return none, _without(value.args[0], calls, candidates)
    if value.kind in ("in", "notin"):
        record, key = value.args[1], value.args[0]
        absent = frozenset(
            one
            for one in candidates
            if one.is_key and record == Name(one.root) and key == Constant(one.name)
        )
        return (none, absent) if value.kind == "in" else (absent, none)
    return none, none


def _without(value: Expression | None, calls: tuple[Call, ...], candidates: State) -> State:
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
