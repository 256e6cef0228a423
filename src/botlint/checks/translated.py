"""The names of an order's values, carried from a function up to the one that calls it."""

from __future__ import annotations

from botlint.checks.roots import arguments_of, names_in, origins_of
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project


def translated(
    project: Project, roots: frozenset[str], callee: FunctionRef, site: CallRef
) -> frozenset[str] | None:
    """``roots`` of a function in the names of its caller, through its parameters."""
    function = project.function(callee)
    program = project.program
    calls = project.function(site.function).calls
    closure = origins_of(project, callee).closure(roots)
    found: frozenset[str] = frozenset()
    for parameter in function.parameters:
        if not comes_from(parameter.name, closure):
            continue
        value = program.argument_of(site.function, site.call, callee, parameter.name)
        if value is not None:
            found |= names_in(value, calls)
    if site.function == program.parent(callee):
        own = {parameter.name for parameter in function.parameters}
        found |= frozenset(name for name in closure if name.partition(".")[0] not in own)
    if not found and not arguments_of(project.call(site)):
        return None
    return found or None


def enclosed(
    project: Project, roots: frozenset[str], callee: FunctionRef, site: CallRef
) -> frozenset[str] | None:
    """``roots`` of a function that is handed over where it is defined, if they are all of the
    names around it; ``None`` where it is not seen what it is given."""
    if site.function != project.program.parent(callee):
        return None
    function = project.function(callee)
    closure = origins_of(project, callee).closure(roots)
    own = {parameter.name for parameter in function.parameters}
    if any(name.partition(".")[0] in own for name in closure):
        return None
    return closure


def comes_from(parameter: str, names: frozenset[str]) -> bool:
    """Whether one of some dotted names is a parameter or a member of it."""
    return any(name == parameter or name.startswith(parameter + ".") for name in names)
