"""Imports of modules that the program doesn't have: where it should, or because they moved.

A name that leads nowhere may be a library's; so it is told only where it begins with a package of
the program, is relative, or is the last part of a module that the program has elsewhere, with a
name that some file asks of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from botlint.checks.faults.imported import is_harmless
from botlint.checks.faults.module_names import names_of_module
from botlint.checks.faults.optional import with_option
from botlint.checks.owners import modules_of
from botlint.checks.reads import walk
from botlint.facts.imported import Import
from botlint.facts.types import Call, Constant, Name
from botlint.flow.modules import is_foreign
from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Place, Span, Step
from botlint.project import Project

_MADE_THERE = re.compile(
    r"_?version(_info)?|.*_pb2(_grpc)?|((local|my|private|user|dev|prod|live|bot|app|base)_)?"
    r"(config(uration)?s?|settings?|conf|secrets?|credentials?|creds|(api_?)?keys?|passwords?"
    r"|tokens?|env|local)(_(local|private))?",
    re.IGNORECASE,
)
"""Modules that are made where the program runs, and kept out of what others see."""


def find_missing_modules(project: Project) -> Iterable[Hit]:
    """One hit for each function, or body of a module, that imports what isn't there."""
    for source in range(len(project.program.sources)):
        found: dict[int, list[tuple[Import, str]]] = {}
        for statement, module in missing_modules_in(project, source):
            found.setdefault(statement.function, []).append((statement, module))
        for function, missing in found.items():
            missing.sort(key=lambda one: one[0].span)
            hit = _hit(project, FunctionRef(source, function), missing)
            yield with_option(project, source, [one for one, _ in missing], hit)


def missing_modules_in(project: Project, source: int) -> Iterator[tuple[Import, str]]:
    """The imports of a source by which something is lost, as they find no module: each with the
    module's name, and where it is now."""
    return (
        (statement, module)
        for statement, module in failing_modules_in(project, source)
        if not is_harmless(project, source, statement)
    )


def failing_modules_in(project: Project, source: int) -> tuple[tuple[Import, str], ...]:
    """The same of all imports that find no module, whatever the program does where they fail."""
    return project.answer(
        ("failing modules", source), lambda: tuple(_find_failing(project, source))
    )


def _find_failing(project: Project, source: int) -> Iterator[tuple[Import, str]]:
    told: set[Span] = set()
    for statement in project.program.sources[source].imports:
        if statement.span in told:
            continue
        module = _absent(project, source, statement) or _moved(project, source, statement)
        if module:
            told.add(statement.span)
            yield statement, module


def _absent(project: Project, source: int, statement: Import) -> str:
    """The name of a module that should stand in a package of the program and doesn't."""
    modules = modules_of(project)
    if modules.target(source, statement) is not None:
        return _absent_in_directory(project, source, statement)
    if statement.level:
        base = modules.directory(source).split(".")
        parts = base[: len(base) - statement.level + 1]
        wanted = [*parts, *statement.module.split(".")]
        known = len(parts)
    else:
        wanted = statement.module.split(".")
        if len(wanted) < 2 or is_foreign(wanted[0]) or modules.ending_in(statement.module):
            return ""
        known = _known_parts(project, source, wanted)
        if not known:
            return ""
    return _first_absent(project, wanted, known)


def _absent_in_directory(project: Project, source: int, statement: Import) -> str:
    """``from strategies import grid``, where the directory has no ``__init__.py`` to say more."""
    modules = modules_of(project)
    raw = modules.target(source, statement)
    if not raw or raw in modules.by_raw or statement.name in ("", "*"):
        return ""
    if modules.ending_in(f"{statement.module}.{statement.name}") or not modules.is_known(raw):
        return ""
    if not project.looked.is_absent(raw.replace(".", "/") + "/__init__"):
        return ""
    if not _is_imported_from(project, statement.module.partition(".")[0]):
        return ""  # It may be a library's: a directory that is no package stands behind it.
    wanted = [*raw.split("."), statement.name]
    return _first_absent(project, wanted, len(wanted) - 1)


def _known_parts(project: Project, source: int, wanted: list[str]) -> int:
    """How many of the first parts of a dotted name are a package at the root of the program."""
    modules = modules_of(project)
    for count in range(len(wanted) - 1, 0, -1):
        name = ".".join(wanted[:count])
        if modules.find(name, source) == name and _is_imported_from(project, wanted[0]):
            is_module = name in modules.by_raw and not modules.is_package(modules.by_raw[name])
            return 0 if is_module else count
    return 0


def _is_imported_from(project: Project, top: str) -> bool:
    """Whether some import that begins with ``top`` finds a module of the program."""
    return top in project.answer(("packages found",), lambda: frozenset(_own_packages(project)))


