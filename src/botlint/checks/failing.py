"""Which calls really fail: orders, requests, and functions that let an exception out.

Any call may raise; but a way out by a logger or a number is no news to anybody.
"""

from __future__ import annotations

from botlint.checks.orders import Orders
from botlint.checks.roots import receiver_of
from botlint.facts.types import Function, Kind, Name, Node, Operation
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

RAISED = 1


class Failing:
    """Says of calls whether they fail; functions are looked at once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._program = project.program
        self._orders = project.answer(("orders",), lambda: Orders(project))
        self._known: dict[FunctionRef, bool] = {}

    def can_fail(self, ref: CallRef) -> bool:
        """Whether an exception out of a call is to be reckoned with."""
        if self._orders.is_order(ref) or self._project.plays(ref, "http-request"):
            return True
        if self._project.plays(ref, "log"):
            return False
        callees = self._program.callees(ref.function, ref.call)
        if callees:
            return any(self.lets_out(callee) for callee in callees)
        receiver = receiver_of(self._project.call(ref))
        clients = self._project.vocabulary.roles["exchange-client"]
        return isinstance(receiver, Name) and clients.plays_name(receiver.path)

    def lets_out(self, ref: FunctionRef) -> bool:
        """Whether a function lets an exception out that it raises, or that such a call raises."""
        if ref not in self._known:
            self._known[ref] = False
            self._known[ref] = self._find(ref, self._project.function(ref))
        return self._known[ref]

    def _find(self, ref: FunctionRef, function: Function) -> bool:
        for node in function.nodes:
            if node.kind is Kind.RAISE and node.value is not None:
                if _arrives(function, max(node.exc, node.next)):
                    return True
                continue
            is_call = node.kind is Kind.CALL and node.exc >= 0 and _arrives(function, node.exc)
            if is_call and self.can_fail(CallRef(ref, node.call)):
                return True
        return False


def catches_all(clause: Node) -> bool:
    """Whether an ``except`` clause catches all that a call is reckoned to raise."""
    if clause.value is None:
        return True
    kinds = clause.value.args if isinstance(clause.value, Operation) else (clause.value,)
    return any(kind in (Name("Exception"), Name("BaseException")) for kind in kinds)


def _arrives(function: Function, number: int) -> bool:
    """Whether an exception gets out past the clauses that stand in its way."""
    seen: set[int] = set()
    while number >= 0 and number not in seen:
        if number == RAISED:
            return True
        seen.add(number)
        node = function.nodes[number]
        if node.kind is not Kind.EXCEPT:
            number = node.exc if node.kind is Kind.UNWIND else node.next
        elif catches_all(node):
            return False
        else:
            number = node.other
    return False
