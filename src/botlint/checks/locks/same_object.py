"""Whether two places name the same object: what one calls it is followed up the calls between."""

from __future__ import annotations

from botlint.checks.roots import receiver_of
from botlint.facts.types import Expression, Name, Result
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
        if variable is None or variable.kind != "local":
            return expression
        if variable.owner == callee.index:
            return None
        outer = FunctionRef(variable.source, variable.owner)
        if _stands_in(project, call.function, outer):
            return expression
        making = _making(project, outer, call)
        return seen_from_caller(project, outer, expression, making) if making else None
    given = project.program.argument_of(call.function, call.call, callee, head)
    if function.owner >= 0 and names[0] == head:
        given = receiver_of(project.call(call))
    if type(given) is not Name:
        return None
    return unaliased(project, call.function, Name(f"{given.path}{dot}{rest}"))


def _stands_in(project: Project, ref: FunctionRef | None, outer: FunctionRef) -> bool:
    """Whether a function is ``outer``, or stands in its body."""
    while ref is not None and ref != outer:
        ref = project.program.parent(ref)
    return ref is not None


def _making(project: Project, outer: FunctionRef, call: CallRef) -> CallRef | None:
    """The call of ``outer`` that gave the function which ``call`` runs."""
    func: Expression | None = project.call(call).func
    if type(func) is Name:
        variable = project.program.variable(call.function, func)
        bound = project.program.bindings(variable) if variable is not None else ()
        func = bound[0][1].value if len(bound) == 1 and bound[0][0] == call.function else None
    if type(func) is not Result or outer not in project.program.callees(call.function, func.call):
        return None
    return CallRef(call.function, func.call)


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
