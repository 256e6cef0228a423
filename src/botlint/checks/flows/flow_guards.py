"""Which guards run before the orders of each flow, and in which order.

A guard is compared by the function that it is, or by the role that it plays, never by its name. By
role, a flow has a guard if some opening order of it waits for the verdict. Of functions without a
role those count that flows could share: they stand in no flow's own files, get arguments, answer
yes or no, and their answer decides whether an order can be placed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from botlint.checks.flows.flows import Stretch, chains_of, find_stretches, first_order
from botlint.checks.guards.asked import Asked
from botlint.checks.guards.contracts import read_contract
from botlint.checks.guards.signs import Sign
from botlint.checks.guards.states import Mark
from botlint.checks.orders.orders import Orders
from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of, targets_in
from botlint.facts.types import Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.forwarding import answering
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.model import Place
from botlint.project import CallRef, Project
from botlint.settings.flows import Flows

GATES = ("risk-gate", "kill-switch")
ROLES = ("preflight", *GATES)
DEEPEST = 3

_VERDICTS = frozenset({Sign.YES, Sign.NO, Sign.PAIR})
_TRUTHS = frozenset({"not", "eq", "ne", "lt", "le", "gt", "ge", "in", "notin", "is", "isnot"})


class GuardCell(msgspec.Struct, frozen=True):
    """A guard in one flow: where it runs and as which in the order of guards, or the first order
    that is placed without it. ``number`` is 0 where it doesn't run; ``is_missing``: nothing in the
    flow calls it at all, or, of a role, no order of it waits for such a guard."""

    flow: str
    number: int
    place: Place
    is_missing: bool = False


class GuardRow(msgspec.Struct, frozen=True):
    """A guard, a role or the qualified name of a function, with a cell for each flow."""

    guard: str
    cells: tuple[GuardCell, ...]


class _Found(NamedTuple):
    """A guard at ``place``; ``at`` is where that stands on the way to the order: how many calls
    above it, and the call that leads to the guard."""

    guard: str
    at: tuple[int, Place]
    place: Place


def find_guard_rows(project: Project, flows: Flows) -> tuple[GuardRow, ...]:
    """All guards that some flow has, by the order in which they run."""
    stretches = find_stretches(project, flows)
    if len(stretches) < 2:
        return ()
    key = ("guard rows", msgspec.json.encode(flows.flows))
    return project.answer(key, lambda: tuple(_find_rows(project, stretches)))


def _find_rows(project: Project, stretches: tuple[Stretch, ...]) -> Iterator[GuardRow]:
    shared = frozenset().union(*(one.own for one in stretches))
    found = {one.name: _guards_of(project, one, shared) for one in stretches}
    lacking = {one.name: _roles_lacking(project, one) for one in stretches}
    called = {one.name: _called(project, one) for one in stretches}
    names = dict.fromkeys(guard for guards in found.values() for guard in guards)
    for guard in names:
        cells = []
        for one in stretches:
            place = found[one.name].get(guard)
            if place is not None:
                number = list(found[one.name]).index(guard) + 1
                cells.append(GuardCell(one.name, number, place))
            elif guard in ROLES:
                order = lacking[one.name].get(guard)
                known = order is not None
                cells.append(GuardCell(one.name, 0, order or first_order(project, one), known))
            else:
                is_free = guard not in called[one.name] and _has_order(project, one)
                cells.append(GuardCell(one.name, 0, first_order(project, one), is_free))
        yield GuardRow(guard, tuple(cells))


def _has_order(project: Project, stretch: Stretch) -> bool:
    orders = _orders(project)
    return any(ref.function in stretch.all for ref in orders.placing)


def _called(project: Project, stretch: Stretch) -> frozenset[str]:
    """The functions that a flow runs, whatever becomes of their answers."""
    return frozenset(project.program.qualified(ref) for ref in stretch.all)


def _orders(project: Project) -> Orders:
    return project.answer(("orders",), lambda: Orders(project))


def _guards_of(
    project: Project, stretch: Stretch, shared: frozenset[FunctionRef]
) -> dict[str, Place]:
    """The guards before a flow's orders with their places, in the order in which they run."""
    found = [*_by_role(project, stretch), *_by_function(project, stretch, shared)]
    first: dict[str, Place] = {}
    for one in sorted(found, key=lambda one: (*one.at, one.place, one.guard)):
        first.setdefault(one.guard, one.place)
    return first


def _by_role(project: Project, stretch: Stretch) -> Iterator[_Found]:
    for role in ROLES:
        asked = Asked(project, (role,))
        for chain in chains_of(stretch, asked.answer.guarded):
            link = chain.links[chain.guarded_at]
            steps = [one.step for one in link.passages if one.step is not None]
            place = steps[0].place if steps else project.call_place(link.call)
            yield _Found(role, (-_height(project, link.call.function), place), place)


def _height(project: Project, ref: FunctionRef) -> int:
    """How many calls lead from a function down to an order."""
    return project.answer(("heights",), lambda: _heights(project)).get(ref, 0)


def _heights(project: Project) -> dict[FunctionRef, int]:
    found: dict[FunctionRef, int] = {}
    level = sorted({ref.function for ref in _orders(project).leaves})
    height = 0
    while level:
        found.update(dict.fromkeys(level, height))
        sites = (site for ref in level for site in project.program.callers(ref))
        level = sorted({site.function for site in sites} - found.keys())
        height += 1
    return found


