"""Orders that take the place of one that has been taken back: the same side, and as much.

::

    client.cancel_order(old.id)
    client.place_order(side=old.side, volume=old.volume, price=price)

Such an order risks nothing that was not risked before.
"""

from __future__ import annotations

from botlint.checks.guards.chains import Chain
from botlint.checks.orders.closing import Closing
from botlint.checks.orders.sides import names_side
from botlint.checks.roots import arguments_of
from botlint.facts.types import Expression, Name
from botlint.flow.ways import nodes_leading, nodes_of_call
from botlint.project import CallRef, Project
from botlint.roles import Role


def is_replacing(project: Project, closing: Closing, chain: Chain) -> bool:
    """Whether a call of a chain hands on the side and the quantity of one record, whose order is
    taken back before."""
    return any(_is_replacing(project, closing, link.call) for link in chain.links if link.is_same)


def _is_replacing(project: Project, closing: Closing, order: CallRef) -> bool:
    quantity = project.vocabulary.roles["quantity"]
    given = [*arguments_of(project.call(order)), *(value for _, value in closing.entries(order))]
    sides = {_record_of(one) for one in given if names_side(one)}
    amounts = {_record_of(one) for one in given if isinstance(one, Name) and _plays(quantity, one)}
    records = (sides & amounts) - {"", "self", "cls"}
    if not records:
        return False
    function = project.function(order.function)
    leading = nodes_leading(function, nodes_of_call(function, order.call))
    return any(
        project.plays(CallRef(order.function, number), "cancel-order")
        and not nodes_of_call(function, number).isdisjoint(leading)
        and any(_record_of(one) in records for one in arguments_of(call))
        for number, call in enumerate(function.calls)
    )


def _plays(role: Role, value: Name) -> bool:
    return role.plays_name(value.path.rpartition(".")[2])


def _record_of(value: Expression) -> str:
    """What a value is a member of: ``old`` of ``old.side``."""
    return value.path.rpartition(".")[0] if isinstance(value, Name) else ""
