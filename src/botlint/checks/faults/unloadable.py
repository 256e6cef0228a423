"""Modules of the program that can't be imported, because an import of their own fails.

What stands in one never runs, whatever else is wrong with it; it is told one level lower.
"""

from __future__ import annotations

from collections.abc import Mapping

from botlint.checks.faults.imported import missing_in
from botlint.checks.faults.missing_modules import missing_modules_in
from botlint.checks.owners import modules_of
from botlint.facts.imported import Import
from botlint.facts.types import EXIT, Function, Kind
from botlint.flow.ways import nodes_from, normally
from botlint.model import Place, Step
from botlint.project import Project


def unloadable(project: Project) -> Mapping[int, Step]:
    """The sources that can't be imported, each with the import that fails in it: one at the top
    that every way takes, of a name that its module can't have, or of a source of the same kind."""
    return project.answer(("unloadable",), lambda: _find(project))


def _find(project: Project) -> Mapping[int, Step]:
    found: dict[int, Step] = {}
    modules = modules_of(project)
    sources = project.program.sources
    for source, facts in enumerate(sources):
        names = [(one, one.name) for one, _, _ in missing_in(project, source, facts)]
        for statement, name in (*names, *missing_modules_in(project, source)):
            if _is_always_run(facts.functions[0], statement):
                text = f"importing this file fails here: `{name}` isn't there"
                found.setdefault(source, Step(Place(facts.path, statement.span), text))
    known = set(found)
    while known:
        behind: set[int] = set()
        for source, facts in enumerate(sources):
            for statement in facts.imports if source not in found else ():
                raw = modules.target(source, statement)
                module = modules.by_raw.get(raw) if raw is not None else None
                if module in known and _is_always_run(facts.functions[0], statement):
                    text = f"importing this file fails here: `{raw}` can't be imported"
                    found.setdefault(source, Step(Place(facts.path, statement.span), text))
                    behind.add(source)
        known = behind
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
