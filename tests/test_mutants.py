"""A protection that is taken out of code which has it is noticed."""

from __future__ import annotations

import pytest
from tests.mutants import OPERATORS, Mutant, mutants_of, parse, survey

from botlint.rules import load_rules

BOT = {
    "portfolio.py": """
import functools
import threading
from contextlib import contextmanager


def synchronized(name):
    def decorate(method):
        @functools.wraps(method)
        def wrapper(self, *args, **kwargs):
            with getattr(self, name):
                return method(self, *args, **kwargs)

        return wrapper

    return decorate


class Portfolio:
    def __init__(self, start):
        self._lock = threading.RLock()
        self._budget_lock = threading.RLock()
        self.held_assets = {}
        self.open_orders = {}
        self.budget = start
        self.reservations = {}

    def add(self, symbol, data):
        with self._lock:
            self.held_assets[symbol] = data

    def remove(self, symbol):
        with self._lock:
            data = self.held_assets.pop(symbol, None)
            self.open_orders.pop(symbol, None)
        return data

    def ordered(self, symbol, order):
        with self._lock:
            self.open_orders[symbol] = order

    def clear(self):
        with self._lock:
            for symbol in list(self.held_assets):
                del self.held_assets[symbol]

    @synchronized("_budget_lock")
    def reserve(self, symbol, amount):
        self.reservations[symbol] = amount
        self.budget -= amount

    def release(self, symbol):
        with self._budget_lock:
            self.budget += self.reservations.pop(symbol, 0.0)

    def spend(self, symbol, amount):
        if not self._budget_lock.acquire(timeout=1):
            return False
        try:
            self.reservations[symbol] -= amount
        finally:
            self._budget_lock.release()
        return True
""",
    "engine.py": """
import threading
import time

from portfolio import Portfolio


class Engine:
    def __init__(self, exchange):
        self._lock = threading.RLock()
        self.exchange = exchange
        self.positions = {}
        self.portfolio = Portfolio(1000.0)

    def bought(self, symbol, fill):
        with self._lock:
            self.portfolio.add(symbol, fill)
            self.positions[symbol] = fill

    def sold(self, symbol):
        with self._lock:
            self.portfolio.remove(symbol)
            self.positions.pop(symbol, None)

    def expire(self, symbol):
        with self._lock:
            position = self.positions.get(symbol)
            if position is not None and position["until"] < time.time():
                self._forget(symbol)

    def _forget(self, symbol):
        self.positions.pop(symbol, None)

    def run(self):
        while True:
            for symbol in self.exchange.filled():
                self.sold(symbol)
            time.sleep(1)
""",
    "desk.py": """
class Journal:
    def __init__(self, path):
        self.path = path

    def record(self, symbol, what, decision_id=None):
        print(self.path, symbol, what, decision_id)


class Desk:
    def __init__(self, exchange, portfolio, journal: Journal):
        self.exchange = exchange
        self.portfolio = portfolio
        self.journal = journal

    def buy(self, symbol, qty, price, decision_id):
        self.journal.record(symbol, "reserve", decision_id=decision_id)
        self.portfolio.reserve_budget(symbol, qty * price)
        if qty <= 0:
            self.portfolio.release_budget(symbol)
            return None
        try:
            tag = f"buy-{decision_id}"
            order = self.exchange.create_order(symbol, "limit", "buy", qty, price, {"tag": tag})
        except Exception:
            self.portfolio.release_budget(symbol)
            raise
        self.booked(symbol, order["filled"], decision_id=decision_id)
        self.portfolio.commit_budget(symbol)
        return order

    def booked(self, symbol, filled, decision_id=None):
        self.journal.record(symbol, f"filled {filled}", decision_id=decision_id)
""",
    "main.py": """
import threading

from engine import Engine


def main(exchange):
    engine = Engine(exchange)
    threading.Thread(target=engine.run, daemon=True).start()
    for fill in exchange.fills():
        engine.bought(fill["symbol"], fill)
        engine.expire(fill["symbol"])


if __name__ == "__main__":
    main(None)
""",
}

LOCKS = ("unwrap-lock", "move-out-of-lock", "drop-lock-decorator")


def examples() -> list[dict[str, str]]:
    """The small programs about locks in which nothing is wrong, each as its files."""
    return [
        dict(example.files)
        for rule in load_rules()
        if rule.check == "locked"
        for example in rule.examples
        if example.kind == "good"
    ]


def test_a_lock_taken_out_of_a_bot_is_noticed() -> None:
    found = survey(BOT, operators=LOCKS)
    assert not found.missed
    assert len(found.noticed) >= 8


def test_an_id_or_a_release_taken_out_of_a_bot_is_noticed() -> None:
    found = survey(BOT, operators=("drop-id", "drop-release"))
    assert not found.missed
    assert [one.operator for one in found.noticed].count("drop-id") == 3
    assert [one.operator for one in found.noticed].count("drop-release") == 3


def test_a_lock_taken_out_of_an_example_is_noticed() -> None:
    noticed: list[Mutant] = []
    missed: list[Mutant] = []
    for files in examples():
        found = survey(files, operators=LOCKS)
        noticed += found.noticed
        missed += found.missed
    assert len(noticed) >= 14
    assert len(noticed) >= 0.95 * (len(noticed) + len(missed)), missed


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_mutant_is_a_program_with_one_change(operator: str) -> None:
    tree = parse(BOT)
    made = [mutant for mutant in mutants_of(tree) if mutant.operator == operator]
    assert made
    for mutant in made:
        assert mutant.text != BOT[mutant.path]
        assert len(parse({mutant.path: mutant.text}).files) == 1
