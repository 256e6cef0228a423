"""What makes a bot's orders safe is taken out of it, and that is noticed."""

from __future__ import annotations

import pytest
from tests.mutants import ORDER_OPERATORS, Mutant, mutants_of, parse, survey

from botlint.rules import load_rules

LADDER = {
    "broker.py": """
import logging
import time
import uuid

import ccxt

logger = logging.getLogger(__name__)
exchange = ccxt.mexc()
MAX_SLIPPAGE_BPS_EXIT = 500


class SlippageAbort(Exception):
    pass


def send(symbol, side, amount, price, coid):
    for attempt in range(3):
        try:
            return exchange.create_order(
                symbol, "limit", side, amount, price, {"clientOrderId": coid}
            )
        except ccxt.DuplicateOrderId:
            return exchange.fetch_order(None, symbol, {"clientOrderId": coid})
        except ccxt.NetworkError:
            logger.warning("attempt %s failed", attempt)
            time.sleep(2**attempt)
    raise RuntimeError(symbol)


def check_slippage(bid, entry_price):
    slippage_bps = (entry_price - bid) / entry_price * 10_000
    if slippage_bps > MAX_SLIPPAGE_BPS_EXIT:
        raise SlippageAbort(bid)
""",
    "bot.py": """
import time
import uuid

from broker import check_slippage, exchange, send


class Bot:
    def __init__(self, portfolio):
        self.portfolio = portfolio

    def buy(self, symbol, amount, price):
        order = send(symbol, "buy", amount, price, uuid.uuid4().hex)
        status = order["status"]
        if status == "closed":
            self.portfolio.add_position(symbol, order["amount"], order["average"])
        elif status in ("part", "open", "canceled", "expired"):
            self.portfolio.add_position(symbol, order["filled"], order["average"])

    def leave(self, symbol, amount, entry_price):
        bid = exchange.fetch_ticker(symbol)["bid"]
        check_slippage(bid, entry_price)
        return send(symbol, "sell", amount, bid, uuid.uuid4().hex)


if __name__ == "__main__":
    bot = Bot(None)
    while True:
        bot.buy("BTC/USDT", 1, 60_000)
        bot.leave("BTC/USDT", 1, 60_000)
        time.sleep(1)
""",
}

BINANCE = {
    "main.py": """
import time
import uuid

from binance.client import Client
from binance.exceptions import BinanceAPIException

client = Client()
MAX_LOSS = 0.1


class Desk:
    def __init__(self):
        self.positions = {}

    def buy(self, symbol, quantity, price):
        ref = uuid.uuid4().hex
        order = None
        while order is None:
            try:
                order = client.order_limit_buy(
                    symbol=symbol, quantity=quantity, price=price, newClientOrderId=ref
                )
            except BinanceAPIException as error:
                if "Duplicate" in str(error):
                    order = client.get_order(symbol=symbol, origClientOrderId=ref)
                else:
                    time.sleep(1)
        self.settle(symbol, order)

    def settle(self, symbol, order):
        if order["status"] == "FILLED":
            self.positions[symbol] = float(order["origQty"])
        elif order["status"] == "PARTIALLY_FILLED":
            self.positions[symbol] = float(order["executedQty"])

    def leave(self, symbol, quantity, entry_price):
        price = float(client.get_symbol_ticker(symbol=symbol)["price"])
        if price < entry_price * (1 - MAX_LOSS):
            raise RuntimeError("price below the limit")
        client.order_market_sell(symbol=symbol, quantity=quantity)


desk = Desk()
while True:
    desk.buy("BTCUSDT", 1, 60_000)
    desk.leave("BTCUSDT", 1, 60_000)
""",
}

ASYNC = {
    "main.py": """
import asyncio
import uuid

import ccxt.async_support as ccxt

exchange = ccxt.kraken()


class Trader:
    def __init__(self, ledger):
        self.ledger = ledger
        self.floor_price = 50_000

    async def place(self, symbol, amount, price):
        cloid = uuid.uuid4().hex
        tries = 0
        while tries < 5:
            try:
                return await exchange.create_limit_buy_order(
                    symbol, amount, price, {"clientOrderId": cloid, "timeInForce": "IOC"}
                )
            except ccxt.DuplicateOrderId:
                for order in await exchange.fetch_open_orders(symbol):
                    if order["clientOrderId"] == cloid:
                        return order
                return None
            except ccxt.RequestTimeout:
                tries += 1
                await asyncio.sleep(1)

    async def leave(self, symbol, amount):
        ticker = await exchange.fetch_ticker(symbol)
        bid_price = ticker["bid"]
        if bid_price <= self.floor_price:
            raise ValueError(symbol)
        await exchange.create_limit_sell_order(symbol, amount, bid_price)


async def main():
    trader = Trader(None)
    while True:
        await trader.place("BTC/USD", 1, 60_000)
        await trader.leave("BTC/USD", 1)


asyncio.run(main())
""",
}

