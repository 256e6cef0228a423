"""Collections that are written out with elements, so that a loop over them runs at least once."""

from __future__ import annotations

from botlint.checks.roots import targets_in
from botlint.facts.types import Expression, Function, Kind, Name, Operation
from botlint.flow.program import FunctionRef
from botlint.project import Project

_COLLECTIONS = frozenset({"tuple", "list", "set", "dict"})


def is_filled(project: Project, ref: FunctionRef, value: Expression | None) -> bool:
    """Whether ``value`` is written out with elements, there or where the module binds its name."""
    if isinstance(value, Name) and "." not in value.path:
        bound = _bound(project.function(ref), value.path)
        if not bound:
            bound = _bound(project.function(FunctionRef(ref.source, 0)), value.path)
        return len(bound) == 1 and _has_elements(bound[0])
    return _has_elements(value)


def _bound(function: Function, name: str) -> list[Expression | None]:
    if any(one.name == name for one in function.parameters):
        return [None]
    return [
        node.value if node.kind is Kind.ASSIGN else None
        for node in function.nodes
        if name in targets_in(node.target)
    ]


def _has_elements(value: Expression | None) -> bool:
    if not isinstance(value, Operation) or value.kind not in _COLLECTIONS:
        return False
    return any(not (isinstance(one, Operation) and one.kind == "star") for one in value.args)
