"""The ways through a graph, for questions where what lies behind changes nothing.

Where it does, because a path carries a state along, ask :mod:`botlint.flow.fixpoint`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from botlint.facts.types import EXIT, Function, Kind, Node

Point = TypeVar("Point")
Onward = Callable[[Node], Iterable[int]]


def points_from(
    starts: Iterable[Point],
    following: Callable[[Point], Iterable[Point]],
    avoiding: Iterable[Point] = (),
) -> Iterator[Point]:
    """Each point that can be reached from ``starts``, with these, nearest first and once.

    What follows a point is asked when the one after it is asked for, so that who has found what
    they look for can stop. No way leads through a point of ``avoiding``.
    """
    seen = set(avoiding)
    waiting = deque(starts)
    while waiting:
        point = waiting.popleft()
        if point not in seen:
            seen.add(point)
            yield point
            waiting.extend(following(point))


def nodes_from(
    function: Function, starts: Iterable[int], onward: Onward, avoiding: Iterable[int] = ()
) -> Iterator[int]:
    """The same over the nodes of a function. ``onward`` says where it goes on after a node."""
    # As `points_from`, written out: the checks come to millions of nodes this way.
    nodes = function.nodes
    seen = {-1, *avoiding}
    waiting = deque(starts)
    while waiting:
        number = waiting.popleft()
        if number not in seen:
            seen.add(number)
            yield number
            waiting.extend(onward(nodes[number]))


def normally(node: Node) -> tuple[int, ...]:
    """Where it goes on after a node that raises nothing."""
    return (node.next, node.other)


def anyhow(node: Node) -> tuple[int, ...]:
    """Where it can go on after a node at all."""
    return (node.next, node.other, node.exc)


def arms_taken(node: Node, *, says: bool | None) -> tuple[int, ...]:
    """Where it normally goes on after a node that says true or false; ``None``: either way."""
    if says is None:
        return (node.next, node.other)
    return (node.next,) if says else (node.other,)


def deciding(truth: Callable[[Node], bool | None]) -> Onward:
    """Where it normally goes on where ``truth`` tells how a test ends."""
    return lambda node: arms_taken(node, says=truth(node) if node.kind is Kind.TEST else None)


def predecessors(function: Function) -> list[int]:
    """From how many arms of nodes each node of a function is reached, by its number."""
    counts = [0] * len(function.nodes)
    for node in function.nodes:
        for following in anyhow(node):
            if following >= 0:
                counts[following] += 1
    return counts


def is_head(node: Node) -> bool:
    """Whether a loop comes back to a node for its next turn."""
    return node.kind is Kind.ITERATE or node.kind is Kind.PASS


def past_heads(
    function: Function, node: Node, following: int, has_round: Callable[[Node], bool]
) -> int:
    """Where it goes on from ``node`` to ``following``: from before a loop that surely has a round,
    by its head into that."""
    around = frozenset(loops_around(function, node.loop))
    entered: set[int] = set()
    while following >= 0 and following not in entered:
        head = function.nodes[following]
        is_new = head.kind is Kind.ITERATE and head.loop not in around
        if not is_new or head.next == following or not has_round(head):
            break
        # A `break` may lead from the head within back to the one around.
        entered.add(following)
        following = head.next
    return following


def nodes_in_turn(
    function: Function, start: int, test: int, onward: Onward = normally
) -> Iterator[int]:
    """The nodes that come, by ``onward``, from an arm ``start`` of node ``test`` on, up to the next
    turn of the loop that this stands in, with its head."""
    loop = function.nodes[test].loop

    def within(node: Node) -> Iterable[int]:
        return () if node.loop == loop and is_head(node) else onward(node)

    return nodes_from(function, (start,), within, (test,))


def bits_of(nodes: Iterable[int]) -> int:
    """A set of nodes as a number with a bit for each: small enough to be kept for every test."""
    found = 0
    for number in nodes:
        found |= 1 << number
    return found


def live_nodes(function: Function) -> frozenset[int]:
    """The nodes that some way from the entry leads to."""
    return frozenset(nodes_from(function, (function.entry,), anyhow))


def has_open_end(function: Function) -> bool:
    """Whether some way normally ends without a ``return``."""
    returns = [n for n, node in enumerate(function.nodes) if node.kind is Kind.RETURN]
    return EXIT in nodes_from(function, (function.entry,), normally, returns)


def is_dominated(function: Function, ends: frozenset[int], nodes: Iterable[int]) -> bool:
    """Whether every way from the entry to one of ``ends`` leads through one of ``nodes``."""
    return ends.isdisjoint(nodes_from(function, (function.entry,), anyhow, nodes))


def arms_of(function: Function, test: int) -> tuple[frozenset[int], frozenset[int]]:
    """The nodes that the true arm of a test leads to, and those of the false one, without those
    that come by the test again."""
    node = function.nodes[test]
    return (
        frozenset(nodes_from(function, (node.next,), normally, (test,))),
        frozenset(nodes_from(function, (node.other,), normally, (test,))),
    )


def nodes_before(function: Function, ends: Iterable[int]) -> frozenset[int]:
    """All nodes from which one of ``ends`` can be reached, without them unless in a loop."""
    return nodes_leading(function, [one for end in ends for one in function.previous[end]])


def nodes_leading(function: Function, ends: Iterable[int]) -> frozenset[int]:
    """``ends``, and all nodes from which one of them can be reached."""
    return frozenset(points_from(ends, function.previous.__getitem__))


def round_after(function: Function, start: int) -> frozenset[int]:
    """The nodes that follow one in the same round of its loops."""

    def onward(node: Node) -> tuple[int, ...]:
        return (node.other,) if node.loop in loops and is_head(node) else anyhow(node)

    loops = frozenset(loops_around(function, function.nodes[start].loop))
    return frozenset(nodes_from(function, anyhow(function.nodes[start]), onward))


def round_before(function: Function, end: int) -> frozenset[int]:
    """The nodes that lead to one in the same round of its loops."""

    def leading(number: int) -> Iterator[int]:
        node = function.nodes[number]
        is_next = node.loop in loops and is_head(node)
        for one in before[number]:
            around = loops_around(function, function.nodes[one].loop)
            if not is_next or node.loop not in around:
                yield one

    loops = frozenset(loops_around(function, function.nodes[end].loop))
    before = function.previous
    return frozenset(points_from((end,), leading)) - {end}


def nodes_between(function: Function, first: int, second: int) -> frozenset[int]:
    """All nodes on the ways from ``first`` to ``second``, which go on after it normally.

    Ways that lead back through ``first`` are left out; empty if there is none.
    """
    starts = normally(function.nodes[first])
    forward = frozenset(nodes_from(function, starts, anyhow, (first,)))
    if second not in forward:
        return frozenset()
    before = function.previous
    return frozenset(
        points_from(
            (second,),
            lambda number: (one for one in before[number] if one in forward and one != second),
        )
    )


def nodes_of_call(function: Function, call: int) -> frozenset[int]:
    """The nodes at which call number ``call`` is made: one in each copy of a ``finally``."""
    return function.calls_at.get(function.calls[call].span, frozenset())


def loops_around(function: Function, number: int) -> Iterator[int]:
    """A loop and all that it stands in, innermost first."""
    while number >= 0:
        yield number
        number = function.loops[number]


def while_loops(function: Function) -> frozenset[int]:
    """The numbers of the ``while`` loops of a function."""
    heads = (node for node in function.nodes if node.kind is Kind.PASS)
    return frozenset(node.loop for node in heads if node.loop >= 0)


def loops_of_call(function: Function, call: int) -> frozenset[int]:
    """The loops that call number ``call`` stands in."""
    made = nodes_of_call(function, call)
    return frozenset(one for n in made for one in loops_around(function, function.nodes[n].loop))


def is_in_while(function: Function, call: int) -> bool:
    """Whether call number ``call`` stands in a ``while`` loop."""
    around = loops_of_call(function, call)
    return bool(around) and not around.isdisjoint(while_loops(function))
