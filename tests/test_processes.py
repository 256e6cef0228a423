"""Work in another process: its answer comes back, or the work is done here."""

from __future__ import annotations

import os
import signal
import threading
import time
from multiprocessing import active_children
from pathlib import Path

import pytest

from botlint import applying
from botlint.processes import begin
from botlint.run import check
from botlint.settings import Settings

HERE = os.getpid()

BOT = """\
import ccxt

exchange = ccxt.kraken({"secret": "kQ9vZ2mB7xR4tN8wL1pD6sF3hJ5gC0yA"})
positions = {}

class Guard:
    def preflight(self, order): ...

def trade(price):
    guard = Guard()
    guard.check(price)
    exchange.create_order("BTC/USD", "limit", "buy", 1, price)
    positions["BTC/USD"] = price

trade(1)
"""


def test_an_answer_comes_back() -> None:
    wait = begin(lambda: {"a": [1, 2]})
    assert wait() == {"a": [1, 2]}


def test_a_process_that_dies_is_made_up_for_here() -> None:
    def work() -> int:
        if os.getpid() != HERE:
            os._exit(9)
        return 5

    assert begin(work)() == 5


def test_what_cannot_be_handed_back_is_worked_out_here() -> None:
    assert begin(lambda: lambda: 7)()() == 7


def test_what_raises_there_raises_here() -> None:
    with pytest.raises(ZeroDivisionError):
        begin(lambda: 1 // 0)()


def test_a_process_ends_when_it_is_told_to_at_birth() -> None:
    before = signal.signal(signal.SIGTERM, lambda number, frame: None)
    try:
        for _ in range(20):
            begin(lambda: time.sleep(50))
            (born,) = active_children()
            born.terminate()
            born.join(30)
            assert born.exitcode == -signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, before)


def test_beside_threads_the_work_is_done_here() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert begin(os.getpid)() == HERE
    finally:
        done.set()
        thread.join()


def test_two_processes_find_what_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bot.py").write_text(BOT)
    alone = check((str(tmp_path),), Settings(root=tmp_path, jobs=1))
    monkeypatch.setattr(applying, "PAYS_FROM", 0)
    assert check((str(tmp_path),), Settings(root=tmp_path, jobs=2)) == alone
    assert len({finding.code for finding in alone.findings}) > 2
