"""Guards that look at the data of an order: how old a price is, how far it is from the last."""

from __future__ import annotations

from botlint.checks.guards.ages import Ages
from botlint.checks.guards.clamps import own_nodes
from botlint.checks.guards.price_guards import PriceGuards
from botlint.checks.guards.question import Guard
from botlint.checks.guards.unasked import spans_shown
from botlint.facts.types import Expression, Function, Kind, Node, Operation
from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project


class SanityGuards(PriceGuards):
    """What checks the age of prices, or their distance from others, in a project."""

    def __init__(self, project: Project, roles: tuple[str, ...]) -> None:
        super().__init__(project, roles)
        self._ages: dict[FunctionRef, Ages] = {}
        self._asking: dict[FunctionRef, bool] = {}

    def prices(self, ref: FunctionRef) -> Ages:  # type: ignore[override]  # asked alike
        """What the values of a function say of ages and distances."""
        if ref not in self._ages:
            vocabulary = self._project.vocabulary
            self._ages[ref] = Ages(self._project.function(ref), vocabulary)
        return self._ages[ref]

    def summary(self, ref: FunctionRef) -> Guard | None:
        """How a call of a function looks at a price; not one that is named for waiting."""
        return None if self._is_waiting(ref) else super().summary(ref)

    def is_asking(self, ref: FunctionRef) -> bool:
        """Whether a function holds an age or a distance against a limit, and does something by it:
        what is only logged is nothing done."""
        if ref not in self._asking:
            nodes = range(len(self._project.function(ref).nodes))
            self._asking[ref] = not self._is_waiting(ref) and any(
                self.is_asking_at(ref, number) for number in nodes
            )
        return self._asking[ref]

    def is_asking_at(self, ref: FunctionRef, number: int) -> bool:
        """The same of one node of a function."""
        function = self._project.function(ref)
        node = function.nodes[number]
        if node.kind is Kind.CALL:
            call = CallRef(ref, node.call)
            is_named = any(self._project.plays(call, role) for role in self.roles)
            return is_named and not self._is_shown(call)
        if node.value is None or not _holds(node.value, self.prices(ref)):
            return False
        return node.kind is not Kind.TEST or not self._is_idle(ref, function, number)

    def _is_shown(self, call: CallRef) -> bool:
        """Whether what a call says is only shown to people."""
        span = self._project.call(call).span
        return any(one.covers(span) for one in spans_shown(self._project, call.function))

    def _is_waiting(self, ref: FunctionRef) -> bool:
        waiting = self._project.vocabulary.roles["waiting-time"]
        return waiting.plays_name(self._project.function(ref).name)

    def _is_idle(self, ref: FunctionRef, function: Function, number: int) -> bool:
        """Whether what one arm of a test alone does is to tell people."""
        own = [function.nodes[one] for one in own_nodes(function, number)]
        return all(self._is_telling(ref, node) for node in own)

    def _is_telling(self, ref: FunctionRef, node: Node) -> bool:
        if node.kind is Kind.CALL:
            call = CallRef(ref, node.call)
            is_outside = not self._project.program.callees(ref, node.call)
            return self._project.plays(call, "log") or is_outside
        return node.kind in (Kind.PASS, Kind.EXCEPT, Kind.FINALLY)


def _holds(value: Expression, ages: Ages) -> bool:
    if ages.is_check(value):
        return True
    return isinstance(value, Operation) and any(_holds(part, ages) for part in value.args)
