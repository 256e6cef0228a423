"""What a function runs that may guard: on these it depends how it guards itself."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project


def guarding_below(
    project: Project, roles: tuple[str, ...], touching: frozenset[FunctionRef], ref: FunctionRef
) -> Iterator[FunctionRef]:
    """The functions that ``ref`` calls, among those ``touching`` a guard; a call that plays one of
    ``roles`` is a guard whatever it runs."""
    calls = project.function(ref).calls if ref in touching else ()
    for number in range(len(calls)):
        callees = touching.intersection(project.program.callees(ref, number))
        call = CallRef(ref, number)
        if callees and not any(project.plays(call, role) for role in roles):
            yield from sorted(callees)
