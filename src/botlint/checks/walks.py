"""Walks over the control flow of one function."""

from __future__ import annotations

from botlint.facts.types import Function, Kind


def nodes_between(function: Function, first: int, second: int) -> frozenset[int]:
    """All nodes on the ways from ``first`` to ``second``, which go on after it normally.

    Ways that lead back through ``first`` are left out; empty if there is none.
    """
    node = function.nodes[first]
    starts = [one for one in (node.next, node.other) if one >= 0]
    forward = {*starts}
    waiting = list(starts)
    while waiting:
        for one in _following(function, waiting.pop()):
            if one not in forward and one != first:
                forward.add(one)
                waiting.append(one)
    if second not in forward:
        return frozenset()
    before: dict[int, list[int]] = {}
    for number in forward:
        if number != second:
            for one in _following(function, number):
                before.setdefault(one, []).append(number)
    found = {second}
    waiting = [second]
    while waiting:
        for one in before.get(waiting.pop(), ()):
            if one not in found:
                found.add(one)
                waiting.append(one)
    return frozenset(found)


def nodes_before(function: Function, ends: list[int]) -> frozenset[int]:
    """All nodes from which one of ``ends`` can be reached, without them unless in a loop."""
    before: dict[int, list[int]] = {}
    for number in range(len(function.nodes)):
        for one in _following(function, number):
            before.setdefault(one, []).append(number)
    found: set[int] = set()
    waiting = list(ends)
    while waiting:
        for one in before.get(waiting.pop(), ()):
            if one not in found:
                found.add(one)
                waiting.append(one)
    return frozenset(found)


def round_after(function: Function, start: int) -> frozenset[int]:
    """The nodes that follow one in the same round of its loops."""
    loops = _loops_around(function, start)
    seen: set[int] = set()
    waiting = [*_following(function, start)]
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        node = function.nodes[number]
        is_head = node.loop in loops and node.kind in (Kind.PASS, Kind.ITERATE)
        others = (node.other,) if node.other >= 0 else ()
        waiting += others if is_head else _following(function, number)
    return frozenset(seen)


def round_before(function: Function, end: int) -> frozenset[int]:
    """The nodes that lead to one in the same round of its loops."""
    loops = _loops_around(function, end)
    leading: dict[int, list[int]] = {}
    for number in range(len(function.nodes)):
        for one in _following(function, number):
            leading.setdefault(one, []).append(number)
    seen: set[int] = set()
    waiting = [end]
    while waiting:
        number = waiting.pop()
        node = function.nodes[number]
        is_head = node.loop in loops and node.kind in (Kind.PASS, Kind.ITERATE)
        for one in leading.get(number, ()):
            is_round = is_head and node.loop in _loops_around(function, one)
            if one not in seen and not is_round:
                seen.add(one)
                waiting.append(one)
    return frozenset(seen)


def _loops_around(function: Function, number: int) -> frozenset[int]:
    """The loops that a node stands in."""
    found: set[int] = set()
    loop = function.nodes[number].loop
    while loop >= 0:
        found.add(loop)
        loop = function.loops[loop]
    return frozenset(found)


def is_pause(function: Function, number: int) -> bool:
    """Whether a coroutine may be suspended at a node."""
    node = function.nodes[number]
    if node.kind is Kind.CALL:
        return function.calls[node.call].is_awaited
    return node.kind is Kind.AWAIT


def _following(function: Function, number: int) -> tuple[int, ...]:
    node = function.nodes[number]
    return tuple(one for one in (node.next, node.other, node.exc) if one >= 0)
