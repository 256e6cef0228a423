"""Sums that are added up again: how much of an order was filled so far, added on each fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botlint.checks.fills.fates import Fate
from botlint.checks.fills.repeated_sums import is_among_orders
from botlint.checks.fills.spellings import spelled, spellings_in
from botlint.checks.fills.statuses import Statuses
from botlint.checks.hits import hit_in
from botlint.checks.reads import walk
from botlint.checks.roots import targets_in, values_given
from botlint.facts.types import (
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.model import Hit, Step
from botlint.project import CallRef, Project
from botlint.roles import words_of

DEEPEST = 5
HANDED_ON = 2
"""So often a quantity is handed on to another function before it is added."""
_CALLED_BACK = frozenset({"callback", "subscriber", "hook", "override"})
_FILLS = frozenset({"fill", "execution", "deal"})
_EVENTS = frozenset({"partial", "partially", "update", "updates", "updated", "report", "execution"})


def find_cumulative(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each ``+=`` of a cumulative quantity: where an order is polled, or told of fill by fill."""
    role = project.vocabulary.roles["cumulative-quantity"]
    for ref in project.program.functions():
        function = project.function(ref)
        for number, node in enumerate(function.nodes):
            for added in _added_by(project, ref, node):
                record = _record(function, added, role.plays_name, 0)
                if (
                    record
                    and not _is_one_fill(function, record)
                    and _is_told_again(project, ref, number, record)
                ):
                    yield _hit(project, ref, node)
                    break


def _added_by(project: Project, ref: FunctionRef, node: Node) -> Iterator[Expression]:
    """What a node adds to something that is kept, itself or by a function that it calls."""
    added = _added(project.function(ref), node)
    if added is not None:
        yield added
    if node.kind is not Kind.CALL:
        return
    for callee in project.program.callees(ref, node.call):
        for name in _added_parameters(project, callee, 0):
            given = project.program.argument_of(ref, node.call, callee, name)
            if given is not None:
                yield given


def _find_added(project: Project, ref: FunctionRef, depth: int) -> frozenset[str]:
    """The parameters that a function adds, as they are, to what outlives its call, itself or by
    functions that it calls."""
    function = project.function(ref)
    own = {parameter.name for parameter in function.parameters}
    given = [_added(function, node) for node in function.nodes if _is_kept(node)]
    if depth < HANDED_ON:
        given += [
            project.program.argument_of(ref, number, callee, name)
            for number in range(len(function.calls))
            for callee in project.program.callees(ref, number)
            for name in _added_parameters(project, callee, depth + 1)
        ]
    return frozenset({one.path for one in given if isinstance(one, Name)} & own)


def _added_parameters(project: Project, ref: FunctionRef, depth: int) -> list[str]:
    """The parameters that a function adds, sorted and found once."""
    key = ("parameters added", ref, depth)
    return sorted(project.answer(key, lambda: _find_added(project, ref, depth)))


def _added(function: Function, node: Node) -> Expression | None:
    """What a node adds to something that is kept: ``x += y``, ``x[k] = x.get(k, 0) + y``."""
    value = node.value
    if type(value) is not Operation or value.kind != "+" or len(value.args) != 2:
        return None
    if node.kind is Kind.AUGMENT:
        return value.args[1]
    if node.kind is not Kind.ASSIGN or type(node.target) is not Item:
        return None
    first = value.args[0]
    if type(first) is Result:
        func = function.calls[first.call].func
        base = func.path.rpartition(".")[0] if type(func) is Name else ""
        return value.args[1] if Name(base) == node.target.value else None
    return value.args[1] if first == node.target else None


def _record(function: Function, value: Expression, plays: Any, depth: int) -> str:
    """The record whose cumulative quantity a value is; ``""`` if it is none."""
    if depth > DEEPEST:
        return ""
    if isinstance(value, Name):
        base, _, last = value.path.rpartition(".")
        if base and plays(last):
            return base
        bound = values_given(function, value)
        return _record(function, bound[0], plays, depth + 1) if len(bound) == 1 else ""
    if isinstance(value, Item) and isinstance(value.key, Constant) and plays(str(value.key.value)):
        return value.value.path if isinstance(value.value, Name) else ""
    if isinstance(value, Operation) and value.kind == "or":
        return _record(function, value.args[0], plays, depth + 1)
    if not isinstance(value, Result):
        return ""
    call = function.calls[value.call]
    if isinstance(call.func, Name) and call.args:
        base, _, last = call.func.path.rpartition(".")
        key = call.args[0]
        if last == "get" and isinstance(key, Constant) and plays(str(key.value)):
            return base
        if last in ("float", "Decimal", "int", "abs"):
            return _record(function, call.args[0], plays, depth + 1)
    return ""


