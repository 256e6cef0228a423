"""Collections that are written out with elements, so that a loop over them runs at least once."""

from __future__ import annotations

from botlint.checks.roots import targets_in
from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.program import FunctionRef
from botlint.project import Project

_COLLECTIONS = frozenset({"tuple", "list", "set", "dict"})
_PLAIN_RANGE = 2
"""A range from one number to another; with a step it could go the other way."""


def is_filled(project: Project, ref: FunctionRef, value: Expression | None) -> bool:
    """Whether a collection is known to have elements, worked out once."""
    return project.answer(("filled", ref, value), lambda: _is_filled(project, ref, value))


def _is_filled(project: Project, ref: FunctionRef, value: Expression | None) -> bool:
    """Whether ``value`` is written out with elements, there or where a module binds its name; is
    all that such a value has, in another form; or is a range of as many numbers as are written
    there, at least one."""
    if isinstance(value, Result):
        call = project.function(ref).calls[value.call]
        whole = _whole(call)
        return _is_range(call) if whole is None else _is_filled(project, ref, whole)
    if not isinstance(value, Name):
        return _has_elements(value)
    bound = _bound(project.function(ref), value.path)
    bound = bound or _bound(project.function(FunctionRef(ref.source, 0)), value.path)
    bound = bound or _imported(project, ref.source, value.path)
    return len(bound) == 1 and _has_elements(bound[0])


def _imported(project: Project, source: int, path: str) -> list[Expression | None]:
    """What a module that is imported, also by one that is, binds to what is ``path`` here; nothing
    if more than one could."""
    program = project.program
    local = [one.name for one in program.sources[source].imports if one.local == path]
    near = set(program.imports(source))
    modules = near.union(*(program.imports(one) for one in near)) - {source}
    names = {path.rpartition(".")[2], *local} if local or "." in path else set()
    found = [
        _bound(project.function(FunctionRef(one, 0)), name) for one in modules for name in names
    ]
    filled = [one for one in found if one]
    return filled[0] if len(filled) == 1 else []


def _bound(function: Function, name: str) -> list[Expression | None]:
    if any(one.name == name for one in function.parameters):
        return [None]
    return [
        node.value if node.kind is Kind.ASSIGN else None
        for node in function.nodes
        if name in targets_in(node.target)
    ]


def _whole(call: Call) -> Expression | None:
    """The collection whose elements a call gives, all of them: ``CHECKS.items()``."""
    base, _, last = call.func.path.rpartition(".") if isinstance(call.func, Name) else ("", "", "")
    if base and last in _VIEWS and not call.args:
        return Name(base)
    return call.args[0] if not base and last in _LISTING and len(call.args) == 1 else None


_VIEWS = frozenset({"items", "values", "keys", "copy"})
_LISTING = frozenset({"list", "tuple", "set", "sorted", "reversed", "enumerate", "iter"})


def _is_range(call: Call) -> bool:
    """``range(3)``, ``range(1, 4)``."""
    values = [one.value for one in call.args if isinstance(one, Constant)]
    if call.func != Name("range") or len(values) != len(call.args) or call.keywords:
        return False
    numbers = [one for one in values if type(one) is int]
    is_told = 0 < len(numbers) == len(values) <= _PLAIN_RANGE
    return is_told and bool(range(*numbers))


def _has_elements(value: Expression | None) -> bool:
    if not isinstance(value, Operation) or value.kind not in _COLLECTIONS:
        return False
    return any(not (isinstance(one, Operation) and one.kind == "star") for one in value.args)
