"""Functions that place an opening order themselves, or put one into a queue that is worked off:
what guards that one is asked about it alone.

Another order after such a call, of which nothing is known that both have, is not guarded by it; nor
does it go on against what that guard has said.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from botlint.checks.guards.queues import putting
from botlint.checks.guards.states import Mark, Status
from botlint.checks.orders.orders import Orders
from botlint.facts.types import Kind
from botlint.flow.names import FunctionRef
from botlint.flow.ways import anyhow, nodes_from, nodes_of_call
from botlint.project import CallRef, Project


def is_opening_itself(project: Project, ref: CallRef) -> bool:
    """Whether a call runs something that opens a position."""
    return any(opens(project, one) for one in project.program.callees(ref.function, ref.call))


def opens(project: Project, ref: FunctionRef) -> bool:
    """Whether a function runs something that opens a position."""
    return ref in project.answer(("opening",), lambda: _find_opening(project))


def is_past_opening(project: Project, ref: FunctionRef, start: int, call: int) -> bool:
    """Whether every way from node ``start`` of a function to one of its calls opens a position
    first, which is what the call protects then."""
    function = project.function(ref)
    opening = [
        number
        for number, node in enumerate(function.nodes)
        if node.kind is Kind.CALL and node.call != call and _is_opening(project, ref, node.call)
    ]
    there = nodes_of_call(function, call)
    return bool(opening) and there.isdisjoint(nodes_from(function, (start,), anyhow, opening))


def _is_opening(project: Project, ref: FunctionRef, call: int) -> bool:
    one = CallRef(ref, call)
    return one in _opening_orders(project) or is_opening_itself(project, one)


def not_of_own(
    project: Project, ref: FunctionRef, named: Container[CallRef], status: Status
) -> Status:
    """``status`` of a way through ``ref``, on which only a call of ``named`` guards, or one that
    places no order itself, has been asked and not heeded."""
    call = CallRef(ref, status.call)
    if status.mark is not Mark.RAN or status.call < 0 or call in named:
        return status
    return Status(Mark.NONE) if is_opening_itself(project, call) else status


def _find_opening(project: Project) -> frozenset[FunctionRef]:
    """The functions by which an opening order can be placed, as far as the order itself tells."""
    placing = project.program.reaches(frozenset(one.function for one in _opening_orders(project)))
    return project.program.reaches(placing | putting(project, placing))


def _opening_orders(project: Project) -> frozenset[CallRef]:
    orders: Orders = project.answer(("orders",), lambda: Orders(project))
    return project.answer(("opening orders",), lambda: frozenset(_told_opening(orders)))


def _told_opening(orders: Orders) -> Iterator[CallRef]:
    closing = orders.closing
    for one in orders.leaves:
        is_closing = closing.side(one) == "sell" or closing.is_reducing(one)
        if not is_closing and not closing.is_closing_function(one.function):
            yield one
