"""Functions that place an opening order themselves: what guards that one is asked about it alone.

Another order after such a call, of which nothing is known that both have, is not guarded by it.
"""

from __future__ import annotations

from botlint.checks.orders.orders import Orders
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project


def is_opening_itself(project: Project, ref: CallRef) -> bool:
    """Whether a call runs something that opens a position."""
    opening = project.answer(("opening",), lambda: _find_opening(project))
    return any(callee in opening for callee in project.program.callees(ref.function, ref.call))


def _find_opening(project: Project) -> frozenset[FunctionRef]:
    """The functions by which an opening order can be placed, as far as the order itself tells."""
    orders: Orders = project.answer(("orders",), lambda: Orders(project))
    closing = orders.closing
    placing = frozenset(
        one.function
        for one in orders.leaves
        if closing.side(one) != "sell"
        and not closing.is_reducing(one)
        and not closing.is_closing_function(one.function)
    )
    return project.program.reaches(placing)
