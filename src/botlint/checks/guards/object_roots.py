"""What an order's values come from that are members of an object, in terms of who calls its method:
members of that same object, or what the caller has made it of.
"""

from __future__ import annotations

from botlint.checks.guards.made_within import makings_of
from botlint.checks.roots import assigned_in, names_in, receiver_of
from botlint.facts.types import Constant, Expression, Name, Result
from botlint.flow.program import ClassRef, FunctionRef
from botlint.flow.scopes import own_object
from botlint.project import CallRef, Project


def members_of_same(
    project: Project, closure: frozenset[str], callee: FunctionRef, site: CallRef
) -> frozenset[str]:
    """The members in ``closure`` of an object whose method calls another one of its own."""
    own = own_object(project.function(site.function))
    called = own_object(project.function(callee))
    if not own or not called or receiver_of(project.call(site)) != Name(own):
        return frozenset()
    members = (name for name in closure if name.startswith(f"{called}."))
    return frozenset(f"{own}{name.removeprefix(called)}" for name in members)


def members_of_made(
    project: Project, closure: frozenset[str], callee: FunctionRef, site: CallRef
) -> frozenset[str]:
    """What the members in ``closure`` were made of, where the caller itself made the object."""
    members = {name.split(".")[1] for name in closure if name.startswith("self.")}
    made = _made_at(project, callee, site) if members else None
    if made is None:
        return frozenset()
    number, init = made
    calls = project.function(site.function).calls
    found: frozenset[str] = frozenset()
    for member in sorted(members):
        values = assigned_in(project, init).get(f"self.{member}", [])
        names = frozenset(
            name for value in values for name in names_in(value, project.function(init).calls)
        )
        for parameter in project.function(init).parameters:
            if comes_from(parameter.name, makings_of(project, init).origins.closure(names)):
                value = project.program.argument_of(site.function, number, init, parameter.name)
                found |= names_in(value or Constant(None), calls)
    return found


def _made_at(
    project: Project, callee: FunctionRef, site: CallRef
) -> tuple[int, FunctionRef] | None:
    """The call that makes the object whose method is called, and what it runs."""
    program = project.program
    call = project.call(site)
    receiver = call.func if isinstance(call.func, Name) else receiver_of(call)
    cls = program.owner(callee)
    if isinstance(receiver, Name) and project.function(callee).name != "__call__":
        receiver = receiver_of(call)
    if isinstance(receiver, Name):
        receiver = bound_to(project, site.function, receiver.path)
    if not isinstance(receiver, Result) or cls is None:
        return None
    made = program.type_of(site.function, receiver)
    init = program.find_method(made, "__init__") if isinstance(made, ClassRef) else None
    return None if init is None else (receiver.call, init)


def bound_to(project: Project, ref: FunctionRef, name: str) -> Expression | None:
    """What a name holds that a function binds once; in a ``finally``, once in each copy."""
    bound = assigned_in(project, ref).get(name, [])
    calls = project.function(ref).calls
    spans = {calls[one.call].span if isinstance(one, Result) else None for one in bound}
    is_once = len(bound) == 1 or (len(spans) == 1 and None not in spans)
    return bound[0] if is_once else None


def comes_from(parameter: str, names: frozenset[str]) -> bool:
    """Whether some of ``names`` is a parameter or a member of it."""
    return any(name == parameter or name.startswith(parameter + ".") for name in names)
