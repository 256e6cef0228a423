"""Functions that are called to place a stop, and end without one: ``if not price: return``.

Only where the call gives nothing that its caller looks at: else that one may close the position.
Of a test about what the order gave, or how much it was, only the arm that leads to a stop counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.pairs.exposure import Exposure, Leak
from botlint.checks.pairs.exposure_tests import Asking
from botlint.checks.pairs.protections import Protections
from botlint.checks.reads import is_used
from botlint.checks.roots import have_common, names_in, origins_of
from botlint.facts.types import Kind, Node
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project


def find_skipping(project: Project, protections: Protections, call: CallRef) -> Leak | None:
    """How what a call runs to place a stop ends without one, but by an exception."""
    callees = project.program.callees(call.function, call.call)
    if len(callees) != 1 or call in protections.stops or callees[0] == call.function:
        return None
    if callees[0] not in protections.protecting:
        return None
    if is_used(project.function(call.function), call.call):
        return None

    def find() -> Leak | None:
        leak = _Protecting(project, protections, call, callees[0]).leak()
        return None if leak is None or leak.is_raised or leak.is_failed else leak

    return project.answer(("skipped stop", call), find)


class _Protecting(Exposure):
    """The ways through a function that a call runs to place a stop."""

    def __init__(
        self, project: Project, protections: Protections, call: CallRef, callee: FunctionRef
    ) -> None:
        super().__init__(project, protections, CallRef(callee, -1), lambda _: None)
        told = frozenset(_told_by_caller(project, call, callee))
        self._asking = Asking(project, CallRef(callee, -1), told)

    def _starts(self) -> Iterator[Node]:
        yield self._function.nodes[self._function.entry]

    def _is_entry(self, node: Node) -> bool:
        return False


def _told_by_caller(project: Project, call: CallRef, callee: FunctionRef) -> Iterator[str]:
    """The parameters of a function that get a quantity, or what some call gave."""
    function = project.function(call.function)
    origins = origins_of(project, call.function)
    answers = {
        name
        for node in function.nodes
        if node.kind is Kind.ASSIGN and node.value is not None
        for name in names_in(node.target, ())
        if project.vocabulary.roles["order-payload"].plays_name(name)
    }
    quantities = project.vocabulary.roles["quantity"]
    for one in project.function(callee).parameters:
        given = project.program.argument_of(call.function, call.call, callee, one.name)
        names = origins.closure(names_in(given, function.calls))
        if quantities.plays_name(one.name) or have_common(names, answers):
            yield one.name
