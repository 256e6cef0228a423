"""Defaults of parameters and fields that are named like a setting.

``def __init__(self, trade_ttl_min=60)`` beside ``TRADE_TTL_MIN = 120`` is a fallback as well.
Names of three words and more are taken for the setting where some file uses both; a shorter one
only where its own file reads the settings, or a call hands the setting over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.settings.constants import Unknown, Value, fold, value_of
from botlint.checks.settings.setting_names import SettingNames, setting_names
from botlint.checks.settings.settings_read import defined_in, is_optional, settings_modules
from botlint.facts.types import Expression, Kind, Name
from botlint.flow.names import FunctionRef
from botlint.model import Place
from botlint.project import Project

_TELLING = 3


class Default(NamedTuple):
    """A default that is another value than the setting of its name."""

    module: int
    key: str
    function: FunctionRef
    place: Place
    configured: Value
    value: Value
    is_parameter: bool


class _Candidate(NamedTuple):
    name: str
    function: FunctionRef
    place: Place
    default: Expression
    is_parameter: bool


def find_defaults(project: Project) -> Iterator[Default]:
    """All defaults that differ from the setting whose name they have in lower case."""
    settings = _by_name(project)
    for found in _candidates(project, settings):
        module, key = settings[found.name]
        if found.function.source == module or is_optional(found.default):
            continue
        try:
            configured = value_of(project.function(FunctionRef(module, 0)), key)
            value = fold(project.function(FunctionRef(found.function.source, 0)), found.default)
        except Unknown:
            continue
        if not _is_comparable(configured, value) or configured == value:
            continue
        is_telling = found.name.count("_") + 1 >= _TELLING
        is_near = is_telling and _is_imported_with(project, found.function.source, module)
        if is_near or _is_known(project, found, module, key):
            by, place = found.function, found.place
            yield Default(module, key, by, place, configured, value, found.is_parameter)


def _by_name(project: Project) -> dict[str, tuple[int, str]]:
    """The settings by their names in lower case, those that only one module defines."""
    found: dict[str, set[tuple[int, str]]] = {}
    for module in sorted(settings_modules(project)):
        for key in defined_in(project, module) or ():
            if key.isupper() and "_" in key.strip("_"):
                found.setdefault(key.lower(), set()).add((module, key))
    return {name: next(iter(places)) for name, places in found.items() if len(places) == 1}


def _candidates(project: Project, settings: dict[str, tuple[int, str]]) -> Iterator[_Candidate]:
    if not settings:
        return
    for ref in project.program.functions():
        for one in project.function(ref).parameters:
            if one.default is not None and one.span is not None and one.name in settings:
                place = project.place(ref, one.span)
                yield _Candidate(one.name, ref, place, one.default, is_parameter=True)
    for cls in project.program.classes():
        facts = project.program.cls(cls)
        wanted = {f"{facts.qualname}.{name}": name for name, _ in facts.attributes}
        wanted = {path: name for path, name in wanted.items() if name in settings}
        around = FunctionRef(cls.source, max(facts.parent, 0))
        for node in project.function(around).nodes if wanted else ():
            if node.kind is Kind.ASSIGN and isinstance(node.target, Name) and node.value:
                name = wanted.get(node.target.path, "")
                if name:
                    place = project.place(around, node.span)
                    yield _Candidate(name, around, place, node.value, is_parameter=False)


def _is_comparable(one: Value, other: Value) -> bool:
    """Whether two values are of one kind, so that they can be one quantity."""
    kinds = [
        bool if isinstance(v, bool) else str if isinstance(v, str) else float for v in (one, other)
    ]
    return one is not None and other is not None and kinds[0] is kinds[1]


def _is_imported_with(project: Project, source: int, module: int) -> bool:
    """Whether some file uses both a source and a module of settings: they are one program's."""
    both = {source, module}
    numbers = range(len(project.program.sources))
    return any(both <= project.program.imports(number) for number in numbers)


def _is_known(project: Project, found: _Candidate, module: int, key: str) -> bool:
    """Whether the file reads these settings, or some call hands the setting over."""
    if module in project.program.imports(found.function.source):
        return True
    return found.is_parameter and _is_handed(project, setting_names(project), found, key)


def _is_handed(project: Project, names: SettingNames, found: _Candidate, key: str) -> bool:
    for site in project.program.callers(found.function):
        value = project.program.argument_of(site.function, site.call, found.function, found.name)
        named = names.of(site.function, value)
        if named is not None and named.key == key:
            return True
    return False
