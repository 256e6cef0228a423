"""Orders side by side: most of a class or module ask a guard, and one of them doesn't.

The guard is known by what it does: a call whose answer alone decides whether the function goes on
to its order, or that raises. It plays no role, else the rules of that role speak of it. An order
whose function, callers or callees name the guard in any way is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain
from botlint.checks.guards.telling import tell
from botlint.checks.reads import is_used
from botlint.facts.types import Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.forwarding import settled
from botlint.flow.program import FunctionRef
from botlint.flow.ways import anyhow, is_dominated, nodes_from, nodes_of_call
from botlint.model import Hit, Step
from botlint.project import CallRef, Project

DEEPEST = 3
_NO_GUARDS = ("log", "cache", "sleep", "clock", "place-order", "close-order", "quantise", "book")
_READING = frozenset(
    {"get", "fetch", "load", "read", "find", "calculate", "compute", "make", "build", "create"}
    | {"parse", "len", "isinstance", "any", "all", "hasattr", "float", "int", "str", "round"}
    | {"startswith", "endswith", "isdigit", "exists", "keys", "values", "items", "lower", "upper"}
    | {"place", "submit", "send", "cancel", "connect", "wait", "acquire", "bool", "abs", "max"}
    | {"min", "sum", "to", "next", "callable", "issubclass", "run", "execute", "update", "request"}
)
_RAISING = frozenset({"ensure", "require", "assert", "check", "validate", "verify", "enforce"})


class _Order(NamedTuple):
    """An opening order with its chain and the names of the guards before it."""

    anchor: CallRef
    chain: Chain
    guards: frozenset[str]


def find_siblings(asked: Asked) -> Iterator[Hit]:
    """Each opening order without the guard of those beside it."""
    # All chains of all orders are known from there, and no guard of a role matters here.
    for orders in _groups(Asked(asked.project, ("preflight",))):
        functions = {one.anchor.function for one in orders}
        if len(functions) < 3:
            continue
        for guard in sorted({name for one in orders for name in one.guards}):
            having = [one for one in orders if guard in one.guards]
            lacking = [one for one in orders if guard not in one.guards]
            guarded = {one.anchor.function for one in having}
            is_common = len(guarded) >= 2 and 3 * len(guarded) >= 2 * len(functions)
            if not is_common or guarded & {one.anchor.function for one in lacking}:
                continue
            for one in lacking:
                if not _is_near(asked.project, one.anchor.function, guard):
                    yield _hit(asked, one, guard, having)


def _groups(asked: Asked) -> list[list[_Order]]:
    """The opening orders of each class, and of each module outside of classes."""
    chains: dict[CallRef, Chain] = {}
    for chain in (*asked.answer.open_chains, *asked.answer.guarded):
        anchor = asked.anchor(chain)
        known = chains.get(anchor) if anchor is not None else None
        if anchor is not None and (known is None or len(chain.links) < len(known.links)):
            chains[anchor] = chain
    groups: dict[tuple[int, int], list[_Order]] = {}
    for anchor in sorted(chains, key=asked.project.call_place):
        owner = asked.project.program.owner(anchor.function)
        key = (anchor.function.source, owner.index if owner is not None else -1)
        guards = _guards_before(asked, anchor)
        groups.setdefault(key, []).append(_Order(anchor, chains[anchor], guards))
    return list(groups.values())


def _guards_before(asked: Asked, order: CallRef) -> frozenset[str]:
    """The names of the calls one outcome of which alone leads on to an order."""
    function = asked.project.function(order.function)
    ends = nodes_of_call(function, order.call)
    found: set[str] = set()
    for number, node in enumerate(function.nodes):
        calls = _deciding(function, node) if node.kind is Kind.TEST else ()
        for call in calls:
            name = _guard_name(asked, CallRef(order.function, call))
            if name and _decides(function, number, ends):
                found.add(name)
        if node.kind is Kind.CALL and _is_raising(asked, CallRef(order.function, node.call)):
            name = _guard_name(asked, CallRef(order.function, node.call))
            if name and _is_passed(function, number, ends):
                found.add(name)
    return frozenset(found)


def _deciding(function: Function, node: Node) -> tuple[int, ...]:
    """The calls whose whole answer a test looks at, also through a name."""
    found: list[int] = []
    waiting: list[Expression | None] = [node.value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Result):
            found.append(value.call)
        elif isinstance(value, Operation) and value.kind in ("not", "and", "or"):
            waiting += value.args
        elif isinstance(value, Name) and "." not in value.path:
            bound = [
                one
                for one in function.nodes
                if one.kind is Kind.ASSIGN and _binds(one.target, value.path)
            ]
            if len({repr(one.value) for one in bound}) == 1 and isinstance(bound[0].value, Result):
                found.append(bound[0].value.call)
    return tuple(found)


def _binds(target: Expression | None, name: str) -> bool:
    if isinstance(target, Operation) and target.kind == "tuple" and target.args:
        target = target.args[0]
    return target == Name(name)


def _guard_name(asked: Asked, call: CallRef) -> str:
    """The last segment of a call's name, if it may be a guard that has no role."""
    project = asked.project
    written = project.written(call).rpartition(".")[2]
    words = written.lstrip("_").lower().split("_")
    if not written or words[0] in _READING or written[:1].isupper():
        return ""
    roles = (*_NO_GUARDS, "preflight", "risk-gate", "kill-switch", "price-check")
    if any(project.plays(call, role) for role in roles):
        return ""
    return written


