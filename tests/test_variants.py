"""Changes that change nothing of what a program does change nothing of what botlint says of it."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from tests.variants.limits import LIMITS
from tests.variants.survey import Survey, examples

from botlint.settings import Settings

PART = 3
"""One of so many examples is changed here, told by its title, so that a new one changes nothing
for the others; `python -m tests.variants examples` changes all."""

CHANGES = ("comments", "if-true", "rename", "move", "move-other", "extract")


@pytest.fixture(scope="module")
def survey() -> Survey:
    return Survey(Settings(root=Path()))


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_changes_nothing_leaves_every_verdict(survey: Survey, change: str) -> None:
    part = CHANGES.index(change) % PART
    chosen = [one for one in examples() if zlib.crc32(one[0].encode()) % PART == part]
    differing = {title for title, files in chosen if survey.differences(files, change)}
    assert sorted(differing - LIMITS[change]) == []


FILES = {
    "bot/__init__.py": "",
    "bot/gate.py": "def preflight(order):\n    return order.amount > 0\n",
    "bot/desk.py": (
        "import threading\n\nimport ccxt\n\nfrom bot.gate import preflight\n\n\n"
        "class Desk:\n    def __init__(self):\n        self.positions = {}\n"
        "        self._lock = threading.Lock()\n        self.exchange = ccxt.binance()\n\n"
        "    def enter(self, order):\n        preflight(order)\n        with self._lock:\n"
        "            self.positions[order.symbol] = order\n"
        "        self.exchange.create_order(order.symbol, 'market', 'buy', order.amount)\n\n"
        "    def leave(self, order):\n        try:\n"
        "            self.exchange.create_order(order.symbol, 'market', 'sell', order.amount)\n"
        "        except Exception:\n            pass\n        del self.positions[order.symbol]\n"
    ),
    "main.py": "from bot.desk import Desk\n\nwhile True:\n    Desk().enter(input())\n",
}


def _report(root: Path, paths: tuple[str, ...], seed: str, *options: str) -> bytes:
    command = [sys.executable, "-m", "botlint", "check", "--isolated", "-v", *options, *paths]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr.decode()
    return done.stdout


def test_a_report_is_the_same_for_any_order_of_files_hash_seed_and_number_of_jobs(
    tmp_path: Path,
) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    paths = tuple(sorted(FILES))
    first = _report(tmp_path, paths, "0")
    assert b"ORD002" in first
    assert _report(tmp_path, tuple(reversed(paths)), "1", "--jobs", "2") == first
    assert _report(tmp_path, (paths[1], paths[3], paths[0], paths[2]), "77", "--jobs", "1") == first
