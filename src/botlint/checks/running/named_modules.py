"""The modules that are loaded by a name that the program makes up, as far as can be told.

Where a name can't be told, all that the program speaks of by the name of a module or its file is
loaded, and what is of a kind that the program knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from botlint.checks.owners import modules_of
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import Constant, Expression, Function, Name, Operation
from botlint.flow.loaded import LOADING_BY_NAME
from botlint.flow.modules import Modules
from botlint.project import CallRef, Project

_LOADING = frozenset(LOADING_BY_NAME) | {
    *("run_module", "run_path", "spec_from_file_location", "walk_packages", "iter_modules"),
}
_WALKING = frozenset(
    {"walk", "listdir", "scandir", "iterdir", "glob", "rglob", "walk_packages", "iter_modules"}
)
_ANYTHING = r"[\w.]+"


def modules_named(project: Project, living: frozenset[int]) -> frozenset[int]:
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
        names = frozenset(one.partition(":")[0] for one in said)
        found |= {
            one
            for raw, one in modules.by_raw.items()
            if not names.isdisjoint(_names_of(modules, raw))
        }
        found |= set(_meant_files(project, (one for one in said if one.endswith(".py"))))
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


def _meant_files(project: Project, paths: Iterable[str]) -> Iterator[int]:
    """The sources that texts mean which end in a path, however much of it is written: all that end
    so, or else that which is the longest end of it."""
    by_name: dict[str, list[int]] = {}
    for source, facts in enumerate(project.program.sources):
        by_name.setdefault(facts.path.rpartition("/")[2], []).append(source)
    for path in paths:
        written = "/" + path.split()[-1].replace("\\", "/").lstrip("./")
        own = {
            one: "/" + project.program.sources[one].path
            for one in by_name.get(written.rpartition("/")[2], ())
        }
        ending = [one for one, place in own.items() if place.endswith(written)]
        longest = max(
            (place for place in own.values() if written.endswith(place)), default="", key=len
        )
        yield from ending or (one for one, place in own.items() if place == longest)


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
    """All texts of the program that may be the name of a module, or of its file: a word without a
    dot, that may mean anything, only where modules are loaded by names that can't be told."""

    def find() -> frozenset[str]:
        loading = {
            ref.source
            for segment in _LOADING
            for ref, number in project.program.calls_named(segment)
            if _ANYTHING in _patterns(project, CallRef(ref, number))
        }
        return frozenset(
            part.value
            for ref in project.program.functions()
            for value in _values(project.function(ref))
            for part in walk(value, ())
            if type(part) is Constant and isinstance(part.value, str)
            if _may_name(part.value) and ("." in part.value or ref.source in loading)
        )

    return project.answer(("texts that may name modules",), find)


def _may_name(text: str) -> bool:
    """Whether a text is a path, a name, or a command that runs one: no sentence."""
    return "python" in text or not any(map(str.isspace, text))


def _values(function: Function) -> Iterator[Expression | None]:
    yield from (node.value for node in function.nodes)
    for call in function.calls:
        yield call.func
        yield from arguments_of(call)
