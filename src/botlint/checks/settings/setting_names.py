"""Which expressions are a setting, in whatever way it is read.

``config.K`` · ``getattr(config, "K", d)`` · ``from config import K`` · ``self.cfg.K`` ·
``cfg["K"]`` · ``cfg.get("K", d)`` · ``os.getenv("K", d)`` · an alias of any of them in the module
of settings itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.mentions import mentioned_in
from botlint.checks.owners import modules_of
from botlint.checks.reads import last_segment, parts_of, walk
from botlint.checks.roots import arguments_of, receiver_of
from botlint.checks.settings.constants import last_assignment
from botlint.checks.settings.file_settings import file_settings, is_of_file
from botlint.checks.settings.settings_read import defined_in, settings_modules
from botlint.facts.types import Attribute, Constant, Expression, Item, Kind, Name, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.values import Module
from botlint.model import Place
from botlint.project import CallRef, Project

NOWHERE = -1
"""In place of a module: no module of settings of the program is known to be read."""
DEEPEST = 4

_CASTS = frozenset({"int", "float", "str", "bool", "Decimal", "abs", "round"})
_ENVIRONMENT = frozenset({"os.getenv", "getenv", "os.environ.get", "environ.get"})


class Named(NamedTuple):
    """A setting as an expression: what it is called, where it should be defined, and what is taken
    if it isn't. ``origin`` is ``file`` or ``environment`` for what no module defines."""

    key: str
    module: int
    fallback: Expression | None
    origin: str = ""


class Reading(NamedTuple):
    """A setting read somewhere."""

    named: Named
    function: FunctionRef
    place: Place


