"""Guards in methods that a method calls on its own object.

A base class has a ``run`` that calls ``self.check()``; on an object that is just of one class,
``run`` asks what that class checks, whatever the other classes do::

    Strict().run(order)     # Base.run, and in it Strict.check
"""

from __future__ import annotations

from typing import NamedTuple

from botlint.checks.roots import receiver_of
from botlint.facts.types import Name
from botlint.flow.program import ClassRef, FunctionRef
from botlint.flow.scopes import own_object
from botlint.flow.values import Instance
from botlint.project import CallRef, Project


class OwnMethod(NamedTuple):
    """A method and the class of the object that it is run on."""

    method: FunctionRef
    cls: ClassRef


def own_method(
    project: Project, ref: CallRef, callees: tuple[FunctionRef, ...]
) -> OwnMethod | None:
    """The method that a call runs on an object of one class; ``None`` unless that is known, or if
    the class says nothing more: where its methods run no others for it than for any object."""
    receiver = receiver_of(project.function(ref.function).calls[ref.call])
    if receiver is None or len(callees) != 1 or project.program.owner(callees[0]) is None:
        return None
    method = callees[0]
    calls = range(len(project.function(method).calls))
    if not any(_is_open(project, CallRef(method, number)) for number in calls):
        return None
    values = project.program.values_of(ref.function, receiver)
    if len(values) != 1 or not isinstance(values[0], Instance) or not values[0].is_exact:
        return None
    return OwnMethod(method, values[0].ref)


def run_within(project: Project, own: OwnMethod, call: int) -> FunctionRef | None:
    """Which of several methods a call in ``own`` runs, ``None`` if it is not on the same object."""
    ref = CallRef(own.method, call)
    if not _is_open(project, ref):
        return None
    callees = project.program.callees(*ref)
    found = project.program.find_method(own.cls, project.function(callees[0]).name)
    return found if found in callees else None


def _is_open(project: Project, ref: CallRef) -> bool:
    """Whether a call on a method's own object may run several methods of one name."""
    function = project.function(ref.function)
    receiver = receiver_of(function.calls[ref.call])
    own = own_object(function)
    if not own or receiver != Name(own):
        return False
    callees = project.program.callees(*ref)
    return len(callees) > 1 and len({project.function(one).name for one in callees}) == 1