def _is_raising(asked: Asked, call: CallRef) -> bool:
    project = asked.project
    word = project.written(call).rpartition(".")[2].lstrip("_").partition("_")[0]
    program = project.program
    callees = [settled(program, one) for one in program.callees(call.function, call.call)]
    return word in _RAISING and any(
        node.kind is Kind.RAISE for callee in callees for node in project.function(callee).nodes
    )


def _decides(function: Function, test: int, ends: frozenset[int]) -> bool:
    """Whether every way to the order passes a test, and one of its arms never leads there."""
    node = function.nodes[test]
    arms = [
        not ends.isdisjoint(nodes_from(function, (arm,), anyhow)) for arm in (node.next, node.other)
    ]
    return arms[0] is not arms[1] and _is_passed(function, test, ends)


def _is_passed(function: Function, number: int, ends: frozenset[int]) -> bool:
    """Whether every way to the order leads through the line of a node."""
    line = function.nodes[number].span
    alike = {n for n, node in enumerate(function.nodes) if node.span == line}
    return is_dominated(function, ends, alike)


def _is_near(project: Project, ref: FunctionRef, guard: str) -> bool:
    """Whether a function, a caller or a callee of it asks the guard in any way."""
    program = project.program
    asking = frozenset(
        one
        for one, number in program.calls_named(guard)
        if one != ref
        or is_used(project.function(one), number)
        or _is_raising_below(project, one, number)
    )
    if not asking.isdisjoint(program.reachable((ref,))):
        return True
    above, seen = {ref}, {ref}
    for _ in range(DEEPEST):
        above = {site.function for one in above for site in program.callers(one)} - seen
        seen |= above
    return not asking.isdisjoint(seen)


def _is_raising_below(project: Project, ref: FunctionRef, number: int) -> bool:
    """Whether what a call runs raises, so that it may refuse without an answer."""
    return any(
        node.kind is Kind.RAISE
        for callee in project.program.callees(ref, number)
        for node in project.function(settled(project.program, callee)).nodes
    )


def _hit(asked: Asked, one: _Order, guard: str, having: list[_Order]) -> Hit:
    project = asked.project
    related = tuple(
        Step(project.call_place(other.anchor), f"this order is placed after `{guard}`")
        for other in having
    )
    hit = tell(asked, one.anchor, one.chain, None, related)
    return msgspec.structs.replace(hit, saw={**hit.saw, "guard": guard})
