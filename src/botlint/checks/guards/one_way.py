"""Values that are rounded on one way to an order, and as they were worked out on another.

::

    if aggressive:
        price = round_to_tick(ask * 1.0005)
    else:
        price = bid * 0.9995            # nothing rounds this one
    place(symbol, amount, price)
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.bound_before import standing_at
from botlint.checks.guards.conversions import name_converted
from botlint.checks.guards.followed import Followed, State
from botlint.checks.guards.following import Following
from botlint.checks.roots import targets_in
from botlint.facts.types import Expression, Function, Kind, Name, Node
from botlint.flow.ways import normally
from botlint.model import Step
from botlint.project import CallRef, Project

FEWEST = 2


def follow_ways(
    project: Project, follow: Following, order: CallRef, value: Expression
) -> Followed | None:
    """What is known of a value that an order is given on the one way on which nobody rounds it;
    ``None`` if there is no such way."""
    function = project.function(order.function)
    name = name_converted(function, value)
    for node in _bindings_before(function, name, order.call) if name else ():
        if node.kind is not Kind.ASSIGN or node.target != Name(name) or node.value is None:
            continue
        found = follow.value(order.function, node.value, 0)
        if found.state is State.RAW:
            place = project.place(order.function, node.span)
            step = Step(place, f"`{name}` is worked out here, and rounded on another way only")
            return Followed(State.LEFT_OUT, (*found.trace, step))
    return None


def _bindings_before(function: Function, name: str, order: int) -> Iterator[Node]:
    """The bindings of a name, of several, whose value an order call may get."""
    bound = [n for n, node in enumerate(function.nodes) if name in targets_in(node.target)]
    if len(bound) < FEWEST:
        return
    for number in standing_at(function, order, bound, normally):
        yield function.nodes[number]