def _own_packages(project: Project) -> Iterator[str]:
    """The first parts of the names by which the program imports modules that it has."""
    modules = modules_of(project)
    for source, facts in enumerate(project.program.sources):
        for statement in facts.imports:
            raw = modules.target(source, statement) if not statement.level else None
            if raw is None or not raw.startswith(statement.module):
                continue
            if raw in modules.by_raw or f"{raw}.{statement.name}" in modules.by_raw:
                yield statement.module.partition(".")[0]


def _first_absent(project: Project, wanted: list[str], known: int) -> str:
    """``wanted`` with dots, if what comes after its ``known`` parts is certainly not there."""
    if any(map(_MADE_THERE.fullmatch, wanted[known:])):
        return ""
    is_absent = project.looked.is_absent("/".join(wanted[: known + 1]))
    return ".".join(wanted) if is_absent else ""


def _moved(project: Project, source: int, statement: Import) -> str:
    """A module that no directory has from which the statement could be meant, and that a package
    of the program has, with a name that is imported from there, here or in another file."""
    name = statement.module
    if statement.level or statement.name in ("", "*") or "." in name or is_foreign(name):
        return ""
    modules = modules_of(project)
    here = modules.directory(source)
    above = _above(here)
    if modules.find(name, source) is not None or _MADE_THERE.fullmatch(name):
        return ""
    if not all(project.looked.is_absent("/".join([*base, name])) for base in above):
        return ""
    found = []
    asked = project.answer(("names asked",), lambda: _names_asked(project))[name]
    for raw in modules.ending_in(name):
        base = raw.rpartition(".")[0]
        if base not in modules.by_raw or _is_on_path(project, base):
            return ""
        names = names_of_module(project, modules.by_raw[raw])
        if names is not None and not asked.isdisjoint(names):
            found.append(raw)
    return f"{name}`, which stands in `{min(found, key=len)}" if found else ""


def _names_asked(project: Project) -> Mapping[str, frozenset[str]]:
    """From each module to the names that the program imports from it by its bare name."""
    asked: dict[str, set[str]] = defaultdict(set)
    for facts in project.program.sources:
        for one in facts.imports:
            if not one.level:
                asked[one.module].add(one.name)
    return {module: frozenset(names) for module, names in asked.items()}


def _above(directory: str) -> list[list[str]]:
    parts = directory.split(".") if directory else []
    return [parts[:count] for count in range(len(parts) + 1)]


def _is_on_path(project: Project, base: str) -> bool:
    """Whether modules are looked for in a directory itself: a file in it imports its neighbour by
    the bare name, or something that is put on ``sys.path`` speaks of it."""
    roots = project.answer(("own roots",), lambda: frozenset(_own_roots(project)))
    words = project.answer(("words on the path",), lambda: frozenset(_words_on_path(project)))
    return base in roots or base.rpartition(".")[2] in words


def _own_roots(project: Project) -> Iterator[str]:
    """The directories in which a file imports its neighbour by the bare name, and relies on it."""
    modules = modules_of(project)
    for source, facts in enumerate(project.program.sources):
        base = modules.directory(source)
        for one in facts.imports:
            is_bare = not one.level and "." not in one.module and not is_foreign(one.module)
            if is_bare and not one.is_guarded and f"{base}.{one.module}" in modules.by_raw:
                yield base


def _words_on_path(project: Project) -> Iterator[str]:
    """The parts of all literal texts in files that change ``sys.path``."""
    for facts in project.program.sources:
        if not any(_changes_path(call) for one in facts.functions for call in one.calls):
            continue
        for function in facts.functions:
            values = [value for call in function.calls for value in call.args]
            values += [node.value for node in function.nodes if node.value is not None]
            for value in values:
                for part in walk(value, function.calls):
                    if type(part) is Constant and isinstance(part.value, str):
                        yield from re.split(r"[/\\]", part.value)


def _changes_path(call: Call) -> bool:
    return type(call.func) is Name and call.func.path.startswith("sys.path.")


def _hit(project: Project, ref: FunctionRef, missing: list[tuple[Import, str]]) -> Hit:
    statement, module = missing[0]
    place = project.place(ref, statement.span)
    name = project.program.display(ref)
    more = len({one for _, one in missing}) - 1
    others = f" (and {more} more that it imports)" if more else ""
    return Hit(
        place=place,
        saw={
            "what": f"the program has no module `{module}`{others}",
            "fault": module,
            "where": f"import {statement.module}",
            "name": statement.module,
            "function": name,
        },
        confidence=Confidence.HIGH,
        trace=(
            Step(place, f"`{name}` imports it; this raises ModuleNotFoundError whenever it runs"),
        ),
        related=tuple(
            Step(Place(place.path, one.span), f"`{other}`") for one, other in missing[1:]
        ),
        cause=f"{place.path}:{place.span.line}:{statement.module}",
        symbol=name,
    )
