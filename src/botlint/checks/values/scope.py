"""Which carried values (ids) surely exist at each node of a function, and under which names.

A forward must-analysis: a value is in scope at a node if it is bound on every way that leads there
and no test on the way said that there is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from botlint.checks.reads import walk
from botlint.checks.roots import SELF, arguments_of, targets_in
from botlint.checks.values.flow import Known, State, Value, aliases_of, step
from botlint.facts.types import Function, Kind, Name
from botlint.flow.program import ClassRef, FunctionRef
from botlint.patterns import normalise_segment
from botlint.project import Project

_FILLING = frozenset({"current", "parent", "my", "the", "last", "active"})


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
        self._solved: dict[FunctionRef, dict[int, Known]] = {}
        self._written: dict[FunctionRef, frozenset[str]] = {}
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
        program = self.project.program
        for one in program.ancestry(cls):
            for name, _ in program.cls(one).attributes:
                if self.plays(name):
                    return name
        own = sorted(program.attributes(cls) - frozenset(program.class_members(cls)))
        return next((name for name in own if self.plays(name)), "")

    def _read_keys(self) -> dict[FunctionRef, dict[str, set[str]]]:
        found: dict[FunctionRef, dict[str, set[str]]] = {}
        for source, facts in enumerate(self.project.program.sources):
            for use in facts.keys:
                if type(use.record) is Name and use.key:
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
        for path in sorted(self.paths_of(ref)):
            root, _, rest = path.partition(".")
            if self.plays(path.rpartition(".")[2]) and root not in SELF:
                yield Value(path.rpartition(".")[2], path, root if rest else path)
        for name in _records_of(function):
            kind = self.project.program.type_of(ref, Name(name))
            field = self.field_of(kind) if isinstance(kind, ClassRef) else ""
            if field:
                yield Value(field, f"{name}.{field}", name)
        yield from self._records(ref)

    def _records(self, ref: FunctionRef) -> Iterator[Value]:
        for record, keys in sorted(self._keys_within(ref).items()):
            if "." in record:
                continue
            own = sorted(key for key in keys if self.plays(key))
            for key in own if not self._is_local(ref, own) else ():
                yield Value(key, f"{record}[{key}]", record, is_key=True)
            alike = sorted(key for key, beside in self._kinds.get(record, ()) if keys & beside)
            if not own and alike and "_" in record:
                yield Value(alike[0], f"{record}[{alike[0]}]", record, is_key=True)

    def paths_of(self, ref: FunctionRef) -> frozenset[str]:
        """All dotted names that a function reads or binds, and those that functions nested in it
        take from around them: they pass through it."""
        known = self._written.get(ref)
        if known is None:
            own = set(_paths(self.project.function(ref)))
            for inner in self.project.program.nested(ref) if ref.index else ():
                bound = _bound_in(self.project.function(inner))
                own |= {one for one in self.paths_of(inner) if one.partition(".")[0] not in bound}
            known = self._written[ref] = frozenset(own)
        return known

    def _keys_within(self, ref: FunctionRef) -> dict[str, set[str]]:
        """The keys of records that a function reads or writes, and those that functions nested in
        it read of records around them."""
        found = {name: set(keys) for name, keys in self._keys.get(ref, {}).items()}
        for inner in self.project.program.nested(ref) if ref.index else ():
            bound = _bound_in(self.project.function(inner))
            for name, keys in self._keys_within(inner).items():
                if name.partition(".")[0] not in bound:
                    found.setdefault(name, set()).update(keys)
        return found

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
        given_here = frozenset(one for one in candidates if one.root in given)
        start = self._from_around(ref, candidates) or Known(given_here, frozenset())
        aliases = aliases_of(function)
        states: dict[int, Known] = {function.entry: start}
        waiting = [function.entry]
        while waiting:
            number = waiting.pop()
            for follower, state in step(function, aliases, number, states[number], candidates):
                if follower < 0:
                    continue
                known = states.get(follower)
                joined = state if known is None else known.joined(state)
                if joined != known:
                    states[follower] = joined
                    waiting.append(follower)
        self._solved[ref] = states
        return {number: state.bound - state.absent for number, state in states.items()}

    def _from_around(self, ref: FunctionRef, candidates: State) -> Known | None:
        """What a nested function finds when it is made: what is known where it stands."""
        function = self.project.function(ref)
        around = self.project.program.parent(ref)
        if around is None or around.index == 0 or function.owner >= 0:
            return None
        self.at(around)
        states = self._solved.get(around, {})
        made = [
            states[number]
            for number, node in enumerate(self.project.function(around).nodes)
            if node.kind is Kind.DEFINE and node.target == Name(function.name) and number in states
        ]
        if not made:
            return None
        own = frozenset(one.name for one in function.parameters)
        bound = frozenset.intersection(*(one.bound for one in made))
        absent = frozenset.intersection(*(one.absent for one in made))
        names = self._given(ref)
        known = frozenset(one.path for one in self._candidates(around))
        return Known(
            frozenset(
                one
                for one in candidates
                if one.root in own or one in bound or (one.path not in known and one.root in names)
            ),
            frozenset(one for one in candidates if one in absent and one.root not in own),
        )


def _records_of(function: Function) -> list[str]:
    """The names that may be records: parameters, and what a loop goes over."""
    given = [one.name for one in function.parameters if one.kind not in ("*", "**")]
    gone_over = [
        name
        for node in function.nodes
        if node.kind is Kind.ITERATE
        for name in targets_in(node.target)
    ]
    return [name for name in dict.fromkeys((*given, *gone_over)) if name not in SELF]


def _bound_in(function: Function) -> set[str]:
    """The names that are a function's own: its parameters, and what it binds."""
    bound = {one for node in function.nodes for one in targets_in(node.target)}
    return {one.name for one in function.parameters} | (bound - set(function.outer))


def _paths(function: Function) -> frozenset[str]:
    """All dotted names that a function reads or binds, its parameters too."""
    found = {parameter.name for parameter in function.parameters}
    for node in function.nodes:
        for part in walk(node.value, ()):
            if type(part) is Name:
                found.add(part.path)
        found.update(targets_in(node.target))
    for call in function.calls:
        for given in arguments_of(call):
            found.update(part.path for part in walk(given, ()) if type(part) is Name)
    return frozenset(found)
