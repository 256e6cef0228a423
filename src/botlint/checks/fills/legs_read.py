"""Fees read of one order where an exit has several: the first of a list, or the last of a loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from botlint.checks.fills.answers import gives_answer
from botlint.checks.fills.fills import read_fills
from botlint.checks.fills.legs_placed import Placed, placed_in
from botlint.checks.hits import hit_in
from botlint.checks.mentions import mentioned_in
from botlint.checks.orders.orders import Orders
from botlint.checks.reads import walk
from botlint.checks.roots import PUTS, arguments_of, names_handed, values_given
from botlint.facts.types import (
    Attribute,
    Call,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.program import FunctionRef
from botlint.flow.ways import loops_around
from botlint.model import Hit, Step
from botlint.project import CallRef, Project

_FEES = frozenset({"fee", "fees", "commission", "commissions"})


def find_read(
    project: Project, leading: Iterable[FunctionRef], fields: frozenset[str]
) -> Iterator[Hit]:
    """Reads of one of the orders in ``fields``, and of the last order of a loop, for its fees."""
    orders: Orders = project.answer(("orders",), lambda: Orders(project))
    for ref in leading:
        function = project.function(ref)
        if not speaks_of_fees(project, function):
            continue
        yield from _picked_hits(project, ref, _collected(project, orders, ref))
        if not function.loops:
            continue
        for placed in placed_in(project, orders, ref):
            if not orders.is_order(CallRef(ref, placed.call)):
                continue
            node = _read_after(project, function, placed)
            if node is not None:
                yield _last_hit(project, ref, placed, node)
    if not fields:
        return
    for ref in project.program.functions():
        if fields.isdisjoint(mentioned_in(project, ref)):
            continue
        if speaks_of_fees(project, project.function(ref)):
            yield from _picked_hits(project, ref, frozenset(f".{one}" for one in fields))


def _picked_hits(project: Project, ref: FunctionRef, fields: frozenset[str]) -> Iterator[Hit]:
    """The first read of one order of a collection that a function doesn't go through."""
    function = project.function(ref)
    for field, node in _picked(function, fields) if fields else ():
        if not _is_gone_through(project, function, field):
            yield _picked_hit(project, ref, field, node)
            return


def _collected(project: Project, orders: Orders, ref: FunctionRef) -> frozenset[str]:
    """The local lists that keep the answers of all the orders that a function places."""
    function = project.function(ref)
    answers = _Answers(project, orders, ref)
    return frozenset(
        node.target.path
        for node in function.nodes
        if node.kind is Kind.ASSIGN
        and isinstance(node.target, Name)
        and isinstance(node.value, Operation)
        and answers.has_all(node.target.path, node.value)
    )


class _Answers(NamedTuple):
    """The answers of orders in one function."""

    project: Project
    orders: Orders
    ref: FunctionRef

    def has_all(self, name: str, value: Operation) -> bool:
        """Whether a list that ``name`` is bound to as ``value`` keeps the answers of several
        orders: of a comprehension, as it is written, or one more in each round of a loop."""
        if value.kind == "comprehension":
            return self.is_one(value.args[0])
        if value.args:
            is_several = value.kind == "list" and len(value.args) > 1
            return is_several and all(self.is_one(one) for one in value.args)
        function = self.project.function(self.ref)
        fills = read_fills(function, name)
        return fills is not None and any(
            self.is_one(element) and function.nodes[number].loop >= 0
            for number, element in fills.puts
        )

    def is_one(self, value: Expression) -> bool:
        """Whether a value is the answer of an order, or a name that holds nothing else, but for
        what the exchange says of that order when it is asked."""
        if isinstance(value, Name):
            given = values_given(self.project.function(self.ref), value)
            sent = [one for one in given if not self._asks_again(value, one)]
            return bool(sent) and all(isinstance(one, Result) and self._gives(one) for one in sent)
        return isinstance(value, Result) and self._gives(value)

    def _asks_again(self, name: Name, value: Expression) -> bool:
        """Whether a value is a lookup of the order that ``name`` holds."""
        if not isinstance(value, Result):
            return False
        handed = names_handed(self.project.function(self.ref), value.call)
        is_lookup = self.project.plays(CallRef(self.ref, value.call), "order-lookup")
        return is_lookup and any(one.partition(".")[0] == name.path for one in handed)

    def _gives(self, value: Result) -> bool:
        return gives_answer(self.project, self.orders, CallRef(self.ref, value.call))


def speaks_of_fees(project: Project, function: Function) -> bool:
    """Whether a function reads or names a fee."""
    return any(_is_fee(project, word) for value in _values(function) for word in _words_of(value))


def _is_fee(project: Project, word: str) -> bool:
    return not _FEES.isdisjoint(project.vocabulary.words(word))


def _values(function: Function) -> Iterator[Expression]:
    for node in function.nodes:
        if node.value is not None:
            yield node.value
        if node.target is not None:
            yield node.target
    for call in function.calls:
        yield from arguments_of(call)
        yield call.func


def _words_of(value: Expression) -> Iterator[str]:
    for part in walk(value, ()):
        if type(part) is Name:
            yield part.path.rpartition(".")[2]
        elif type(part) is Attribute:
            yield part.name
        elif type(part) is Constant and str(part.value).isidentifier():
            yield str(part.value)


