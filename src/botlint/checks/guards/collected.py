"""Lists of what speaks against an order: empty as long as nothing does.

::

    problems = []
    if not preflight(symbol, amount):
        problems.append("too small")
    if problems:                    # as good as the verdict itself
        return
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from botlint.checks.fills.fills import is_empty, put_into
from botlint.checks.guards.signs import FALSE, TRUE, Sign, Verdict
from botlint.checks.guards.states import Onward, State, updated
from botlint.checks.roots import names_in, targets_in
from botlint.facts.types import Call, Expression, Function, Item, Kind, Name, Node, Operation

_MOST = 3


class Collected(NamedTuple):
    """The local collections of a function that begin empty and that a test or a caller asks, and
    the nodes at which one gets an element."""

    names: frozenset[str]
    puts: Mapping[int, str]


def collected_in(function: Function) -> Collected:
    """The lists, sets and dicts of a function of which it matters whether they are empty."""
    begun = {
        node.target.path
        for node in function.nodes
        if node.kind is Kind.ASSIGN
        and type(node.target) is Name
        and is_empty(node.value, function.calls)
    }
    begun -= {one.name for one in function.parameters} | set(function.outer)
    asked = begun & _asked_in(function) if begun else set()
    if not asked:
        return Collected(frozenset(), {})
    puts: dict[int, str] = {}
    for number, node in enumerate(function.nodes):
        name = put_at(node, function.calls)
        if name in asked:
            puts[number] = name
    names = frozenset(sorted(asked)[:_MOST])
    return Collected(names, {number: name for number, name in puts.items() if name in names})


def filling(
    function: Function,
    collected: Collected,
    read: Callable[[Expression | None, State], Verdict | None],
    onward: Onward,
) -> Onward:
    """``onward``, after which it is known of each collection what it has got; ``read`` says what
    the truth of a value says on a path."""
    if not collected.names:
        return onward
    step = onward.step
    joins = {
        number: joined
        for number, node in enumerate(function.nodes)
        if (joined := _joined_at(node, function.calls))[0] in collected.names
    }

    def stepped(number: int, state: State) -> list[tuple[int, State]]:
        node = function.nodes[number]
        name = collected.puts.get(number, "")
        told: Verdict | None = TRUE
        if not name:
            if number not in joins:
                return step(number, state)
            name, joined = joins[number]
            held = dict(state.known).get(name)
            told = _together(held, read(joined, state))
        return [
            (after, updated(one, {name: told}) if after == node.next else one)
            for after, one in step(number, state)
        ]

    return Onward(stepped, frozenset({*collected.puts, *joins}), onward)


def _joined_at(node: Node, calls: tuple[Call, ...]) -> tuple[str, Expression | None]:
    """The collection that gets all elements of another at a node, and that."""
    if node.kind is Kind.AUGMENT and type(node.target) is Name:
        is_sum = type(node.value) is Operation and node.value.kind in ("+", "|")
        return node.target.path, node.value.args[1] if is_sum else None  # type: ignore[union-attr]  # is_sum
    if node.kind is not Kind.CALL:
        return "", None
    call = calls[node.call]
    path = call.func.path if type(call.func) is Name else ""
    base, _, method = path.rpartition(".")
    return (base, call.args[0]) if method in _JOINING and len(call.args) == 1 else ("", None)


def _together(held: Verdict | None, added: Verdict | None) -> Verdict | None:
    """What a collection says by not being empty that has got all that another has: what a guard has
    said against the order, if it has answered with that."""
    if held == TRUE or added == FALSE:
        return held
    if held is None or added is None or added.sign not in _ANSWERS:
        return None
    return Verdict(Sign.NO, added.guard)


_JOINING = frozenset({"extend", "update"})
_ANSWERS = (Sign.OBJECT, Sign.NO)


def put_at(node: Node, calls: tuple[Call, ...]) -> str:
    """The collection that gets an element at a node, ``""`` for none."""
    if node.kind is Kind.CALL:
        return put_into(calls[node.call])
    is_keyed = node.kind is Kind.ASSIGN and type(node.target) is Item
    return targets_in(node.target)[0] if is_keyed and targets_in(node.target) else ""


def _asked_in(function: Function) -> set[str]:
    """The names that tests ask and that are returned."""
    return {
        name
        for node in function.nodes
        if node.kind is Kind.TEST or node.kind is Kind.RETURN
        for name in names_in(node.value, function.calls)
    }
