"""The control-flow graph of one function, built backwards.

Each statement is lowered with its successor in hand, so that every node is complete when it is
made (only loop heads are reserved first). A statement that cannot go on normally ignores its
successor. What leaves a block otherwise — an exception, ``return``, ``break``, ``continue`` — asks
:class:`Ways` where to go, and ``try/finally`` and ``with`` put themselves in between by giving
their body ways of its own. Each way is lowered at most once for each statement it crosses and then
shared, so a ``finally`` body stands in the graph once for each way of leaving it, however many
statements leave it and however deeply it is nested.

Example::

    try:
        check(order)          CALL check ──exc──► EXCEPT Exception ──next──► CALL log ─┐
    except Exception:              │next              └─other──► RAISED                │
        log()                      ▼                                                   │
    place(order)              CALL place ◄─────────────────────────────────────────────┘
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Protocol

from botlint.facts.ending import ENDS
from botlint.facts.events import BindEvent, BranchEvent, CallEvent, Event, PauseEvent
from botlint.facts.expressions import Reader
from botlint.facts.places import Places
from botlint.facts.types import EXIT, RAISED, Constant, Expression, Kind, Name, Node
from botlint.model import Span


class Ways:
    """Where control goes when it leaves a block other than by its end."""

    def __init__(self, **ways: Callable[[], int]) -> None:
        self._ways = ways
        self._known: dict[str, int] = {}

    def to(self, kind: str) -> int:
        """The node that ``raise``, ``return``, ``break`` or ``continue`` leads to."""
        known = self._known.get(kind)
        if known is None:
            known = self._known[kind] = self._ways[kind]()
        return known

    def replaced(self, **ways: Callable[[], int]) -> Ways:
        """These ways with some of them led elsewhere."""
        return Ways(**{**self._ways, **ways})

    def only(self, kind: str) -> Ways:
        """The one way of them that a class body can take."""
        return Ways(**{kind: lambda: self.to(kind)})

    def kinds(self) -> tuple[str, ...]:
        """The kinds of leaving that there are here (``break`` only inside a loop)."""
        return tuple(self._ways)


class Definitions(Protocol):
    """What is told of the definitions and imports in a body."""

    def define(self, graph: Graph, node: Any, after: int, ways: Ways) -> int:
        """Lower a nested function or class statement before ``after``."""

    def bind_import(self, node: ast.Import | ast.ImportFrom, guards: int) -> None:
        """Record what an import binds; ``guards`` counts the ``try`` that stand its failure."""


class Graph:
    """Builds the nodes of one function.

    ``lower`` lowers one statement before its successor and returns the node to enter it by;
    ``scope`` does it for a nested function or class, as far as it belongs to the enclosing scope
    (decorators, defaults, a class body). ``prefix`` is the class whose body is being lowered,
    ``optional`` counts the ``try`` statements around that stand a failing import; ``ending`` are
    the names by which the source calls what ends the program.
    """

    def __init__(
        self,
        reader: Reader,
        places: Places,
        lower: Callable[[Graph, ast.stmt, int, Ways], int],
        scope: Definitions,
        span: Span,
        ending: frozenset[str],
    ) -> None:
        self.reader = reader
        self.ending = ending
        self.nodes: list[Node] = [Node(Kind.EXIT, span), Node(Kind.RAISED, span)]
        self.loops: list[int] = []
        self.annotations: dict[tuple[str, str], None] = {}
        self.outer: set[str] = set()
        self.prefix = ""
        self.loop = -1
        self.lower = lower
        self.define = scope.define
        self.bind_import = scope.bind_import
        self.span_of = places.span_of
        self.keyword_span = places.keyword
        self.finally_depth = 0
        self.optional = 0

    def top(self) -> Ways:
        """The ways out of a module: nothing can be returned."""
        return Ways(**{"raise": lambda: RAISED})

    def inside(self) -> Ways:
        """The ways out of a function."""
        return self.top().replaced(**{"return": lambda: EXIT})

    def block(self, statements: list[ast.stmt], after: int, ways: Ways) -> int:
        """Lower ``statements`` before node ``after``; the node to enter them by."""
        for statement in reversed(statements):
            after = self.lower(self, statement, after, ways)
        return after

    def add(self, kind: Kind, span: Span, after: int, **fields: Any) -> int:
        """Append a node; its number."""
        self.nodes.append(Node(kind, span, after, loop=self.loop, **fields))
        return len(self.nodes) - 1

    def chain(self, events: list[Event], after: int, ways: Ways) -> int:
        """Lower ``events`` in order before ``after``."""
        for event in reversed(events):
            if type(event) is CallEvent:
                raising = ways.to("raise")
                if self.ending and self._is_ending(event):
                    after = self.add(Kind.RAISE, event.span, -1, exc=raising, value=ENDS)
                    raising = -1
                self.nodes.append(
                    Node(Kind.CALL, event.span, after, -1, raising, event.call, loop=self.loop)
                )
                after = len(self.nodes) - 1
            else:
                after = self._rare_event(event, after, ways)
        return after

    def _is_ending(self, event: CallEvent) -> bool:
        func = self.reader.calls[event.call].func
        return type(func) is Name and func.path in self.ending

    def _rare_event(self, event: Event, after: int, ways: Ways) -> int:
        if isinstance(event, BindEvent):
            return self.add(Kind.ASSIGN, event.span, after, value=event.value, target=event.target)
        if isinstance(event, PauseEvent):
            kind = Kind.YIELD if event.is_yield else Kind.AWAIT
            return self.add(kind, event.span, after, value=event.value, exc=ways.to("raise"))
        if isinstance(event, BranchEvent):
            then = self.chain(event.then, after, ways)
            otherwise = self.chain(event.otherwise, after, ways)
            return self.add(Kind.TEST, event.span, then, other=otherwise, value=event.value)
        assert not isinstance(event, CallEvent)
        head = self.open_loop(event.span)
        body = self.chain(event.inner, head, ways)
        self.close_loop(head, Kind.ITERATE, body, after, ways, event.value, event.target)
        return head

    def branch(self, test: ast.expr, then: int, otherwise: int, ways: Ways, kind: Kind) -> int:
        """Lower ``test`` so that its true arm is ``then`` and its false arm ``otherwise``."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self.branch(test.operand, otherwise, then, ways, kind)
        if isinstance(test, ast.BoolOp):
            for operand in reversed(test.values):
                entry = self.operand(operand, then, otherwise, ways, kind)
                if isinstance(test.op, ast.And):
                    then = entry
                else:
                    otherwise = entry
            return entry
        if isinstance(test, ast.IfExp):
            first = self.branch(test.body, then, otherwise, ways, kind)
            second = self.branch(test.orelse, then, otherwise, ways, kind)
            return self.branch(test.test, first, second, ways, kind)
        if isinstance(test, ast.Constant):
            return then if test.value else otherwise
        events: list[Event] = []
        value = self.reader.value(test, events)
        node = self.add(kind, self.span_of(test), then, other=otherwise, value=value)
        return self.chain(events, node, ways)

    def operand(self, test: ast.expr, then: int, otherwise: int, ways: Ways, kind: Kind) -> int:
        """The same for a part of ``and`` and ``or``, where a text or a number by itself stays to be
        seen."""
        if isinstance(test, ast.Constant) and type(test.value) in (str, int) and test.value:
            said = Constant("..." if isinstance(test.value, str) else 1)
            return self.add(kind, self.span_of(test), then, other=then, value=said)
        return self.branch(test, then, otherwise, ways, kind)

    def evaluate(self, node: ast.expr | None, events: list[Event]) -> Expression | None:
        """The expression of ``node``, ``None`` for ``None``."""
        return None if node is None else self.reader.value(node, events)

    def open_loop(self, span: Span) -> int:
        self.loops.append(self.loop)
        self.loop = len(self.loops) - 1
        return self.add(Kind.PASS, span, -1)

    def close_loop(
        self,
        head: int,
        kind: Kind,
        body: int,
        after: int,
        ways: Ways,
        value: Expression | None = None,
        target: Expression | None = None,
    ) -> None:
        exc = ways.to("raise") if kind is Kind.ITERATE else -1
        span = self.nodes[head].span
        self.nodes[head] = Node(kind, span, body, after, exc, -1, value, target, self.loop)
        self.loop = self.loops[self.loop]
