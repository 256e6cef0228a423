"""Names that are imported from a module of the program which doesn't have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botlint.checks.faults.expected import is_meant_to_fail, is_reckoned_with
from botlint.checks.faults.module_names import names_of_module
from botlint.checks.faults.optional import with_option
from botlint.checks.owners import modules_of
from botlint.checks.reads import last_segment
from botlint.checks.spelling import nearest_name
from botlint.discover import is_peripheral
from botlint.facts.imported import Import
from botlint.facts.types import (
    Constant,
    Facts,
    Function,
    Kind,
    Name,
    Node,
)
from botlint.flow.program import FunctionRef
from botlint.flow.ways import anyhow, nodes_from
from botlint.model import Confidence, Hit, Place, Span, Step
from botlint.project import Project


def find_missing_imports(project: Project) -> Iterable[Hit]:
    """One hit for each imported name that its module can't have."""
    for source, facts in enumerate(project.program.sources):
        missing: dict[tuple[int, Span], list[tuple[Import, frozenset[str]]]] = {}
        for statement, module, names in missing_in(project, source, facts):
            missing.setdefault((module, statement.span), []).append((statement, names))
        for (module, _), found in missing.items():
            statements = [statement for statement, _ in found]
            hit = _hit(project, source, statements, module, found[0][1])
            yield with_option(project, source, statements, hit)


def missing_in(
    project: Project, source: int, facts: Facts
) -> Iterator[tuple[Import, int, frozenset[str]]]:
    """The names that a source imports and their modules can't have, with what these have."""
    packages = project.answer(("packages",), lambda: frozenset(_packages(project)))
    for statement in facts.imports:
        if statement.name in ("", "*"):
            continue
        raw = modules_of(project).target(source, statement)
        module = modules_of(project).by_raw.get(raw) if raw is not None else None
        if module is None or raw is None:
            continue
        if module == source and not _means_itself(project, source, statement):
            continue
        if not statement.level and raw[: -len(statement.module) - 1] in packages:
            continue  # Beside it in its package, where an absolute import doesn't look.
        if modules_of(project).is_known(f"{raw}.{statement.name}"):
            continue
        if modules_of(project).is_package(module) and is_peripheral(f"{statement.name}.py"):
            continue  # It may be a module of tests, which are not looked at.
        names = _names_in_all(project, statement, module)
        if names is None or statement.name in names:
            continue
        if not is_harmless(project, source, statement):
            yield statement, module, names


def _means_itself(project: Project, source: int, statement: Import) -> bool:
    """Whether a module that imports from a module of its own name means itself, and no library that
    is called so: another file gets a name by it that stands here."""
    modules = modules_of(project)
    if statement.level:
        return not modules.is_package(source)  # A part of it may be made when it is installed.
    names = names_of_module(project, source)
    return names is not None and any(
        one.module == statement.module and not one.level and one.name in names
        for number, facts in enumerate(project.program.sources)
        if number != source
        for one in facts.imports
        if modules.by_raw.get(modules.target(number, one) or "") == source
    )


def is_harmless(project: Project, source: int, statement: Import) -> bool:
    """Whether nothing is lost where an import fails: it never runs, something stands in for what it
    names, or the program only asks whether that is there."""
    facts = project.program.sources[source]
    return (
        _is_for_types(facts.functions[statement.function], statement)
        or _has_substitute(facts, statement)
        or is_meant_to_fail(facts, statement)
        or is_reckoned_with(project, source, statement)
    )


def _packages(project: Project) -> Iterator[str]:
    """Directories that something is imported through, which are no roots of their own."""
    for facts in project.program.sources:
        for statement in facts.imports:
            parts = statement.module.split(".") if not statement.level else []
            yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))
    for raw, source in modules_of(project).by_raw.items():
        if project.program.sources[source].path.endswith("/__init__.py"):
            yield raw


def _names_in_all(project: Project, statement: Import, module: int) -> frozenset[str] | None:
    """The names of all modules that the statement may mean, wherever the program is started."""
    found = names_of_module(project, module)
    if statement.level or found is None:
        return found
    modules = modules_of(project)
    if modules.ending_in(f"{statement.module}.{statement.name}"):
        return None
    for raw in modules.ending_in(statement.module):
        if modules.by_raw[raw] != module:
            names = names_of_module(project, modules.by_raw[raw])
            if names is None:
                return None
            found |= names
    return found


def _is_for_types(function: Function, statement: Import) -> bool:
    """Whether an import stands under ``if TYPE_CHECKING`` and never runs."""
    if not statement.is_guarded:
        return False

    def onward(node: Node) -> tuple[int, ...]:
        return (node.other, node.exc) if _asks_for_types(node) else anyhow(node)

    return not any(
        function.nodes[number].kind is Kind.IMPORT and function.nodes[number].span == statement.span
        for number in nodes_from(function, (function.entry,), onward)
    )


def _has_substitute(facts: Facts, statement: Import) -> bool:
    """Whether the name is also bound otherwise, for when the import fails: to something that works,
    and not to ``None``."""
    if any(
        other.local == statement.local
        and (other.module, other.name, other.level)
        != (statement.module, statement.name, statement.level)
        and (statement.is_guarded or other.is_guarded)
        for other in facts.imports
        if other.function == statement.function
    ):
        return True
    if not statement.is_guarded:
        return False
    function = facts.functions[statement.function]
    return any(
        node.target == Name(statement.local)
        and (node.kind is Kind.DEFINE or not isinstance(node.value, Constant))
        for node in function.nodes
        if node.kind in (Kind.ASSIGN, Kind.DEFINE)
    )


def _asks_for_types(node: Node) -> bool:
    return (
        node.kind is Kind.TEST
        and node.value is not None
        and (last_segment(node.value) == "TYPE_CHECKING")
    )


def _hit(
    project: Project, source: int, missing: list[Import], module: int, names: frozenset[str]
) -> Hit:
    facts = project.program.sources[source]
    statement = missing[0]
    place = Place(facts.path, statement.span)
    there = Place(project.program.sources[module].path, Span(1, 1, 1, 1))
    lacking = ", ".join(f"`{one.name}`" for one in missing)
    near = nearest_name(statement.name, names)
    written = f"from {'.' * statement.level}{statement.module} import {statement.name}"
    name = project.program.display(FunctionRef(source, statement.function))
    return Hit(
        place=place,
        saw={
            "what": f"`{statement.module or '.'}` has no {lacking} to import",
            "where": written,
            "name": statement.name,
            "function": name,
        },
        confidence=Confidence.HIGH,
        trace=(
            Step(place, f"`{name}` imports it; this raises ImportError whenever it runs"),
            Step(there, f"the module neither defines nor imports {lacking}"),
        ),
        related=(Step(there, f"did you mean `{near}`?"),) if near else (),
        cause=f"{place.path}:{place.span.line}:{statement.name}",
        symbol=name,
    )
