"""Calls of what a module of the program doesn't have: ``utils.round_down()``."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.faults.bound import BUILT_IN_NAMES, bound_by
from botlint.checks.faults.module_names import names_of_module
from botlint.checks.hits import fault, step
from botlint.checks.owners import modules_of, owners_of
from botlint.facts.imported import Import
from botlint.facts.types import Facts, Name
from botlint.flow.names import FunctionRef
from botlint.flow.values import Module
from botlint.model import Hit, Place, Span, Step
from botlint.project import Project


def find_missing_members(project: Project) -> Iterator[Hit]:
    """Calls of ``module.name`` where the module can't have the name."""
    modules = modules_of(project)
    for ref, number, segment in project.program.calls():
        call = project.function(ref).calls[number]
        if type(call.func) is not Name or "." not in call.func.path:
            continue
        head, _, last = call.func.path.rpartition(".")
        if "." in head or head in ("self", "cls"):
            continue
        raw = _module_meant(project, ref, head)
        source = modules.by_raw.get(raw) if raw else None
        if source is None or modules.is_known(f"{raw}.{last}") or owners_of(project).assigned(last):
            continue
        names = _names_of_all(project, raw, source)
        if names is not None and last not in names and last not in BUILT_IN_NAMES:
            there = Place(project.program.sources[source].path, Span(1, 1, 1, 1))
            what = f"the module `{head}` has no `{segment}`"
            steps = (
                step(project, ref, call.span, f"this calls `{call.func.path}`"),
                Step(there, f"the module neither defines nor imports `{segment}`"),
            )
            yield fault(project, ref, call.span, what, steps, of=head)


def _module_meant(project: Project, ref: FunctionRef, head: str) -> str:
    """The module of the program that a name is imported as, and can't be anything else."""
    imports = project.answer(("imports by name", ref.source), lambda: _by_local(project, ref))
    statements = imports.get(head, ())
    if len(statements) != 1 or statements[0].is_guarded:
        return ""
    at = ref
    while at.index > 0:
        if head in bound_by(project, at):
            return ""
        at = FunctionRef(ref.source, project.function(at).parent)
    values = project.program.values_of(ref, Name(head))
    if len(values) != 1 or not isinstance(values[0], Module):
        return ""
    one = statements[0]
    written = f"{one.module}.{one.name}" if one.module and one.name else one.module or one.name
    # By the same name there may be a library, which the import means elsewhere.
    return values[0].raw if one.level or values[0].raw == written else ""


def _by_local(project: Project, ref: FunctionRef) -> dict[str, list[Import]]:
    """The imports of the source that a function stands in, by the name that they bind."""
    found: dict[str, list[Import]] = {}
    for statement in project.program.sources[ref.source].imports:
        found.setdefault(statement.local, []).append(statement)
    return found


def _names_of_all(project: Project, raw: str, source: int) -> frozenset[str] | None:
    """The names of all modules of that name, wherever the program is started."""
    if _hands_on_globals(project.program.sources[source]):
        return None
    found = names_of_module(project, source)
    modules = modules_of(project)
    for other in modules.ending_in(raw):
        more = names_of_module(project, modules.by_raw[other])
        if found is None or more is None:
            return None
        found |= more
    return found


def _hands_on_globals(facts: Facts) -> bool:
    """Whether a module lets others fill it: ``build(descriptor, globals())``."""
    return any(
        call.func == Name("globals") for function in facts.functions for call in function.calls
    )
