"""What never runs because an import fails: all of a module that can't be imported, and what stands
in a function behind the import.

Whatever else is wrong with it weighs less until that is mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from botlint.checks.faults.imported import missing_in
from botlint.checks.faults.missing_modules import failing_modules_in, missing_modules_in
from botlint.checks.owners import modules_of
from botlint.facts.imported import Import
from botlint.facts.types import EXIT, Function, Kind, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import anyhow, nodes_from, normally
from botlint.model import Place, Span, Step
from botlint.project import Project


def unloadable(project: Project) -> Mapping[int, Step]:
    """The sources that can't be imported, each with the import that fails in it: one at the top
    that every way takes, of a name that its module can't have, or of a source of the same kind."""
    return project.answer(("unloadable",), lambda: _find(project))


def _find(project: Project) -> Mapping[int, Step]:
    found: dict[int, Step] = {}
    sources = project.program.sources
    for source, facts in enumerate(sources):
        names = [(one, one.name) for one, _, _ in missing_in(project, source, facts)]
        failing = sorted((*names, *missing_modules_in(project, source)), key=_place_in_file)
        for statement, name in failing:
            if _is_always_run(facts.functions[0], statement):
                text = f"importing this file fails here: `{name}` isn't there"
                found.setdefault(source, Step(Place(facts.path, statement.span), text))
    known = set(found)
    while known:
        behind = {
            source: step
            for source in range(len(sources))
            if source not in found
            for step in _failing_through(project, source, found)
        }
        found |= behind
        known = set(behind)
    return found


def _failing_through(project: Project, source: int, found: Mapping[int, Step]) -> tuple[Step, ...]:
    """The import by which a source fails, as what it imports is among those ``found``; or what
    fails in a package that it stands in, which is imported before it."""
    modules = modules_of(project)
    facts = project.program.sources[source]
    for package in packages_around(project, source):
        if package in found:
            text = f"importing this file imports `{modules.name(package)}` first, which fails here"
            return (Step(found[package].place, text),)
    for statement in facts.imports:
        raw = modules.target(source, statement)
        module = modules.by_raw.get(raw) if raw is not None else None
        if module in found and _is_always_run(facts.functions[0], statement):
            text = f"importing this file fails here: `{raw}` can't be imported"
            return (Step(Place(facts.path, statement.span), text),)
    return ()


def packages_around(project: Project, source: int) -> tuple[int, ...]:
    """The packages that are imported before a source is, the outermost first; none for one that is
    also run as it stands, or imported by its bare name."""
    modules = modules_of(project)
    raw = modules.raw(source)
    entry = project.program.entries().get(FunctionRef(source, 0))
    bare = project.answer(("bare imports",), lambda: frozenset(_imported_bare(project)))
    if raw in bare or (entry is not None and entry.kind == "main"):
        return ()
    parts = raw.split(".")
    above = (modules.by_raw.get(".".join(parts[:count])) for count in range(1, len(parts)))
    return tuple(one for one in above if one is not None and modules.is_package(one))


def _imported_bare(project: Project) -> Iterator[str]:
    """The modules that are imported by a name without a dot."""
    modules = modules_of(project)
    for source, facts in enumerate(project.program.sources):
        for statement in facts.imports:
            if not statement.level and "." not in statement.module:
                raw = modules.target(source, statement)
                if raw is not None:
                    yield raw


def _place_in_file(failing: tuple[Import, str]) -> Span:
    return failing[0].span


def failing_before(project: Project, ref: FunctionRef, span: Span) -> Step | None:
    """The import that fails on every way to what stands at ``span`` in a function, if one does."""
    failing = _failing_in(project, ref)
    function = project.function(ref)
    if not failing:
        return None

    def onward(node: Node) -> Iterable[int]:
        is_failing = node.kind is Kind.IMPORT and node.span in failing
        return (node.exc,) if is_failing else anyhow(node)

    reached = [function.nodes[n] for n in nodes_from(function, (function.entry,), onward)]
    calls = (function.calls[node.call].span for node in reached if node.kind is Kind.CALL)
    if span in {node.span for node in reached} or span in calls:
        return None
    first = min(failing)
    text = f"this import always fails, as `{failing[first]}` isn't there, so nothing behind it runs"
    return Step(Place(project.program.path(ref), first), text)


def _failing_in(project: Project, ref: FunctionRef) -> Mapping[Span, str]:
    """The imports in a function that fail, each with what isn't there."""
    found = project.answer(("failing imports", ref.source), lambda: _find_in(project, ref.source))
    return found.get(ref.index, {})


def _find_in(project: Project, source: int) -> Mapping[int, Mapping[Span, str]]:
    facts = project.program.sources[source]
    names = [(one, one.name) for one, _, _ in missing_in(project, source, facts)]
    found: dict[int, dict[Span, str]] = {}
    for statement, name in (*names, *failing_modules_in(project, source)):
        found.setdefault(statement.function, {}).setdefault(statement.span, name)
    return found


def _is_always_run(body: Function, statement: Import) -> bool:
    """Whether importing a module runs an import statement of it, and lets its failure out."""
    if statement.function != 0 or statement.is_guarded:
        return False
    at = [
        number
        for number, node in enumerate(body.nodes)
        if node.kind is Kind.IMPORT and node.span == statement.span
    ]
    return bool(at) and EXIT not in nodes_from(body, (body.entry,), normally, at)
