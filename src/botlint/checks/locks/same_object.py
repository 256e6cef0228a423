"""Whether two places name the same object: what one calls it is followed up the calls between."""

from __future__ import annotations

from botlint.checks.roots import receiver_of
from botlint.facts.types import Name
from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project

_DEEPEST = 6


def seen_from_caller(
    project: Project, callee: FunctionRef, expression: Name, call: CallRef
) -> Name | None:
    """What the caller at ``call`` names what ``callee`` names ``expression``; ``None`` if that
    can't be told."""
    expression = unaliased(project, callee, expression)
    head, dot, rest = expression.path.partition(".")
    function = project.function(callee)
    names = [one.name for one in function.parameters]
    if head not in names:
        variable = project.program.variable(callee, Name(head))
        is_own = variable is not None and variable.kind == "local"
        is_own = is_own and variable is not None and variable.owner == callee.index
        return None if is_own else expression
    given = project.program.argument_of(call.function, call.call, callee, head)
    if function.owner >= 0 and names[0] == head:
        given = receiver_of(project.call(call))
    if type(given) is not Name:
        return None
    return unaliased(project, call.function, Name(f"{given.path}{dot}{rest}"))


def unaliased(project: Project, ref: FunctionRef, expression: Name) -> Name:
    """The name that a local stands for: ``self._lock`` after ``lock = self._lock``."""
    for _ in range(_DEEPEST):
        head, dot, rest = expression.path.partition(".")
        variable = project.program.variable(ref, Name(head))
        if variable is None or variable.kind != "local":
            break
        bound = project.program.bindings(variable)
        value = bound[0][1].value if len(bound) == 1 and bound[0][1].kind == "value" else None
        if type(value) is not Name:
            break
        expression = Name(f"{value.path}{dot}{rest}")
    return expression
