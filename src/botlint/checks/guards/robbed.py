"""Orders that an abort was to stop, and that are placed because a clause swallows it.

The clause has a finding of its own; that nothing else guards the order is the same fault.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from botlint.checks.aborts.aborts import aborts_of
from botlint.checks.aborts.ascents import ways
from botlint.checks.clauses import tried_nodes
from botlint.checks.guards.body import body_of
from botlint.checks.guards.chains import Chain, Link
from botlint.checks.guards.relation import Relation
from botlint.checks.roots import arguments_of, names_in
from botlint.facts.types import Kind
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, nodes_of_call, normally
from botlint.model import Place
from botlint.project import Project

ROLE = "abort"


def swallowed_before(project: Project, chain: Chain) -> Place | None:
    """The clause that swallows an abort about the order of a chain, and goes on to it."""
    clauses = swallowing_clauses(project)
    for link in chain.links:
        for number in sorted(clauses.get(link.call.function, ())) if link.is_same else ():
            if _leads_on(project, link, number):
                node = project.function(link.call.function).nodes[number]
                return project.place(link.call.function, node.span)
    return None


def swallowing_clauses(project: Project) -> Mapping[FunctionRef, set[int]]:
    """The clauses of the program that stop an abort, by function."""
    return project.answer(("swallowed aborts",), lambda: _clauses(project))


def _clauses(project: Project) -> Mapping[FunctionRef, set[int]]:
    aborts = aborts_of(project, ROLE)
    found: dict[FunctionRef, set[int]] = defaultdict(set)
    for raised in aborts.raises:
        for path in ways(aborts, raised):
            function, clause = path[-1]
            if clause >= 0:
                found[function].add(clause)
    return found


def _leads_on(project: Project, link: Link, clause: int) -> bool:
    """Whether a clause goes on to a call, and what it is around looks at the order's values."""
    function = project.function(link.call.function)
    node = function.nodes[clause]
    behind = set(nodes_from(function, (node.next,), normally))
    if behind.isdisjoint(nodes_of_call(function, link.call.call)):
        return False
    relation = Relation(body_of(project, link.call.function), link.roots)
    for number in tried_nodes(function, node):
        inner = function.nodes[number]
        names = names_in(inner.value, function.calls) if inner.kind is Kind.TEST else frozenset()
        if inner.kind is Kind.CALL:
            given = arguments_of(function.calls[inner.call])
            names = frozenset().union(*(names_in(one, function.calls) for one in given))
        if names and relation.is_about(names):
            return True
    return False
