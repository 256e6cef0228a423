"""Orders handed to functions of the program, which call them: how the guard fared there.

::

    def send(action, symbol, amount):
        if preflight(symbol, amount):
            return action(symbol, "market", "buy", amount)

    send(exchange.create_order, symbol, amount)
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.guards.guards import Guards
from botlint.checks.guards.passages import Passage
from botlint.checks.orders.orders import Orders
from botlint.checks.roots import arguments_of, names_given, names_handed
from botlint.facts.types import Expression, Name, Result
from botlint.flow.names import FunctionRef, segment_of
from botlint.project import CallRef, Project


def passages_within(
    project: Project, orders: Orders, guards: Guards, order: CallRef
) -> tuple[Passage, ...]:
    """How the guard fared on the ways to where an order is called that ``order`` hands on; none if
    it isn't handed to functions of the program that all call it themselves."""
    found: list[Passage] = []
    for call, value in _handed(project, orders, order):
        for callee in project.program.callees(call.function, call.call):
            calling = _calling(project, call, callee, value)
            if not calling:
                return ()
            for number in calling:
                roots = names_handed(project.function(callee), number) or None
                found += guards.passages(callee, number, roots)
    return tuple(found)


def _handed(
    project: Project, orders: Orders, order: CallRef
) -> Iterator[tuple[CallRef, Expression]]:
    """The calls that hand an order on, each with the value that they hand."""
    function = project.function(order.function)
    if segment_of(function.calls[order.call], function.calls) != "partial":
        yield order, Name(orders.written(order))
        return
    made: set[Expression] = {Result(order.call), *map(Name, names_given(function, order.call))}
    for number, call in enumerate(function.calls):
        for value in made.intersection(arguments_of(call)):
            yield CallRef(order.function, number), value


def _calling(
    project: Project, call: CallRef, callee: FunctionRef, value: Expression
) -> tuple[int, ...]:
    """The calls in ``callee`` of the parameter that gets ``value``."""
    function, given = project.function(callee), project.program.argument_of
    own = [
        Name(one.name)
        for one in function.parameters
        if given(call.function, call.call, callee, one.name) == value
    ]
    return tuple(number for number, one in enumerate(function.calls) if one.func in own)
