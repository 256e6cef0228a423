"""Calls that ask for one side of a function that places orders of both."""

from __future__ import annotations

from botlint.checks.orders.closing import Closing
from botlint.checks.orders.sides import BUYS, SELLS, said_by
from botlint.checks.roots import names_in
from botlint.facts.types import Constant, Kind
from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project


def asks_for_other_side(
    project: Project, closing: Closing, call: CallRef, callee: FunctionRef, order: CallRef
) -> bool:
    """Whether ``call`` hands a literal side to ``callee`` that is not the side of ``order`` below,
    where ``callee`` chooses by it: ``place(side="SELL")`` never comes to ``client.buy``."""
    side = closing.side(order)
    if not side:
        return False
    question = ("asks for other side", call, callee, side)
    return project.answer(question, lambda: _asks_for_other(project, call, callee, side))


def _asks_for_other(project: Project, call: CallRef, callee: FunctionRef, side: str) -> bool:
    other = SELLS if side == "buy" else BUYS
    function = project.function(callee)
    for parameter in function.parameters:
        value = project.program.argument_of(call.function, call.call, callee, parameter.name)
        if not isinstance(value, Constant) or said_by(value) not in other:
            continue
        tested = (node.value for node in function.nodes if node.kind is Kind.TEST)
        names = (names_in(value, function.calls) for value in tested if value is not None)
        if any(_speaks_of(one, parameter.name) for one in names):
            return True
    return False


def _speaks_of(names: frozenset[str], parameter: str) -> bool:
    return any(name.partition(".")[0] == parameter for name in names)