class SettingNames:
    """Says which setting an expression is."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.modules = settings_modules(project)
        self._defined = {one: defined_in(project, one) for one in sorted(self.modules)}
        self._files = file_settings(project)
        self._role = project.vocabulary.roles["settings-module"]
        self._imported = {
            source: dict(self._find_imported(source))
            for source in range(len(project.program.sources))
        }
        self._logging: dict[FunctionRef, frozenset[int]] = {}
        self._heads: dict[tuple[FunctionRef, Expression], int | None] = {}

    def is_defined(self, named: Named) -> bool:
        """Whether the module defines the setting; one that may define anything does."""
        names = self._defined.get(named.module, frozenset())
        return names is None or named.key in names

    def spellings(self, keys: frozenset[str]) -> frozenset[str]:
        """``keys`` with the names by which modules of settings repeat them."""
        found = set(keys)
        for module in self.modules:
            for node in self._project.function(FunctionRef(module, 0)).nodes:
                is_alias = isinstance(node.value, Name) and node.value.path in found
                if is_alias and isinstance(node.target, Name):
                    found.add(node.target.path)
        return frozenset(found)

    def read_in(self, ref: FunctionRef, spellings: frozenset[str]) -> Iterator[Reading]:
        """The settings of these names that a function reads, but for what it only logs."""
        function = self._project.function(ref)
        around = FunctionRef(ref.source, max(function.parent, 0))
        mentioned = mentioned_in(self._project, ref)
        imported = self._imported[ref.source]
        if spellings.isdisjoint(mentioned) and not any(
            one.key in spellings for name, one in imported.items() if name in mentioned
        ):
            return
        given = [
            (-1, one.span or function.span, walk(one.default, ())) for one in function.parameters
        ]
        for node in function.nodes:
            given.append((node.call, node.span, _parts(node.value)))
            if node.call >= 0:
                call = function.calls[node.call]
                given.append((node.call, call.span, iter((Result(node.call),))))
                inside = (*arguments_of(call), receiver_of(call))
                given += [(node.call, node.span, _parts(one)) for one in inside]
        for position, (number, span, parts) in enumerate(given):
            for part in parts:
                if type(part) is Result and part.call != number:
                    continue
                if self._spelling(ref, part) not in spellings:
                    continue
                named = self.direct(around if position < len(function.parameters) else ref, part)
                if named is None or named.module == ref.source or number in self._logged(ref):
                    continue
                yield Reading(named, ref, self._project.place(ref, span))

    def _spelling(self, ref: FunctionRef, value: Expression) -> object:
        """The name of a setting, if the expression reads one."""
        if type(value) is Name:
            imported = self._imported[ref.source].get(value.path)
            return imported.key if imported is not None else value.path.rpartition(".")[2]
        if type(value) is Attribute:
            return value.name
        if type(value) is Item:
            return value.key.value if type(value.key) is Constant else None
        if type(value) is Result:
            call = self._project.function(ref).calls[value.call]
            keys = [one.value for one in call.args[:2] if type(one) is Constant]
            return keys[0] if keys else None
        return None

    def of(self, ref: FunctionRef, value: Expression | None, depth: int = 0) -> Named | None:
        """The setting that a value is, also converted, or by way of a local variable."""
        if value is None or depth > DEEPEST:
            return None
        named = self.direct(ref, value)
        if named is not None:
            return named
        function = self._project.function(ref)
        if type(value) is Operation and value.kind == "or":
            return self.of(ref, value.args[0], depth + 1)
        if type(value) is Result:
            call = function.calls[value.call]
            if type(call.func) is Name and call.func.path in _CASTS and call.args:
                return self.of(ref, call.args[0], depth + 1)
        if type(value) is Name and "." not in value.path and ref.index:
            bound = {
                repr(node.value): node.value if node.kind is Kind.ASSIGN else None
                for node in function.nodes
                if node.target == value
            }
            only = next(iter(bound.values())) if len(bound) == 1 else None
            return self.of(ref, only, depth + 1)
        return None

    def direct(self, ref: FunctionRef, value: Expression) -> Named | None:
        """The setting that is read by an expression itself."""
        if type(value) is Name:
            head, _, key = value.path.rpartition(".")
            if head:
                return self._member(ref, Name(head), key, None)
            return self._imported[ref.source].get(key)
        if type(value) is Attribute:
            return self._member(ref, value.value, value.name, None)
        if type(value) is Item and type(value.key) is Constant:
            return self._keyed(ref, value.value, value.key.value, None)
        if type(value) is Result:
            return self._called(ref, value.call)
        return None

    def _called(self, ref: FunctionRef, number: int) -> Named | None:
        call = self._project.function(ref).calls[number]
        name = call.func.path if isinstance(call.func, Name) else ""
        args = call.args
        if name == "getattr" and len(args) > 1 and isinstance(args[1], Constant):
            key = args[1].value
            fallback = args[2] if len(args) > 2 else None
            return self._member(ref, args[0], key, fallback) if isinstance(key, str) else None
        if last_segment(call.func) not in ("get", "getenv") or not args:
            return None
        if not isinstance(args[0], Constant) or not isinstance(args[0].value, str):
            return None
        fallback = args[1] if len(args) > 1 else None
        if name in _ENVIRONMENT:
            return Named(args[0].value, NOWHERE, fallback, "environment")
        receiver = receiver_of(call)
        return None if receiver is None else self._keyed(ref, receiver, args[0].value, fallback)

    def _keyed(
        self, ref: FunctionRef, record: Expression, key: object, fallback: Expression | None
    ) -> Named | None:
        if not isinstance(key, str):
            return None
        if record in (Name("os.environ"), Name("environ")):
            return Named(key, NOWHERE, fallback, "environment")
        if self._files.has(key) and is_of_file(self._project, ref, record):
            return Named(key, NOWHERE, fallback, "file")
        return self._member(ref, record, key, fallback)

    def _member(
        self, ref: FunctionRef, owner: Expression, key: str, fallback: Expression | None
    ) -> Named | None:
        module = self._module(ref, owner, key)
        return None if module is None else self._resolved(Named(key, module, fallback))

    def _module(self, ref: FunctionRef, owner: Expression, key: str) -> int | None:
        """The module of settings that ``owner`` is; :data:`NOWHERE` for what is only called so."""
        last = ""
        if isinstance(owner, Name | Attribute):
            last = owner.path.rpartition(".")[2] if isinstance(owner, Name) else owner.name
        known = self._heads.get((ref, owner), NOWHERE - 1)
        if known == NOWHERE - 1:
            known = self._heads[ref, owner] = self._resolve(ref, owner) if last else None
        if known is not None:
            return known
        if not self._role.plays_name(last.lstrip("_").removesuffix("_module")):
            return None
        having = [one for one, names in self._defined.items() if names and key in names]
        return having[0] if len(having) == 1 else NOWHERE

    def _resolve(self, ref: FunctionRef, owner: Expression) -> int | None:
        for value in self._project.program.values_of(ref, owner):
            if isinstance(value, Module):
                source = self._project.program.module_named(value.raw)
                if source in self.modules:
                    return source
        return None

    def _resolved(self, named: Named) -> Named:
        """The setting that a name of its module merely repeats."""
        for _ in range(DEEPEST):
            if named.module == NOWHERE:
                break
            module = self._project.function(FunctionRef(named.module, 0))
            node = last_assignment(module, named.key)
            if node is None or not isinstance(node.value, Name) or "." in node.value.path:
                break
            named = named._replace(key=node.value.path)
        return named

    def _find_imported(self, source: int) -> Iterator[tuple[str, Named]]:
        modules = modules_of(self._project)
        for statement in self._project.program.sources[source].imports:
            if statement.name in ("", "*"):
                continue
            raw = modules.target(source, statement)
            module = modules.by_raw.get(raw) if raw is not None else None
            if module is not None and module in self.modules and module != source:
                yield statement.local, self._resolved(Named(statement.name, module, None))

    def _logged(self, ref: FunctionRef) -> frozenset[int]:
        """The calls that log, and those whose results stand only in what is logged."""
        if ref not in self._logging:
            self._logging[ref] = self._find_logged(ref)
        return self._logging[ref]

    def _find_logged(self, ref: FunctionRef) -> frozenset[int]:
        calls = self._project.function(ref).calls
        found: set[int] = set()
        for number, call in enumerate(calls):
            if self._project.plays(CallRef(ref, number), "log"):
                found.add(number)
                for value in arguments_of(call):
                    parts = walk(value, calls)
                    found.update(part.call for part in parts if isinstance(part, Result))
        return frozenset(found)


def setting_names(project: Project) -> SettingNames:
    """The settings of a project, worked out once."""
    return project.answer(("setting names",), lambda: SettingNames(project))


def _parts(value: Expression | None) -> Iterator[Expression]:
    """What an expression is made of, with what each chain of names begins with."""
    waiting = [value] if value is not None else []
    while waiting:
        part = waiting.pop()
        yield part
        if type(part) is Name:
            head, _, _ = part.path.rpartition(".")
            waiting += (Name(head),) if head else ()
        waiting += parts_of(part)
