"""Order calls, in the forms in which they are written."""

from __future__ import annotations

from tests.oracle.guards.writer import Scope, Writer
from tests.oracle.pens import Block


def order_call(pen: Writer, scope: Scope) -> str:
    """An opening order of the newest values; sometimes one that closes, and needs no check."""
    symbol, amount = scope.newest
    if pen.chance(6):
        return pen.ask(pen.closing.format(symbol, amount), scope)
    if pen.chance(15):
        amount = f"{amount} * 2"
    form = pen.pick(
        (
            f'ex.create_order({symbol}, "market", "buy", {amount})',
            f'ex.create_order({symbol}, "limit", "buy", {amount}, {amount})',
            f"ex.create_market_buy_order({symbol}, {amount})",
        )
    )
    return pen.ask(form, scope)


def order(pen: Writer, scope: Scope) -> Block:
    """Statements that place one order."""
    call = order_call(pen, scope)
    form = pen.pick(("bare", "bare", "kept", "returned", "lambda", "nested", "sender"))
    if form == "kept":
        name = pen.fresh("sent")
        return [f"{name} = {call}", f"journal.note({name})"]
    if form == "returned" and scope.is_in_function:
        return [f"return {call}"]
    if form == "lambda" and not pen.is_async:
        name = pen.fresh("send")
        return [f"{name} = lambda: {call}", f"{name}()"]
    if form == "nested":
        name = pen.fresh("send")
        return [f"{pen.define()} {name}():", f"    {call}", pen.ask(f"{name}()", scope)]
    if form == "sender" and pen.senders:
        return [pen.ask(f"{pen.pick(pen.senders)}({scope.newest})", scope)]
    return [call]
