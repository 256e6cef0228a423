"""The price and the amount that an order call gets."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.reads import last_segment
from botlint.checks.roots import arguments_of, assigned_in, keyed_entries
from botlint.facts.types import Constant, Expression, Name, Result
from botlint.flow.names import FunctionRef
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project
from botlint.roles import words_of

AMOUNTS = frozenset({"amount", "qty", "quantity", "size", "volume", "units", "contracts"})
_PRICES = frozenset({"price", "px"})
_SLOTS = AMOUNTS | _PRICES
_NOT_SLOTS = frozenset({"quote", "cost", "notional", "stop", "trigger", "usd", "usdt", "params"})
_BODIES = frozenset({"json", "data", "body", "payload"})
_POSITIONS = {"create_order": (3, 4), "create_limit_order": (2, 3), "create_market_order": (2,)}
_KINDS = ("amount", "price")
_SIDED = {"create_limit": (1, 2), "create_market": (1,)}


def slots_of(project: Project, order: CallRef) -> Iterator[tuple[str, Expression]]:
    """Each with its name: given by keyword, in its place, or in a dict that is spread there or sent
    as the order's request."""
    call = project.call(order)
    words = project.vocabulary.words
    for name, value in call.keywords:
        if name is None or name in _BODIES:
            yield from _spread(project, order.function, value)
        elif _is_slot(words(name)):
            yield name, value
    for value in call.args:
        yield from _spread(project, order.function, value)
    positions = _positions(normalise_segment(last_segment(call.func)))
    for number, value in enumerate(call.args):
        path = value.path if isinstance(value, Name) else ""
        if number in positions or (path and _is_slot(words(path))):
            yield path.rpartition(".")[2] or _KINDS[positions.index(number)], value


def is_reference(project: Project, order: CallRef, slot: str, value: Expression) -> bool:
    """Whether a value is the price that an order gets which says ``"market"``: a reference, and no
    price of its own."""
    call = project.call(order)
    if not any(_says_market(one) for one in arguments_of(call)):
        return False
    places = _positions(normalise_segment(last_segment(call.func)))[1:]
    is_placed = any(number < len(call.args) and call.args[number] == value for number in places)
    return is_placed or not project.vocabulary.words(slot).isdisjoint(_PRICES)


def is_amount(project: Project, slot: str) -> bool:
    """Whether a slot is that of the amount."""
    return not project.vocabulary.words(slot).isdisjoint(AMOUNTS)


def is_amount_name(name: str) -> bool:
    """Whether a name, plain or dotted, is that of an amount and of nothing made of one."""
    words = words_of(name)
    return bool(words) and AMOUNTS.issuperset(words)


def amount_given(project: Project, ref: FunctionRef, number: int) -> Expression | None:
    """The amount that a call is given: by keyword, or by place for a function of the program."""
    call = project.call(CallRef(ref, number))
    for name, value in call.keywords:
        if name is not None and is_amount_name(name):
            return value
    for callee in project.program.callees(ref, number) if call.args else ():
        for parameter in project.function(callee).parameters:
            if is_amount_name(parameter.name):
                return project.program.argument_of(ref, number, callee, parameter.name)
    return None


def _says_market(value: Expression) -> bool:
    said = value.value if isinstance(value, Constant) else None
    return isinstance(said, str) and said.lower() == "market"


def _spread(
    project: Project, ref: FunctionRef, record: Expression
) -> Iterator[tuple[str, Expression]]:
    """The same in a dict that is written out here: ``**order``, ``**dict(price=price)``."""
    given = [record]
    if isinstance(record, Name):
        given = assigned_in(project, ref).get(record.path, [])
    for value in given if len(given) == 1 else ():
        for name, part in _entries(project, ref, value):
            if _is_slot(project.vocabulary.words(name)):
                yield name, part


def _entries(
    project: Project, ref: FunctionRef, value: Expression
) -> Iterator[tuple[str, Expression]]:
    if isinstance(value, Result):
        call = project.function(ref).calls[value.call]
        if call.func == Name("dict"):
            yield from ((name, one) for name, one in call.keywords if name is not None)
    else:
        yield from keyed_entries(value)


def _is_slot(words: frozenset[str]) -> bool:
    return not words.isdisjoint(_SLOTS) and words.isdisjoint(_NOT_SLOTS)


def _positions(name: str) -> tuple[int, ...]:
    if name in _POSITIONS:
        return _POSITIONS[name]
    if name.endswith(("_buy_order", "_sell_order")):
        return _SIDED.get(name.removesuffix("_buy_order").removesuffix("_sell_order"), ())
    return ()
