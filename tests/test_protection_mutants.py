"""The stop, the cancel or the look at a price is taken out of a bot, and that is noticed."""

from __future__ import annotations

import pytest
from tests.mutants import PROTECTION_OPERATORS, Checker, mutants_of, parse, survey

DESK = {
    "broker.py": """
import time

import ccxt

MAX_AGE_S = 3.0
MAX_JUMP = 0.02


class StaleData(Exception):
    pass


class Broker:
    def __init__(self):
        self.exchange = ccxt.binanceusdm()
        self.tickers = {}
        self.seen_at = {}

    def on_ticker(self, symbol, ticker):
        self.tickers[symbol] = ticker
        self.seen_at[symbol] = time.time()

    def preflight(self, symbol, amount):
        if amount <= 0:
            raise ValueError(symbol)

    def secure(self, symbol, side, amount, price):
        params = {"stopPrice": price, "reduceOnly": True}
        self.exchange.create_order(symbol, "stop_market", side, amount, None, params)
""",
    "trend.py": """
from broker import Broker


class Trend(Broker):
    def enter_long(self, symbol, amount, price):
        self.preflight(symbol, amount)
        order = self.exchange.create_order(symbol, "market", "buy", amount)
        params = {"stopPrice": price * 0.98}
        self.exchange.create_order(symbol, "stop_market", "sell", amount, None, params)
        return order

    def enter_short(self, symbol, amount, price):
        self.preflight(symbol, amount)
        order = self.exchange.create_order(symbol, "market", "sell", amount)
        params = {"stopPrice": price * 1.02}
        self.exchange.create_order(symbol, "stop_market", "buy", amount, None, params)
        return order

    def enter_news(self, symbol, amount, price):
        self.preflight(symbol, amount)
        order = self.exchange.create_market_buy_order(symbol, amount)
        self.exchange.create_stop_market_order(symbol, "sell", amount, price * 0.99)
        return order
""",
    "maker.py": """
import time

from broker import MAX_AGE_S, MAX_JUMP, Broker, StaleData


class Maker(Broker):
    def quote_bid(self, symbol, amount):
        self.preflight(symbol, amount)
        if time.time() - self.seen_at[symbol] > MAX_AGE_S:
            raise StaleData(symbol)
        price = self.tickers[symbol]["bid"]
        for order in self.exchange.fetch_open_orders(symbol):
            if order["side"] == "buy":
                self.exchange.cancel_order(order["id"], symbol)
        return self.exchange.create_limit_buy_order(symbol, amount, price * 0.999)

    def quote_ask(self, symbol, amount):
        self.preflight(symbol, amount)
        if time.time() - self.seen_at[symbol] > MAX_AGE_S:
            return None
        price = self.tickers[symbol]["ask"]
        for order in self.exchange.fetch_open_orders(symbol):
            if order["side"] == "sell":
                self.exchange.cancel_order(order["id"], symbol)
        return self.exchange.create_limit_sell_order(symbol, amount, price * 1.001)

    def quote_deep(self, symbol, amount, last_price):
        self.preflight(symbol, amount)
        price = self.tickers[symbol]["bid"]
        if abs(price - last_price) / last_price > MAX_JUMP:
            return None
        self.exchange.cancel_all_orders(symbol)
        return self.exchange.create_order(symbol, "limit", "buy", amount, price * 0.98)
""",
    "main.py": """
import time

from maker import Maker
from trend import Trend


def run(symbol):
    maker = Maker()
    trend = Trend()
    while True:
        mode, price = trend.exchange.fetch_ticker(symbol)["info"]
        if mode == "bid":
            maker.quote_bid(symbol, 1)
        elif mode == "ask":
            maker.quote_ask(symbol, 1)
        elif mode == "deep":
            maker.quote_deep(symbol, 1, price)
        elif mode == "long":
            trend.enter_long(symbol, 1, price)
        elif mode == "short":
            trend.enter_short(symbol, 1, price)
        else:
            trend.enter_news(symbol, 1, price)
        time.sleep(1)


if __name__ == "__main__":
    run("BTC/USDT")
""",
}


@pytest.mark.parametrize("operator", sorted(PROTECTION_OPERATORS))
def test_every_mutant_that_counts_is_noticed(operator: str) -> None:
    found = survey(DESK, ("ORD012", "ORD016", "ORD017"), (operator,))
    assert [f"{one.path}:{one.line}: {one.what}" for one in found.missed] == []
    assert len(found.noticed) == 3


def test_the_bot_itself_has_no_such_finding() -> None:
    checker = Checker(DESK, ("ORD012", "ORD016", "ORD017"))
    assert not checker._before


def test_a_mutant_is_the_program_with_one_protection_less() -> None:
    for mutant in mutants_of(parse(DESK), tuple(PROTECTION_OPERATORS)):
        before = DESK[mutant.path].split("\n")
        after = mutant.text.split("\n")
        assert before[: mutant.line - 1] == after[: mutant.line - 1]
        assert before != after
