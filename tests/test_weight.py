"""How severe a finding about an order is where it stands: by what leads to it, and whether its file
can be imported at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from botlint.model import Finding, Severity
from botlint.run import check
from botlint.settings import Settings

TWICE = """\
import ccxt

{head}
exchange = ccxt.mexc()


def buy(symbol, amount):
    try:
        return exchange.create_market_buy_order(symbol, amount)
    except Exception:
        return exchange.create_market_buy_order(symbol, amount)
"""
LOOP = """

while True:
    buy("BTC/USDT", 1)
"""
ONCE = """

buy("BTC/USDT", 1)
"""
RUNNING = """\
from desk import buy

while True:
    buy("BTC/USDT", 1)
"""


def _severities(
    root: Path, files: dict[str, str], ignore: tuple[str, ...] = ()
) -> dict[str, tuple[Severity, str]]:
    for name, text in files.items():
        (root / name).write_text(text)
    report = check((str(root),), Settings(root=root, ignore=ignore))
    return {one.code: (one.severity, _first(one)) for one in report.findings}


def _first(finding: Finding) -> str:
    return finding.trace[0].text


def test_a_bot_that_runs_has_the_rule_s_own_severity(tmp_path: Path) -> None:
    found = _severities(tmp_path, {"desk.py": TWICE.format(head="") + LOOP})
    assert found["ORD004"][0] is Severity.HIGH


def test_a_function_that_nothing_calls_is_one_level_lower_and_says_so(tmp_path: Path) -> None:
    found = _severities(tmp_path, {"desk.py": TWICE.format(head="")})
    assert found["ORD004"] == (Severity.MEDIUM, "nothing in the program calls `buy`")


@pytest.mark.parametrize("text", [ONCE, "\n\nif __name__ == '__main__':\n    buy('BTC/USDT', 1)\n"])
def test_a_script_that_runs_once_is_low(tmp_path: Path, text: str) -> None:
    found = _severities(tmp_path, {"desk.py": TWICE.format(head="") + text})
    assert found["ORD004"][0] is Severity.LOW


def test_what_a_script_that_runs_once_calls_elsewhere_is_low_too(tmp_path: Path) -> None:
    files = {
        "desk.py": TWICE.format(head=""),
        "main.py": "from desk import buy\n\nbuy('BTC/USDT', 1)\n",
    }
    assert _severities(tmp_path, files)["ORD004"][0] is Severity.LOW


def test_a_demo_is_low_also_where_it_runs_on_and_on(tmp_path: Path) -> None:
    found = _severities(tmp_path, {"demo_desk.py": TWICE.format(head="") + LOOP})
    assert found["ORD004"][0] is Severity.LOW
    assert found["ORD001"][0] is Severity.LOW


def test_an_endpoint_is_no_script(tmp_path: Path) -> None:
    text = TWICE.format(head="from fastapi import FastAPI\n\napp = FastAPI()")
    text = text.replace("def buy(", "@app.post('/buy')\ndef buy(")
    files = {"desk.py": text, "other.py": "import more\n", "more.py": "X = 1\n"}
    assert _severities(tmp_path, files)["ORD004"][0] is Severity.HIGH


def test_a_file_that_cannot_be_imported_is_one_level_lower_and_says_why(tmp_path: Path) -> None:
    head = "from sizes import lot_of\n"
    files = {"desk.py": TWICE.format(head=head), "sizes.py": "LOT = 1\n", "main.py": RUNNING}
    found = _severities(tmp_path, files, ignore=("WIR008",))
    assert found["ORD004"] == (
        Severity.MEDIUM,
        "importing this file fails here: `lot_of` isn't there",
    )
    assert found["ORD001"][0] is Severity.HIGH
    assert "ORD004" not in _severities(tmp_path, files)  # It is told along with the import.


def test_so_is_one_that_imports_such_a_file(tmp_path: Path) -> None:
    files = {
        "desk.py": TWICE.format(head="from middle import HALF\n"),
        "middle.py": "from sizes import lot_of\n\nHALF = lot_of / 2\n",
        "sizes.py": "LOT = 1\n",
        "main.py": RUNNING,
    }
    found = _severities(tmp_path, files)
    assert found["ORD004"][0] is Severity.MEDIUM


@pytest.mark.parametrize(
    "head",
    [
        "try:\n    from sizes import lot_of\nexcept ImportError:\n    lot_of = None\n",
        "import sys\n\nif sys.argv[1:]:\n    from sizes import lot_of\n",
        "def later():\n    from sizes import lot_of\n",
        "from sizes import LOT\n",
    ],
)
def test_an_import_that_need_not_fail_takes_nothing_off(tmp_path: Path, head: str) -> None:
    files = {"desk.py": TWICE.format(head=head), "sizes.py": "LOT = 1\n", "main.py": RUNNING}
    assert _severities(tmp_path, files)["ORD004"][0] is Severity.HIGH


BROKEN = """\
import desk


