"""What a function that stands in another asks its guards about: values of the function around.

::

    def ask():
        return preflight(symbol, amount)
    if ask():               # is about symbol and amount
        place(symbol, amount)
"""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.roots import Origins, arguments_of, names_in, targets_in
from botlint.facts.types import Function
from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project


def asked_within(
    project: Project, is_guard: Callable[[CallRef], bool], ref: FunctionRef, call: int
) -> frozenset[str]:
    """The names of a function that the guards are asked about in the nested function which a call
    in it runs; none if that is not known, or if one of them is asked about nothing at all."""
    program = project.program
    callees = program.callees(ref, call)
    if len(callees) != 1 or program.parent(callees[0]) != ref or program.owner(callees[0]):
        return frozenset()
    function = project.function(callees[0])
    origins, own = Origins(function), _own_names(function)
    found: frozenset[str] = frozenset()
    for number, one in enumerate(function.calls):
        if is_guard(CallRef(callees[0], number)):
            parts = [names_in(value, function.calls) for value in arguments_of(one)]
            names = origins.closure(frozenset().union(*parts))
            names = frozenset(name for name in names if name.partition(".")[0] not in own)
            if not names:
                return frozenset()
            found |= names
    return found


def _own_names(function: Function) -> frozenset[str]:
    """The names that a function binds itself."""
    bound = {name for node in function.nodes for name in targets_in(node.target)}
    given = {one.name for one in function.parameters}
    return frozenset(bound | given) - frozenset(function.outer)
