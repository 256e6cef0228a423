"""The statements, each lowered before its successor."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from botlint.facts.cases import Binding, read_pattern
from botlint.facts.cfg import Graph, Ways
from botlint.facts.events import Event
from botlint.facts.expressions import chain_of
from botlint.facts.operators import BINARY
from botlint.facts.protected import lower_try, lower_with
from botlint.facts.signatures import read_annotation
from botlint.facts.types import Constant, Expression, Kind, Name, Operation, Result
from botlint.model import Span


def lower_statement(graph: Graph, statement: ast.stmt, after: int, ways: Ways) -> int:
    """Lower one statement before node ``after``; the node to enter it by."""
    lower = _STATEMENTS.get(type(statement))
    return after if lower is None else lower(graph, statement, after, ways)


def _lower_expression(graph: Graph, statement: ast.Expr, after: int, ways: Ways) -> int:
    if isinstance(statement.value, ast.Constant):
        return after
    events: list[Event] = []
    graph.reader.value(statement.value, events)
    return graph.chain(events, after, ways)


def _lower_assign(graph: Graph, statement: ast.Assign, after: int, ways: Ways) -> int:
    events: list[Event] = []
    value = graph.reader.value(statement.value, events)
    if type(value) in (Constant, Operation, Result):
        value = _named(graph, statement.targets[-1], statement.value, value)
    span = graph.span_of(statement)
    targets = [graph.reader.target(one, events, graph.prefix) for one in statement.targets]
    for bound in reversed(targets):
        after = graph.add(Kind.ASSIGN, span, after, value=value, target=bound)
    return graph.chain(events, after, ways)


def _named(graph: Graph, target: ast.expr, node: ast.expr, value: Expression) -> Expression:
    """The value of an assignment, read in the knowledge of what it is bound to."""
    if isinstance(target, ast.Tuple) and isinstance(node, ast.Tuple):
        if type(value) is Operation and len(target.elts) == len(node.elts) == len(value.args):
            triples = zip(target.elts, node.elts, value.args, strict=True)
            parts = [_named(graph, *triple) for triple in triples]
            return Operation(value.kind, tuple(parts))
        return value
    name = ""
    if isinstance(target, ast.Name):
        name = target.id
    elif isinstance(target, ast.Attribute):
        name = target.attr
    elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        name = str(target.slice.value)
    if not name:
        return value
    if type(value) is Result and isinstance(node, ast.Call):
        calls = graph.reader.calls
        calls[value.call] = graph.reader.seals.given(name, node, calls[value.call])
    return graph.reader.seals.named(name, node, value)


def _lower_annotated(graph: Graph, statement: ast.AnnAssign, after: int, ways: Ways) -> int:
    path = chain_of(statement.target)
    if path and not graph.prefix and (statement.value is not None or "." not in path):
        graph.annotations[path, read_annotation(statement.annotation)] = None
    if statement.value is None:
        return after
    events: list[Event] = []
    value = graph.reader.value(statement.value, events)
    if type(value) in (Constant, Operation, Result):
        value = _named(graph, statement.target, statement.value, value)
    target = graph.reader.target(statement.target, events, graph.prefix)
    span = graph.span_of(statement)
    node = graph.add(Kind.ASSIGN, span, after, value=value, target=target)
    return graph.chain(events, node, ways)


def _lower_augment(graph: Graph, statement: ast.AugAssign, after: int, ways: Ways) -> int:
    events: list[Event] = []
    target = graph.reader.target(statement.target, events, graph.prefix)
    operand = graph.reader.value(statement.value, events)
    value = Operation(BINARY[type(statement.op)], (target, operand))
    span = graph.span_of(statement)
    node = graph.add(Kind.AUGMENT, span, after, value=value, target=target)
    return graph.chain(events, node, ways)


def _lower_delete(graph: Graph, statement: ast.Delete, after: int, ways: Ways) -> int:
    for target in reversed(statement.targets):
        events: list[Event] = []
        bound = graph.reader.target(target, events, graph.prefix)
        after = graph.add(Kind.DELETE, graph.span_of(target), after, target=bound)
        after = graph.chain(events, after, ways)
    return after


def _lower_return(graph: Graph, statement: ast.Return, after: int, ways: Ways) -> int:
    events: list[Event] = []
    value = graph.evaluate(statement.value, events)
    span = graph.span_of(statement)
    node = graph.add(Kind.RETURN, span, _leave("return", span, ways), value=value)
    return graph.chain(events, node, ways)


def _lower_raise(graph: Graph, statement: ast.Raise, after: int, ways: Ways) -> int:
    events: list[Event] = []
    value = graph.evaluate(statement.exc, events)
    cause = graph.evaluate(statement.cause, events)
    span = graph.span_of(statement)
    node = graph.add(Kind.RAISE, span, -1, exc=ways.to("raise"), value=value, target=cause)
    return graph.chain(events, node, ways)


def _lower_break(graph: Graph, statement: ast.Break, after: int, ways: Ways) -> int:
    return _leave("break", graph.span_of(statement), ways)


def _lower_continue(graph: Graph, statement: ast.Continue, after: int, ways: Ways) -> int:
    return _leave("continue", graph.span_of(statement), ways)


def _leave(kind: str, span: Span, ways: Ways) -> int:
    """Where ``kind`` leads; a place that it can't leave is refused as Python refuses it."""
    if kind not in ways.kinds():
        what = "a function" if kind == "return" else "a loop"
        place = ("", span.line, span.column, None)
        raise SyntaxError(f"`{kind}` outside of {what}", place)
    return ways.to(kind)


