"""What code does about a fill: it books it, or it looks at how much was filled."""

from __future__ import annotations

from botlint.checks.failing import is_failure
from botlint.checks.fills.handed_on import is_given
from botlint.checks.fills.statements import writes_position, writing_functions
from botlint.checks.reads import last_segment, used_results
from botlint.checks.roots import arguments_of, receiver_of
from botlint.facts.types import (
    Attribute,
    Call,
    Constant,
    Expression,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

DEEPEST = 6
_REMOVING = frozenset({"pop", "remove", "discard"})
_CHANGING = _REMOVING | {"append", "add", "update", "setdefault", "insert"}
_NO_STORE = frozenset({"order", "orders", "pending", "cache", "history", "log"})
_HARMLESS = frozenset({"str", "len", "repr", "print", "dict", "isinstance", "hasattr", "dumps"})
_TELLING = frozenset({"log", "print", "trace", "notify", "audit"})
_POSITION = frozenset({"position", "holding"})
_QUANTITY = frozenset({"qty", "quantity", "amount", "size", "shares", "units", "contracts"})
_ENTRY = frozenset({"entry", "bought", "opened", "avg", "average", "cost", "basis"})
_STATES = frozenset({"state", "phase", "stage", "mode"})
_HOLDING = frozenset({"position", "holding", "hold", "held", "long", "short", "bought", "entered"})
_LEAVING = frozenset(
    {"no", "not", "wait", "waiting", "pending", "close", "closing", "exit", "sell"}
)
_FLAGS = frozenset({"in_position", "has_position", "holding", "is_holding", "entry_price", "held"})


class Bookings:
    """The places of a program at which fills are booked or measured."""

    def __init__(self, project: Project) -> None:
        self._project = project
        direct = {ref.function for ref in project.calls_playing("book")}
        direct.update(writing_functions(project))
        self._booking = project.program.reaches(frozenset(direct))
        self._storing: dict[FunctionRef, bool] = {}
        self._stores = project.vocabulary.roles["portfolio"]
        self._measures = project.vocabulary.roles["filled-quantity"]
        self._measuring: dict[FunctionRef, bool] = {}

    def books(self, ref: FunctionRef, node: Node) -> bool:
        """Whether a node books a fill: by a call, or by a change of what is held."""
        if node.kind is Kind.CALL:
            return self._is_booking(CallRef(ref, node.call))
        if node.kind in (Kind.ASSIGN, Kind.AUGMENT, Kind.DELETE) and node.target is not None:
            return self._is_store(ref, node)
        return False

    def removes(self, ref: FunctionRef, node: Node) -> bool:
        """Whether a node takes something out of what is held, or sets it to nothing."""
        if node.kind is Kind.CALL:
            written = self._project.written(CallRef(ref, node.call))
            return written.rpartition(".")[2] in _REMOVING
        is_emptied = node.kind is Kind.ASSIGN and is_failure(node.value)
        return node.kind is Kind.DELETE or is_emptied

    def measures(
        self, ref: FunctionRef, node: Node, flags: frozenset[str], orders: frozenset[str]
    ) -> bool:
        """Whether a node works with the quantity that was filled, or hands one of ``orders`` to a
        function that does. ``flags`` are names that only hold what a status said."""
        if node.kind is Kind.CALL:
            one = CallRef(ref, node.call)
            if self._project.plays(one, "log") or self._is_told(one):
                return False
            call = self._project.call(one)
            if self._is_measure(self._project.written(one)) or self._is_got(call):
                return True
            parts = list(arguments_of(call))
            if any(self._holds(part, 0, flags) for part in parts):
                return True
            if not is_given(Result(node.call), self.calls(ref), orders):
                return False
            return any(self._is_measuring(callee) for callee in self._handed(one))
        return self._holds(node.value, 0, flags)

    def says_filled(self, ref: FunctionRef, part: Expression) -> bool:
        """Whether a part of a value, by its own name, says how much was filled."""
        if isinstance(part, Result):
            call = self.calls(ref)[part.call]
            return self._is_got(call) or self._is_measure(
                self._project.written(CallRef(ref, part.call))
            )
        if isinstance(part, Item):
            return isinstance(part.key, Constant) and self._is_measure(str(part.key.value))
        return isinstance(part, Name | Attribute) and self._is_measure(last_segment(part))

    def calls(self, ref: FunctionRef) -> tuple[Call, ...]:
        """The calls of a function."""
        return self._project.function(ref).calls

    def is_open(self, ref: FunctionRef, call: int) -> bool:
        """Whether a call may deal with an order that it gets, as far as can be seen."""
        one = CallRef(ref, call)
        if self._project.plays(one, "log") or self._project.plays(one, "cancel-order"):
            return False
        if self._is_told(one):
            return False
        callees = self._handed(one)
        if not callees:
            return self._project.written(one).rpartition(".")[2] not in _HARMLESS
        return any(self._is_measuring(callee) for callee in callees)

    def _is_told(self, one: CallRef) -> bool:
        """Whether a call only writes down what it gets: by its name, and as nobody looks at what it
        gives, and it books nothing."""
        written = self._project.written(one).rpartition(".")[2]
        if self._project.vocabulary.words(written).isdisjoint(_TELLING):
            return False
        function = self._project.function(one.function)
        return one.call not in used_results(function) and not self._is_booking(one)

    def is_order(self, ref: FunctionRef, value: Expression | None) -> bool:
        """Whether a value is the answer of a call that places an order."""
        if not isinstance(value, Result):
            return False
        return self._project.plays(CallRef(ref, value.call), "place-order")

    def _handed(self, one: CallRef) -> tuple[FunctionRef, ...]:
        return self._project.program.callees(one.function, one.call)

    def _is_measuring(self, ref: FunctionRef) -> bool:
        known = self._measuring.get(ref)
        if known is None:
            self._measuring[ref] = False
            nodes = self._project.function(ref).nodes
            known = any(self._measures_itself(ref, node) for node in nodes)
            self._measuring[ref] = known
        return known

    def _measures_itself(self, ref: FunctionRef, node: Node) -> bool:
        if node.kind is Kind.CALL:
            one = CallRef(ref, node.call)
            return not self._project.plays(one, "log") and self._is_got(self._project.call(one))
        return self._holds(node.value, 0)

    def _is_booking(self, one: CallRef) -> bool:
        if self._project.plays(one, "book") or writes_position(self._project, one):
            return True
        if self._project.plays(one, "log") or self._project.plays(one, "place-order"):
            return False
        callees = self._project.program.callees(one.function, one.call)
        if callees:
            program = self._project.program
            return self._keeps_fill(one) or any(
                callee in self._booking or self._stores_itself(settled(program, callee))
                for callee in callees
            )
        call = self._project.call(one)
        receiver = receiver_of(call)
        last = self._project.written(one).rpartition(".")[2]
        return last in _CHANGING and isinstance(receiver, Name) and self._is_held(receiver.path)

    def _keeps_fill(self, one: CallRef) -> bool:
        """Whether a function of the program keeps what it is told was filled:
        ``trade.complete(order.executed_qty)``."""
        program = self._project.program
        values = arguments_of(self._project.call(one))
        filled = [
            part for part in values if _is_read(part) and self.says_filled(one.function, part)
        ]
        return any(
            program.argument_of(*one, callee, parameter.name) in filled
            and self._keeps(callee, Name(parameter.name))
            for callee in (program.callees(*one) if filled else ())
            for parameter in self._project.function(callee).parameters
        )

    def _keeps(self, ref: FunctionRef, value: Name) -> bool:
        nodes = self._project.function(ref).nodes
        return any(
            node.kind is Kind.ASSIGN
            and node.value == value
            and (
                isinstance(node.target, Item)
                or (type(node.target) is Name and _is_read(node.target))
            )
            for node in nodes
        )

    def _stores_itself(self, ref: FunctionRef) -> bool:
        """Whether a function puts into a store what it is given."""
        known = self._storing.get(ref)
        if known is None:
            known = any(
                node.kind in (Kind.ASSIGN, Kind.AUGMENT)
                and isinstance(node.target, Item)
                and self._is_store(ref, node)
                for node in self._project.function(ref).nodes
            )
            self._storing[ref] = known
        return known

    def _is_store(self, ref: FunctionRef, node: Node) -> bool:
        target = node.target
        if isinstance(target, Item) and isinstance(target.value, Name):
            path = target.value.path
            return self._is_held(path) or self._is_kept_position(ref, path, node.value)
        if isinstance(target, Name) and "." in target.path:
            last = target.path.rpartition(".")[2]
            if last in _FLAGS or self._is_held(target.path) or self._is_entering(last, node.value):
                return True
            return self._is_kept_position(ref, target.path, node.value)
        return False

    def _is_kept_position(self, ref: FunctionRef, path: str, value: Expression | None) -> bool:
        """Whether a store, whatever its name, is given the record of a position."""
        words = self._project.vocabulary.words
        return words(path).isdisjoint(_NO_STORE) and is_position_record(
            self._project, self.calls(ref), value
        )

    def _is_entering(self, name: str, value: Expression | None) -> bool:
        """Whether a state is set to one that says that something is held now."""
        words = self._project.vocabulary.words
        if words(name).isdisjoint(_STATES):
            return False
        said = ""
        if isinstance(value, Constant) and isinstance(value.value, str):
            said = value.value
        elif isinstance(value, Name) and ("." in value.path or value.path.isupper()):
            said = value.path.rpartition(".")[2]
        return not words(said).isdisjoint(_HOLDING) and words(said).isdisjoint(_LEAVING)

    def _is_held(self, path: str) -> bool:
        words = self._project.vocabulary.words(path)
        return self._stores.plays_name(path) and words.isdisjoint(_NO_STORE)

    def _is_measure(self, name: str) -> bool:
        last = name.rpartition(".")[2]
        return not last.isupper() and self._measures.plays_name(name)

    def _is_got(self, call: Call) -> bool:
        """``order.get("filled")``, ``getattr(order, "filled_qty", 0)``."""
        texts = [one.value for one in call.args[:2] if isinstance(one, Constant)]
        return any(
            isinstance(text, str) and text.isidentifier() and self._is_measure(text)
            for text in texts
        )

    def _holds(
        self, value: Expression | None, depth: int, flags: frozenset[str] = frozenset()
    ) -> bool:
        if value is None or depth > DEEPEST:
            return False
        if isinstance(value, Name):
            return value.path not in flags and self._is_measure(value.path)
        if isinstance(value, Attribute):
            return self._is_measure(value.name) or self._holds(value.value, depth + 1, flags)
        if isinstance(value, Item):
            key = value.key
            is_named = isinstance(key, Constant) and self._is_measure(str(key.value))
            return is_named or self._holds(value.value, depth + 1, flags)
        if not isinstance(value, Operation):
            return False
        parts = value.args[1::2] if value.kind == "dict" else value.args
        return any(self._holds(part, depth + 1, flags) for part in parts)


def _is_read(value: Expression) -> bool:
    """Whether a value is read from an object, and is no local name."""
    return isinstance(value, Item | Attribute) or (isinstance(value, Name) and "." in value.path)


def is_position_record(project: Project, calls: tuple[Call, ...], value: Expression | None) -> bool:
    """Whether a value is a position that is written out: an object of a class that is called so,
    or a dict with a quantity and what was paid on entry."""
    words = project.vocabulary.words
    if isinstance(value, Result):
        func = calls[value.call].func
        name = func.path.rpartition(".")[2] if isinstance(func, Name) else ""
        return name[:1].isupper() and not words(name).isdisjoint(_POSITION)
    if not isinstance(value, Operation) or value.kind != "dict":
        return False
    keys = [key.value for key in value.args[::2] if isinstance(key, Constant)]
    named = frozenset().union(*(words(key) for key in keys if isinstance(key, str)))
    return not named.isdisjoint(_QUANTITY) and not named.isdisjoint(_ENTRY)
