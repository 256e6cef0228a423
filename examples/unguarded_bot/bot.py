"""A small spot bot: it buys a dip, and buys more when the dip goes on.

Two faults are left in on purpose. Try `botlint check examples/unguarded_bot`.
"""

import logging
import os
import time

import ccxt

from ledger import Ledger
from risk import TradingHalt, check_daily_loss, preflight

log = logging.getLogger("bot")
SYMBOLS = ("BTC/USDT", "ETH/USDT")
STAKE = 25.0


def open_position(exchange, ledger, symbol, price):
    amount = STAKE / price
    ok, reason = preflight(exchange, symbol, amount, price)
    if not ok:
        log.info("no order: %s", reason)
        return
    ledger.record(symbol, exchange.create_limit_buy_order(symbol, amount, price))


def average_down(exchange, ledger, symbol, price):
    amount = STAKE / 2 / price
    ledger.record(symbol, exchange.create_limit_buy_order(symbol, amount, price))


def trade(exchange, ledger, symbol):
    try:
        check_daily_loss(ledger)
        price = exchange.fetch_ticker(symbol)["last"]
        paid = ledger.last_price(symbol)
        if paid is None:
            open_position(exchange, ledger, symbol, price)
        elif price < paid * 0.95:
            average_down(exchange, ledger, symbol, price)
    except Exception as error:
        log.warning("%s: %s", symbol, error)


def main():
    exchange = ccxt.binance({"apiKey": os.environ["API_KEY"], "secret": os.environ["API_SECRET"]})
    ledger = Ledger()
    try:
        while True:
            for symbol in SYMBOLS:
                trade(exchange, ledger, symbol)
            time.sleep(30)
    except TradingHalt as halt:
        log.critical("stopped: %s", halt)


if __name__ == "__main__":
    main()
