"""Programs that something from outside runs, which handles signals itself."""

from __future__ import annotations

from collections.abc import Set

from botlint.facts.types import Kind
from botlint.flow.names import FunctionRef
from botlint.flow.program import Entry
from botlint.flow.values import External
from botlint.project import Project


def is_hosted(project: Project, ref: FunctionRef, entry: Entry, reach: Set[FunctionRef]) -> bool:
    """Whether something from outside that handles signals itself runs the program that begins at
    ``ref`` and comes to ``reach``: what it calls, or the server that an application is made for by
    a module that runs nothing itself."""
    hosts = (one for one in project.calls_playing("signal-host") if one.function in reach)
    if any(not project.program.callees(one.function, one.call) for one in hosts):
        return True
    return entry.kind == "script" and _holds_served(project, ref)


def _holds_served(project: Project, module: FunctionRef) -> bool:
    """Whether a module makes an application for a server, or binds one that a function makes."""
    if any(one.function == module for one in project.calls_playing("served")):
        return True
    role = project.vocabulary.roles["served"]
    return any(
        type(value) is External and role.plays_call((value.name,), None, None)
        for node in project.function(module).nodes
        if node.kind is Kind.ASSIGN and node.value is not None
        for value in project.program.values_of(module, node.value)
    )