def _is_one_fill(function: Function, record: str) -> bool:
    """Whether a record is one fill, by its name or its class: what was filled by it is new."""
    kinds = {one.name: one.annotation for one in function.parameters}
    return any(words_of(one)[-1] in _FILLS for one in (record, kinds.get(record, "")))


def _is_told_again(project: Project, ref: FunctionRef, number: int, record: str) -> bool:
    """Whether the same order's sum comes more than once: polled in a loop, or by an event."""
    function = project.function(ref)
    node = function.nodes[number]
    first = record.partition(".")[0]
    if is_among_orders(project, ref, number, first) and not _is_last(project, ref, number):
        return True
    own = [parameter.name for parameter in function.parameters]
    if first in own and first not in ("self", "cls"):
        is_event = not project.vocabulary.words(function.name).isdisjoint(_EVENTS)
        if not is_event and not _is_told_of_fills(project, ref, number):
            return False
        is_kept = node.kind is Kind.CALL or _is_kept(node)
        return is_kept and not _is_last(project, ref, number)
    return _is_polled(project, ref, node, first) and not _is_last(project, ref, number)


def _is_told_of_fills(project: Project, ref: FunctionRef, number: int) -> bool:
    """Whether a function is called back, and a node of it is only reached by orders that may be
    filled in part: it is told again of such a one with each of its fills."""
    entry = project.program.entries().get(ref)
    if entry is None or entry.kind not in _CALLED_BACK:
        return False
    function = project.function(ref)
    spellings = spellings_in(project, ref.source)
    partial, full = set[int](), set[int]()
    for test, node in enumerate(function.nodes):
        if node.kind is not Kind.TEST:
            continue
        said = {
            spelled(part.value)
            for part in walk(node.value, ())
            if isinstance(part, Constant) and isinstance(part.value, str)
        }
        if said & spellings.partial:
            partial.add(test)
        elif said & spellings.full:
            full.add(test)
    return _stands_behind(function, number, partial) and not _stands_behind(function, number, full)


def _stands_behind(function: Function, number: int, tests: set[int]) -> bool:
    """Whether every way to a node goes by one of the tests that holds."""

    def onward(node: Node) -> tuple[int, ...]:
        return (node.other,) if node in held else normally(node)

    held = [function.nodes[one] for one in tests]
    return number not in nodes_from(function, (function.entry,), onward)


def _is_polled(project: Project, ref: FunctionRef, node: Node, record: str) -> bool:
    """Whether a loop asks for one order again and again, and adds in each round."""
    function = project.function(ref)
    for other in function.nodes:
        if other.kind is not Kind.ASSIGN or other.target != Name(record):
            continue
        if other.loop < 0 or other.loop != node.loop or not isinstance(other.value, Result):
            continue
        if not project.plays(CallRef(ref, other.value.call), "order-lookup"):
            continue
        call = function.calls[other.value.call]
        asked = {value.path for value in call.args if isinstance(value, Name)}
        inside = {
            name
            for one in function.nodes
            if one is not node and one.loop == node.loop and one.kind in (Kind.ASSIGN, Kind.ITERATE)
            for name in targets_in(one.target)
        }
        target = set(targets_in(node.target))
        if asked and not asked & inside and not target & inside:
            return True
    return False


def _is_kept(node: Node) -> bool:
    target = node.target
    return isinstance(target, Item) or (isinstance(target, Name) and "." in target.path)


def _is_last(project: Project, ref: FunctionRef, number: int) -> bool:
    """Whether only an order that is filled wholly gets to a node."""
    statuses = Statuses(project, ref)
    function = statuses.function
    return number not in nodes_from(function, (function.entry,), statuses.onward(Fate.PARTIAL))


def _hit(project: Project, ref: FunctionRef, node: Node) -> Hit:
    place = project.place(ref, node.span)
    return hit_in(
        project,
        ref,
        place,
        {"what": "the whole filled quantity again on each fill"},
        (Step(place, "what was filled so far is added again, and not what came new"),),
    )
