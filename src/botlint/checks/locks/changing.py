"""Changes as written: what is assigned, deleted, or changed by a method of Python's containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.roots import receiver_of
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Item,
    Kind,
    Name,
    Node,
    Operation,
)
from botlint.flow.program import FunctionRef, Program
from botlint.flow.variables import root_of

CHANGING = frozenset(
    {"append", "appendleft", "extend", "extendleft", "insert", "remove", "pop", "popleft"}
    | {"popitem", "clear", "update", "setdefault", "add", "discard", "difference_update"}
    | {"intersection_update", "symmetric_difference_update", "subtract", "move_to_end", "rotate"}
)
KEYED = frozenset({"pop", "setdefault", "remove", "discard", "add", "move_to_end"})
_HEAPS = frozenset({"heappush", "heappop", "heapreplace", "heappushpop"})
_HOWS = {Kind.ASSIGN: "assigned", Kind.AUGMENT: "augmented", Kind.DELETE: "deleted"}

WHOLE, ENTRY, INSIDE = "whole", "entry", "inside"
"""What is changed: the variable gets another value, its content changes, or what it keeps."""


class Raw(NamedTuple):
    """A change as written, before anybody knows which store it is."""

    function: FunctionRef
    node: int
    root: Expression
    key: Expression | None
    how: str
    part: str


def written_changes(program: Program) -> list[Raw]:
    """All changes of all sources, by function, then those by method."""
    found: list[Raw] = []
    for ref in program.functions():
        function = program.function(ref)
        outer = function.outer
        for number, node in enumerate(function.nodes):
            target = node.target
            if target is None or node.kind not in _HOWS:
                continue
            if type(target) is Name and "." not in target.path and target.path not in outer:
                continue
            found += _of_target(ref, number, node, target, outer)
    for segment in sorted(CHANGING | _HEAPS):
        for ref, call in program.calls_named(segment):
            found += _of_call(program, ref, call, segment)
    return found


def _of_call(program: Program, ref: FunctionRef, number: int, segment: str) -> Iterator[Raw]:
    function = program.function(ref)
    call = function.calls[number]
    if segment in _HEAPS:
        container: Expression | None = call.args[0] if call.args else None
    else:
        container = receiver_of(call)
    if container is None or container == Name("self") or type(container) is Constant:
        return
    root, key = root_of(container)
    part = ENTRY if root == container else INSIDE
    if key is None and segment in KEYED and call.args:
        key = call.args[0]
    for position, node in enumerate(function.nodes):
        if node.call == number and node.kind is Kind.CALL:
            yield Raw(ref, position, root, key, segment, part)


def _of_target(
    ref: FunctionRef, number: int, node: Node, target: Expression, outer: tuple[str, ...]
) -> Iterator[Raw]:
    """``outer`` are the names that aren't the function's own, though it assigns to them."""
    if type(target) is Operation:
        for part in target.args:
            yield from _of_target(ref, number, node, part, outer)
        return
    root, key = root_of(target)
    how = _HOWS[node.kind]
    if key is not None:
        is_inner = type(target) is Item and type(target.value) is Item
        yield Raw(ref, number, root, key, how, INSIDE if is_inner else ENTRY)
    elif type(root) is Attribute or (
        type(root) is Name and ("." in root.path or root.path in outer)
    ):
        yield Raw(ref, number, root, None, how, ENTRY if node.kind is Kind.AUGMENT else WHOLE)
