"""Orders that come up again and again, one by one: those of a stream, of a list that a loop asks
for each time, or of a store that they stay in until they are done.

Who adds the sum of such an order each time adds what was added before.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import names_handed, receiver_of, targets_in
from botlint.facts.types import Expression, Function, Item, Kind, Name, Node, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.project import CallRef, Project

_LISTED = ("order-lookup", "order-updates")
_REMOVING = frozenset({"pop", "remove", "discard", "popitem", "clear"})


def is_among_orders(project: Project, ref: FunctionRef, number: int, record: str) -> bool:
    """Whether ``record``, whose sum a node adds, is one of several orders that come again, and
    nothing asks whether it was seen before."""
    function = project.function(ref)
    if _has_memory(function):
        return False
    if any(one.name == record for one in function.parameters):
        return any(True for _ in _handed(project, ref, record))
    return _is_listed(project, ref, record) or _is_kept(project, ref, number, record)


def _handed(project: Project, ref: FunctionRef, parameter: str) -> Iterator[FunctionRef]:
    """The callers that hand over each of the orders that a loop asks for again and again."""
    for site in project.program.callers(ref):
        given = project.program.argument_of(site.function, site.call, ref, parameter)
        if not isinstance(given, Name) or _has_memory(project.function(site.function)):
            continue
        if _is_listed(project, site.function, given.path):
            yield site.function


def _is_listed(project: Project, ref: FunctionRef, record: str) -> bool:
    """Whether a name goes through the orders that an outer loop asks for in each round."""
    function = project.function(ref)
    return any(
        node.kind is Kind.ITERATE
        and record in targets_in(node.target)
        and function.loops[node.loop] >= 0
        and any(
            isinstance(part, Result) and _lists(project, CallRef(ref, part.call))
            for value in _held(function, node)
            for part in walk(value, function.calls)
        )
        for node in function.nodes
    )


def _held(function: Function, node: Node) -> list[Expression | None]:
    """What a loop goes through: a value, or what its name was bound to within the outer loop."""
    outer = function.loops[node.loop]
    bound = [
        one.value
        for one in function.nodes
        if one.kind is Kind.ASSIGN and one.target == node.value and one.loop == outer
    ]
    return [node.value, *bound]


def _lists(project: Project, one: CallRef) -> bool:
    return any(project.plays(one, role) for role in _LISTED)


def _is_kept(project: Project, ref: FunctionRef, number: int, record: str) -> bool:
    """Whether a loop goes through a store of orders, asks for each of them, adds its sum and leaves
    it there, so that it comes again the next time."""
    function = project.function(ref)
    asked = [
        node.value.call
        for node in function.nodes
        if node.kind is Kind.ASSIGN
        and node.target == Name(record)
        and isinstance(node.value, Result)
        and project.plays(CallRef(ref, node.value.call), "order-lookup")
    ]
    for head, node in enumerate(function.nodes):
        store = _store(function, node) if node.kind is Kind.ITERATE else ""
        keys = set(targets_in(node.target)) if store else set()
        if any(not keys.isdisjoint(names_handed(function, call)) for call in asked):
            return _stays(function, head, number, store)
    return False


def _store(function: Function, node: Node) -> str:
    """The attribute that a loop goes through, or a copy of it."""
    parts = walk(node.value, function.calls)
    kept = {part.path for part in parts if isinstance(part, Name) and "." in part.path}
    return next(iter(kept)) if len(kept) == 1 else ""


def _stays(function: Function, head: int, number: int, store: str) -> bool:
    """Whether a way leads from the loop's head by a node back to the head, and takes nothing out of
    the store."""

    def onward(node: Node) -> tuple[int, ...]:
        return () if _removes(function, node, store) else normally(node)

    reached = set(nodes_from(function, (function.nodes[head].next,), onward))
    after = set(nodes_from(function, (function.nodes[number].next,), onward))
    return number in reached and head in after


def _removes(function: Function, node: Node, store: str) -> bool:
    if node.kind is Kind.DELETE:
        target = node.target if node.target is not None else node.value
        return isinstance(target, Item) and target.value == Name(store)
    if node.kind is not Kind.CALL:
        return node.kind is Kind.ASSIGN and node.target == Name(store)
    call = function.calls[node.call]
    return last_segment(call.func) in _REMOVING and receiver_of(call) == Name(store)


def _has_memory(function: Function) -> bool:
    """Whether a function asks whether it has seen something: by ``in``, or ``not in``."""
    return any(
        isinstance(part, Operation)
        and part.kind in ("in", "notin")
        and isinstance(part.args[1], Name)
        for node in function.nodes
        if node.kind is Kind.TEST
        for part in walk(node.value, function.calls)
    )