def _lower_import(
    graph: Graph, statement: ast.Import | ast.ImportFrom, after: int, ways: Ways
) -> int:
    graph.bind_import(statement, graph.optional)
    return graph.add(Kind.IMPORT, graph.span_of(statement), after, exc=ways.to("raise"))


def _lower_outer(graph: Graph, statement: ast.Global | ast.Nonlocal, after: int, ways: Ways) -> int:
    graph.outer.update(statement.names)
    return after


def _lower_nested(graph: Graph, statement: ast.stmt, after: int, ways: Ways) -> int:
    return graph.define(graph, statement, after, ways)


def _lower_if(graph: Graph, statement: ast.If, after: int, ways: Ways) -> int:
    otherwise = graph.block(statement.orelse, after, ways)
    is_for_types = _is_type_checking(statement.test)
    graph.optional += is_for_types
    then = graph.block(statement.body, after, ways)
    graph.optional -= is_for_types
    return graph.branch(statement.test, then, otherwise, ways, Kind.TEST)


def _lower_assert(graph: Graph, statement: ast.Assert, after: int, ways: Ways) -> int:
    events: list[Event] = []
    graph.evaluate(statement.msg, events)
    failed = graph.add(
        Kind.RAISE,
        graph.span_of(statement),
        -1,
        exc=ways.to("raise"),
        value=Name("AssertionError"),
    )
    failed = graph.chain(events, failed, ways)
    return graph.branch(statement.test, after, failed, ways, Kind.ASSERT)


def _lower_while(graph: Graph, statement: ast.While, after: int, ways: Ways) -> int:
    exhausted = graph.block(statement.orelse, after, ways)
    head = graph.open_loop(graph.span_of(statement.test))
    inner = ways.replaced(**{"break": lambda: after, "continue": lambda: head})
    body = graph.block(statement.body, head, inner)
    entry = graph.branch(statement.test, body, exhausted, ways, Kind.TEST)
    graph.close_loop(head, Kind.PASS, entry, -1, ways)
    return head


def _lower_for(graph: Graph, statement: ast.For | ast.AsyncFor, after: int, ways: Ways) -> int:
    exhausted = graph.block(statement.orelse, after, ways)
    events: list[Event] = []
    value = graph.reader.value(statement.iter, events)
    head = graph.open_loop(graph.span_of(statement.target))
    bound: list[Event] = []
    target = graph.reader.target(statement.target, bound, graph.prefix)
    inner = ways.replaced(**{"break": lambda: after, "continue": lambda: head})
    body = graph.chain(bound, graph.block(statement.body, head, inner), ways)
    if isinstance(statement, ast.AsyncFor):
        span = graph.span_of(statement.iter)
        body = graph.add(Kind.AWAIT, span, body, value=value, exc=ways.to("raise"))
    graph.close_loop(head, Kind.ITERATE, body, exhausted, ways, value, target)
    return graph.chain(events, head, ways)


def _lower_match(graph: Graph, statement: ast.Match, after: int, ways: Ways) -> int:
    events: list[Event] = []
    subject = graph.reader.value(statement.subject, events)
    following = after
    for case in reversed(statement.cases):
        following = _case(graph, case, subject, after, following, ways)
    return graph.chain(events, following, ways)


def _case(
    graph: Graph,
    case: ast.match_case,
    subject: Expression,
    after: int,
    following: int,
    ways: Ways,
) -> int:
    entry = graph.block(case.body, after, ways)
    if case.guard is not None:
        entry = graph.branch(case.guard, entry, following, ways, Kind.TEST)
    events: list[Event] = []
    bindings: list[Binding] = []
    test = read_pattern(graph.reader, case.pattern, subject, events, bindings)
    span = graph.span_of(case.pattern)
    for name, value in reversed(bindings):
        entry = graph.add(Kind.ASSIGN, span, entry, value=value, target=Name(name))
    if test is None:
        return entry
    node = graph.add(Kind.TEST, span, entry, other=following, value=test)
    return graph.chain(events, node, ways)


def _is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name | ast.Attribute) and (
        (chain_of(test) or "").rpartition(".")[2] == "TYPE_CHECKING"
    )


_STATEMENTS: dict[type, Callable[[Graph, Any, int, Ways], int]] = {
    ast.Expr: _lower_expression,
    ast.Assign: _lower_assign,
    ast.AnnAssign: _lower_annotated,
    ast.AugAssign: _lower_augment,
    ast.Delete: _lower_delete,
    ast.Return: _lower_return,
    ast.Raise: _lower_raise,
    ast.Break: _lower_break,
    ast.Continue: _lower_continue,
    ast.Global: _lower_outer,
    ast.Nonlocal: _lower_outer,
    ast.Import: _lower_import,
    ast.ImportFrom: _lower_import,
    ast.FunctionDef: _lower_nested,
    ast.AsyncFunctionDef: _lower_nested,
    ast.ClassDef: _lower_nested,
    ast.If: _lower_if,
    ast.Assert: _lower_assert,
    ast.While: _lower_while,
    ast.For: _lower_for,
    ast.AsyncFor: _lower_for,
    ast.With: lower_with,
    ast.AsyncWith: lower_with,
    ast.Try: lower_try,
    ast.TryStar: lower_try,
    ast.Match: _lower_match,
}
