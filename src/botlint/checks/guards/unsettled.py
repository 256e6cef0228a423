"""Limit orders that replace one that may still rest: taking it back failed, and nobody heeds that.

::

    try:
        client.cancel_order(old["id"])
    except Exception as error:
        log.warning("%s", error)
    client.place_limit(old["symbol"], old["side"], old["amount"], price)

An order can't be taken back once it is filled, so the one that replaces it is another one.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from botlint.checks.clauses import catches_all
from botlint.checks.failing import Failing
from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain
from botlint.checks.guards.resting import Resting, playing
from botlint.checks.guards.symbols import names_market
from botlint.checks.guards.telling import tell
from botlint.checks.reads import is_used
from botlint.checks.roots import arguments_of, have_common, names_given, names_in, targets_in
from botlint.facts.types import EXIT, Attribute, Expression, Function, Item, Kind, Name, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import is_head, nodes_from, nodes_of_call, normally
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project


def find_unsettled(asked: Asked, resting: Resting) -> Iterator[Hit]:
    """Each limit order that goes out where taking back the one before it has failed."""
    told: set[CallRef] = set()
    for chain in resting.limits:
        calls = (link.call for link in chain.links if link.via == "call" and link.is_same)
        for order in calls if asked.anchor(chain) is not None else ():
            if order in told:
                continue
            for taking in _taken_back(asked.project, resting, order):
                clause = _clause_towards(asked.project, resting, taking, order)
                if clause is not None:
                    told.add(order)
                    yield _hit(asked, chain, order, taking, clause)
                    break


def _taken_back(project: Project, resting: Resting, order: CallRef) -> Iterator[CallRef]:
    """The calls by which the function of an order takes back one that it replaces."""
    function = project.function(order.function)
    for number in range(len(function.calls)):
        one = CallRef(order.function, number)
        if resting.takes_one_back(one) and (
            _is_replaced(function, number, order.call) or _is_followed(function, number, order.call)
        ):
            yield one


def _is_replaced(function: Function, taking: int, order: int) -> bool:
    """Whether an order is made of the record of one taken back, or takes its place there."""
    taken = arguments_of(function.calls[taking])
    records = {_record_of(one) for one in taken} - {"", "self", "cls"}
    given = arguments_of(function.calls[order])
    if not records.isdisjoint(_record_of(one) for one in given):
        return True
    answer = names_given(function, order)
    return any(
        node.kind is Kind.ASSIGN
        and (node.target in taken or not records.isdisjoint(targets_in(node.target)))
        and (not answer.isdisjoint(targets_in(node.target)) or _is_of(function, node, answer))
        for node in function.nodes
    )


def _is_followed(function: Function, taking: int, order: int) -> bool:
    """Whether an order of the same market goes out in the same turn whenever the call that takes
    another one back is made, and is done."""
    taken, given = (set(arguments_of(function.calls[one])) for one in (taking, order))
    markets = {one for one in taken & given if names_market(one)}
    ends = nodes_of_call(function, order)

    def onward(node: Node) -> tuple[int, ...]:
        return () if is_head(node) else normally(node)

    after = [function.nodes[one].next for one in nodes_of_call(function, taking)]
    if not markets or not ends or not after:
        return False
    past = nodes_from(function, after, onward, ends)
    return not any(one == EXIT or is_head(function.nodes[one]) for one in past)


def _is_of(function: Function, node: Node, answer: frozenset[str]) -> bool:
    return have_common(names_in(node.value, function.calls), answer)


def _record_of(value: Expression) -> str:
    """What a value is a member of: ``old`` of ``old.id`` and of ``old["id"]``."""
    if isinstance(value, Item | Attribute):
        return value.value.path if isinstance(value.value, Name) else _record_of(value.value)
    return value.path.rpartition(".")[0] if isinstance(value, Name) else ""


def _clause_towards(
    project: Project, resting: Resting, taking: CallRef, order: CallRef
) -> Step | None:
    """The clause that catches the failure, in the function or in what it calls, and goes on to the
    order, if one does."""
    function = project.function(taking.function)
    failing = project.answer(("failing",), lambda: Failing(project))
    for node in _clauses_around(function, taking.call) if failing.can_fail(taking) else ():
        if _leads(project, resting, order, node.next) and not _is_remembered(function, node):
            return _step(project, taking.function, node)
    if is_used(function, taking.call):
        return None
    after = [function.nodes[one].next for one in nodes_of_call(function, taking.call)]
    if not any(_leads(project, resting, order, one) for one in after):
        return None
    for callee in project.program.callees(taking.function, taking.call):
        inner = project.function(callee)
        for number in range(len(inner.calls)):
            if CallRef(callee, number) not in playing(project, "cancel-order"):
                continue
            for node in _clauses_around(inner, number):
                if EXIT in nodes_from(inner, (node.next,), normally):
                    return _step(project, callee, node)
    return None


def _clauses_around(function: Function, call: int) -> Iterator[Node]:
    line = function.calls[call].span.line
    for node in function.nodes:
        first, last = node.region
        if node.kind is Kind.EXCEPT and first <= line <= last and catches_all(node):
            yield node


def _leads(project: Project, resting: Resting, order: CallRef, start: int) -> bool:
    """Whether it goes on from a node to an order, before the next turn of a loop, and without a
    look at what became of the one before."""
    ref = order.function

    def onward(node: Node) -> tuple[int, ...]:
        is_looking = node.kind is Kind.CALL and resting.looks(CallRef(ref, node.call))
        return () if is_head(node) or is_looking else normally(node)

    function = project.function(ref)
    ends = nodes_of_call(function, order.call)
    return not ends.isdisjoint(nodes_from(function, (start,), onward))


def _is_remembered(function: Function, clause: Node) -> bool:
    """Whether a name that a clause binds, and not the ways past it, is tested somewhere."""
    own = frozenset(nodes_from(function, (clause.next,), normally))
    others = frozenset(nodes_from(function, (function.entry,), normally))
    bound = {
        name for one in own if one not in others for name in targets_in(function.nodes[one].target)
    }
    nodes = (function.nodes[one] for one in own | others)
    tests = (node.value for node in nodes if node.kind is Kind.TEST)
    return any(have_common(names_in(one, function.calls), bound) for one in tests)


def _step(project: Project, ref: FunctionRef, clause: Node) -> Step:
    return Step(project.place(ref, clause.span), "when that fails it is caught here, and goes on")


def _hit(asked: Asked, chain: Chain, order: CallRef, taking: CallRef, clause: Step) -> Hit:
    project = asked.project
    place = project.call_place(order)
    name = project.written(taking)
    hit = tell(asked, order, chain, place, ())
    what = f"goes out though what it replaces may rest, or be filled: `{name}` may have failed"
    steps = (
        Step(project.call_place(taking), f"`{name}` takes the order before it back"),
        clause,
        Step(place, "the order that replaces it"),
    )
    return msgspec.structs.replace(
        hit,
        saw={**hit.saw, "guard": name, "what": what},
        trace=steps,
        confidence=Confidence.MEDIUM,
        cause=f"unsettled:{place.path}:{place.span.line}",
    )
