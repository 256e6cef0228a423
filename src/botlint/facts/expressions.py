"""From syntax to expressions and to the events that evaluating them brings about, in order.

:meth:`Reader.value` turns a syntax node into an expression and appends its events
(:mod:`botlint.facts.events`). Most expressions have none.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from botlint.facts.comprehensions import read_comprehension
from botlint.facts.events import BindEvent, BranchEvent, CallEvent, Event, PauseEvent
from botlint.facts.keys import UseKey, note_keys
from botlint.facts.operators import BINARY, COMPARE, UNARY
from botlint.facts.seals import Seals
from botlint.facts.types import (
    Attribute,
    Call,
    Constant,
    Expression,
    Item,
    Lambda,
    Name,
    Operation,
    Result,
)
from botlint.model import Span

DEEPEST = 50
"""Expressions nested deeper than this keep their events, not their shape."""


DEEP = Operation("deep", ())


def chain_of(node: ast.expr) -> str | None:
    """The dotted chain of plain names that ``node`` is, or ``None``."""
    parts: list[str] = []
    while type(node) is ast.Attribute:
        parts.append(node.attr)
        node = node.value
    if type(node) is not ast.Name:
        return None
    if not parts:
        return node.id
    parts.append(node.id)
    parts.reverse()
    return ".".join(parts)


class Reader:
    """Reads the expressions of one function; ``calls`` grows as they are read.

    ``span_of`` places a syntax node; ``nested`` registers a lambda as a function of the source and
    says its number; ``use_key`` records that a key of a record is used.
    """

    def __init__(
        self,
        span_of: Callable[[Any], Span],
        nested: Callable[[ast.Lambda], int],
        use_key: UseKey,
        seals: Seals,
    ) -> None:
        self.calls: list[Call] = []
        self.is_generator = False
        self.span_of = span_of
        self._nested = nested
        self._use_key = use_key
        self.seals = seals
        self._depth = 0

    def value(self, node: ast.expr, events: list[Event]) -> Expression:
        """The expression that ``node`` is; what evaluating it does is appended to ``events``."""
        kind = type(node)
        if kind is ast.Name:
            return Name(node.id)  # type: ignore[attr-defined]  # narrowed by `kind`
        if kind is ast.Constant:
            return self.seals.constant(node)  # type: ignore[arg-type]  # narrowed by `kind`
        read = _READERS.get(kind)
        if read is None:
            return Operation("unknown", ())
        self._depth += 1
        try:
            value: Expression = read(self, node, events)
        finally:
            self._depth -= 1
        return value if self._depth < DEEPEST else DEEP

    def target(self, node: ast.expr, events: list[Event], prefix: str = "") -> Expression:
        """The place that an assignment to ``node`` binds; ``prefix`` is the class, in its body."""
        if isinstance(node, ast.Name):
            return Name(f"{prefix}.{node.id}" if prefix else node.id)
        if isinstance(node, ast.Tuple | ast.List):
            parts = [self.target(element, events, prefix) for element in node.elts]
            return Operation("tuple", tuple(parts))
        if isinstance(node, ast.Starred):
            return Operation("star", (self.target(node.value, events, prefix),))
        if isinstance(node, ast.Subscript):
            record = self.value(node.value, events)
            key = self.value(node.slice, events)
            if type(key) is Constant and isinstance(key.value, str):
                self._use_key(record, key.value, "write", self.span_of(node))
            elif type(key) is not Constant:
                self._use_key(record, "", "open", self.span_of(node))
            return Item(record, key)
        return self.value(node, events)

    def _values(self, nodes: list[ast.expr], events: list[Event]) -> tuple[Expression, ...]:
        return tuple([self.value(node, events) for node in nodes])

    def _attribute(self, node: ast.Attribute, events: list[Event]) -> Expression:
        chain = chain_of(node)
        if chain is not None:
            return Name(chain)
        value = self.value(node.value, events)
        if type(value) is Name:
            return Name(f"{value.path}.{node.attr}")
        return Attribute(value, node.attr)

    def _subscript(self, node: ast.Subscript, events: list[Event]) -> Expression:
        record = self.value(node.value, events)
        key = self.value(node.slice, events)
        if type(key) is Constant and type(key.value) is str:
            self._use_key(record, key.value, "read", self.span_of(node))
        return Item(record, key)

    def _call(self, node: ast.Call, events: list[Event], *, is_awaited: bool = False) -> Expression:
        func = self.value(node.func, events)
        args = self._values(node.args, events) if node.args else ()
        keywords = tuple([(k.arg, self._keyword(k, events)) for k in node.keywords])
        if len(args) > 1:
            args = self.seals.following_names(node.args, args)
        span = self.span_of(node)
        self.calls.append(Call(func, args, keywords, span, is_awaited))
        number = len(self.calls) - 1
        events.append(CallEvent(number, span))
        if args or keywords:
            note_keys(self._use_key, func, args, keywords, span)
        return Result(number)

    def _keyword(self, keyword: ast.keyword, events: list[Event]) -> Expression:
        value = self.value(keyword.value, events)
        if keyword.arg is not None and type(value) is not Name:
            return self.seals.named(keyword.arg, keyword.value, value)
        return value

    def _await(self, node: ast.Await, events: list[Event]) -> Expression:
        if isinstance(node.value, ast.Call):
            return self._call(node.value, events, is_awaited=True)
        value = self.value(node.value, events)
        events.append(PauseEvent(value, self.span_of(node), is_yield=False))
        return Operation("await", (value,))

    def _yield(self, node: ast.Yield | ast.YieldFrom, events: list[Event]) -> Expression:
        self.is_generator = True
        value = self.value(node.value, events) if node.value else Constant(None)
        events.append(PauseEvent(value, self.span_of(node), is_yield=True))
        return Operation("yield", (value,))

    def _boolean(self, node: ast.BoolOp, events: list[Event]) -> Expression:
        kind = "and" if type(node.op) is ast.And else "or"
        values = [self.value(node.values[0], events)]
        first = 0
        for number, operand in enumerate(node.values[1:], 1):
            inner: list[Event] = []
            value = self.value(operand, inner)
            if inner:
                # What was asked further out has decided nothing, or this would not run.
                asked = values[first:]
                first = number
                so_far = asked[0] if len(asked) == 1 else Operation(kind, tuple(asked))
                then, otherwise = (inner, []) if kind == "and" else ([], inner)
                events.append(BranchEvent(so_far, then, otherwise, self.span_of(operand)))
                events = inner
            values.append(value)
        return Operation(kind, tuple(values))

    def _choice(self, node: ast.IfExp, events: list[Event]) -> Expression:
        test = self.value(node.test, events)
        then: list[Event] = []
        otherwise: list[Event] = []
        first = self.value(node.body, then)
        second = self.value(node.orelse, otherwise)
        if then or otherwise:
            events.append(BranchEvent(test, then, otherwise, self.span_of(node.test)))
        return Operation("if", (test, first, second))

    def _unary(self, node: ast.UnaryOp, events: list[Event]) -> Expression:
        value = self.value(node.operand, events)
        kind = UNARY[type(node.op)]
        if kind == "neg" and isinstance(value, Constant) and isinstance(value.value, int | float):
            return Constant(-value.value)
        return Operation(kind, (value,))

    def _binary(self, node: ast.BinOp, events: list[Event]) -> Expression:
        """A left-leaning run of one operator is one flat operation: a sum of 1,000 terms."""
        operator = type(node.op)
        operands = [node.right]
        left = node.left
        while type(left) is ast.BinOp and type(left.op) is operator:
            operands.append(left.right)
            left = left.left
        operands.append(left)
        operands.reverse()
        return Operation(BINARY[operator], self._values(operands, events))

    def _compare(self, node: ast.Compare, events: list[Event]) -> Expression:
        """``a < b < c`` asks for ``c`` only if ``a < b``."""
        left = self.value(node.left, events)
        parts: list[Expression] = []
        for operator, comparator in zip(node.ops, node.comparators, strict=True):
            inner: list[Event] = [] if parts else events
            right = self.value(comparator, inner)
            if parts and inner:
                so_far = parts[0] if len(parts) == 1 else Operation("and", tuple(parts))
                events.append(BranchEvent(so_far, inner, [], self.span_of(comparator)))
                events = inner
            if type(left) is Name and type(right) is Constant:
                right = self.seals.named(left.path, comparator, right)
            kind = COMPARE[type(operator)]
            if kind in ("in", "notin") and type(left) is Constant and type(left.value) is str:
                self._use_key(right, left.value, "read", self.span_of(node))
            parts.append(Operation(kind, (left, right)))
            left = right
        return parts[0] if len(parts) == 1 else Operation("and", tuple(parts))

    def _dict(self, node: ast.Dict, events: list[Event]) -> Expression:
        parts: list[Expression] = []
        for key, value in zip(node.keys, node.values, strict=True):
            named = Operation("**", ()) if key is None else self.value(key, events)
            given = self.value(value, events)
            if type(named) is Constant and type(named.value) is str and type(given) is not Name:
                given = self.seals.named(named.value, value, given)
            parts += [named, given]
        return Operation("dict", tuple(parts))

    def _display(self, node: ast.Tuple | ast.List | ast.Set, events: list[Event]) -> Expression:
        return Operation(_DISPLAYS[type(node)], self._values(node.elts, events))

    def _fstring(self, node: ast.JoinedStr, events: list[Event]) -> Expression:
        return Operation("fstring", self._values(node.values, events))

    def _formatted(self, node: ast.FormattedValue, events: list[Event]) -> Expression:
        value = self.value(node.value, events)
        if node.format_spec is not None:
            self.value(node.format_spec, events)
        return value

    def _starred(self, node: ast.Starred, events: list[Event]) -> Expression:
        return Operation("star", (self.value(node.value, events),))

    def _slice(self, node: ast.Slice, events: list[Event]) -> Expression:
        bounds = [part for part in (node.lower, node.upper, node.step) if part is not None]
        return Operation("slice", self._values(bounds, events))

    def _walrus(self, node: ast.NamedExpr, events: list[Event]) -> Expression:
        value = self.value(node.value, events)
        target = Name(node.target.id)
        events.append(BindEvent(target, value, self.span_of(node)))
        return value if isinstance(value, Result) else target

    def _lambda(self, node: ast.Lambda, events: list[Event]) -> Expression:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.value(default, events)
        return Lambda(self._nested(node))


_DISPLAYS: dict[type, str] = {ast.Tuple: "tuple", ast.List: "list", ast.Set: "set"}
_READERS: dict[type, Callable[[Reader, Any, list[Event]], Expression]] = {
    ast.Attribute: Reader._attribute,
    ast.Subscript: Reader._subscript,
    ast.Call: Reader._call,
    ast.Await: Reader._await,
    ast.Yield: Reader._yield,
    ast.YieldFrom: Reader._yield,
    ast.BoolOp: Reader._boolean,
    ast.IfExp: Reader._choice,
    ast.UnaryOp: Reader._unary,
    ast.BinOp: Reader._binary,
    ast.Compare: Reader._compare,
    ast.Dict: Reader._dict,
    ast.Tuple: Reader._display,
    ast.List: Reader._display,
    ast.Set: Reader._display,
    ast.JoinedStr: Reader._fstring,
    ast.FormattedValue: Reader._formatted,
    ast.Starred: Reader._starred,
    ast.Slice: Reader._slice,
    ast.NamedExpr: Reader._walrus,
    ast.Lambda: Reader._lambda,
    ast.ListComp: read_comprehension,
    ast.SetComp: read_comprehension,
    ast.GeneratorExp: read_comprehension,
    ast.DictComp: read_comprehension,
}
