"""An old copy of what runs: what is wrong with its orders loses nobody any money."""

from __future__ import annotations

from pathlib import Path

import pytest

from botlint.model import Severity
from botlint.run import check
from botlint.settings import Settings

MAIN = """
import ccxt
from desk import {name}

if __name__ == "__main__":
    client = ccxt.mexc()
    while True:
        {name}.Desk(client).enter("BTC/USDT")
"""
DESK = """
import asyncio


class Desk:
    def __init__(self, client):
        self.client = client

    async def start(self):
        self.task = asyncio.create_task(self.loop())

    async def loop(self):
        while True:
            self.enter("BTC/USDT")

    def enter(self, symbol):
        self.client.create_order(symbol, "market", "buy", 1)
"""


@pytest.mark.parametrize(
    ("running", "severity"),
    [("service", Severity.LOW), ("other", Severity.CRITICAL)],
    ids=["a copy of what runs", "no copy of anything"],
)
def test_an_order_in_a_copy_that_nothing_loads_is_low(
    tmp_path: Path, running: str, severity: Severity
) -> None:
    guarded = DESK.replace(
        "        self.client.create",
        "        if not preflight(symbol):\n            return\n        self.client.create",
    )
    guarded += "\n\ndef preflight(symbol):\n    return symbol != ''\n"
    files = {
        "main.py": MAIN.format(name=running),
        "desk/__init__.py": "",
        f"desk/{running}.py": guarded,
        "service.py": DESK,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    report = check((str(tmp_path),), Settings(root=tmp_path))
    (found,) = [one for one in report.findings if one.code == "ORD001"]
    assert (found.place.path, found.severity) == ("service.py", severity)
    is_said = found.trace[0].text.startswith("this is what runs")
    assert is_said is (running == "service")
