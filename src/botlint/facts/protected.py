"""Statements with a way out of their own: ``with`` and ``try``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from botlint.facts.cfg import Graph, Ways
from botlint.facts.events import Event
from botlint.facts.expressions import chain_of
from botlint.facts.types import Constant, Expression, Kind, Name, Node, Operation
from botlint.model import Span

FINALLY_DEPTH = 4
"""``finally`` inside ``finally`` deeper than this is lowered once for all ways of leaving."""

ANY = Operation("unknown", ())


def lower_with(graph: Graph, statement: ast.With | ast.AsyncWith, after: int, ways: Ways) -> int:
    return _items(graph, statement, 0, after, ways)


def _items(
    graph: Graph, statement: ast.With | ast.AsyncWith, index: int, after: int, ways: Ways
) -> int:
    if index == len(statement.items):
        return graph.block(statement.body, after, ways)
    item = statement.items[index]
    events: list[Event] = []
    value = graph.reader.value(item.context_expr, events)
    span = graph.span_of(item.context_expr)
    region = (statement.body[0].lineno, _last_line(statement.body))
    loop = graph.loop

    def leave(kind: str) -> Callable[[], int]:
        return lambda: _placed(graph, loop, Kind.LEAVE, span, ways.to(kind), value, ways)

    def unwind() -> int:
        return _placed(graph, loop, Kind.UNWIND, span, after, value, ways, region)

    inner = ways.replaced(**{**{kind: leave(kind) for kind in ways.kinds()}, "raise": unwind})
    left = _placed(graph, loop, Kind.LEAVE, span, after, value, ways)
    body = _items(graph, statement, index + 1, left, inner)
    target = None
    if item.optional_vars is not None:
        bound: list[Event] = []
        target = graph.reader.target(item.optional_vars, bound, graph.prefix)
        body = graph.chain(bound, body, inner)
    entered = graph.add(Kind.ENTER, span, body, exc=ways.to("raise"), value=value, target=target)
    if isinstance(statement, ast.AsyncWith):
        entered = graph.add(Kind.AWAIT, span, entered, value=value, exc=ways.to("raise"))
    return graph.chain(events, entered, ways)


def _placed(
    graph: Graph,
    loop: int,
    kind: Kind,
    span: Span,
    after: int,
    value: Expression,
    ways: Ways,
    region: tuple[int, int] = (-1, -1),
) -> int:
    exc = ways.to("raise")
    graph.nodes.append(Node(kind, span, after, -1, exc, -1, value, loop=loop, region=region))
    return len(graph.nodes) - 1


def lower_try(graph: Graph, statement: ast.Try | ast.TryStar, after: int, ways: Ways) -> int:
    if statement.finalbody:
        ways, after = _with_finally(graph, statement, after, ways)
    region = (statement.body[0].lineno, _last_line(statement.body))
    inner = ways
    if isinstance(statement, ast.TryStar):
        inner = ways.replaced(**{"raise": _groups(graph, statement, after, ways, region)})
    elif statement.handlers:
        first = ways.to("raise")
        for clause in reversed(statement.handlers):
            first = _clause(graph, clause, first, after, ways, region)
        inner = ways.replaced(**{"raise": lambda: first})
    completed = graph.block(statement.orelse, after, ways)
    is_optional = any(map(_catches_import, statement.handlers))
    graph.optional += is_optional
    entry = graph.block(statement.body, completed, inner)
    graph.optional -= is_optional
    return entry


def _groups(
    graph: Graph, statement: ast.TryStar, after: int, ways: Ways, region: tuple[int, int]
) -> Callable[[], int]:
    """The node that tries the ``except*`` clauses, each of which may catch a part of the group.

    They stand in the graph three times: as long as none has caught, once one has, and once one has
    raised; what is left at the end, or was raised meanwhile, goes on.
    """
    loop = graph.loop

    def lower() -> int:
        before, graph.loop = graph.loop, loop
        none = raised = ways.to("raise")
        span = graph.span_of(statement.handlers[-1])
        caught = graph.add(Kind.TEST, span, after, other=raised, value=ANY)
        for clause in reversed(statement.handlers):
            failing = ways.replaced(**{"raise": lambda place=raised: place})
            none, caught, raised = (
                _clause(graph, clause, none, caught, failing, region),
                _clause(graph, clause, caught, caught, failing, region),
                _clause(graph, clause, raised, raised, failing, region),
            )
        graph.loop = before
        return none

    return lower


def _clause(
    graph: Graph,
    clause: ast.ExceptHandler,
    unmatched: int,
    after: int,
    ways: Ways,
    region: tuple[int, int],
) -> int:
    events: list[Event] = []
    value = graph.evaluate(clause.type, events)
    target = Name(clause.name) if clause.name else None
    body = graph.block(clause.body, after, ways)
    if target is not None:
        caught = Operation("caught", (value,) if value is not None else ())
        span = graph.span_of(clause)
        body = graph.add(Kind.ASSIGN, span, body, value=caught, target=target)
    node = graph.add(
        Kind.EXCEPT,
        graph.span_of(clause),
        body,
        other=unmatched,
        value=value,
        target=target,
        region=region,
    )
    return graph.chain(events, node, ways)


def _with_finally(
    graph: Graph, statement: ast.Try | ast.TryStar, after: int, ways: Ways
) -> tuple[Ways, int]:
    """The ways out of a ``try`` with a ``finally``, and the copy for its normal end."""
    region = (statement.body[0].lineno, statement.finalbody[0].lineno - 1)
    before = max(
        _last_line(statement.body), _last_line(statement.handlers), _last_line(statement.orelse)
    )
    span = graph.keyword_span("finally", before, statement.finalbody[0].lineno)
    loop = graph.loop

    def copy(kind: str, successor: int) -> int:
        before, graph.loop = graph.loop, loop
        graph.finally_depth += 1
        entry = graph.block(statement.finalbody, successor, ways)
        graph.finally_depth -= 1
        way = Constant(kind)
        entry = graph.add(Kind.FINALLY, span, entry, value=way, region=region)
        graph.loop = before
        return entry

    if graph.finally_depth >= FINALLY_DEPTH:
        ends = after
        for kind in ways.kinds():
            ends = graph.add(Kind.TEST, span, ends, other=ways.to(kind), value=ANY)
        shared = copy("normal", ends)
        return Ways(**{kind: lambda: shared for kind in ways.kinds()}), shared

    def leave(kind: str) -> Callable[[], int]:
        return lambda: copy(kind, ways.to(kind))

    return Ways(**{kind: leave(kind) for kind in ways.kinds()}), copy("normal", after)


def _catches_import(clause: ast.ExceptHandler) -> bool:
    types = clause.type.elts if isinstance(clause.type, ast.Tuple) else [clause.type]
    return any(kind is None or (chain_of(kind) or "") in _IMPORT_FAILURES for kind in types)


_IMPORT_FAILURES = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def _last_line(statements: Sequence[ast.stmt | ast.ExceptHandler]) -> int:
    """The last line that a block takes; 0 for none."""
    return max((part.end_lineno or part.lineno for part in statements), default=0)
