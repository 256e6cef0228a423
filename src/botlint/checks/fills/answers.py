"""Which calls give the answer of an order: what the exchange says has become of it."""

from __future__ import annotations

from botlint.checks.orders.orders import Orders
from botlint.facts.types import Constant, Function, Kind, Name, Result
from botlint.project import CallRef, Project

DEEPEST = 4


def gives_answer(project: Project, orders: Orders, one: CallRef, depth: int = 0) -> bool:
    """Whether a call gives an order's answer: it places one itself, or runs what gives it back."""
    callees = project.program.callees(one.function, one.call)
    if not callees:
        return orders.is_order(one)
    if orders.is_order(one):
        leading = [callee for callee in callees if orders.is_leading(callee)]
        return any(is_answering(project.function(callee)) for callee in leading)
    if depth > DEEPEST:
        return False
    return any(
        orders.is_leading(callee)
        and any(
            gives_answer(project, orders, CallRef(callee, number), depth + 1)
            for number in _given_back(project.function(callee))
        )
        for callee in callees
    )


def is_answering(function: Function) -> bool:
    """Whether a function gives back more than a truth or nothing."""
    values = [node.value for node in function.nodes if node.kind is Kind.RETURN]
    return any(value is not None and not isinstance(value, Constant) for value in values)


def _given_back(function: Function) -> frozenset[int]:
    """The calls whose answers a function returns as they are."""
    returned = [node.value for node in function.nodes if node.kind is Kind.RETURN]
    bound = [
        node.value
        for node in function.nodes
        if node.kind is Kind.ASSIGN and node.target in returned and isinstance(node.target, Name)
    ]
    return frozenset(value.call for value in (*returned, *bound) if isinstance(value, Result))
