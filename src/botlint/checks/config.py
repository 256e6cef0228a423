"""Settings: what code reads must be defined, and what is defined must not be overwritten."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from botlint.checks.settings.assigned_twice import find_overwritten
from botlint.checks.settings.depending import levels_off_by_hand
from botlint.checks.settings.environment_read import find_undefined_variables
from botlint.checks.settings.field_bounds import find_broken_bounds
from botlint.checks.settings.keyed_reads import KeyedRead, find_keyed_reads
from botlint.checks.settings.schema import find_schema_breaches
from botlint.checks.settings.setting_fixes import define_setting, rename_reads
from botlint.checks.settings.settings_objects import Asked, find_asked
from botlint.checks.settings.settings_read import Read, defined_in, find_reads, is_optional
from botlint.checks.settings.unread import find_unread
from botlint.checks.settings.writing import find_duplicates, find_traps
from botlint.facts.types import Constant, Expression, Operation
from botlint.flow.names import is_special
from botlint.model import Confidence, Hit, Place, Span, Step
from botlint.project import Project


def check_config(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """Hits of one report.

    ``undefined``: a setting is read and defined nowhere. ``assigned-twice``: a later assignment
    wins. ``schema``: breaches of one ``kind`` of the schemas that the profile binds.
    ``unread``: a setting is defined and nothing reads it.
    """
    report = _REPORTS[parameters["report"]]
    return sorted(report(project, parameters), key=lambda hit: hit.place)


def _find_undefined(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """One hit for each setting that is read and defined nowhere, at its first read."""
    reads: dict[tuple[int, str], list[Read]] = {}
    for read in find_reads(project):
        reads.setdefault((read.module, read.key), []).append(read)
    for (module, key), found in sorted(reads.items()):
        names = defined_in(project, module)
        if names is None or key in names or is_special(key):
            continue
        needed = sorted((one for one in found if not is_optional(one.fallback)), key=_place)
        if needed and not _is_member_of_package(project, module, key):
            yield _undefined(project, needed, names)
    yield from find_undefined_variables(project)
    yield from _find_undefined_keys(project)
    yield from _find_undefined_fields(project)


def _place(read: Read) -> Place:
    return read.place


def _is_member_of_package(project: Project, module: int, key: str) -> bool:
    package = project.program.sources[module].path.removesuffix("/__init__.py").replace("/", ".")
    return project.program.module_named(f"{package}.{key}") is not None


def _undefined(project: Project, reads: list[Read], names: frozenset[str]) -> Hit:
    first, *others = reads
    path = project.program.sources[first.module].path
    there = Place(path, Span(1, 1, 1, 1))
    near = difflib.get_close_matches(first.key, sorted(names), 1, 0.75)
    name = project.program.display(first.function)
    outcome = (
        f"the fallback {_shown(first.fallback)} silently is the setting"
        if first.fallback is not None
        else "this raises AttributeError"
    )
    related = [Step(one.place, f"read here too, {_with_fallback(one)}") for one in others]
    related += [Step(there, f"did you mean `{near[0]}`?")] if near else []
    return Hit(
        place=first.place,
        saw={"key": first.key, "source": path, "outcome": outcome, "function": name},
        confidence=Confidence.HIGH,
        trace=(
            Step(first.place, f"`{name}` reads `{first.key}`"),
            Step(there, f"nothing here defines `{first.key}`, so {outcome}"),
        ),
        related=tuple(dict.fromkeys(related)),
        fix=rename_reads((one.place for one in reads), first.key, near[0])
        if near
        else define_setting(path, first.key, _one_fallback(reads)),
        cause=f"setting:{path}:{first.key}",
        symbol=name,
        mitigation=levels_off_by_hand(project, (one.function for one in reads)),
    )


def _one_fallback(reads: list[Read]) -> Constant | None:
    """What all reads take where the setting isn't defined."""
    found = {repr(one.fallback): one.fallback for one in reads}
    only = next(iter(found.values())) if len(found) == 1 else None
    return only if isinstance(only, Constant) else None