EXITS = {
    "exits.py": """
from dataclasses import dataclass, field

import ccxt

exchange = ccxt.bybit()
MAX_LEVERAGE = 3


@dataclass
class ExitResult:
    success: bool
    filled: float = 0.0
    all_orders: list = field(default_factory=list)


def leave(symbol, amount, price):
    px = float(exchange.price_to_precision(symbol, price * 0.999))
    qty = float(exchange.amount_to_precision(symbol, amount / price))
    order = exchange.create_order(symbol, "limit", "sell", qty, px, {"reduceOnly": True})
    if order["status"] == "closed":
        return ExitResult(success=True, filled=order["filled"], all_orders=[order])
    rest = exchange.amount_to_precision(symbol, amount / price - order["filled"])
    last = exchange.create_order(symbol, "market", "sell", rest, None, {"reduceOnly": True})
    total = order["filled"] + last["filled"]
    return ExitResult(success=total > 0, filled=total, all_orders=[order, last])


def fees(result):
    return sum(one["fee"]["cost"] for one in result.all_orders)


def follow(signal):
    leverage = min(int(signal["leverage"]), MAX_LEVERAGE)
    exchange.set_leverage(leverage, signal["symbol"])
    fees(leave(signal["symbol"], 100, signal["price"]))


def follow_carefully(signal):
    leverage = int(signal.get("leverage"))
    if leverage > MAX_LEVERAGE:
        raise ValueError(leverage)
    exchange.set_leverage(leverage, signal["symbol"])


def main(signals):
    for signal in signals:
        follow(signal)
        follow_carefully(signal)


main([])
""",
}

LEDGER = {
    "ledger.py": """
import ccxt

exchange = ccxt.bybit()


class Ledger:
    def __init__(self):
        self.positions = {}

    def add_position(self, symbol, amount, price):
        self.positions[symbol] = (amount, price)


def enter(ledger, symbol, amount):
    order = exchange.create_market_buy_order(symbol, amount)
    filled_qty = order["filled"]
    ledger.add_position(symbol, filled_qty, order["average"])


def enter_at(ledger, symbol, qty, price):
    order = exchange.create_order(symbol, "limit", "buy", qty, price, {"timeInForce": "IOC"})
    got = float(order.get("filled") or 0)
    ledger.add_position(symbol, got, order["average"])


def buy_more(ledger, symbol, size):
    order = exchange.create_market_buy_order(symbol, size)
    filled = float(order["filled"])
    ledger.add_position(symbol, filled, order["average"])


def main(symbols):
    ledger = Ledger()
    for symbol in symbols:
        enter(ledger, symbol, 1)
        enter_at(ledger, symbol, 1, 60_000)
        buy_more(ledger, symbol, 1)


main([])
"""
}

_MUTATED = frozenset(
    {"ORD004", "ORD005", "ORD006", "ORD007", "ORD008", "ORD010", "ORD011", "ORD018"}
)
BOTS = {"ladder": LADDER, "binance": BINANCE, "async": ASYNC, "exits": EXITS, "ledger": LEDGER}


@pytest.mark.parametrize("bot", BOTS)
def test_what_protects_an_order_and_is_gone_is_noticed(bot: str) -> None:
    found = survey(BOTS[bot], ("ORD",), ORDER_OPERATORS)
    assert not found.missed
    assert len(found.noticed) >= 3


def test_what_protects_an_order_of_an_example_and_is_gone_is_noticed() -> None:
    noticed: list[Mutant] = []
    missed: list[Mutant] = []
    for rule in load_rules():
        if rule.code not in _MUTATED:
            continue
        for example in rule.examples:
            if example.kind == "good":
                found = survey(dict(example.files), ("ORD", "EXC"), ORDER_OPERATORS)
                noticed += found.noticed
                missed += found.missed
    assert len(noticed) >= 10
    assert len(noticed) >= 0.95 * (len(noticed) + len(missed)), missed


@pytest.mark.parametrize("operator", ORDER_OPERATORS)
def test_a_mutant_is_a_program_with_one_change(operator: str) -> None:
    made = 0
    for files in BOTS.values():
        for mutant in mutants_of(parse(files), {operator: ORDER_OPERATORS[operator]}):
            assert mutant.text != files[mutant.path]
            assert len(parse({mutant.path: mutant.text}).files) == 1
            made += 1
    assert made