def preflight():
    desk.missing_check()


preflight()
{more}"""


@pytest.mark.parametrize(
    ("more", "severity"),
    [
        ("desk.buy('BTC/USDT', 1)\n", Severity.LOW),
        ("desk.run()\n", Severity.HIGH),
        ("import threading\n\nthreading.Thread(target=desk.buy).start()\n", Severity.HIGH),
    ],
    ids=["ends by itself", "leads to a loop", "starts a thread"],
)
def test_a_guard_that_fails_is_low_only_where_nothing_goes_on(
    tmp_path: Path, more: str, severity: Severity
) -> None:
    run = "\n\ndef run():\n    while True:\n        buy('BTC/USDT', 1)\n"
    files = {"desk.py": TWICE.format(head="") + run, "main.py": BROKEN.format(more=more)}
    assert _severities(tmp_path, files)["WIR008"][0] is severity


BEHIND = """\
import ccxt

exchange = ccxt.mexc()


def buy(symbol, amount):
{head}
    try:
        return exchange.create_market_buy_order(symbol, amount)
    except Exception:
        return exchange.create_market_buy_order(symbol, amount)
"""


@pytest.mark.parametrize(
    ("head", "severity"),
    [
        ("    from .absent import size", Severity.LOW),
        ("    if amount > 3:\n        from .absent import size", Severity.HIGH),
        ("    try:\n        from .absent import size\n    except ImportError:\n        pass", None),
    ],
)
def test_an_order_behind_an_import_that_always_fails_is_two_levels_lower_and_says_so(
    tmp_path: Path, head: str, severity: Severity | None
) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk/__init__.py").write_text("")
    (tmp_path / "desk/orders.py").write_text(BEHIND.format(head=head))
    running = RUNNING.replace("desk", "desk.orders")
    told, text = _severities(tmp_path, {"main.py": running}, ignore=("WIR008",))["ORD004"]
    assert told is (severity or Severity.HIGH)
    assert text.startswith("this import always fails") is (told is Severity.LOW)


TWO_LOCKS = """\
import threading

import ccxt


class Book:
    def __init__(self):
        self.exchange = ccxt.mexc()
        self._lock = threading.Lock()
        self._other = threading.Lock()
        self.positions = dict()

    def fill(self, symbol):
        with self._lock:
            self.positions[symbol] = 1
        with self._lock:
            self.positions.pop("old", None)
        with self._lock:
            self.positions.pop("other", None)

    def wipe(self):
        with self._other:
            self.positions.clear()
        with self._other:
            self.positions["none"] = 0


def run(book):
    while True:
        book.exchange.create_market_buy_order("BTC/USDT", 1)
        book.fill("BTC/USDT")
{more}

if __name__ == "__main__":
    shared = Book()
    threading.Thread(target=run, args=(shared,)).start()
    run(shared)
"""


@pytest.mark.parametrize(
    ("more", "severity"), [("        book.wipe()\n", Severity.HIGH), ("", Severity.MEDIUM)]
)
def test_a_store_that_nothing_changes_otherwise_is_one_level_lower_and_told_once(
    tmp_path: Path, more: str, severity: Severity
) -> None:
    (tmp_path / "book.py").write_text(TWO_LOCKS.format(more=more))
    report = check((str(tmp_path),), Settings(root=tmp_path))
    (found,) = [one for one in report.findings if one.code == "POS003"]
    assert found.severity is severity
    assert [step.place.span.line for step in found.related] == [25]
