"""What counts as proof, sentence by sentence.

Sentences 1 to 10 and 12 are examples in the rule files, named after the sentence that they show,
and run by ``test_rule_examples``: 9 of the rules about locks, the others of those about orders. The
rest stands here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from botlint.model import Census, Confidence, Report, Severity
from botlint.rules import load_rules
from botlint.run import check
from botlint.settings import Settings

UNGUARDED = """\
import ccxt

exchange = ccxt.binance()


def enter(symbol, amount):
    exchange.create_order(symbol, "market", "buy", amount)


while True:
    enter("BTC/USDT", 0.01)
"""
UNKNOWN = """\
import ccxt

exchange = ccxt.binance()


def enter(name, symbol, amount):
    getattr(exchange, name)(symbol, "market", "buy", amount)
"""

NEAR = """\
from broker import desk


def enter(symbol, amount):
    desk.hand_in_buy(symbol, amount)


enter("BTC/USDT", 1)
"""

WRAPPED = """\
import requests


class Client:
    def __init__(self, url):
        self.url = url

    def place_order(self, symbol, side, quantity):
        return requests.post(f"{self.url}/api/v3/order", json={"symbol": symbol, "side": side})
"""

DEED = """
def add(symbol, amount):
    if refuses(symbol, amount):
        return
    exchange.create_market_buy_order(symbol, amount)


while True:
    add("ETH/USDT", float(input()))
"""


NAMED_ELSEWHERE = """
from checks import preflight


def checked(symbol, amount):
    if preflight(symbol, amount):
        exchange.create_market_buy_order(symbol, amount)


while True:
    enter("BTC/USDT", 0.01)
    add("ETH/USDT", float(input()))
    checked("LTC/USDT", float(input()))
"""


def run(directory: Path, text: str, **settings: object) -> Report:
    (directory / "bot.py").write_text(text)
    return check((str(directory),), Settings(root=directory, **settings))  # type: ignore[arg-type]  # of one test


@pytest.mark.parametrize("sentence", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12])
def test_a_sentence_has_an_example(sentence: int) -> None:
    titles = [example.title for rule in load_rules() for example in rule.examples]
    assert any(title.startswith(f"{sentence}. ") for title in titles)


def test_11_a_finding_has_a_trace_and_a_confidence(tmp_path: Path) -> None:
    (finding,) = run(tmp_path, UNGUARDED, select=("ORD001",)).findings
    assert [step.text for step in finding.trace] == [
        "`python bot.py` runs this module",
        "`bot.py` calls `enter`",
        "`enter` places the order `exchange.create_order`",
    ]
    assert finding.confidence >= Confidence.MEDIUM


def test_11_what_can_not_be_told_is_no_finding(tmp_path: Path) -> None:
    assert run(tmp_path, UNKNOWN).findings == ()


def test_13_a_run_that_recognises_no_order_says_so(tmp_path: Path) -> None:
    report = run(tmp_path, UNKNOWN)
    assert report.scope.unproven == ("0 orders recognised: the ORD rules proved nothing",)
    assert report.problems == ()


def test_13_what_reads_like_an_order_is_named_where_none_is_recognised(tmp_path: Path) -> None:
    told = run(tmp_path, NEAR).scope.unproven
    assert told == (
        "0 orders recognised: the ORD rules proved nothing",
        "nearest to an order: `desk.hand_in_buy` (bot.py:5); name what sends one under "
        "[tool.botlint.roles] place-order",
    )


def test_13_orders_in_wrappers_that_nothing_calls_are_counted_apart(tmp_path: Path) -> None:
    report = run(tmp_path, WRAPPED)
    assert report.findings == ()
    assert report.scope.census == Census(entries=1, wrapped_orders=1)
    assert report.scope.unproven == (
        "nothing calls `Client.place_order` (bot.py:9), and no other order is placed: "
        "the ORD rules proved nothing",
    )


def test_13_where_a_profile_is_set_that_is_a_problem(tmp_path: Path) -> None:
    report = run(tmp_path, UNKNOWN, profile="fsm-spot")
    assert "0 orders recognised" in report.problems[0].message


def test_13_a_role_that_nothing_plays_is_named(tmp_path: Path) -> None:
    told = run(tmp_path, UNGUARDED).scope.unproven
    assert any("nothing plays the role preflight" in text for text in told)


def test_13_orders_guarded_by_deed_alone_are_counted(tmp_path: Path) -> None:
    deed = UNGUARDED.replace("while True:", "if input():") + DEED
    told = run(tmp_path, deed).scope.unproven
    assert any("1 of 2 opening orders have one" in text for text in told)


def test_13_the_scope_is_counted(tmp_path: Path) -> None:
    scope = run(tmp_path, UNGUARDED).scope
    assert scope.files == 1
    assert scope.census == Census(entries=1, opening_orders=1, closing_orders=0, guards=0)


def test_13_what_nobody_counted_is_not_said_to_be_none(tmp_path: Path) -> None:
    scope = run(tmp_path, UNGUARDED, select=("ORD005",)).scope
    assert scope.census is None


def test_a_role_pattern_that_matches_nothing_is_told(tmp_path: Path) -> None:
    report = run(tmp_path, UNGUARDED, roles={"preflight": ("no_such_check",), "lock": ("enter",)})
    assert ["no_such_check" in one.message for one in report.findings if one.code == "BOT006"] == [
        True
    ]


def test_12_beside_a_named_preflight_an_order_guarded_by_deed_is_told_less_surely(
    tmp_path: Path,
) -> None:
    defined = [one.partition("while True:")[0] for one in (UNGUARDED, DEED)]
    text = "".join((*defined, NAMED_ELSEWHERE))
    plain, deed = run(tmp_path, text, select=("ORD001",)).findings
    assert (plain.severity, plain.confidence) == (Severity.CRITICAL, Confidence.HIGH)
    assert (deed.severity, deed.confidence) == (Severity.HIGH, Confidence.MEDIUM)
    seen = "this may refuse the order, and no name says that it is a preflight"
    assert deed.trace[-2].text == seen