def _read_after(project: Project, function: Function, placed: Placed) -> Node | None:
    """Where the fees of the last order of a loop are read after it, if no order was kept."""
    loops = {node.loop for node in function.nodes if _calls(node, placed.call)}
    if not placed.is_repeated or not placed.names or loops == {-1} or len(loops) != 1:
        return None
    kept = {_collection(call) for call in function.calls if _is_kept(call, placed.names)}
    if any("." in one or _is_gone_through(project, function, one) for one in kept):
        return None
    loop = loops.pop()
    for node in function.nodes:
        if loop in loops_around(function, node.loop):
            continue
        values = [node.value]
        if node.kind is Kind.CALL:
            values = [function.calls[node.call].func, *arguments_of(function.calls[node.call])]
        for value in values:
            if value is not None and reads_fee(project, function, value, placed.names):
                return node
    return None


def _calls(node: Node, call: int) -> bool:
    return node.kind is Kind.CALL and node.call == call


def _is_kept(call: Call, names: tuple[str, ...]) -> bool:
    """Whether the answer, or something of it, is put into a collection."""
    if not isinstance(call.func, Name) or call.func.path.rpartition(".")[2] not in PUTS:
        return False
    return any(
        isinstance(part, Name) and part.path.partition(".")[0] in names
        for value in call.args
        for part in walk(value, ())
    )


def _collection(call: Call) -> str:
    return call.func.path.rpartition(".")[0] if isinstance(call.func, Name) else ""


def reads_fee(
    project: Project, function: Function, value: Expression, names: tuple[str, ...]
) -> bool:
    """``order["fee"]``, ``order.fee``, ``order.get("fee")`` of one of ``names``."""
    words = project.vocabulary.words
    for part in walk(value, function.calls):
        if isinstance(part, Item) and part.value in [Name(name) for name in names]:
            key = part.key.value if isinstance(part.key, Constant) else ""
            return not _FEES.isdisjoint(words(str(key)))
        if isinstance(part, Name):
            base, _, last = part.path.rpartition(".")
            if base in names and not _FEES.isdisjoint(words(last)):
                return True
    return any(
        call.func in [Name(f"{name}.get") for name in names]
        and any(isinstance(one, Constant) and one.value in _FEES for one in call.args[:1])
        and value == call.func
        for call in function.calls
    )


def _picked(function: Function, fields: frozenset[str]) -> Iterator[tuple[str, Node]]:
    """The nodes that take one order by its number: out of a ``.field``, or a local list."""
    for node in function.nodes:
        values = [node.value]
        if node.kind is Kind.CALL:
            values = [function.calls[node.call].func, *arguments_of(function.calls[node.call])]
        for value in values:
            for part in walk(value, ()):
                if type(part) is Item and _is_number(part.key):
                    path = part.value.path if type(part.value) is Name else ""
                    base, _, last = path.rpartition(".")
                    if (f".{last}" if base else last) in fields:
                        yield last, node


def _is_number(key: Expression) -> bool:
    if isinstance(key, Operation) and key.kind == "neg":
        key = key.args[0]
    return isinstance(key, Constant) and type(key.value) is int


def _is_gone_through(project: Project, function: Function, field: str) -> bool:
    """Whether a function deals with all orders of a field."""
    whole = [value for node in function.nodes if (value := node.value) is not None]
    whole += [value for call in function.calls for value in arguments_of(call)]
    return any(
        _names_whole(value, field)
        and not _is_test(function, value)
        and not _is_other_sum(project, value)
        for value in whole
    )


def _is_other_sum(project: Project, value: Expression) -> bool:
    """Whether a comprehension takes one thing of each order, and that isn't its fee."""
    if not isinstance(value, Operation) or value.kind != "comprehension":
        return False
    element = value.args[0]
    if isinstance(element, Name) and "." not in element.path:
        return False
    is_part = isinstance(element, Item | Attribute | Name)
    return is_part and not any(_is_fee(project, word) for word in _words_of(element))


def _is_test(function: Function, value: Expression) -> bool:
    return any(node.kind is Kind.TEST and node.value == value for node in function.nodes)


def _names_whole(value: Expression, field: str) -> bool:
    """Whether a value is made of all orders, and not only of one picked by its number."""
    if isinstance(value, Item) and _is_number(value.key):
        return False
    if isinstance(value, Name):
        return value.path.rpartition(".")[2] == field
    if isinstance(value, Attribute):
        return value.name == field or _names_whole(value.value, field)
    if isinstance(value, Item):
        return _names_whole(value.value, field)
    return isinstance(value, Operation) and any(_names_whole(part, field) for part in value.args)


def _last_hit(project: Project, ref: FunctionRef, placed: Placed, node: Node) -> Hit:
    place = project.place(ref, node.span)
    one = CallRef(ref, placed.call)
    what = f"the fees of the last `{project.written(one)}` of a loop are booked for all of them"
    first = Step(project.call_place(one), "this goes out again after it was filled in part")
    return _made(project, ref, what, (first, Step(place, "only the last one's fees are read")))


def _picked_hit(project: Project, ref: FunctionRef, field: str, node: Node) -> Hit:
    place = project.place(ref, node.span)
    what = f"one order of `{field}` is read, and its fees are booked for all of them"
    return _made(project, ref, what, (Step(place, f"`{field}` may hold several orders"),))


def _made(project: Project, ref: FunctionRef, what: str, trace: tuple[Step, ...]) -> Hit:
    place = trace[-1].place
    return hit_in(project, ref, place, {"what": what}, trace)
