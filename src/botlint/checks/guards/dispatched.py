"""Which of several methods of one name a call on ``self`` runs: that of the object's own class.

A method of a base class calls ``self.place()``; who calls it on an object of a subclass that has a
``place`` of its own never runs the base's.
"""

from __future__ import annotations

from typing import NamedTuple

from botlint.checks.roots import receiver_of
from botlint.facts.types import Expression, Name, Result
from botlint.flow.program import CallSite, ClassRef, FunctionRef
from botlint.flow.scopes import own_object
from botlint.flow.values import Instance
from botlint.project import Project


class Run(NamedTuple):
    """A method that is called on ``self`` by its name; or on what is ``above`` a class."""

    name: str
    method: FunctionRef
    above: ClassRef | None = None


Dispatched = frozenset[Run]


def dispatched_at(
    project: Project, site: CallSite, callee: FunctionRef, known: Dispatched
) -> Dispatched:
    """What has to be a method of the caller's own object, once a call at ``site`` has run
    ``callee``; ``known`` is what had to be one of the callee's."""
    if site.via != "call" or not _is_own(project, site):
        return frozenset()
    if project.program.owner(callee) is None:
        return known
    return known | {_run_at(project, site, callee)}


def _run_at(project: Project, site: CallSite, callee: FunctionRef) -> Run:
    """What a call on the first parameter of a method runs."""
    is_above = isinstance(_receiver(project, site), Result)
    above = project.program.owner(site.function) if is_above else None
    return Run(project.function(callee).name, callee, above)


def can_run(project: Project, site: CallSite, callee: FunctionRef, known: Dispatched) -> bool:
    """Whether the object on which the method ``callee`` is called at ``site`` has the methods
    ``known``."""
    if not known or site.via != "call":
        return True
    classes = _classes_at(project, site)
    if _is_own(project, site):
        run = _run_at(project, site, callee)
        if any(one.method != callee and one._replace(method=callee) == run for one in known):
            return False  # Its name means one method of an object, and that is another.
    return not classes or any(
        all(_found(project, cls, one) in (None, one.method) for one in known) for cls in classes
    )


def _classes_at(project: Project, site: CallSite) -> tuple[ClassRef, ...]:
    """The classes that the object can have on which a method is called; none if that can't be
    told."""
    program = project.program
    if _is_own(project, site):
        owner = program.owner(site.function)
        return () if owner is None else (owner, *program.subclasses(owner))
    receiver = _receiver(project, site)
    values = program.values_of(site.function, receiver) if receiver is not None else ()
    classes: list[ClassRef] = []
    for value in values:
        if not isinstance(value, Instance):
            return ()
        classes += (value.ref, *(() if value.is_exact else program.subclasses(value.ref)))
    return tuple(classes)


def _found(project: Project, cls: ClassRef, run: Run) -> FunctionRef | None:
    """The method that is run on an object of exactly this class."""
    line = project.program.ancestry(cls)
    if run.above is None or run.above not in line:
        return project.program.find_method(cls, run.name)
    behind = line[line.index(run.above) + 1 :]
    own = (project.program.class_members(one).get(run.name) for one in behind)
    return next((one for one in own if one is not None), None)


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
