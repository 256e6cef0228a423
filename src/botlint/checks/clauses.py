"""What an ``except`` clause names, and what it catches by the way."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from botlint.checks.reads import last_segment
from botlint.facts.types import Expression, Function, Kind, Node, Operation
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.model import Place
from botlint.project import Project

BROAD = frozenset({"Exception", "BaseException"})


def kinds_of(types: Expression | None) -> tuple[Expression, ...]:
    """What a clause for ``types`` names, one by one: nothing if it is bare."""
    if types is None:
        return ()
    if isinstance(types, Operation) and types.kind in ("tuple", "+"):
        return tuple(kind for part in types.args for kind in kinds_of(part))
    return (types,)


def catches_all(clause: Node) -> bool:
    """Whether a clause catches all that a call is reckoned to raise."""
    return _catches_any(clause, BROAD)


def catches(clause: Node, raised: str) -> bool:
    """Whether a clause catches a built-in exception, given by its name."""
    return _catches_any(clause, frozenset(one.__name__ for one in getattr(builtins, raised).mro()))


def _catches_any(clause: Node, names: frozenset[str]) -> bool:
    named = map(last_segment, kinds_of(clause.value))
    return clause.value is None or not names.isdisjoint(named)


def clauses_from(function: Function, start: int) -> Iterator[Node]:
    """The clauses that an exception comes to in turn which goes to the node ``start``, past each
    ``finally``, until it comes to something else."""
    while start >= 0:
        node = function.nodes[start]
        if node.kind is Kind.EXCEPT:
            yield node
        elif node.kind is not Kind.FINALLY:
            return
        start = past_finally(function, start) if node.kind is Kind.FINALLY else node.other


def past_finally(function: Function, start: int) -> int:
    """Where an exception comes to once the ``finally`` has run that begins at ``start``; -1 where
    that doesn't show."""
    behind = nodes_from(function, normally(function.nodes[start]), normally)
    return next((n for n in behind if function.nodes[n].kind in _CAUGHT_BY), -1)


_CAUGHT_BY = frozenset({Kind.EXCEPT, Kind.UNWIND, Kind.FINALLY, Kind.RAISED})


def tried_nodes(function: Function, clause: Node) -> list[int]:
    """The nodes of the ``try`` that a clause stands behind."""
    first, last = clause.region
    return [n for n, one in enumerate(function.nodes) if first <= one.span.line <= last]


def place_of_clause(project: Project, ref: FunctionRef, clause: Node) -> Place:
    """Where what stops an exception at a node of a function is written: of a stack of managers the
    one ``suppress`` that it has, wherever that was put on it."""
    function = project.function(ref)
    is_with = clause.kind is Kind.UNWIND
    made = project.program.managers(ref, clause.value) if is_with else ()
    calls = [one.call for one in made if one.kind == "suppress" and one.function == ref]
    span = function.calls[calls[0]].span if len(calls) == 1 else clause.span
    return project.place(ref, span)


def clause_around(function: Function, node: Node) -> Node | None:
    """The innermost clause that a node stands in."""
    around = [
        one for one in function.nodes if one.kind is Kind.EXCEPT and one.span.covers(node.span)
    ]
    return max(around, key=lambda one: (one.span.line, one.span.column), default=None)
