"""Which callers of a function that runs what it is handed can have handed in a given function."""

from __future__ import annotations

from botlint.checks.guards.made_within import makings_of
from botlint.checks.guards.object_roots import comes_from
from botlint.checks.roots import SELF, arguments_of
from botlint.facts.types import Attribute, Expression, Name
from botlint.flow.names import CallSite
from botlint.flow.program import FunctionRef
from botlint.flow.values import Func
from botlint.project import CallRef, Project

Handed = tuple[FunctionRef, str]
"""A function that is run by way of a parameter, and the name of that."""


def handing_in(
    project: Project, handed: Handed, callee: FunctionRef, callers: tuple[CallSite, ...]
) -> tuple[CallSite, ...]:
    """Those of the ``callers`` of ``callee`` that hand in the function which it runs by way of a
    parameter; where none is known to, those that may: who hands in a member of another name does
    not."""

    def find() -> tuple[CallSite, ...]:
        ref, parameter = handed
        given = [
            (one, project.program.argument_of(one.function, one.call, callee, parameter))
            for one in callers
        ]
        known = [site for site, value in given if _is_known(project, ref, site, value)]
        name = project.function(ref).name
        return tuple(known) or tuple(site for site, value in given if _member(value) in ("", name))

    return project.answer(("handing in", handed, callee, callers), find)


def passed_on(project: Project, site: CallRef, handed: FunctionRef, own: frozenset[str]) -> str:
    """The parameter, one of ``own``, by which a function gets ``handed``, where the call at
    ``site`` hands that on to be run: ``to_thread(function, *args)``; empty if there is none."""
    question = ("passed on", site, handed)
    return project.answer(question, lambda: _passed_on(project, site, handed, own))


def _passed_on(project: Project, site: CallRef, handed: FunctionRef, own: frozenset[str]) -> str:
    for value in arguments_of(project.call(site)):
        if type(value) is Name and value.path in own:
            found = project.program.values_of(site.function, value)
            if any(type(one) is Func and one.ref == handed for one in found):
                return value.path
    return ""


def _is_known(
    project: Project, handed: FunctionRef, site: CallSite, value: Expression | None
) -> bool:
    values = () if value is None else project.program.values_of(site.function, value)
    return any(type(one) is Func and one.ref == handed for one in values)


def _member(value: Expression | None) -> str:
    """The name of a member that is handed in; empty for a plain name or anything else."""
    if isinstance(value, Attribute):
        return value.name
    base, _, last = value.path.rpartition(".") if isinstance(value, Name) else ("", "", "")
    return last if base else ""


def is_given_order(
    project: Project,
    ref: FunctionRef,
    order: tuple[frozenset[str] | None, bool],
    caller: CallSite,
) -> bool:
    """Whether the values of an order (its roots in ``ref``, and whether they could be followed up
    to there) come from what the function ``ref`` gets when it is started."""
    roots, is_traced = order
    own = [one.name for one in project.function(ref).parameters if one.name not in SELF]
    if not roots:
        return is_traced and bool(own)
    if caller.function == project.program.parent(ref):
        return True
    closure = makings_of(project, ref).origins.closure(roots)
    return any(comes_from(name, closure) for name in own)
