"""Guards that never say no: no way through them raises, and every way returns the same yes.

Only of functions of the program that play a guard's role by their name. One is believed to refuse
as soon as something in it might: a ``raise``, a return that is not plainly a yes, a call whose
answer is dropped and that may therefore be there to raise, a state that it leaves behind where it
returns nothing, a decorator. What is meant to be empty (a null object, a base's default) is none.
"""

from __future__ import annotations

from collections.abc import Iterable

from botlint.checks.emptiness import is_meant_empty, is_null_object
from botlint.checks.orders.orders import Orders
from botlint.checks.reached import is_reached
from botlint.checks.reads import last_segment, used_results
from botlint.checks.showing import ALL
from botlint.checks.stubs import is_stub
from botlint.facts.types import (
    Constant,
    Expression,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.flow.ways import has_open_end, live_nodes
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

ROLES = ("preflight", "risk-gate", "kill-switch")
DEEPEST = 4
_BINDING = frozenset({"staticmethod", "classmethod", "override"})
_LEAVING = frozenset({"close", "closes", "closing", "exit", "exits", "cover"})
_OF_CANDLES = frozenset({"price", "prices", "candle", "candles", "bar", "to", "market"})
"""What ``close`` speaks of where it is no deed: of a price, or of what is near."""
_CHANGING = (Kind.ASSIGN, Kind.AUGMENT, Kind.DELETE)


def find_unrefusing(project: Project) -> Iterable[Hit]:
    """One hit for each guard that never says no, at the first call that an order waits for."""
    orders = project.answer(("orders",), lambda: Orders(project))
    asking: dict[FunctionRef, list[CallRef]] = {}
    for call in sorted({ref for role in ROLES for ref in project.calls_playing(role)}):
        callees = project.program.callees(call.function, call.call)
        is_waited = orders.is_leading(call.function) and is_reached(project, call.function)
        if is_waited and callees and all(_is_failing(project, one) for one in callees):
            asking.setdefault(callees[0], []).append(call)
    for guard, calls in sorted(asking.items()):
        is_of_closing = _is_for_closing(project, guard) or all(
            _closes_only(project, orders, call.function) for call in calls
        )
        yield _hit(project, guard, calls, ALL if is_of_closing else 0)


def _is_for_closing(project: Project, guard: FunctionRef) -> bool:
    """Whether a guard says by its name that it is asked before a position is closed."""
    words = frozenset(project.vocabulary.words(project.function(guard).name))
    return not words.isdisjoint(_LEAVING) and words.isdisjoint(_OF_CANDLES)


def _closes_only(project: Project, orders: Orders, ref: FunctionRef) -> bool:
    """Whether all orders that a function leads to close or reduce a position: what must always be
    possible is let through on purpose."""
    if orders.closing.is_closing_function(ref):
        return True
    below = project.program.reachable((ref,))
    leaves = [one for one in orders.leaves if one.function in below]
    is_spot = orders.closing.is_spot()
    return bool(leaves) and all(
        orders.closing.is_reducing(one) or (is_spot and orders.closing.side(one) == "sell")
        for one in leaves
    )


def is_dropped(project: Project, callees: tuple[FunctionRef, ...]) -> bool:
    """Whether one of the methods that a call can run overrides another's refusal with nothing."""
    owners = {one: project.program.owner(one) for one in callees}
    for one, cls in owners.items():
        if cls is None or is_null_object(project, cls) or not never_refuses(project, one):
            continue
        above = project.program.ancestry(cls)[1:]
        if any(owners[other] in above and not never_refuses(project, other) for other in callees):
            return True
    return False


def _is_failing(project: Project, ref: FunctionRef) -> bool:
    owner = project.program.owner(ref)
    entry = project.program.entries().get(ref)
    is_hook = entry is not None and entry.kind in ("override", "hook", "special")
    is_meant = owner is not None and is_meant_empty(project, owner, project.function(ref).name)
    return not is_hook and not is_meant and never_refuses(project, ref)


def never_refuses(project: Project, ref: FunctionRef) -> bool:
    """Whether a function that plays a guard's role can't say no."""
    return project.answer(("never refuses", ref), lambda: _never_refuses(project, ref))


def _never_refuses(project: Project, ref: FunctionRef) -> bool:
    letting = project.vocabulary.polarity(project.function(ref).name) >= 0
    written = project.function(ref).decorators
    ref = settled(project.program, ref)
    function = project.function(ref)
    written = (*written, *function.decorators)
    is_wrapped = any(last_segment(one) not in _BINDING for one in written)
    if function.is_generator or is_wrapped or ref.index == 0:
        return False
    nodes = [function.nodes[number] for number in sorted(live_nodes(function))]
    if any(_may_refuse(project, ref, node, 0) for node in nodes):
        return False
    returned = [node.value for node in nodes if node.kind is Kind.RETURN]
    is_telling = any(value not in (None, Constant(None)) for value in returned)
    if not is_telling:
        return is_stub(function) or not any(map(_leaves_state, nodes))
    said = {_truth(project, ref, value) for value in returned}
    return said == {letting} and not has_open_end(function)


def _may_refuse(project: Project, ref: FunctionRef, node: Node, depth: int) -> bool:
    """Whether a node raises, or is a call that may be there to raise."""
    if node.kind in (Kind.RAISE, Kind.ASSERT, Kind.YIELD):
        return True
    if node.kind is not Kind.CALL:
        return False
    call = CallRef(ref, node.call)
    if project.plays(call, "log"):
        return False
    callees = project.program.callees(ref, node.call)
    if not callees:
        return node.call not in used_results(project.function(ref))
    return depth >= DEEPEST or any(
        _may_refuse(project, callee, one, depth + 1)
        for callee in callees
        for one in project.function(callee).nodes
    )


def _leaves_state(node: Node) -> bool:
    """Whether a node changes what outlives the call."""
    return node.kind in _CHANGING and not (
        isinstance(node.target, Name) and "." not in node.target.path
    )


def _truth(project: Project, ref: FunctionRef, value: Expression | None) -> bool | None:
    """What a returned value plainly says: ``True``, ``(True, "")``, ``Verdict(True)``; ``None``
    where that hangs on anything."""
    if isinstance(value, Operation) and value.kind == "tuple" and value.args:
        value = value.args[0]
    if isinstance(value, Constant):
        return value.value if isinstance(value.value, bool) else None
    if isinstance(value, Operation) and value.kind in ("and", "or"):
        deciding = Constant(value.kind == "or")
        return deciding.value is True if deciding in value.args else None
    if not isinstance(value, Result):
        return None
    call = project.call(CallRef(ref, value.call))
    if project.program.class_named(ref, last_segment(call.func)) is None:
        return None
    named = [one for name, one in call.keywords if name and project.vocabulary.polarity(name)]
    said = {
        one.value if isinstance(one, Constant) and isinstance(one.value, bool) else None
        for one in (*call.args[:1], *named)
    }
    return said.pop() if len(said) == 1 else None


def _hit(project: Project, guard: FunctionRef, calls: list[CallRef], levels: int) -> Hit:
    place = project.call_place(calls[0])
    name = project.program.display(guard)
    here = project.program.display(calls[0].function)
    return Hit(
        place=place,
        saw={"what": f"`{name}` can't say no: it lets every order pass", "function": here},
        confidence=Confidence.HIGH,
        trace=(
            Step(
                project.place(guard, project.function(guard).span),
                f"no way through `{name}` raises or returns a refusal",
            ),
            Step(place, f"`{here}` waits for its answer"),
        ),
        related=tuple(Step(project.call_place(one), "asked here too") for one in calls[1:]),
        cause=f"{place.path}:{place.span.line}",
        symbol=here,
        mitigation=levels,
    )
