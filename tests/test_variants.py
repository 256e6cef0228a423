"""Changes that change nothing of what a program does change nothing of what botlint says of it."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.variants.limits import LIMITS
from tests.variants.survey import Survey, examples

from botlint.settings import Settings

PART = 3
"""One of so many examples is changed here; `python -m tests.variants examples` changes all."""

MOST_UNKNOWN = {
    "comments": 0,
    "if-true": 0,
    "rename": 1,
    "move": 2,
    "move-other": 2,
    "extract": 2,
}
"""Of a hundred examples so many may differ beside the known limits: those that are new."""

CHANGES = tuple(MOST_UNKNOWN)


@pytest.fixture(scope="module")
def survey() -> Survey:
    return Survey(Settings(root=Path()))


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_changes_nothing_leaves_every_verdict(survey: Survey, change: str) -> None:
    chosen = tuple(itertools.islice(examples(), CHANGES.index(change) % PART, None, PART))
    differing = {title for title, files in chosen if survey.differences(files, change)}
    unknown = sorted(differing - LIMITS[change])
    assert len(unknown) <= len(chosen) * MOST_UNKNOWN[change] // 100, unknown


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
