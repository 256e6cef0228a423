"""What a parameter gets, seen from all that call its function, also where a table or an attribute
of another object runs it."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.roots import receiver_of
from botlint.facts.types import Expression, Name
from botlint.flow.program import Binding, CallSite, FunctionRef
from botlint.flow.scopes import own_object
from botlint.flow.values import Instance
from botlint.project import CallRef, Project

_FRESH = Binding("caught")


def handed_in(
    project: Project, ref: FunctionRef, parameter: str, depth: int = 3
) -> Iterator[tuple[FunctionRef, Expression | None]]:
    """What all callers hand to a parameter, and where; of those that were handed it themselves,
    what their callers do."""
    program = project.program
    for site in program.callers(ref):
        given = program.argument_of(site.function, site.call, ref, parameter)
        alias = bound_once(project, site.function, given) if type(given) is Name and depth else None
        is_handed_on = alias is not None and alias[1].kind == "parameter"
        is_handed_on = is_handed_on and not _is_own(project, site.function, given)
        if is_handed_on and type(given) is Name and program.callers(site.function):
            yield from handed_in(project, site.function, given.path, depth - 1)
        else:
            yield site.function, given


def _is_own(project: Project, ref: FunctionRef, given: Expression | None) -> bool:
    """Whether it is the object whose method a function is."""
    own = own_object(project.function(ref))
    return bool(own) and given == Name(own)


def bound_once(
    project: Project, ref: FunctionRef, name: Name
) -> tuple[FunctionRef, Binding] | None:
    """What the one binding of a local gives it, with the function that binds it."""
    variable = project.program.variable(ref, name)
    if variable is None or variable.kind != "local":
        return None
    bindings = project.program.bindings(variable)
    return bindings[0] if len(bindings) == 1 else (ref, _FRESH)


def is_method_of_given(project: Project, site: CallSite, callee: FunctionRef) -> bool:
    """Whether a method that is found by its name is one of the class of all that callers hand in
    as the receiver."""
    receiver = receiver_of(project.call(CallRef(site.function, site.call)))
    if type(receiver) is not Name or "." in receiver.path:
        return False
    bound = bound_once(project, site.function, receiver)
    if bound is None or bound[1].kind != "parameter" or bound[0] != site.function:
        return False
    program, name = project.program, project.function(callee).name
    given = list(handed_in(project, site.function, receiver.path))
    values = [program.values_of(ref, one) if one is not None else () for ref, one in given]
    return bool(values) and all(
        found
        and all(
            type(one) is Instance and program.find_method(one.ref, name) == callee for one in found
        )
        for found in values
    )
