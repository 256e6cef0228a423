"""The modules that something that runs loads: by importing them, or by a name that it makes up.

What runs is begun by a file: one that is run as it stands, one whose functions a framework is
given, or the front of a package. Where a name can't be told, all that it may be is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from botlint.checks.faults.unloadable import unloadable
from botlint.checks.owners import modules_of
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.loaded import LOADING_BY_NAME
from botlint.flow.modules import Modules
from botlint.flow.names import FunctionRef
from botlint.flow.ways import points_from
from botlint.project import CallRef, Project

_LOADING = frozenset(LOADING_BY_NAME) | {
    *("run_module", "run_path", "spec_from_file_location", "walk_packages", "iter_modules"),
}
_WALKING = frozenset(
    {"walk", "listdir", "scandir", "iterdir", "glob", "rglob", "walk_packages", "iter_modules"}
)
_GIVEN = frozenset({"hook", "override", "project script", "subscriber"})
_SETTING_UP = frozenset(
    {"logging", "sys", "os", "warnings", "load_dotenv", "dotenv", "pd", "np", "matplotlib"}
)
_ANYTHING = r"[\w.]+"


def living_modules(project: Project) -> frozenset[int]:
    """The sources that something that runs loads; all of them where nothing shows what runs."""
    return project.answer(("living modules",), lambda: _find_living(project))


def is_named_to_load(project: Project, source: int) -> bool:
    """Whether a module may be loaded by a name that the program makes up."""
    living = living_modules(project)
    return source in project.answer(("named modules",), lambda: _named(project, living))


def _find_living(project: Project) -> frozenset[int]:
    sources = range(len(project.program.sources))
    imported = frozenset(one for source in sources for one in project.program.imports(source))
    starts = {one for one in sources if _is_start(project, one, imported)}
    if not starts:
        return frozenset(sources)
    while True:
        living = frozenset(points_from(starts, lambda one: _loaded_by(project, one)))
        named = _named(project, living)
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
        entry is not None and entry.kind in _GIVEN
        for number in range(1, len(facts.functions))
        for entry in (entries.get(FunctionRef(source, number)),)
    )


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


def _named(project: Project, living: frozenset[int]) -> frozenset[int]:
    """The modules whose names a call in a living one that loads modules may be given."""
    modules = modules_of(project)
    patterns: set[str] = set()
    near: set[str] = set()
    for segment in sorted(_LOADING):
        for ref, number in project.program.calls_named(segment):
            own = set(_patterns(project, CallRef(ref, number))) if ref.source in living else set()
            patterns |= own
            if _ANYTHING in own and _walks(project, ref.source):
                near.add(modules.directory(ref.source))
    found = {source for raw, source in modules.by_raw.items() if modules.directory(source) in near}
    if _ANYTHING in patterns:
        said = _said(project)
        found |= {one for raw, one in modules.by_raw.items() if _is_said(modules, raw, said)}
        found |= set(_heirs(project))
    exact = [re.compile(one) for one in sorted(patterns - {_ANYTHING})]
    return frozenset(found).union(
        source
        for raw, source in modules.by_raw.items()
        if any(one.fullmatch(name) for name in _names_of(modules, raw) for one in exact)
    )


def _names_of(modules: Modules, raw: str) -> Iterator[str]:
    """The names that a module can be imported by: from the root, or from a directory that is no
    package."""
    yield raw
    for dot in re.finditer(r"\.", raw):
        above = modules.by_raw.get(raw[: dot.start()])
        if above is None or not modules.is_package(above):
            yield raw[dot.end() :]


def _is_said(modules: Modules, raw: str, said: frozenset[str]) -> bool:
    file = raw.rpartition(".")[2] + ".py"
    return file in said or not said.isdisjoint(_names_of(modules, raw))


def _walks(project: Project, source: int) -> bool:
    """Whether a source asks what files stand in a directory."""
    return any(
        last_segment(call.func) in _WALKING
        for function in project.program.sources[source].functions
        for call in function.calls
    )


def _heirs(project: Project) -> Iterator[int]:
    """The modules with a class that derives from another module's: what is loaded by a name that
    can't be told is mostly of a kind that the program knows."""
    for cls in project.program.classes():
        if any(base.source != cls.source for base in project.program.bases(cls)):
            yield cls.source


def _patterns(project: Project, ref: CallRef) -> Iterator[str]:
    """What a call that loads modules may load, as regular expressions."""
    call = project.call(ref)
    if last_segment(call.func) in ("walk_packages", "iter_modules", "spec_from_file_location"):
        yield _ANYTHING
    values = call.args[:1] or tuple(value for _, value in call.keywords[:1])
    function = project.function(ref.function)
    for value in values:
        known = function.assigned.get(value, ()) if type(value) is Name else (value,)
        for one in known or (value,):
            pattern = _pattern(one)
            yield _ANYTHING if re.fullmatch(r"(\(.*\)|\\\.)*", pattern) else pattern


def _pattern(value: Expression) -> str:
    """A regular expression for the texts that a value can be; what stands in it twice is equal."""
    names: dict[str, str] = {}

    def of(part: Expression) -> str:
        if type(part) is Constant:
            return re.escape(str(part.value).removesuffix(".py").replace("/", ".").lstrip("."))
        if type(part) is Operation and part.kind in ("fstring", "+"):
            return "".join(map(of, part.args))
        if type(part) is Name and part.path in names:
            return f"(?P={names[part.path]})"
        if type(part) is Name:
            names[part.path] = f"n{len(names)}"
            return f"(?P<{names[part.path]}>{_ANYTHING})"
        return f"({_ANYTHING})"

    return of(value)


def _said(project: Project) -> frozenset[str]:
    """All texts of the program that may be the name of a module, or of its file."""

    def find() -> frozenset[str]:
        texts = {
            part.value
            for ref in project.program.functions()
            for value in _values(project.function(ref))
            for part in walk(value, ())
            if type(part) is Constant and isinstance(part.value, str)
        }
        files = {one.rpartition("/")[2] for one in texts if one.endswith(".py")}
        return frozenset(files.union(one.partition(":")[0] for one in texts))

    return project.answer(("texts that may name modules",), find)


def _values(function: Function) -> Iterator[Expression | None]:
    yield from (node.value for node in function.nodes)
    yield from _given(function)
