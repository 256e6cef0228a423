"""Which of several methods of one name a call on ``self`` runs: that of the object's own class.

A method of a base class calls ``self.place()``; who calls it on an object of a subclass that has a
``place`` of its own never runs the base's.
"""

from __future__ import annotations

from botlint.checks.roots import receiver_of
from botlint.facts.types import Expression, Name, Result
from botlint.flow.program import CallSite, ClassRef, FunctionRef
from botlint.flow.scopes import own_object
from botlint.flow.values import Instance
from botlint.project import Project

Dispatched = frozenset[tuple[str, FunctionRef]]
"""Methods by the name by which they are called on ``self``."""


def dispatched_at(
    project: Project, site: CallSite, callee: FunctionRef, known: Dispatched
) -> Dispatched:
    """What has to be a method of the caller's own object, once a call at ``site`` has run
    ``callee``; ``known`` is what had to be one of the callee's."""
    if site.via != "call" or not _is_own(project, site):
        return frozenset()
    if isinstance(_receiver(project, site), Result) or project.program.owner(callee) is None:
        return known
    return known | {(project.function(callee).name, callee)}


def can_run(project: Project, site: CallSite, known: Dispatched) -> bool:
    """Whether the object on which a method is called at ``site`` has the methods ``known``."""
    if not known or site.via != "call" or _is_own(project, site):
        return True
    program = project.program
    receiver = _receiver(project, site)
    values = program.values_of(site.function, receiver) if receiver is not None else ()
    classes: list[ClassRef] = []
    for value in values:
        if not isinstance(value, Instance):
            return True
        classes += (value.ref, *(() if value.is_exact else program.subclasses(value.ref)))
    return not classes or any(
        all(program.find_method(cls, name) in (None, one) for name, one in known) for cls in classes
    )


def _is_own(project: Project, site: CallSite) -> bool:
    """Whether a call is one on the first parameter of the method that it stands in, or on what is
    above its class."""
    function = project.function(site.function)
    receiver = _receiver(project, site)
    if isinstance(receiver, Result):
        return function.calls[receiver.call].func == Name("super")
    return isinstance(receiver, Name) and receiver.path == own_object(function)


def _receiver(project: Project, site: CallSite) -> Expression | None:
    return receiver_of(project.function(site.function).calls[site.call])
