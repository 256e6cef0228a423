"""Where the parts that a bot must have stand in a program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of
from botlint.configs.environment import is_compose
from botlint.facts.types import Constant, Expression, Function, Name, Operation
from botlint.flow.names import FunctionRef
from botlint.model import Place, Span
from botlint.patterns import PatternSet, parse_pattern
from botlint.project import CallRef, Project
from botlint.settings.required import Part

NO_FUNCTION = FunctionRef(-1, -1)
ANY_SIGNAL = ("SIGINT", "SIGTERM")


class Site(NamedTuple):
    """A place that has a required part, in the function that must run for it."""

    function: FunctionRef
    place: Place


def find_sites(project: Project, part: Part) -> tuple[Site, ...]:
    """All places that have a required part, sorted."""
    return project.answer(("sites", part), lambda: _find(project, part))


def _find(project: Project, part: Part) -> tuple[Site, ...]:
    found = _FINDERS[part.kind](project, part.names)
    return tuple(sorted({site for site in found if is_file(site.place.path, part.file)}))


def is_file(path: str, wanted: str) -> bool:
    """Whether a path is the wanted one, or ends in it; all are if none is wanted."""
    return not wanted or path == wanted or path.endswith(f"/{wanted}")


def calls_matching(project: Project, patterns: Iterable[str]) -> Iterator[CallRef]:
    """All calls that match one of ``patterns``, as written or as they resolve."""
    wanted = PatternSet([parse_pattern(text) for text in patterns])
    program = project.program
    for segment in program.segments():
        if not wanted.candidates(segment):
            continue
        for ref, number in program.calls_named(segment):
            call = project.function(ref).calls[number]
            pattern = wanted.deciding_pattern(program.names(ref, number), call)
            if pattern is not None and not pattern.is_negative:
                yield CallRef(ref, number)


def functions_matching(project: Project, patterns: Iterable[str]) -> Iterator[FunctionRef]:
    """All functions whose qualified name ends in one of ``patterns``."""
    wanted = PatternSet([parse_pattern(text) for text in patterns])
    for ref in project.program.functions():
        if not wanted.candidates(project.function(ref).name):
            continue
        pattern = wanted.deciding_pattern((project.program.qualified(ref),))
        if pattern is not None and not pattern.is_negative:
            yield ref


def registrations(project: Project) -> Iterator[tuple[CallRef, str, Expression]]:
    """The calls that register a signal's handler: the call, the signal's name, the handler.

    Where it can't be told which signal it is, it may be any of ``ANY_SIGNAL``.
    """
    for segment in ("signal", "add_signal_handler"):
        for ref, number in project.program.calls_named(segment):
            given = arguments_of(project.function(ref).calls[number])
            names = project.program.names(ref, number)
            if len(given) < 2 or (segment == "signal" and "signal.signal" not in names):
                continue
            for name in _signals_in(project, ref, given[0]) or ANY_SIGNAL:
                yield CallRef(ref, number), name, given[1]


def _signals_in(project: Project, ref: FunctionRef, value: Expression) -> tuple[str, ...]:
    """The signals that an expression names: ``signal.SIGTERM``, or a name that goes over some."""
    function = project.function(ref)
    parts = list(walk(value, function.calls))
    named = {part for part in parts if isinstance(part, Name)}
    for node in function.nodes:
        if node.target in named and node.value is not None:
            parts += walk(node.value, function.calls)
    said = {last_segment(part) for part in parts}
    for part in parts:
        if isinstance(part, Constant) and isinstance(part.value, str):
            said.add(part.value)
    return tuple(sorted(name for name in said if name.startswith("SIG")))


def _functions(project: Project, names: tuple[str, ...]) -> Iterator[Site]:
    for ref in functions_matching(project, names):
        yield Site(ref, _head(project, ref))


def _calls(project: Project, names: tuple[str, ...]) -> Iterator[Site]:
    for ref in calls_matching(project, names):
        yield Site(ref.function, project.call_place(ref))


def _signals(project: Project, names: tuple[str, ...]) -> Iterator[Site]:
    for ref, name, _ in registrations(project):
        if name in names:
            yield Site(ref.function, project.call_place(ref))


def _roles(project: Project, names: tuple[str, ...]) -> Iterator[Site]:
    for name in names:
        if name not in project.vocabulary.roles:
            continue
        for ref in project.calls_playing(name):
            yield Site(ref.function, project.call_place(ref))


def _keys(project: Project, names: tuple[str, ...]) -> Iterator[Site]:
    """Where one of the keys is written: ``d[k] =``, ``setdefault``, ``update``, in a display, as a
    keyword, or as the field of a class that may be made a record of."""
    wanted = {name.rpartition(".")[2]: name.rpartition(".")[0] for name in names}
    for source, facts in enumerate(project.program.sources):
        for use in facts.keys:
            record = wanted.get(use.key)
            if record is None or use.mode != "write":
                continue
            if record and last_segment(use.record) != record:
                continue
            ref = FunctionRef(source, use.function)
            yield Site(ref, project.place(ref, use.span))
        for cls in facts.classes:
            if any(name in wanted for name, _ in cls.attributes):
                yield Site(FunctionRef(source, cls.parent), Place(facts.path, cls.span))
    for ref in project.program.functions():
        function = project.function(ref)
        for span, value in _displays(function):
            named = (key.value for key in value.args[::2] if isinstance(key, Constant))
            if any(key in wanted for key in named):
                yield Site(ref, project.place(ref, span))
        for call in function.calls:
            if any(name in wanted for name, _ in call.keywords):
                yield Site(ref, project.place(ref, call.span))


def _services(project: Project, names: tuple[str, ...]) -> Iterator[Site]:
    """The services of compose files; what starts one of these is the file, and no function."""
    wanted = tuple(name.replace("_", "-").lower() for name in names)
    for tree in project.trees:
        for setting in tree.settings if is_compose(tree.path) else ():
            if len(setting.path) != 2 or setting.path[0] != "services":
                continue
            name = str(setting.path[1]).replace("_", "-").lower()
            if any(fnmatchcase(name, one) for one in wanted):
                yield Site(NO_FUNCTION, Place(tree.path, setting.key_span))


def _displays(function: Function) -> Iterator[tuple[Span, Operation]]:
    """The dict displays of a function, each with a place near it."""
    given = [(node.span, node.value) for node in function.nodes if node.value is not None]
    given += [(call.span, value) for call in function.calls for value in arguments_of(call)]
    for span, value in given:
        for part in walk(value, ()):
            if isinstance(part, Operation) and part.kind == "dict":
                yield span, part


def _head(project: Project, ref: FunctionRef) -> Place:
    span = project.function(ref).span
    return project.place(ref, Span(span.line, span.column, span.line, span.column + 4))


_FINDERS: Mapping[str, Callable[[Project, tuple[str, ...]], Iterator[Site]]] = {
    "functions": _functions,
    "calls": _calls,
    "keys": _keys,
    "signals": _signals,
    "roles": _roles,
    "services": _services,
}
