"""What must run is taken out of a bot, and that is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.mutants import Checker, Mutant, parse
from tests.wiring_mutants import (
    add_nonce,
    drop_await,
    drop_count,
    drop_required_call,
    drop_signal,
)

from botlint.rules import load_rules
from botlint.selection import select_rules
from botlint.settings import Settings
from botlint.settings.required import Needs, Part
from botlint.settings.required import Step as StartupStep

OPERATORS = {
    "drop-required-call": drop_required_call,
    "drop-signal": drop_signal,
    "drop-count": drop_count,
    "drop-await": drop_await,
    "add-nonce": add_nonce,
}

BOT = {
    "timeouts.py": """
import time


class Timeouts:
    def __init__(self, limit):
        self.limit = limit

    def check_position_ttl(self, position):
        return time.time() - position["since"] > self.limit

    def expired(self, positions):
        return [one for one in positions if self.check_position_ttl(one)]
""",
    "requests_signed.py": """
import time

import requests

last = 0


def next_nonce():
    global last
    last = max(last + 1, int(time.time() * 1000))
    return last


def send(path, params):
    params["nonce"] = next_nonce()
    return requests.post(f"https://api.kraken.com{path}", data=params)
""",
    "settings.py": """
LIMIT = 3600


def validate_config():
    if LIMIT <= 0:
        raise ValueError(LIMIT)
""",
    "main.py": """
import asyncio
import signal

import ccxt.async_support as ccxt

import requests_signed
import settings
from timeouts import Timeouts

exchange = ccxt.binance()


class Bot:
    def __init__(self):
        self.failures = 0
        self.is_running = True
        self.timeouts = Timeouts(settings.LIMIT)
        self.positions = []

    def stop(self, number, frame):
        self.is_running = False

    async def check_risk(self, amount):
        if amount > 1:
            raise ValueError(amount)

    async def step(self):
        await self.check_risk(0.01)
        requests_signed.send("/0/private/Balance", {})
        await exchange.create_order("BTC/USDT", "market", "buy", 0.01)
        for position in self.timeouts.expired(self.positions):
            self.positions.remove(position)

    async def run(self):
        signal.signal(signal.SIGINT, self.stop)
        signal.signal(signal.SIGTERM, self.stop)
        while self.is_running:
            try:
                await self.step()
                self.failures = 0
            except Exception as error:
                print(error)
                self.failures += 1
            if self.failures >= 5:
                break
            await asyncio.sleep(60)


class Scalper(Bot):
    async def scalp(self):
        signal.signal(signal.SIGINT, self.stop)
        signal.signal(signal.SIGTERM, self.stop)
        while self.is_running:
            await self.step()
            await asyncio.sleep(1)


if __name__ == "__main__":
    settings.validate_config()
    if settings.LIMIT < 60:
        asyncio.run(Scalper().scalp())
    else:
        asyncio.run(Bot().run())
""",
}


def checker() -> Checker:
    needs = Needs(
        requires=(
            Part(part="a limit on how long a position is held", functions=("check_position_ttl",)),
            Part(part="the validation of the settings", functions=("validate_config",)),
        ),
        startup=(StartupStep(step="the settings are validated", calls=("validate_config",)),),
    )
    settings = Settings(root=Path(), needs=needs)
    return Checker(BOT, ("WIR",), select_rules(load_rules(), settings))


@pytest.mark.parametrize("name", OPERATORS)
def test_what_must_run_is_taken_out_and_that_is_noticed(name: str) -> None:
    tree = parse(BOT)
    mutants = [one for file in tree.files for one in OPERATORS[name](tree, file)]
    counting = [one for one in mutants if one.counts]
    assert counting
    check = checker()
    missed = [_shown(one) for one in counting if not check.notices(one)]
    assert not missed


def _shown(mutant: Mutant) -> str:
    return f"{mutant.path}:{mutant.line}: {mutant.what}"
