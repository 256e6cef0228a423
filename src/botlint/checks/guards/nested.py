"""What a function that stands in another asks its guards about: values of the function around.

::

    def ask():
        return preflight(symbol, amount)
    if ask():               # is about symbol and amount
        place(symbol, amount)
"""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.guards.made_within import makings_of
from botlint.checks.guards.question import Guard
from botlint.checks.roots import names_handed, names_in, receiver_of, targets_in
from botlint.facts.types import Function, Name, Result
from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project


def asked_within(
    project: Project, guard_at: Callable[[CallRef], Guard | None], ref: FunctionRef, call: int
) -> frozenset[str]:
    """The names of a function that the guards are asked about in the nested function which a call
    in it runs; none if that is not known, or if one of them is asked about nothing at all."""
    program = project.program
    callees = program.callees(ref, call)
    if len(callees) != 1 or program.parent(callees[0]) != ref or program.owner(callees[0]):
        return frozenset()
    function = project.function(callees[0])
    origins, own = makings_of(project, callees[0]).origins, _own_names(function)
    found: frozenset[str] = frozenset()
    for number in range(len(function.calls)):
        if guard_at(CallRef(callees[0], number)) is not None:
            names = origins.closure(names_handed(function, number) | _object(function, number, own))
            names = frozenset(name for name in names if name.partition(".")[0] not in own)
            if not names:
                return frozenset()
            found |= names
    return found


def _object(function: Function, call: int, own: frozenset[str]) -> frozenset[str]:
    """The name of what a call asks, if the function has it itself: ``answer.is_valid()``; of what
    another call gives, what that was asked about."""
    receiver = receiver_of(function.calls[call])
    if isinstance(receiver, Result):
        return names_in(receiver, function.calls)
    name = receiver.path if isinstance(receiver, Name) else ""
    return frozenset({name}) if name.partition(".")[0] in own else frozenset()


def _own_names(function: Function) -> frozenset[str]:
    """The names that a function binds itself."""
    bound = {name for node in function.nodes for name in targets_in(node.target)}
    given = {one.name for one in function.parameters}
    return frozenset(bound | given) - frozenset(function.outer)
