"""Names that are imported from a module of the program which doesn't have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botlint.checks.faults.expected import is_meant_to_fail, is_reckoned_with
from botlint.checks.faults.optional import with_option
from botlint.checks.owners import modules_of
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import targets_in
from botlint.checks.spelling import nearest_name
from botlint.discover import is_peripheral
from botlint.facts.imported import Import
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Facts,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Result,
)
from botlint.flow.program import FunctionRef
from botlint.flow.ways import anyhow, nodes_from
from botlint.model import Confidence, Hit, Place, Span, Step
from botlint.project import Project

_DYNAMIC = frozenset({"exec", "vars", "setattr", "__import__"})


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
    names = _names_of(project, source, frozenset())
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
    found = _names_of(project, module, frozenset())
    if statement.level or found is None:
        return found
    modules = modules_of(project)
    if modules.ending_in(f"{statement.module}.{statement.name}"):
        return None
    for raw in modules.ending_in(statement.module):
        if modules.by_raw[raw] != module:
            names = _names_of(project, modules.by_raw[raw], frozenset())
            if names is None:
                return None
            found |= names
    return found


def _names_of(project: Project, module: int, above: frozenset[int]) -> frozenset[str] | None:
    """All names that a module can have; ``None`` where it may make more."""
    if module in above:
        return frozenset()
    if not above:
        question = ("names of module", module)
        return project.answer(question, lambda: _read_names(project, module, above))
    return _read_names(project, module, above)


def _read_names(project: Project, module: int, above: frozenset[int]) -> frozenset[str] | None:
    facts = project.program.sources[module]
    if facts.error or any(map(is_dynamic, facts.functions)):
        return None
    found = {*facts.exports, *_bound_in_functions(facts)}
    if any(map(_stores_keys, facts.functions)):
        found.update(key for function in facts.functions for key in _keys_in(function))
    for statement in facts.imports:
        if statement.name != "*" or statement.function != 0:
            continue
        raw = modules_of(project).target(module, statement)
        other = modules_of(project).by_raw.get(raw) if raw is not None else None
        names = None if other is None else _names_of(project, other, above | {module})
        if names is None:
            return None
        found |= names
    return frozenset(found)


def is_dynamic(function: Function) -> bool:
    """Whether a function may give its module names that its text does not show."""
    if (function.name == "__getattr__" and function.owner < 0) or _fills_globals(function):
        return True
    return any(
        type(call.func) is Name
        and call.func.path in _DYNAMIC
        and _is_of_module(function, call.func.path)
        for call in function.calls
    ) or any(
        type(call.func) is Name and call.func.path.startswith("sys.modules")
        for call in function.calls
    )


def _is_of_module(function: Function, called: str) -> bool:
    return function.parent < 0 or called == "exec"


def _fills_globals(function: Function) -> bool:
    """Whether ``globals()`` is updated, or stored into under a name that can't be told."""
    if any(
        type(call.func) is Attribute
        and call.func.name in ("update", "setdefault", "__setitem__")
        and _is_globals(call.func.value, function)
        for call in function.calls
    ):
        return True
    return any(
        type(node.target) is Item
        and _is_globals(node.target.value, function)
        and type(node.target.key) is not Constant
        and not _is_looped(node.target.key, function)
        for node in function.nodes
    )


def _stores_keys(function: Function) -> bool:
    """``for key, value in PRESETS[name].items(): globals()[key] = value``: the names are keys of
    dicts that stand in the module."""
    return any(
        type(node.target) is Item and _is_globals(node.target.value, function)
        for node in function.nodes
    )


def _keys_in(function: Function) -> Iterator[str]:
    """All literal keys of the dict displays in a function, and the literal keys stored under."""
    values = [node.value for node in function.nodes]
    values += [node.target.key for node in function.nodes if isinstance(node.target, Item)]
    for value in values:
        for part in walk(value, function.calls):
            if isinstance(part, Constant) and isinstance(part.value, str):
                yield part.value


def _is_globals(value: Expression, function: Function) -> bool:
    return isinstance(value, Result) and function.calls[value.call].func == Name("globals")


def _is_looped(key: Expression, function: Function) -> bool:
    return isinstance(key, Name) and any(
        node.kind is Kind.ITERATE and key.path in targets_in(node.target) for node in function.nodes
    )


def _bound_in_functions(facts: Facts) -> Iterator[str]:
    """Names that functions bind: ``global`` may make them the module's."""
    for function in facts.functions[1:]:
        for node in function.nodes:
            if node.kind in (Kind.ASSIGN, Kind.AUGMENT) and type(node.target) is Name:
                yield node.target.path


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


def names_of_module(project: Project, module: int) -> frozenset[str] | None:
    """All names that a module can have; ``None`` where it may make more."""
    return _names_of(project, module, frozenset())


def is_open_module(project: Project, source: int) -> bool:
    """Whether a module may fill itself with names that can't be read from it."""
    return any(map(is_dynamic, project.program.sources[source].functions))


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
