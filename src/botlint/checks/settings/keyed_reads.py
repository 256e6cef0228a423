"""Reads of a configuration file by its keys, where the code shows which file it is.

``cfg = yaml.safe_load(open("conf.yaml"))``, then ``cfg["risk"]["max_spread"]`` and
``cfg.get("risk", {}).get("max_spread", 9)``: in the same module, in methods of the same object, and
where the name is imported. Only files and names of settings count: a file of state has the keys
that the program once wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from botlint.checks.bound_before import bindings_before
from botlint.checks.reads import last_segment, parts_of, walk
from botlint.checks.roots import receiver_of
from botlint.checks.settings.file_settings import FILE, LOADING
from botlint.configs.types import Path, Setting, Tree
from botlint.discover import is_peripheral
from botlint.facts.types import (
    Constant,
    Expression,
    Facts,
    Function,
    Item,
    KeyUse,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.program import FunctionRef
from botlint.model import Place
from botlint.project import CallRef, Project

DEEPEST = 8
DEEPEST_NAME = 3
_TESTS = frozenset({"in", "notin"})


class Part(NamedTuple):
    """What stands at ``path`` in the file ``source``."""

    source: str
    path: Path


class KeyedRead(NamedTuple):
    """A key read: ``setting`` is what the file has for it, if anything; ``fallback`` is what is
    taken else. ``is_item``: read as ``cfg["key"]``, so that it raises where there is nothing."""

    tree: Tree
    part: Part
    setting: Setting | None
    place: Place
    function: FunctionRef
    fallback: Expression | None
    is_item: bool

    @property
    def dotted(self) -> str:
        """``risk.max_spread``."""
        return ".".join(map(str, self.part.path))


def files_named(facts: Iterable[Facts]) -> frozenset[str]:
    """The names of the configuration files that code loads."""
    found: set[str] = set()
    for one in facts:
        names = {last_segment(call.func) for fn in one.functions for call in fn.calls}
        if names & LOADING:
            for function in one.functions:
                found.update(_texts(function))
    return frozenset(found)


def _texts(function: Function) -> Iterator[str]:
    values = [node.value for node in function.nodes]
    values += [one.default for one in function.parameters]
    values += [value for call in function.calls for value in call.args]
    for value in values:
        for part in walk(value, ()):
            if type(part) is Constant and isinstance(part.value, str):
                match = FILE.search(part.value)
                if match:
                    yield match[1]


def find_keyed_reads(project: Project) -> tuple[KeyedRead, ...]:
    """All reads of settings in files, by place."""
    return project.answer(("keyed reads",), lambda: tuple(_Reader(project).find()))


class _Reader:
    def __init__(self, project: Project) -> None:
        self._project = project
        self._is_settings = project.vocabulary.roles["settings-module"].plays_name
        self._trees: dict[str, list[Tree]] = {}
        for tree in project.trees:
            if tree.form in ("yaml", "json", "toml") and not is_peripheral(tree.path):
                self._trees.setdefault(tree.path.rpartition("/")[2], []).append(tree)
        self._by_path = {one.path: one for some in self._trees.values() for one in some}
        self._parts: dict[tuple[FunctionRef, Expression], Part | None] = {}

    def find(self) -> Iterator[KeyedRead]:
        uses = [
            (number, use)
            for number, facts in enumerate(self._project.program.sources if self._trees else ())
            for use in facts.keys
        ]
        changed = set()
        for number, use in uses:
            if use.mode != "read":
                part = self._part(FunctionRef(number, use.function), use.record, 0)
                if part is not None:
                    changed.add(part.source)
        found = (self._read(number, use) for number, use in uses if use.mode == "read")
        reads = [one for one in found if one is not None and one.part.source not in changed]
        yield from sorted(reads, key=lambda one: (one.place, one.dotted))

    def _read(self, source: int, use: KeyUse) -> KeyedRead | None:
        ref = FunctionRef(source, use.function)
        base = self._part(ref, use.record, 0) if use.key else None
        if base is None or not _is_mapping(tree := self._by_path[base.source], base.path):
            return None
        function = self._project.function(ref)
        part = Part(base.source, (*base.path, use.key))
        settings = tree.find(*part.path)
        call = next((one for one in function.calls if one.span == use.span), None)
        if call is None and _is_tested(function, use.record, use.key):
            return None
        fallback = call.args[1] if call is not None and len(call.args) > 1 else None
        place = self._project.place(ref, use.span)
        setting = settings[-1] if settings else None
        return KeyedRead(tree, part, setting, place, ref, fallback, call is None)

    def _part(self, ref: FunctionRef, value: Expression | None, depth: int) -> Part | None:
        if value is None or depth > DEEPEST:
            return None
        key = (ref, value)
        if key not in self._parts:
            self._parts[key] = None  # what refers to itself is none
            self._parts[key] = self._resolve(ref, value, depth)
        return self._parts[key]

    def _resolve(self, ref: FunctionRef, value: Expression, depth: int) -> Part | None:
        if type(value) is Item:
            return self._within(ref, value.value, value.key, depth)
        if type(value) is Operation and value.kind == "or":
            return self._part(ref, value.args[0], depth + 1)
        if type(value) is Result:
            return self._called(ref, value.call, depth)
        if type(value) is not Name:
            return None
        bound = self._bound(ref, value)
        parts = {self._part(at, one, depth + 1) for at, one in bound}
        return next(iter(parts)) if len(parts) == 1 else None

    def _within(
        self, ref: FunctionRef, record: Expression, key: Expression, depth: int
    ) -> Part | None:
        base = self._part(ref, record, depth + 1)
        if base is None or not isinstance(key, Constant) or not isinstance(key.value, str):
            return None
        return Part(base.source, (*base.path, key.value))

    def _called(self, ref: FunctionRef, number: int, depth: int) -> Part | None:
        function = self._project.function(ref)
        call = function.calls[number]
        name, receiver = last_segment(call.func), receiver_of(call)
        if name == "get" and receiver is not None and call.args:
            return self._within(ref, receiver, call.args[0], depth)
        if name in LOADING:
            tree = self._tree(CallRef(ref, number), (*call.args, receiver), 0)
            return Part(tree.path, ()) if tree is not None else None
        callees = self._project.program.callees(ref, number)
        if len(callees) != 1:
            return None
        nodes = self._project.function(callees[0]).nodes
        given = [one.value for one in nodes if one.kind is Kind.RETURN]
        parts = {self._part(callees[0], one, depth + 1) for one in given}
        return next(iter(parts)) if len(parts) == 1 else None

    def _is_of_settings(self, path: str) -> bool:
        """Whether a file, or a folder that it lies in, is called as settings are."""
        parts = path.replace("\\", "/").split("/")
        return any(self._is_settings(one.partition(".")[0].replace("-", "_")) for one in parts)

    def _bound(self, ref: FunctionRef, name: Name) -> list[tuple[FunctionRef, Expression]]:
        """All that gives a name its value; nothing where some of it can't be told."""
        program = self._project.program
        variable = program.variable(ref, name)
        bindings = program.bindings(variable) if variable is not None else ()
        if any(one.kind != "value" or one.value is None for _, one in bindings):
            return []
        return [(at, one.value) for at, one in bindings if one.value is not None]

    def _tree(self, ref: CallRef, values: Iterable[Expression | None], depth: int) -> Tree | None:
        """The one file that is named in expressions, or in what they are bound to when a call is
        made."""
        function = self._project.function(ref.function)
        names: set[str] = set()
        found: list[Tree] = []
        for value in values:
            for part in walk(value, function.calls):
                if isinstance(part, Constant) and isinstance(part.value, str):
                    match = FILE.search(part.value)
                    names.update([match[1]] if match and self._is_of_settings(part.value) else [])
                elif isinstance(part, Name) and depth < DEEPEST_NAME:
                    found += self._bound_trees(ref, part, depth)
        for name in names:
            found += self._trees.get(name, ())
        return found[0] if len({one.path for one in found}) == 1 else None

    def _bound_trees(self, ref: CallRef, name: Name, depth: int) -> Iterator[Tree]:
        """The files that ``name`` may stand for when a call is made, or in its module."""
        for at in dict.fromkeys((ref.function, FunctionRef(ref.function.source, 0))):
            function = self._project.function(at)
            number = ref.call if at == ref.function else -1
            before = bindings_before(function, number, name.path) if number >= 0 else ()
            bound = [function.nodes[one].value for one in before]
            bound = bound or [one.value for one in function.nodes if one.target == name]
            tree = self._tree(CallRef(at, number), bound, depth + 1) if bound else None
            if tree is not None:
                yield tree


def _is_mapping(tree: Tree, path: Path) -> bool:
    """Whether all keys of what stands there are seen, in a file of one document."""
    documents = {one.document for one in tree.settings}
    if len(documents) > 1 or tree.is_broken or not tree.settings:
        return False
    found = tree.find(*path) if path else ()
    return not path or (bool(found) and isinstance(found[-1].value, dict))


def _is_tested(function: Function, record: Expression, key: str) -> bool:
    """Whether a function asks if the record has the key at all."""
    for node in function.nodes:
        for part in walk(node.value, function.calls):
            is_test = isinstance(part, Operation) and part.kind in _TESTS
            if is_test and parts_of(part) == (Constant(key), record):
                return True
    return False
