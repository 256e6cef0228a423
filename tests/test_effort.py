"""A program that is made to keep botlint busy ends, and never looks clean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from botlint.checks.guards import duty, guards
from botlint.model import Report
from botlint.run import check
from botlint.settings import Overrides, load_settings

HEAD = "import ccxt\n\nexchange = ccxt.binance()\n\n"
ORDER = "exchange.create_order(symbol, 'limit', 'buy', amount, price)"
MAIN = "\nif __name__ == '__main__':\n    f0('BTC/USDT', 1, 2)\n"


def calls_of_one_another(count: int) -> str:
    """Functions that all call each other, each with an order."""
    functions = [
        f"def f{one}(symbol, amount, price):\n"
        + "".join(f"    f{n}(symbol, amount, price)\n" for n in range(count) if n != one)
        + f"    {ORDER}\n\n"
        for one in range(count)
    ]
    return HEAD + "".join(functions) + MAIN


def chain_of_calls(count: int) -> str:
    """Functions of which each calls the next, each with an order."""
    given = "(symbol, amount, price)"
    functions = [
        f"def f{one}{given}:\n    {ORDER}\n    f{one + 1}{given}\n\n" for one in range(count)
    ]
    return f"{HEAD}{''.join(functions)}def f{count}{given}:\n    pass\n{MAIN}"


def orders_by_kind(count: int) -> str:
    """One function with an order for each of many kinds, behind a guard."""
    cases = [f"    if kind == 'k{one}':\n        {ORDER}\n" for one in range(count)]
    head = "def f0(symbol, amount, price, kind='k1'):\n    if not preflight(symbol, amount):\n"
    return f"{HEAD}{head}        return\n{''.join(cases)}{MAIN}"


def look_at(root: Path, code: str) -> Report:
    (root / "bot.py").write_text(code)
    settings = load_settings(root, Overrides(isolated=True))
    return check((str(root / "bot.py"),), msgspec.structs.replace(settings, cache=None, jobs=1))


@pytest.mark.parametrize("write", [calls_of_one_another, orders_by_kind])
def test_what_is_written_by_people_is_looked_at_whole(
    tmp_path: Path, write: Callable[[int], str]
) -> None:
    assert look_at(tmp_path, write(8)).problems == ()


@pytest.mark.parametrize("count", [2, 9])
def test_orders_under_too_many_calls_are_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(duty, "MOST_LINKS", count)
    told = look_at(tmp_path, chain_of_calls(12)).problems
    assert told
    assert {one.path for one in told} == {"bot.py"}
    assert all("on is proved: so many calls lead to orders" in one.message for one in told)
    assert all(one.span is not None for one in told)


def test_an_order_under_too_many_calls_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duty, "MOST_CALLS", 3)
    told = look_at(tmp_path, chain_of_calls(5)).problems
    assert [one.message.partition(":")[0] for one in told] == [
        "`f2` is not proved",
        "`f3` is not proved",
        "`f4` is not proved",
    ]


def test_a_function_with_too_many_ways_to_orders_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "MOST_STATES", 50)
    told = look_at(tmp_path, orders_by_kind(12)).problems
    assert [one.message.partition(":")[0] for one in told] == ["`f0` is not proved"]


def test_what_was_given_up_is_told_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duty, "MOST_LINKS", 20)
    code = calls_of_one_another(6)
    assert look_at(tmp_path, code) == look_at(tmp_path, code)
