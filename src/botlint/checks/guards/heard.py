"""Guards out of sight that are taken to say no by raising: by what is done with what they raise."""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.clauses import BROAD, kinds_of, tried_nodes
from botlint.checks.reads import is_used, last_segment, walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import Function, Kind, Node, Result
from botlint.flow.ways import nodes_from, nodes_of_call, normally


def is_heard_by_clause(function: Function, call: int, polarity: Callable[[str], int]) -> bool:
    """Whether nobody takes the result of a call, and a clause of its own answers what it raises by
    leaving: ``try: await preflight(order)``, ``except Exception as reason: return``.

    Its own is one for any error, or for one that is named for a refusal, of nothing but that call.
    """
    nodes = function.nodes
    calling = [nodes[number] for number in nodes_of_call(function, call)]
    clauses = {node.exc for node in calling if node.exc >= 0}
    if not clauses or any(nodes[one].kind is not Kind.EXCEPT for one in clauses):
        return False
    if is_used(function, call):
        return False
    if not all(_is_own(function, nodes[one], call, polarity) for one in clauses):
        return False
    following = {node.next for node in calling}
    return all(
        following.isdisjoint(nodes_from(function, (nodes[one].next,), normally)) for one in clauses
    )


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
