"""Where code reads settings out of modules of constants, and what these modules define."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.faults.module_names import names_of_module
from botlint.checks.mentions import mentioned_in
from botlint.checks.reads import walk
from botlint.facts.types import Constant, Expression, Name, Operation
from botlint.flow.names import FunctionRef
from botlint.flow.values import Module
from botlint.model import Place
from botlint.project import Project


class Read(NamedTuple):
    """A setting read from a module: ``fallback`` is what is taken where it isn't defined."""

    module: int
    key: str
    place: Place
    function: FunctionRef
    fallback: Expression | None


def settings_modules(project: Project) -> frozenset[int]:
    """The modules of constants, by what they are called."""
    role = project.vocabulary.roles["settings-module"]
    return frozenset(
        source
        for source, facts in enumerate(project.program.sources)
        if role.plays_name(project.program.module_name(source)) and not facts.error
    )


def find_reads(project: Project) -> Iterator[Read]:
    """All reads of settings by name: ``config.K`` and ``getattr(config, "K", default)``."""
    modules = settings_modules(project)
    if not modules:
        return
    for ref, number in project.program.calls_named("getattr"):
        call = project.function(ref).calls[number]
        if call.func != Name("getattr") or len(call.args) < 2:
            continue
        key = call.args[1]
        if type(key) is not Constant or not isinstance(key.value, str):
            continue
        fallback = call.args[2] if len(call.args) > 2 else None
        for module in _modules_of(project, ref, call.args[0], modules):
            yield Read(module, key.value, project.place(ref, call.span), ref, fallback)
    yield from _find_members(project, modules)


def _find_members(project: Project, modules: frozenset[int]) -> Iterator[Read]:
    importing = _importers(project, modules)
    for source, names in importing.items():
        facts = project.program.sources[source]
        for index, function in enumerate(facts.functions):
            ref = FunctionRef(source, index)
            if names.isdisjoint(mentioned_in(project, ref)):
                continue
            seen: set[str] = set()
            for node in function.nodes:
                call = function.calls[node.call] if node.call >= 0 else None
                given = (node.value, *((call.func, *call.args) if call is not None else ()))
                for value in given:
                    for part in walk(value, function.calls):
                        if type(part) is not Name or part.path in seen:
                            continue
                        head, _, key = part.path.partition(".")
                        if head in names and key and "." not in key:
                            seen.add(part.path)
                            for module in _modules_of(project, ref, Name(head), modules):
                                yield Read(module, key, project.place(ref, node.span), ref, None)


def _importers(project: Project, modules: frozenset[int]) -> dict[int, frozenset[str]]:
    """The local names by which each source may mean such a module."""
    last = {project.program.module_name(one).rpartition(".")[2] for one in modules}
    found: dict[int, set[str]] = {}
    for source, facts in enumerate(project.program.sources):
        for statement in facts.imports:
            imported = statement.name or statement.module
            if imported.rpartition(".")[2] in last:
                found.setdefault(source, set()).add(statement.local)
    return {source: frozenset(names) for source, names in found.items()}


def _modules_of(
    project: Project, ref: FunctionRef, value: Expression, modules: frozenset[int]
) -> Iterator[int]:
    values = project.program.values_of(ref, value)
    if len(values) == 1 and isinstance(values[0], Module):
        source = project.program.module_named(values[0].raw)
        if source is not None and source in modules:
            yield source


def defined_in(project: Project, module: int) -> frozenset[str] | None:
    """The names that a module defines, ``None`` where it may define more."""
    return names_of_module(project, module)


def is_optional(fallback: Expression | None) -> bool:
    """Whether a fallback says that the setting may be missing: ``None``, something empty, or a word
    that stands where nothing is known, ``"?"``."""
    if isinstance(fallback, Constant) and isinstance(fallback.value, str):
        text = fallback.value.strip().lower()
        return text in _UNKNOWN or not any(letter.isalnum() for letter in text)
    if isinstance(fallback, Constant):
        return fallback.value is None
    return isinstance(fallback, Operation) and not fallback.args


_UNKNOWN = frozenset({"unknown", "n/a", "na", "none", "undefined", "not set", "unset", "missing"})
