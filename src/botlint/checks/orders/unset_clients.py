"""Clients that stay ``None``: an attribute that only a method sets which nothing calls."""

from __future__ import annotations

from botlint.checks.roots import SELF, receiver_of, targets_in
from botlint.facts.types import Constant, Kind, Name
from botlint.flow.names import FunctionRef
from botlint.model import Step
from botlint.project import CallRef, Project


def unset_client(project: Project, order: CallRef) -> Step | None:
    """Where the client of an order is set to ``None``, if nothing that the program runs sets it to
    anything else; ``None`` if something does, or may."""
    receiver = receiver_of(project.call(order))
    if type(receiver) is not Name:
        return None
    owner, _, name = receiver.path.rpartition(".")
    variable = project.program.variable(order.function, receiver) if owner in SELF else None
    if variable is None or variable.kind != "attribute":
        return None
    if name in project.answer(("set from outside",), lambda: _set_from_outside(project)):
        return None
    bindings = project.program.bindings(variable)
    run = [(ref, one.value) for ref, one in bindings if not _is_idle(project, ref)]
    if not run or len(run) == len(bindings) or any(one != Constant(None) for _, one in run):
        return None
    ref = run[0][0]
    nodes = (one for one in project.function(ref).nodes if one.target == receiver)
    text = f"`{receiver.path}` stays `None`: nothing calls what sets it"
    return next((Step(project.place(ref, node.span), text) for node in nodes), None)


def _is_idle(project: Project, ref: FunctionRef) -> bool:
    """Whether nothing calls a function."""
    entry = project.program.entries().get(ref)
    is_uncalled = entry is not None and entry.kind == "uncalled"
    return is_uncalled and not project.program.callers(ref)


def _set_from_outside(project: Project) -> frozenset[str]:
    """The names of attributes that are set on another object than the method's own."""
    return frozenset(
        path.rpartition(".")[2]
        for ref in project.program.functions()
        for node in project.function(ref).nodes
        if node.kind is Kind.ASSIGN
        for path in targets_in(node.target)
        if "." in path and path.partition(".")[0] not in SELF
    )
