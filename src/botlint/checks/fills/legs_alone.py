"""One order that stands for several: the last of a loop alone in a result, and the one of two whose
fees are read while nobody looks at the other's answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botlint.checks.fills.legs_placed import Placed, placed_in, reached_after
from botlint.checks.fills.legs_read import reads_fee, speaks_of_fees
from botlint.checks.hits import hit_in
from botlint.checks.orders.orders import Orders
from botlint.checks.roots import arguments_of, names_handed, names_in
from botlint.facts.types import Expression, Function, Kind, Name, Node, Operation
from botlint.flow.program import FunctionRef
from botlint.flow.ways import loops_of_call, nodes_of_call
from botlint.model import Hit, Step
from botlint.project import CallRef, Project


def find_last_only(
    project: Project, built: CallRef, given: Expression | None, placed: tuple[Placed, ...]
) -> Placed | None:
    """The order of a loop whose last answer alone is given to a result after the loop."""
    if not isinstance(given, Operation) or given.kind not in ("list", "tuple"):
        return None
    if len(given.args) != 1 or not isinstance(given.args[0], Name):
        return None
    function = project.function(built.function)
    around = loops_of_call(function, built.call)
    for one in placed:
        is_it = one.is_repeated and given.args[0].path in one.names
        if is_it and loops_of_call(function, one.call).isdisjoint(around):
            return one
    return None


def find_unread(project: Project, leading: Iterable[FunctionRef]) -> Iterator[Hit]:
    """Reads of the fees of one of several orders that follow each other in a function, where
    nothing is done with the answer of another."""
    orders: Orders = project.answer(("orders",), lambda: Orders(project))
    for ref in leading:
        placed = [
            one
            for one in placed_in(project, orders, ref)
            if orders.is_order(CallRef(ref, one.call))
        ]
        if len(placed) < 2:
            continue
        for one in placed:
            node = _fee_of(project, ref, one)
            other = _beside(project, ref, one, placed) if node is not None else None
            if node is not None and other is not None:
                yield _hit(project, ref, node, CallRef(ref, one.call), CallRef(ref, other.call))
                break


def _fee_of(project: Project, ref: FunctionRef, placed: Placed) -> Node | None:
    """The node that reads the fees of an order, itself or by a function that it is handed to."""
    function = project.function(ref)
    for node in function.nodes:
        values = [node.value]
        if node.kind is Kind.CALL:
            values = [function.calls[node.call].func, *arguments_of(function.calls[node.call])]
            if placed.names and _is_handed(project, ref, node.call, placed.names):
                return node
        if any(one and reads_fee(project, function, one, placed.names) for one in values):
            return node
    return None


def _is_handed(project: Project, ref: FunctionRef, call: int, names: tuple[str, ...]) -> bool:
    given = [one.path for one in project.function(ref).calls[call].args if isinstance(one, Name)]
    return any(one in names for one in given) and any(
        speaks_of_fees(project, project.function(callee))
        for callee in project.program.callees(ref, call)
    )


def _beside(
    project: Project, ref: FunctionRef, read: Placed, placed: list[Placed]
) -> Placed | None:
    """An order on the same way whose answer nothing uses."""
    function = project.function(ref)
    for other in placed:
        if other.call == read.call or not other.names or set(other.names) & set(read.names):
            continue
        is_before = _follows(project, ref, other, read)
        if (is_before or _follows(project, ref, read, other)) and not _is_used(
            project, ref, function, other
        ):
            return other
    return None


def _follows(project: Project, ref: FunctionRef, first: Placed, second: Placed) -> bool:
    reached = reached_after(project, ref, first)
    return not reached.isdisjoint(nodes_of_call(project.function(ref), second.call))


def _is_used(project: Project, ref: FunctionRef, function: Function, placed: Placed) -> bool:
    """Whether anything but a log line gets the answer of an order."""
    for node in function.nodes:
        names = names_in(node.value, function.calls)
        if node.kind is Kind.CALL:
            if project.plays(CallRef(ref, node.call), "log"):
                continue
            names = names_handed(function, node.call)
            func = function.calls[node.call].func
            names |= {func.path} if isinstance(func, Name) else set()
        if any(one.partition(".")[0] in placed.names for one in names):
            return True
    return False


def _hit(project: Project, ref: FunctionRef, node: Node, one: CallRef, other: CallRef) -> Hit:
    place = project.place(ref, node.span)
    written = project.written(other)
    what = f"the fees of one order are booked, and nobody looks at those of `{written}` beside it"
    first = Step(project.call_place(other), f"`{written}` goes out, and its answer is not used")
    return hit_in(
        project,
        ref,
        place,
        {"what": what},
        (Step(project.call_place(one), "this goes out too"), first, Step(place, "its fees alone")),
    )
