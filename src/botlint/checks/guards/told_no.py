"""Guards that are told to say no on the way to an order: what closes then is what halting does.

``if self.halted: return`` at the head of what halts, sets the flag and closes all positions, keeps
that from being done twice.
"""

from __future__ import annotations

from collections.abc import Iterable

from botlint.checks.guards.chains import Link
from botlint.checks.guards.passages import Passage
from botlint.checks.roots import names_in
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, nodes_of_call, normally
from botlint.project import Project


def is_told_no(project: Project, links: tuple[Link, ...], guard: Passage) -> bool:
    """Whether every way from a guard, in the function of the last of ``links``, down to the order
    sets what it asks for to a constant."""
    ref, start = links[-1].call.function, guard.status.node
    asked = _asked_for(project, ref, guard)
    starts = [*(project.function(link.call.function).entry for link in links[:-1]), start]
    return bool(asked) and any(
        first >= 0 and _is_set(project.function(link.call.function), first, link.call.call, asked)
        for link, first in zip(links, starts, strict=True)
    )


def _asked_for(project: Project, ref: FunctionRef, guard: Passage) -> frozenset[str]:
    """The last names of the members that a guard reads, or the function that it calls."""
    if guard.status.node < 0:
        return frozenset()
    function = project.function(ref)
    read = _members(function, (function.nodes[guard.status.node].value,))
    callees = project.program.callees(ref, guard.status.call) if guard.status.call >= 0 else ()
    for one in map(project.function, callees):
        read |= _members(one, [node.value for node in one.nodes if node.kind in _ANSWERING])
    return read


def _members(function: Function, values: Iterable[Expression | None]) -> frozenset[str]:
    """The last names of the members that some values name."""
    names = frozenset().union(*(names_in(value, function.calls) for value in values))
    return frozenset(name.rpartition(".")[2] for name in names if "." in name)


def _is_set(function: Function, start: int, call: int, asked: frozenset[str]) -> bool:
    """Whether every way from a node to a call sets one of the members ``asked``."""
    setting = [n for n, node in enumerate(function.nodes) if _sets(node) in asked]
    there = nodes_of_call(function, call)
    return bool(setting) and there.isdisjoint(nodes_from(function, (start,), normally, setting))


def _sets(node: Node) -> str:
    """The member that a node sets to a constant, or one that is named as such."""
    if node.kind is not Kind.ASSIGN or type(node.target) is not Name or "." not in node.target.path:
        return ""
    is_named = type(node.value) is Name and node.value.path.rpartition(".")[2].isupper()
    return node.target.path.rpartition(".")[2] if is_named or type(node.value) is Constant else ""


_ANSWERING = frozenset({Kind.RETURN, Kind.TEST})
