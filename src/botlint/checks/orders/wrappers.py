"""Functions named like orders that nothing in the program calls: do they hand on what others have
decided, or is one of them the trade?

A wrapper of a library's call gets the order's quantity, or whatever the endpoint takes. Who works
that out is no wrapper, whatever it is called; nor is what something outside runs by itself, as a
route or a job.
"""

from __future__ import annotations

from botlint.checks.guards.slots import is_amount, slots_of
from botlint.checks.roots import arguments_of, names_in
from botlint.facts.types import Constant, Kind, Name, Result
from botlint.flow.entries import Entry
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_RUN = frozenset(
    {"main", "script", "project script", "hook", "thread", "task", "schedule", "signal"}
)
_OPEN = frozenset({"*", "**"})


def is_wrapper(project: Project, ref: FunctionRef, entry: Entry | None, order: CallRef) -> bool:
    """Whether ``ref``, which is named like an order and begins the way to ``order``, only hands it
    on: who decides it isn't in the program."""
    if entry is not None and entry.kind in _RUN and not project.program.callers(ref):
        return False
    return entry is None or entry.kind != "uncalled" or not _decides(project, ref, order)


def is_handing_on(project: Project, order: CallRef) -> bool:
    """Whether an order stands in a lambda that only hands on the order which it is given: whoever
    keeps that lambda is handed the order by who decides it."""
    function = project.function(order.function)
    if function.name != "<lambda>" or len(function.calls) != 1:
        return False
    payload = project.vocabulary.roles["order-payload"]
    own = {one.name for one in function.parameters if payload.plays_name(one.name)}
    given = arguments_of(function.calls[order.call])
    return any(isinstance(one, Name) and one.path in own for one in given)


def is_endpoint(project: Project, entry: Entry | None, order: CallRef) -> bool:
    """Whether a method that nothing calls is the endpoint itself, as a library has one for each:
    all that it does is to send what it is given, whatever that is."""
    function = project.function(order.function)
    is_uncalled = entry is not None and entry.kind == "uncalled"
    if not is_uncalled or function.owner < 0 or len(function.calls) != 1:
        return False
    own = {Name(one.name) for one in function.parameters if one.kind in _OPEN}
    given = arguments_of(function.calls[order.call])
    is_sent = any(n.kind is Kind.RETURN and n.value == Result(order.call) for n in function.nodes)
    return (
        is_sent
        and not own.isdisjoint(given)
        and all(one in own or type(one) is Constant for one in given)
    )


def _decides(project: Project, ref: FunctionRef, order: CallRef) -> bool:
    """Whether a function works out the quantity of the order that it sends: none is handed in."""
    if order.function != ref:
        return False
    roles = [project.vocabulary.roles[role] for role in ("quantity", "order-payload")]
    function = project.function(ref)
    for one in function.parameters:
        if one.kind in _OPEN or any(role.plays_name(one.name) for role in roles):
            return False
    own = {one.name for one in function.parameters}
    return any(
        names_in(value, function.calls) - own
        for slot, value in slots_of(project, order)
        if is_amount(project, slot)
    )
