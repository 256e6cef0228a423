"""Parameters that every call leaves to their default."""

from __future__ import annotations

from botlint.checks.reads import has_spread
from botlint.facts.types import Name
from botlint.flow.names import CallSite, FunctionRef
from botlint.project import Project

DEEPEST = 4


def is_never_given(project: Project, ref: FunctionRef, parameter: str, depth: int = 0) -> bool:
    """Whether every call of a function leaves a parameter to its default, or hands on such a one of
    its own."""
    sites = project.program.callers(ref)
    return bool(sites) and all(
        site.via == "call" and _is_left(project, site, ref, parameter, depth) for site in sites
    )


def _is_left(
    project: Project, site: CallSite, ref: FunctionRef, parameter: str, depth: int
) -> bool:
    function = project.function(site.function)
    if has_spread(function.calls[site.call]):
        return False
    given = project.program.argument_of(site.function, site.call, ref, parameter)
    if given is None:
        return True
    declared = next((one for one in function.parameters if Name(one.name) == given), None)
    is_own = declared is not None and all(node.target != given for node in function.nodes)
    return (
        is_own
        and declared is not None
        and depth < DEEPEST
        and is_never_given(project, site.function, declared.name, depth + 1)
    )
