"""Blocks: statements around orders and checks."""

from __future__ import annotations

from tests.oracle.guards.calls import called
from tests.oracle.guards.orders import order, order_call
from tests.oracle.guards.verdicts import test
from tests.oracle.guards.ways import guarded
from tests.oracle.guards.writer import Scope, Values, Writer, leaving
from tests.oracle.pens import Block, indent


def block(pen: Writer, scope: Scope) -> Block:
    """Some statements."""
    found: Block = []
    for _ in range(pen.choices.number(1, 2)):
        found += statement(pen, scope)
    return found


def statement(pen: Writer, scope: Scope) -> Block:
    """One statement, or a few that belong together."""
    if scope.depth <= 0:
        return order(pen, scope)
    ways = (_guarded, _guarded, _guarded, _if, _for, _while, _try, _finally, _order, _bind, _each)
    ways = (*ways, _called, _called, _called, _bind_anew)
    return pen.pick(ways)(pen, scope)


def _guarded(pen: Writer, scope: Scope) -> Block:
    return guarded(pen, scope, lambda inner: block(pen, inner))


def _called(pen: Writer, scope: Scope) -> Block:
    return called(pen, scope, lambda inner: block(pen, inner))


def _order(pen: Writer, scope: Scope) -> Block:
    return order(pen, scope)


def _bind(pen: Writer, scope: Scope) -> Block:
    """New values, and what is done with them."""
    stem = pen.fresh("leg")
    values = Values(stem, f"{stem}_size")
    lines = [
        f"{values.symbol} = {pen.ask('feed.value_symbol()', scope)}",
        f"{values.amount} = {pen.ask('feed.value_amount()', scope)}",
    ]
    return [*lines, *block(pen, scope.with_values(values).deeper())]


def _bind_anew(pen: Writer, scope: Scope) -> Block:
    """The same names for other values, or for some that are made of them."""
    symbol, amount = scope.newest
    if scope.is_around or "." in amount.removeprefix("self."):
        return _bind(pen, scope)
    other, size = pen.ask("feed.value_symbol()", scope), pen.ask("feed.value_amount()", scope)
    forms = (
        [f"{amount} = {size}"],
        [f"{symbol} = {other}", f"{amount} = {size}"],
        [f"{symbol}, {amount} = {other}, {size}"],
        [f"if {pen.flag(scope)}:", f"    {symbol}, {amount} = {other}, {size}"],
        [f"{amount} = {amount} * 2"],
        [f"{symbol}, {amount} = {symbol}, {amount} + {size}"],
        [f"{amount} *= 2"],
    )
    return [*pen.pick(forms), *block(pen, scope.deeper())]


def _if(pen: Writer, scope: Scope) -> Block:
    found = [f"if {pen.flag(scope)}:", *indent(_part(pen, scope))]
    if pen.chance(30):
        found += [f"elif {pen.flag(scope)}:", *indent(_part(pen, scope))]
    if pen.chance(40):
        found += ["else:", *indent(_part(pen, scope))]
    return found


def _part(pen: Writer, scope: Scope) -> Block:
    """A block, a way out, or nothing."""
    choice = pen.choices.number(0, 9)
    if choice < 6:
        return block(pen, scope.deeper())
    return [leaving(pen, scope)] if choice < 8 else ["journal.note(1)"]


def _for(pen: Writer, scope: Scope) -> Block:
    item = pen.fresh("item")
    inner = scope.deeper()._replace(is_in_loop=True)
    values = Values(f"{item}.symbol", f"{item}.amount")
    inner = inner.with_values(values) if pen.chance(70) else inner
    found = [f"for {item} in {pen.feed('orders', scope)}:"]
    found += indent(block(pen, inner))
    return [*found, *_loop_else(pen, scope)]


def _while(pen: Writer, scope: Scope) -> Block:
    inner = scope.deeper()._replace(is_in_loop=True)
    found = [f"while {pen.feed('more', scope)}:"]
    found += indent(block(pen, inner))
    return [*found, *_loop_else(pen, scope)]


def _loop_else(pen: Writer, scope: Scope) -> Block:
    return ["else:", *indent(_part(pen, scope))] if pen.chance(25) else []


def _try(pen: Writer, scope: Scope) -> Block:
    found = ["try:", *indent(block(pen, scope.deeper()))]
    clauses = ["except ValueError:", "except ccxt.NetworkError:"]
    if pen.chance(40):
        found += [pen.pick(clauses), *indent(_part(pen, scope))]
    clause = pen.pick(("except Exception:", "except ValueError:", "except:"))
    found += [clause, *indent(["raise"] if pen.chance(20) else _part(pen, scope))]
    if pen.chance(30):
        found += ["else:", *indent(_part(pen, scope))]
    if pen.chance(20):
        found += ["finally:", *indent(_part(pen, scope))]
    return found


def _finally(pen: Writer, scope: Scope) -> Block:
    inner = indent(block(pen, scope.deeper()))
    if pen.chance(40):
        errors = pen.pick(("Exception", "ValueError", "ValueError, ccxt.NetworkError"))
        return [f"with contextlib.suppress({errors}):", *inner]
    return ["try:", *inner, "finally:", *indent(_part(pen, scope))]


def _each(pen: Writer, scope: Scope) -> Block:
    """Orders placed by a comprehension, or of a list that one has made."""
    if pen.is_async:
        return _for(pen, scope)
    item, orders = pen.fresh("item"), pen.feed("orders", scope)
    inner = scope.with_values(Values(f"{item}.symbol", f"{item}.amount"))
    lines, condition = test(pen, scope._replace(values=inner.values[-1:]))
    if lines:
        return _for(pen, scope)
    if pen.chance(50):
        return [f"[{order_call(pen, inner)} for {item} in {orders} if {condition}]"]
    chosen = pen.fresh("chosen")
    return [
        f"{chosen} = [{item} for {item} in {orders} if {condition}]",
        f"for {item} in {chosen}:",
        f"    {order_call(pen, inner)}",
    ]
