"""The names that a module of the program can have."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.owners import modules_of
from botlint.checks.reads import walk
from botlint.checks.roots import targets_in
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Facts,
    Function,
    Item,
    Kind,
    Name,
    Result,
)
from botlint.project import Project

_DYNAMIC = frozenset({"exec", "vars", "setattr", "__import__"})


def names_of_module(project: Project, module: int) -> frozenset[str] | None:
    """All names that a module can have; ``None`` where it may make more."""
    return _names_of(project, module, frozenset())


def is_open_module(project: Project, source: int) -> bool:
    """Whether a module may fill itself with names that can't be read from it."""
    return any(map(is_dynamic, project.program.sources[source].functions))


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
