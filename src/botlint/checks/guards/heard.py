"""Guards out of sight that are taken to say no by raising: by what is done with what they raise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import takewhile

from botlint.checks.clauses import BROAD, catches_all, clauses_from, kinds_of, tried_nodes
from botlint.checks.reads import is_used, last_segment, walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import Expression, Function, Kind, Node, Result
from botlint.flow.values import External
from botlint.flow.ways import nodes_from, nodes_of_call, normally
from botlint.project import CallRef, Project


def is_heard_by_clause(project: Project, ref: CallRef) -> bool:
    """Whether nobody takes the result of a call, and a clause answers what it raises by leaving:
    one of its own, ``try: await preflight(order)``, ``except Exception as reason: return``; or one
    for refusals that come from where the guard comes from, ``except guardlib.Halted: break``.

    Its own is one for any error, or for one that is named for a refusal, of nothing but that call.
    """
    function, polarity = project.function(ref.function), project.vocabulary.polarity
    nodes = function.nodes
    calling = nodes_of_call(function, ref.call)
    clauses = {nodes[one].exc for one in calling if nodes[one].exc >= 0}
    if not clauses or is_used(function, ref.call):
        return False
    following = {nodes[one].next for one in calling}
    if _is_left(function, (one for one in clauses), following, ()) and all(
        nodes[one].kind is Kind.EXCEPT and _is_own(function, nodes[one], ref.call, polarity)
        for one in clauses
    ):
        return True
    coming = (takewhile(_lets_pass, clauses_from(function, start)) for start in sorted(clauses))
    found = [one for ones in coming for one in ones if _is_of_guard(project, ref, one.value)]
    refusing = [nodes.index(one) for one in found]
    return bool(refusing) and _is_left(function, refusing, following, calling)


def _lets_pass(clause: Node) -> bool:
    return not catches_all(clause)


def _is_left(
    function: Function, clauses: Iterable[int], following: set[int], calling: Iterable[int]
) -> bool:
    """Whether no clause goes on to one of the nodes ``following``, but by the nodes ``calling``."""
    starts = (function.nodes[one].next for one in clauses)
    return all(
        following.isdisjoint(nodes_from(function, (one,), normally, calling)) for one in starts
    )


def _is_of_guard(project: Project, guard: CallRef, types: Expression | None) -> bool:
    """Whether a clause is for refusals alone that the module has which the guard comes from."""
    program, polarity = project.program, project.vocabulary.polarity
    names = program.names(*guard)[1:]
    kinds = kinds_of(types)
    values = [one for kind in kinds for one in program.values_of(guard.function, kind)]
    modules = {one.name.rpartition(".")[0] for one in values if isinstance(one, External)}
    is_alike = len(modules) == 1 and "" not in modules and len(values) == len(kinds)
    is_theirs = is_alike and any(name.startswith(f"{one}.") for one in modules for name in names)
    return is_theirs and all(polarity(_stem(last_segment(kind))) < 0 for kind in kinds)


def _is_own(function: Function, clause: Node, call: int, polarity: Callable[[str], int]) -> bool:
    given = [part for value in arguments_of(function.calls[call]) for part in walk(value, ())]
    tried = (function.nodes[number] for number in tried_nodes(function, clause))
    beside = (node.call for node in tried if node.kind is Kind.CALL)
    if any(number != call and Result(number) not in given for number in beside):
        return False
    names = map(last_segment, kinds_of(clause.value))
    return all(name in BROAD or polarity(_stem(name)) < 0 for name in names)


def _stem(name: str) -> str:
    """What an exception is named for, without that it is one."""
    return name.removesuffix("Error").removesuffix("Exception")
