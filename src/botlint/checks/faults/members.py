"""Methods that are called and attributes that are asked for, on classes that never have them."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import partial

from botlint.checks.emptiness import is_made
from botlint.checks.faults.class_members import Members, members_of
from botlint.checks.faults.dead_arms import has_dead_work
from botlint.checks.faults.expected import is_expected, is_replaced
from botlint.checks.faults.unwritten import GUARDS, guarding
from botlint.checks.hits import hit_in
from botlint.checks.owners import owners_of
from botlint.checks.reads import is_decisive, last_segment
from botlint.checks.roots import receiver_of
from botlint.checks.spelling import nearest_name
from botlint.facts.types import Call, Constant, Expression, Function, Name, Result
from botlint.flow.program import ClassRef, FunctionRef
from botlint.model import Hit, Place, Span, Step
from botlint.project import CallRef, Project

_ASKING = frozenset({"hasattr", "getattr"})


def find_undefined_methods(project: Project) -> Iterable[Hit]:
    """One hit for each call of a method that the receiver's class doesn't have."""
    members = members_of(project)
    owners = owners_of(project)
    for ref, number, segment in project.program.calls():
        call = project.function(ref).calls[number]
        receiver = receiver_of(call)
        if receiver is None or _is_own_method(project, ref, receiver, segment):
            continue
        owner = owners.of(ref, receiver)
        name = last_segment(call.func)
        if owner is None or not members.lacks(owner, name):
            continue
        function = project.function(ref)
        if is_asked_for(function, receiver, name):
            continue
        if is_expected(function, number) and _is_reckoned_with(project, ref, number):
            continue
        yield _undefined(project, CallRef(ref, number), owner, name, members)


def _is_own_method(project: Project, ref: FunctionRef, receiver: Expression, name: str) -> bool:
    """Whether a method calls another of its own class: most calls of most bots."""
    if receiver != Name("self"):
        return False
    owner = project.program.owner(ref)
    return owner is not None and name in project.program.class_members(owner)


def find_missing_attributes(project: Project) -> Iterable[Hit]:
    """One hit for each ``hasattr`` or ``getattr`` with a default that can never find anything."""
    members = members_of(project)
    owners = owners_of(project)
    for ref, number, segment in project.program.calls():
        if segment not in _ASKING:
            continue
        call = project.function(ref).calls[number]
        asked = _asked(call)
        if asked is None:
            continue
        value, name = asked
        owner = owners.of(ref, value)
        if owner is None or not members.lacks(owner, name):
            continue
        if value == Name("self") and _is_for_others(project, owner):
            continue  # It asks for what is given to a class to come.
        # Objects of several classes are probed for what only some of them have.
        if not project.program.functions_named(name) and _matters(project, ref, number):
            yield _missing(project, CallRef(ref, number), owner, name, members)


def _is_for_others(project: Project, owner: ClassRef) -> bool:
    """Whether a class speaks of another one when it says ``self``: it is to be mixed into that, or
    nothing makes it."""
    return "mixin" in project.program.cls(owner).name.lower() or not is_made(project, owner)


def _matters(project: Project, ref: FunctionRef, number: int) -> bool:
    """Whether a question decides if a function goes on, or if it does some of its work."""
    function = project.function(ref)
    is_answer = partial(operator.eq, Result(number))
    if is_decisive(function, is_answer, guarding(project, ref)):
        return True
    return has_dead_work(function, number, lambda one: project.plays(CallRef(ref, one), "log"))


def _asked(call: Call) -> tuple[Expression, str] | None:
    """The object and the name that ``hasattr`` or ``getattr`` with a default asks for."""
    if call.func == Name("hasattr"):
        is_asking = len(call.args) == 2
    else:
        is_asking = call.func == Name("getattr") and len(call.args) == 3
    if not is_asking or not isinstance(call.args[1], Constant):
        return None
    name = call.args[1].value
    return (call.args[0], name) if isinstance(name, str) else None


def is_asked_for(function: Function, receiver: Expression, name: str) -> bool:
    """Whether the function asks ``hasattr(receiver, name)``, or of what class the receiver is: what
    is behind the question never runs."""
    return any(
        (call.func == Name("isinstance") and call.args[:1] == (receiver,))
        or (last_segment(call.func) in _ASKING and call.args[:2] == (receiver, Constant(name)))
        for call in function.calls
    )


def _is_reckoned_with(project: Project, ref: FunctionRef, number: int) -> bool:
    """Whether nothing hangs on a call that a clause stands ready for, or the clause does it."""
    is_guard = any(project.plays(CallRef(ref, number), role) for role in GUARDS)
    if not is_guard and not _matters(project, ref, number):
        return True
    return is_replaced(project, ref, number)


def _undefined(
    project: Project, site: CallRef, owner: ClassRef, name: str, members: Members
) -> Hit:
    written = project.written(site)
    cls = project.program.cls(owner).name
    step = Step(
        project.call_place(site), f"`{project.program.display(site.function)}` calls `{written}`"
    )
    return _hit(project, site, owner, name, members, f"`{cls}` has no method `{name}`", step)


def _missing(project: Project, site: CallRef, owner: ClassRef, name: str, members: Members) -> Hit:
    cls = project.program.cls(owner).name
    function = project.program.display(site.function)
    step = Step(project.call_place(site), f"`{function}` asks whether it has `{name}`")
    what = f"`{cls}` never has the attribute `{name}` that is asked for"
    return _hit(project, site, owner, name, members, what, step)


def _hit(
    project: Project,
    site: CallRef,
    owner: ClassRef,
    name: str,
    members: Members,
    what: str,
    step: Step,
) -> Hit:
    place = project.call_place(site)
    declared = project.program.cls(owner)
    defined = _head(project, owner)
    had = sorted(one for one in members.all_of(owner) or () if not one.startswith("__"))
    near = nearest_name(name, had)
    return hit_in(
        project,
        site.function,
        place,
        {"what": what, "where": project.written(site), "name": name},
        (step, Step(defined, f"`{declared.name}` is defined here, and has {_listed(had)}")),
        related=(Step(defined, f"did you mean `{near}`?"),) if near else (),
    )


def _listed(names: list[str]) -> str:
    if not names:
        return "no members of its own"
    shown = ", ".join(f"`{name}`" for name in names[:8])
    return f"{shown} and {len(names) - 8} more" if len(names) > 8 else shown


def _head(project: Project, owner: ClassRef) -> Place:
    span = project.program.cls(owner).span
    path = project.program.sources[owner.source].path
    return Place(path, Span(span.line, span.column, span.line, span.column + 5))