def _roles_lacking(project: Project, stretch: Stretch) -> dict[str, Place]:
    """The first opening order of a flow that no guard of a role has let pass, by role."""
    found: dict[str, Place] = {}
    for role in ROLES:
        asked = Asked(project, (role,))
        for chain in chains_of(stretch, asked.answer.open_chains):
            anchor = asked.anchor(chain)
            if anchor is not None and chain.worst().status.mark is Mark.NONE:
                place = project.call_place(anchor)
                found[role] = min(found.get(role, place), place)
    return found


def _by_function(
    project: Project, stretch: Stretch, shared: frozenset[FunctionRef]
) -> Iterator[_Found]:
    orders = _orders(project)
    leading = [ref for ref in sorted(stretch.own) if orders.is_leading(ref)]
    seen: set[FunctionRef] = set()
    for ref in leading:
        if not orders.is_inside_order(ref):
            for number in _deciding(project, ref, _order_nodes(project, ref)):
                at = (-_height(project, ref), project.call_place(CallRef(ref, number)))
                yield from _behind(project, stretch, shared, CallRef(ref, number), at, seen)


def _behind(
    project: Project,
    stretch: Stretch,
    shared: frozenset[FunctionRef],
    start: CallRef,
    at: tuple[int, Place],
    seen: set[FunctionRef],
) -> Iterator[_Found]:
    """The guard that a deciding call is, or those by which a function of the flow itself decides
    what to answer."""
    waiting = [(start, DEEPEST)]
    while waiting:
        call, depth = waiting.pop()
        for callee in project.program.callees(call.function, call.call)[:1]:
            if callee not in stretch.own:
                if callee not in shared and _is_guard(project, call, callee):
                    yield _Found(project.program.qualified(callee), at, project.call_place(call))
            elif depth and callee not in seen and not _orders(project).is_leading(callee):
                seen.add(callee)
                inner = _deciding(project, callee, frozenset())
                waiting += ((CallRef(callee, number), depth - 1) for number in inner)


def _is_guard(project: Project, call: CallRef, callee: FunctionRef) -> bool:
    if not arguments_of(project.call(call)) or project.plays(call, "log"):
        return False
    if any(project.plays(call, role) for role in ROLES):
        return False
    if _orders(project).is_leading(callee):
        return False
    return any(map(_says_truth, answering(project.program, callee)))


def _says_truth(function: Function) -> bool:
    if read_contract(function, Sign.OBJECT).sign in _VERDICTS:
        return True
    values = [node.value for node in function.nodes if node.kind is Kind.RETURN]
    return any(_is_truth(value) for value in values)


def _is_truth(value: Expression | None) -> bool:
    """Whether a value is put together from comparisons."""
    if not isinstance(value, Operation):
        return False
    return value.kind in _TRUTHS or (
        value.kind in ("and", "or") and any(map(_is_truth, value.args))
    )


def _deciding(project: Project, ref: FunctionRef, ends: frozenset[int]) -> Iterator[int]:
    """The calls of a function whose answers decide: one outcome alone leads on to one of ``ends``,
    or, where there are none, to another ``return``."""
    function = project.function(ref)
    held = _held(function)
    ends = ends or _ways_out(function, frozenset(range(len(function.nodes))))
    is_apart = bool(_order_nodes(project, ref) & ends)
    for number, node in enumerate(function.nodes):
        if node.kind is not Kind.TEST:
            continue
        for call in sorted(_asked(node, held)):
            if _is_order_call(project, CallRef(ref, call)):
                continue
            stops = frozenset(n for n, one in enumerate(function.nodes) if one.call == call)
            then, other = (
                ends.intersection(nodes_from(function, (arm,), normally, stops | {number}))
                for arm in normally(node)
            )
            if bool(then) != bool(other) if is_apart else then != other:
                yield call


def _ways_out(function: Function, numbers: frozenset[int]) -> frozenset[int]:
    return frozenset(n for n in numbers if function.nodes[n].kind in (Kind.RETURN, Kind.RAISE))


def _order_nodes(project: Project, ref: FunctionRef) -> frozenset[int]:
    function = project.function(ref)
    return frozenset(
        number
        for number, node in enumerate(function.nodes)
        if node.kind is Kind.CALL
        and node.call >= 0
        and _is_order_call(project, CallRef(ref, node.call))
    )


def _is_order_call(project: Project, call: CallRef) -> bool:
    orders = _orders(project)
    callees = project.program.callees(call.function, call.call)
    return orders.is_order(call) or any(orders.is_leading(callee) for callee in callees)


def _held(function: Function) -> dict[str, set[int]]:
    """The calls whose answers each variable of a function holds."""
    found: dict[str, set[int]] = {}
    for node in function.nodes:
        if node.kind is Kind.ASSIGN and isinstance(node.value, Result):
            for name in targets_in(node.target):
                found.setdefault(name, set()).add(node.value.call)
    return found


def _asked(node: Node, held: dict[str, set[int]]) -> frozenset[int]:
    calls: set[int] = set()
    for part in walk(node.value, ()):
        if isinstance(part, Result):
            calls.add(part.call)
        elif isinstance(part, Name):
            calls |= held.get(part.path.partition(".")[0], set())
    return frozenset(calls)
