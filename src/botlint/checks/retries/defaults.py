"""Parameters that calls leave to their default."""

from __future__ import annotations

from botlint.checks.guards.assumed import comes_to
from botlint.checks.reached import is_reached
from botlint.checks.reads import has_spread
from botlint.facts.types import Name
from botlint.flow.names import CallSite, FunctionRef
from botlint.project import CallRef, Project

DEEPEST = 4


def find_leaving(project: Project, call: CallRef, parameter: str, depth: int = 0) -> CallRef | None:
    """A call by which the function around ``call`` comes there with a parameter left to its
    default, or one of a function that hands on such a parameter of its own; ``None`` if all give
    something, or that can't be told. What nothing runs counts only where nothing else calls."""
    ref = call.function
    sites = project.program.callers(ref)
    sites = tuple(one for one in sites if is_reached(project, one.function)) or sites
    if any(site.via != "call" for site in sites):
        return None
    coming = (one for one in sites if comes_to(project, CallRef(*one[:2]), call))
    found = (_left_by(project, site, ref, parameter, depth) for site in coming)
    return next((one for one in found if one is not None), None)


def _left_by(
    project: Project, site: CallSite, ref: FunctionRef, parameter: str, depth: int
) -> CallRef | None:
    function = project.function(site.function)
    if has_spread(function.calls[site.call]):
        return None
    given = project.program.argument_of(site.function, site.call, ref, parameter)
    if given is None:
        return CallRef(site.function, site.call)
    declared = next((one for one in function.parameters if Name(one.name) == given), None)
    is_own = declared is not None and all(node.target != given for node in function.nodes)
    if not is_own or declared is None or depth >= DEEPEST:
        return None
    return find_leaving(project, CallRef(*site[:2]), declared.name, depth + 1)
