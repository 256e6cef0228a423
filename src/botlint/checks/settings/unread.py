"""Settings that nothing reads: changing them changes nothing.

What only the module that defines them, a validation, a log or a script names is not read. A name in
any text of the program counts as a read, because settings are also asked for by their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from botlint.checks.roots import arguments_of, names_in
from botlint.checks.settings.named import where_named
from botlint.checks.settings.references import Held
from botlint.checks.settings.schema import hold_settings
from botlint.checks.settings.settings_read import settings_modules
from botlint.configs.schemas import load_schema
from botlint.facts.types import Constant, Expression, Kind, Name, Operation
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Place, Severity, Step
from botlint.project import Project

_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_SCRIPTS = re.compile(r"(^|/)(scripts?|tools?|notebooks?)/")
_PROGRAMS = re.compile(
    r"(?i)(^|[_\W])(start|run|main|launch|serve|live|trade|trading|bot|daemon|worker)"
)
"""Names of scripts that start the bot, and so are part of it."""

_VALIDATION = re.compile(r"_*(validate|check|verify|assert|ensure)")
_MOST_NAMED = 12
_ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%", "**", "neg"})


class Defined(NamedTuple):
    """A setting and where it is defined; ``source`` is its module, -1 for other files."""

    name: str
    place: Place
    source: int
    is_important: bool


def find_unread(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """One hit for each setting that matters and is not read; one for each file for all others."""
    modules = _imported_modules(project)
    defined = [*_of_schemas(project, parameters, modules), *_of_modules(project, modules)]
    named = where_named(project, frozenset(one.name for one in defined))
    others: dict[str, list[Defined]] = {}
    for one in dict.fromkeys(defined):
        if _is_read(project, one, named):
            continue
        if one.is_important:
            yield _hit(one)
        else:
            others.setdefault(one.place.path, []).append(one)
    important = {(one.place.path, one.name) for one in defined if one.is_important}
    for _, found in sorted(others.items()):
        rest = [one for one in found if (one.place.path, one.name) not in important]
        if rest:
            yield _summary(rest)


def _imported_modules(project: Project) -> dict[str, int]:
    """The modules of constants that the rest of the program imports, by path."""
    found: dict[str, int] = {}
    for number in settings_modules(project):
        last = project.program.module_name(number).rpartition(".")[2]
        for source, facts in enumerate(project.program.sources):
            names = {part for one in facts.imports for part in (one.name, *one.module.split("."))}
            if source != number and last in names:
                found[project.program.sources[number].path] = number
    return found


def _of_schemas(
    project: Project, parameters: Mapping[str, Any], modules: Mapping[str, int]
) -> Iterator[Defined]:
    for held in hold_settings(project, parameters):
        if held.instance.tree.form == "python" and held.instance.tree.path not in modules:
            continue
        for name in _own_names(held):
            place = held.instance.place_of_key((name,))
            yield Defined(
                name, place, project.numbers.get(held.instance.tree.path, -1), is_important=True
            )


def _own_names(held: Held) -> Iterator[str]:
    schema = load_schema(held.binding.schema)
    if "x-read-by" in schema or held.instance.tree.form == "env":
        return
    for name, property_ in schema.get("properties", {}).items():
        if (name,) in held.instance.settings and "x-read-by" not in property_:
            yield name


def _of_modules(project: Project, modules: Mapping[str, int]) -> Iterator[Defined]:
    is_safety = project.vocabulary.roles["safety-setting"].plays_name
    for path, number in sorted(modules.items()):
        seen: set[str] = set()
        for node in project.program.sources[number].functions[0].nodes:
            if node.kind is Kind.ASSIGN and isinstance(node.target, Name):
                name = node.target.path
                if name not in seen and _CONSTANT.fullmatch(name) and len(name) > 2:
                    if _is_protocol(path, node.value) and not is_safety(name):
                        continue
                    seen.add(name)
                    place = Place(path, node.span)
                    yield Defined(name, place, number, is_important=is_safety(name))


def _is_protocol(path: str, value: Expression | None) -> bool:
    """Whether a value in a module of constants, which is no file of settings, is a name that others
    have given: a path, a channel, a code. Numbers and switches are what one sets."""
    if "constants" not in path.rpartition("/")[2]:
        return False
    if isinstance(value, Operation):
        return value.kind not in _ARITHMETIC and not any(map(_is_number, value.args[1::2]))
    return not isinstance(value, Constant) or isinstance(value.value, str) or value.value is None


def _is_number(value: Expression) -> bool:
    return isinstance(value, Constant) and isinstance(value.value, int | float)


def _is_read(project: Project, one: Defined, named: Mapping[str, set[FunctionRef]]) -> bool:
    for ref in named.get(one.name, ()):
        if ref.source == one.source and ref.index == 0:
            if _feeds_another(project, one, named):
                return True
        elif not (_only_reports(project, ref) or _only_validates(project, one, ref)):
            return True
    return False


def _only_reports(project: Project, ref: FunctionRef) -> bool:
    """Whether a function validates or shows settings, or stands in a script."""
    path = project.program.path(ref)
    if _SCRIPTS.search(path) and not _PROGRAMS.search(path.rpartition("/")[2]):
        return True
    name = project.function(ref).name
    return project.vocabulary.roles["settings-report"].plays_name(name)


def _only_validates(project: Project, one: Defined, ref: FunctionRef) -> bool:
    """Whether a function of the settings' own module looks whether they make sense: whether the
    setting does, and not whether others are among those that it lists."""
    function = project.function(ref)
    if ref.source != one.source or _VALIDATION.match(function.name) is None:
        return False
    tests = [node.value for node in function.nodes if node.kind is Kind.TEST]
    return not any(
        isinstance(test, Operation)
        and test.kind in ("in", "notin")
        and test.args[1] == Name(one.name)
        for test in tests
    )


def _feeds_another(project: Project, one: Defined, named: Mapping[str, set[FunctionRef]]) -> bool:
    """Whether its own module decides by it, or makes something of it that is read."""
    function = project.program.sources[one.source].functions[0]
    seen = {one.name}
    waiting = [one.name]
    while waiting:
        name = waiting.pop()
        if any(
            name in names_in(value, function.calls)
            for call in function.calls
            for value in (call.func, *arguments_of(call))
        ):
            return True
        for node in function.nodes:
            if name not in names_in(node.value, function.calls):
                continue
            if node.kind is not Kind.ASSIGN or not isinstance(node.target, Name):
                return True
            made = node.target.path
            if made in seen:
                continue
            if _is_used(project, one._replace(name=made), named):
                return True
            seen.add(made)
            waiting.append(made)
    return False


def _is_used(project: Project, made: Defined, named: Mapping[str, set[FunctionRef]]) -> bool:
    """Whether what a module makes of a setting is read in some function, or in another module."""
    elsewhere = named.get(made.name)
    return elsewhere is None or any(
        ref.source != made.source or (ref.index > 0 and not _only_validates(project, made, ref))
        for ref in elsewhere
    )


def _hit(one: Defined) -> Hit:
    return Hit(
        place=one.place,
        saw={
            "what": f"nothing reads `{one.name}`",
            "key": one.name,
            "source": one.place.path,
        },
        confidence=Confidence.HIGH,
        trace=(
            Step(one.place, f"`{one.name}` is defined here"),
            Step(one.place, "no code that trades names it, so no value of it changes anything"),
        ),
        cause=f"setting:{one.place.path}:{one.name}",
        symbol=one.name,
    )


def _summary(found: list[Defined]) -> Hit:
    first = min(found, key=lambda one: one.place)
    ordered = sorted(found, key=lambda one: one.place)
    names = ", ".join(f"`{one.name}`" for one in ordered[:_MOST_NAMED])
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return Hit(
        place=first.place,
        saw={
            "what": f"nothing reads {names}{more}",
            "key": first.name,
            "source": first.place.path,
        },
        confidence=Confidence.HIGH,
        trace=(Step(first.place, f"{len(found)} settings of this file are named nowhere else"),),
        related=tuple(Step(one.place, f"`{one.name}`") for one in ordered if one is not first),
        cause=f"unread:{first.place.path}",
        symbol="",
        severity=Severity.LOW,
    )
