"""Collections from which everything is taken that a guard has refused.

``for trade in trades[:]: if not validator.validate(trade): trades.remove(trade)``: what is left in
``trades`` after the loop has been asked about, each.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from botlint.checks.fills.fills import changes
from botlint.checks.guards.forgetting import reads_all
from botlint.checks.guards.paths import Walk
from botlint.checks.guards.question import Question
from botlint.checks.guards.states import Mark
from botlint.checks.roots import names_in, targets_in
from botlint.facts.types import EXIT, RAISED, Expression, Function, Item, Kind, Name, Node, Result
from botlint.flow.ways import is_head, loops_around, nodes_from, normally

_REMOVES = frozenset({"remove", "discard", "pop"})
_COPIES = frozenset({"list", "tuple", "set", "sorted", "copy", "items", "keys"})


def is_purged(
    function: Function, name: str, ask: Callable[[frozenset[str] | None], Question]
) -> bool:
    """Whether a loop over the collection ``name`` takes out each element but those that a guard
    has said yes to. ``ask`` makes the question for the element."""
    return any(
        node.kind is Kind.ITERATE
        and _goes_over(function, node.value, name)
        and _takes_out(function, number, name, ask)
        and not _is_refilled(function, number, name)
        for number, node in enumerate(function.nodes)
    )


def _goes_over(function: Function, value: Expression | None, name: str) -> bool:
    """Whether a loop goes over a collection, or over a copy of it."""
    if isinstance(value, Result):
        call = function.calls[value.call]
        path = call.func.path if isinstance(call.func, Name) else ""
        base, _, last = path.rpartition(".")
        return last in _COPIES and (base == name or (not base and call.args == (Name(name),)))
    return value == Name(name) or (isinstance(value, Item) and value.value == Name(name))


def _takes_out(
    function: Function,
    head: int,
    name: str,
    ask: Callable[[frozenset[str] | None], Question],
) -> bool:
    loop = function.nodes[head].loop
    element = frozenset(targets_in(function.nodes[head].target))
    taken = {
        number
        for number, node in enumerate(function.nodes)
        if loop in loops_around(function, node.loop) and _takes(function, node, name, element)
    }
    if not taken or _is_left_early(function, head):
        return False
    marked, mark = _with_mark(function, head, taken)
    # Nodes and ways of their own: what is read ahead of them is not known.
    question = ask(element)._replace(ahead=reads_all)
    end = frozenset({mark})
    found = [state.status.mark for state in Walk(marked, question, end).reaching(end)]
    return bool(found) and all(one is Mark.GUARDED for one in found)


def _takes(function: Function, node: Node, name: str, element: frozenset[str]) -> bool:
    if node.kind is not Kind.CALL:
        return False
    call = function.calls[node.call]
    base, _, last = call.func.path.rpartition(".") if isinstance(call.func, Name) else ("", "", "")
    first = call.args[0].path if call.args and isinstance(call.args[0], Name) else ""
    return base == name and last in _REMOVES and first in element


def _is_left_early(function: Function, head: int) -> bool:
    """Whether the loop normally ends before it has come to all elements, and goes on."""
    loop = function.nodes[head].loop
    return any(
        one not in (-1, EXIT) and loop not in loops_around(function, function.nodes[one].loop)
        for number, node in enumerate(function.nodes)
        if number != head and loop in loops_around(function, node.loop)
        for one in (node.next, node.other)
    )


def _is_refilled(function: Function, head: int, name: str) -> bool:
    """Whether, after the loop and before another turn of one around it, the collection gets
    elements or is bound to what comes from elsewhere."""
    around = loops_around(function, function.nodes[head].loop)

    def onward(node: Node) -> tuple[int, ...]:
        return () if is_head(node) and node.loop in around else normally(node)

    later = nodes_from(function, (function.nodes[head].other,), onward)
    passed = [function.nodes[number] for number in later if number not in (EXIT, RAISED)]
    return any(
        changes(function.calls[node.call], name)
        if node.kind is Kind.CALL
        else node.target == Name(name) and name not in names_in(node.value, function.calls)
        for node in passed
    )


def _with_mark(function: Function, head: int, taken: set[int]) -> tuple[Function, int]:
    """The function with a node of its own on the way to the next round, and without the ways on
    which the element was taken out."""
    loop, mark = function.nodes[head].loop, len(function.nodes)
    heads = {
        number
        for number, node in enumerate(function.nodes)
        if node.loop == loop and (number == head or (node.kind is Kind.PASS and node.next == head))
    }
    nodes = []
    for number, node in enumerate(function.nodes):
        if number in taken:
            nodes.append(msgspec.structs.replace(node, next=EXIT))
        elif number not in heads and loop in loops_around(function, node.loop):
            to_next = mark if node.next in heads else node.next
            to_other = mark if node.other in heads else node.other
            nodes.append(msgspec.structs.replace(node, next=to_next, other=to_other))
        else:
            nodes.append(node)
    passing = msgspec.structs.replace(
        function.nodes[head], kind=Kind.PASS, target=None, value=None, next=head, other=-1, exc=-1
    )
    return msgspec.structs.replace(function, nodes=(*nodes, passing)), mark
