"""Which calls really fail: orders, requests, and functions that let an exception out.

Any call may raise; but a way out by a logger or a number is no news to anybody.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from botlint.checks.clauses import BROAD, catches_all, clause_around, kinds_of
from botlint.checks.orders.orders import Orders
from botlint.checks.reads import last_segment
from botlint.checks.roots import receiver_of
from botlint.checks.stubs import is_stub
from botlint.facts.types import (
    RAISED,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.flow.reach import Answers
from botlint.flow.ways import nodes_from, nodes_of_call, normally
from botlint.project import CallRef, Project


class Failing:
    """Says of calls whether they fail; functions are looked at once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._program = project.program
        self._orders = project.answer(("orders",), lambda: Orders(project))
        self._letting_out = Answers(self._asked_for, self._find, nothing=False)

    def can_fail(self, ref: CallRef) -> bool:
        """Whether an exception out of a call is to be reckoned with."""
        callees = self._program.callees(ref.function, ref.call)
        if callees and not all(is_stub(self._project.function(one)) for one in callees):
            return any(self.lets_out(one) for one in callees) and not self._project.plays(
                ref, "log"
            )
        if self._orders.is_order(ref) or self._project.plays(ref, "http-request"):
            return True
        if self._project.plays(ref, "log"):
            return False
        receiver = receiver_of(self._project.call(ref))
        clients = self._project.vocabulary.roles["exchange-client"]
        return isinstance(receiver, Name) and clients.plays_name(receiver.path)

    def lets_out(self, ref: FunctionRef) -> bool:
        """Whether a function lets an exception out that it raises, or that such a call raises."""
        return self._letting_out.of(ref)

    def is_let_out(self, ref: CallRef) -> bool:
        """Whether an exception of a call gets out of the function in which it stands."""
        function = self._project.function(ref.function)
        made = nodes_of_call(function, ref.call)
        return any(self._arrives(ref.function, function.nodes[one].exc) for one in made)

    def _asked_for(self, ref: FunctionRef) -> Iterator[FunctionRef]:
        """The functions that it depends on whether one lets an exception out, until one does."""
        for node in self._project.function(ref).nodes:
            if node.kind is not Kind.CALL or not self._arrives(ref, node.exc):
                continue
            for callee in self._program.callees(ref, node.call):
                yield callee
                call = CallRef(ref, node.call)
                if self.lets_out(callee) and not self._project.plays(call, "log"):
                    return

    def only_class(self, ref: CallRef) -> str:
        """The name of the one class of exceptions that a call of the program lets out by its own
        ``raise``; ``""`` if there are others, or if it names something else here."""
        found: set[str] = set()
        for called in self._program.callees(ref.function, ref.call):
            callee = settled(self._program, called)
            function = self._project.function(callee)
            for node in function.nodes:
                if node.kind is Kind.RAISE and self._arrives(callee, max(node.exc, node.next)):
                    found.add(raised_class(function, node))
                elif node.kind is Kind.CALL and self._arrives(callee, node.exc):
                    found |= {""} if self.can_fail(CallRef(callee, node.call)) else set()
            is_known = callee.source == ref.function.source
            found |= set() if is_known or all(hasattr(builtins, one) for one in found) else {""}
        return found.pop() if len(found) == 1 else ""

    def stops_all(self, ref: FunctionRef, value: Expression | None) -> bool:
        """Whether ``with value`` swallows all that a call is reckoned to raise."""
        for manager in self._program.managers(ref, value):
            function = self._project.function(manager.function)
            names = map(last_segment, manager.types)
            if manager.kind == "suppress" and not BROAD.isdisjoint(names):
                return True
            if manager.kind == "exit" and _returns_true(function):
                return True
            yields = [node for node in function.nodes if node.kind is Kind.YIELD]
            if manager.kind == "generator" and yields:
                return not any(self._arrives(manager.function, node.exc) for node in yields)
        return False

    def catches(self, ref: FunctionRef, types: Expression | None, raised: str) -> bool | None:
        """Whether a clause catches what is raised by a name; ``None`` if that can't be told."""
        if types is None:
            return True
        found = [self._is_of(ref, kind, raised) for kind in kinds_of(types)]
        return True if True in found else (None if None in found else False)

    def stops(self, ref: FunctionRef, value: Expression | None, raised: str) -> bool | None:
        """The same for ``with value``."""
        if self.stops_all(ref, value):
            return True
        for manager in self._program.managers(ref, value):
            if manager.kind == "suppress":
                return self.catches(ref, Operation("tuple", manager.types), raised)
        return None if self._program.swallows(ref, value) else False

    def _is_of(self, ref: FunctionRef, kind: Expression, raised: str) -> bool | None:
        if not isinstance(kind, Name):
            return None
        if last_segment(kind) in BROAD or kind.path == raised:
            return True
        own = self._program.class_named(ref, raised)
        named = self._program.class_named(ref, kind.path)
        if own is not None:
            is_base = named in self._program.ancestry(own) if named is not None else None
            return is_base or kind.path in self._program.foreign_bases(own)
        cls, base = getattr(builtins, raised, None), getattr(builtins, kind.path, None)
        if isinstance(cls, type) and named is not None:
            return False
        if isinstance(cls, type) and isinstance(base, type):
            return issubclass(cls, base)
        return None

    def _find(self, ref: FunctionRef) -> bool:
        for node in self._project.function(ref).nodes:
            if node.kind is Kind.RAISE and node.value is not None:
                if self._arrives(ref, max(node.exc, node.next)):
                    return True
                continue
            is_call = node.kind is Kind.CALL and self._arrives(ref, node.exc)
            if is_call and self.can_fail(CallRef(ref, node.call)):
                return True
        return False

    def _arrives(self, ref: FunctionRef, start: int) -> bool:
        """Whether an exception gets out past the clauses and managers that stand in its way."""

        def onward(node: Node) -> tuple[int, ...]:
            if node.kind is Kind.EXCEPT:
                return (node.next,) if catches_all(node) else (node.next, node.other)
            if node.kind is Kind.UNWIND:
                return (node.next,) if self.stops_all(ref, node.value) else (node.exc,)
            return (node.exc,) if node.kind is Kind.RAISE else normally(node)

        return RAISED in nodes_from(self._project.function(ref), (start,), onward)


def is_failure(value: Expression | None) -> bool:
    """Whether a returned value says no more than that it failed: nothing, ``False``, ``None``, an
    empty record."""
    if isinstance(value, Operation) and value.kind in ("dict", "list", "tuple", "set"):
        return not value.args
    return value is None or (isinstance(value, Constant) and not value.value)


def raised_class(function: Function, node: Node) -> str:
    """The name of the class that a ``raise`` raises, as written; ``""`` if it shows none. What a
    clause has caught and raises again is of the class that the clause names."""
    value = node.value
    if isinstance(value, Result):
        value = function.calls[value.call].func
    clause = clause_around(function, node)
    if clause is not None and (value is None or value == clause.target):
        value = clause.value
    if not isinstance(value, Name):
        return ""
    last = last_segment(value)
    return value.path if last[:1].isupper() and last not in BROAD else ""


def _returns_true(function: Function) -> bool:
    values = [node.value for node in function.nodes if node.kind is Kind.RETURN]
    return bool(values) and all(isinstance(one, Constant) and one.value is True for one in values)
