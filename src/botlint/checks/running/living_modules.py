"""The modules that something that runs loads: by importing them, or by a name that it makes up.

What runs is begun by a file: one that is run as it stands, one whose functions a framework is
given, or the front of a package. Where a name can't be told, all that it may be is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.faults.unloadable import unloadable
from botlint.checks.owners import modules_of
from botlint.checks.reached import is_reached
from botlint.checks.roots import arguments_of
from botlint.checks.running.named_modules import modules_named
from botlint.facts.types import (
    Attribute,
    Expression,
    Function,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.entries import Entry
from botlint.flow.names import FunctionRef
from botlint.flow.ways import points_from
from botlint.project import Project

_GIVEN = frozenset({"hook", "override", "project script"})
_SETTING_UP = frozenset(
    {"logging", "sys", "os", "warnings", "load_dotenv", "dotenv", "pd", "np", "matplotlib"}
)


def living_modules(project: Project) -> frozenset[int]:
    """The sources that something that runs loads; all of them where nothing shows what runs."""
    return project.answer(("living modules",), lambda: _find_living(project))


def is_named_to_load(project: Project, source: int) -> bool:
    """Whether a module may be loaded by a name that the program makes up."""
    living = living_modules(project)
    return source in project.answer(("named modules",), lambda: modules_named(project, living))


def _find_living(project: Project) -> frozenset[int]:
    sources = range(len(project.program.sources))
    imported = frozenset(one for source in sources for one in project.program.imports(source))
    starts = {one for one in sources if _is_start(project, one, imported)}
    if not starts:
        return frozenset(sources)
    while True:
        living = frozenset(points_from(starts, lambda one: _loaded_by(project, one)))
        named = modules_named(project, living)
        if named <= living:
            return living
        starts |= named


def _is_start(project: Project, source: int, imported: frozenset[int]) -> bool:
    facts = project.program.sources[source]
    if not facts.functions:
        return True
    entries = project.program.entries()
    body = entries.get(FunctionRef(source, 0))
    if body is not None and body.kind == "main":
        return True
    if source in imported:
        return False
    if project.program.is_imported(source) or _is_front(project, source):
        return True
    return _does_something(facts.functions[0]) or any(
        entry is not None and _is_begun(project, entry)
        for number in range(1, len(facts.functions))
        for entry in (entries.get(FunctionRef(source, number)),)
    )


def _is_begun(project: Project, entry: Entry) -> bool:
    """Whether something outside calls what it is given, if anything that runs gives it that."""
    if entry.kind == "subscriber":
        return is_reached(project, project.function_at(entry.place))
    return entry.kind in _GIVEN


def _is_front(project: Project, source: int) -> bool:
    """Whether a source is the outermost package of its tree, which others import from."""
    modules = modules_of(project)
    above = modules.raw(source).rpartition(".")[0]
    return modules.is_package(source) and above not in modules.by_raw


def _does_something(body: Function) -> bool:
    """Whether the body of a module does more than define, assign, and set itself up."""
    used = {
        part.call
        for value in (*(node.value for node in body.nodes), *_given(body))
        for part in _results(value)
    }
    return any(
        node.call not in used and not _is_setting_up(body.calls[node.call].func)
        for node in body.nodes
        if node.kind is Kind.CALL
    )


def _given(body: Function) -> Iterator[Expression]:
    for call in body.calls:
        yield call.func
        yield from arguments_of(call)


def _results(value: Expression | None) -> Iterator[Result]:
    if type(value) is Result:
        yield value
    elif type(value) is Operation:
        for part in value.args:
            yield from _results(part)
    elif type(value) is Attribute:
        yield from _results(value.value)


def _is_setting_up(func: Expression) -> bool:
    return type(func) is Name and (
        func.path.partition(".")[0] in _SETTING_UP or "log" in func.path.lower()
    )


def _loaded_by(project: Project, source: int) -> Iterator[int]:
    """The sources that a source imports, with the packages that they stand in; those that it comes
    to before an import of its own fails."""
    modules = modules_of(project)
    failing = unloadable(project).get(source)
    if failing is None:
        yield from project.program.imports(source)
    for statement in project.program.sources[source].imports:
        is_behind = failing is not None and statement.span > failing.place.span
        if is_behind or (failing is not None and statement.function):
            continue
        parts = statement.module.split(".") if statement.module else []
        if statement.level:
            base = modules.directory(source).split(".")
            base = base[: len(base) - statement.level + 1]
            found = [".".join([*base, *parts[:count]]) for count in range(len(parts) + 1)]
        else:
            meant = (modules.find(".".join(parts[:count]), source) for count in _counts(parts))
            found = [raw for raw in meant if raw is not None]
        found += [f"{raw}.{statement.name}" for raw in found[-1:]]
        yield from (modules.by_raw[raw] for raw in found if raw in modules.by_raw)


def _counts(parts: list[str]) -> range:
    return range(1, len(parts) + 1)