def _find_undefined_fields(project: Project) -> Iterator[Hit]:
    """One hit for each field that code asks of an object of settings whose class lacks it."""
    missing: dict[tuple[str, str], list[Asked]] = {}
    for one in find_asked(project):
        missing.setdefault((project.program.qualified_class(one.cls), one.key), []).append(one)
    for (_, key), reads in sorted(missing.items()):
        first, *others = sorted(reads, key=lambda one: one.place)
        cls = project.program.cls(first.cls)
        path = project.program.path(first.cls)
        near = difflib.get_close_matches(key, sorted(first.known), 1, 0.75)
        there, name = Place(path, cls.span), project.program.display(first.function)
        outcome = "this raises AttributeError"
        related = [Step(one.place, "read here too") for one in others]
        related += [Step(there, f"did you mean `{near[0]}`?")] if near else []
        places = [one.place for one in (first, *others)]
        yield Hit(
            place=first.place,
            saw={"key": key, "source": path, "outcome": outcome, "function": name},
            confidence=Confidence.HIGH,
            trace=(
                Step(first.place, f"`{name}` reads `{key}` of the settings"),
                Step(there, f"`{cls.name}` has no such field, so {outcome}"),
            ),
            related=tuple(related),
            cause=f"setting:{path}:{key}",
            symbol=name,
            mitigation=levels_off_by_hand(project, (one.function for one in (first, *others))),
            fix=rename_reads(places, key, near[0]) if near else None,
        )


def _find_undefined_keys(project: Project) -> Iterator[Hit]:
    """One hit for each key that code reads from a configuration file which doesn't have it."""
    missing: dict[tuple[str, str], list[KeyedRead]] = {}
    for read in find_keyed_reads(project):
        is_needed = read.is_item or not (read.fallback is None or is_optional(read.fallback))
        if read.setting is None and is_needed:
            missing.setdefault((read.part.source, read.dotted), []).append(read)
    for (path, key), reads in sorted(missing.items()):
        first = reads[0]
        names = sorted(
            str(one.path[-1])
            for one in first.tree.settings
            if one.path[:-1] == first.part.path[:-1]
        )
        near = difflib.get_close_matches(str(first.part.path[-1]), names, 1, 0.75)
        outcome = (
            "this raises KeyError"
            if first.is_item
            else f"the fallback {_shown(first.fallback)} silently is the setting"
        )
        there, name = Place(path, Span(1, 1, 1, 1)), project.program.display(first.function)
        related = [Step(one.place, "read here too") for one in reads[1:]]
        related += [Step(there, f"did you mean `{near[0]}`?")] if near else []
        yield Hit(
            place=first.place,
            saw={"key": key, "source": path, "outcome": outcome, "function": name},
            confidence=Confidence.HIGH,
            trace=(
                Step(first.place, f"`{name}` reads `{key}` from {path}"),
                Step(there, f"nothing here defines `{key}`, so {outcome}"),
            ),
            related=tuple(related),
            cause=f"setting:{path}:{key}",
            symbol=name,
            mitigation=levels_off_by_hand(project, (one.function for one in reads)),
        )


def _with_fallback(read: Read) -> str:
    if read.fallback is None:
        return "without a fallback"
    return f"with the fallback {_shown(read.fallback)}"


def _shown(value: Expression | None) -> str:
    if isinstance(value, Constant):
        return repr(value.value)
    if isinstance(value, Operation) and value.kind == "neg" and isinstance(value.args[0], Constant):
        return f"-{value.args[0].value}"
    return "given there"


def _find_assigned_twice(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    yield from find_overwritten(project)
    yield from find_duplicates(project)


def _find_breaches(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    hits = list(find_schema_breaches(project, parameters))
    yield from hits
    if parameters["kind"] == "invalid":
        places = {hit.place for hit in hits}
        others = (*find_traps(project), *find_broken_bounds(project))
        yield from (hit for hit in others if hit.place not in places)


_REPORTS: dict[str, Callable[[Project, Mapping[str, Any]], Iterator[Hit]]] = {
    "assigned-twice": _find_assigned_twice,
    "schema": _find_breaches,
    "undefined": _find_undefined,
    "unread": find_unread,
}
