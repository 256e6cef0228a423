"""Guards out of sight that are taken to say no by raising: by what is done with what they raise."""

from __future__ import annotations

from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import Expression, Function, Kind, Result
from botlint.flow.ways import nodes_from, nodes_of_call, normally


def is_heard_by_clause(function: Function, call: int) -> bool:
    """Whether nobody takes the result of a call, and a clause of its own answers what it raises by
    leaving: ``try: await preflight(order)``, ``except Exception as reason: return``."""
    nodes = function.nodes
    calling = [nodes[number] for number in nodes_of_call(function, call)]
    clauses = {node.exc for node in calling if node.exc >= 0}
    if not clauses or any(nodes[one].kind is not Kind.EXCEPT for one in clauses):
        return False
    if any(_mentions(value, call) for value in _values(function)):
        return False
    following = {node.next for node in calling}
    return all(
        following.isdisjoint(nodes_from(function, (nodes[one].next,), normally)) for one in clauses
    )


def _values(function: Function) -> list[Expression]:
    values = [node.value for node in function.nodes if node.value is not None]
    for call in function.calls:
        values += [call.func, *arguments_of(call)]
    return values


def _mentions(value: Expression, call: int) -> bool:
    return any(part == Result(call) for part in walk(value, ()))
