"""Chains as long as a program likes: they take time, and never more stack than there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from botlint.run import check
from botlint.settings import Settings

LENGTH = 250

HEAD = """\
import ccxt

exchange = ccxt.binance()


def preflight(symbol, amount):
    return amount > 0

"""


def _chain(first: str, further: str, start: str) -> str:
    """``first``, then ``further`` for each link with its number and the one before, and a start."""
    links = [further.format(n=n, before=n - 1, after=(n + 1) % LENGTH) for n in range(1, LENGTH)]
    return HEAD + first.format() + "".join(links) + start.format(last=LENGTH - 1)


PROGRAMS = {
    "the guard stands below": (
        "def c0(s, a):\n    return preflight(s, a)\n",
        "def c{n}(s, a):\n    return c{before}(s, a)\n",
        "def enter(s, a):\n    if c{last}(s, a):\n"
        "        exchange.create_order(s, 'market', 'buy', a)\nwhile True:\n    enter('A', 1)\n",
        set(),
    ),
    "a verdict is handed down": (
        "def c0(s, a, ok):\n    if ok:\n        exchange.create_order(s, 'market', 'buy', a)\n",
        "def c{n}(s, a, ok):\n    if ok:\n        c{before}(s, a, ok)\n",
        "def enter(s, a):\n    c{last}(s, a, preflight(s, a))\nwhile True:\n    enter('A', 1)\n",
        set(),
    ),
    "errors come up": (
        "def c0(s, a):\n    exchange.create_order(s, 'market', 'buy', a)\n",
        "def c{n}(s, a):\n    return c{before}(s, a)\n",
        "while True:\n    try:\n        c{last}('A', 1)\n    except Exception:\n        pass\n",
        {"WIR007"},
    ),
    "functions call each other in a ring": (
        "def c0(s, a):\n    return preflight(s, a) if a else c1(s, a)\n",
        "def c{n}(s, a):\n    return preflight(s, a) if a > {n} else c{after}(s, a)\n",
        "def enter(s, a):\n    if c0(s, a):\n"
        "        exchange.create_order(s, 'market', 'buy', a)\nwhile True:\n    enter('A', 1)\n",
        set(),
    ),
    "each object has the next": (
        "class C0:\n    def go(self):\n        exchange.create_order('A', 'market', 'buy', 1)\n",
        "class C{n}:\n    def __init__(self):\n        self.inner = C{before}()\n"
        "    def go(self):\n        self.inner.go()\n",
        "while True:\n    C{last}().go()\n",
        {"ORD001"},
    ),
    "each object keeps the dict": (
        "class C0:\n    def __init__(self, d):\n        self.d0 = d\n",
        "class C{n}:\n    def __init__(self, d):\n        self.d{n} = d\n"
        "        self.inner = C{before}(self.d{n})\n",
        "def enter():\n    d = {{'a': 1}}\n    C{last}(d)\n    if d['qty'] > 1:\n"
        "        exchange.create_order('A', 'market', 'buy', d['qty'])\nwhile True:\n    enter()\n",
        {"WIR003"},
    ),
    "each attribute is made of the one before, twice": (
        "class C:\n    def __init__(self):\n        self.d0 = {{'a': 1}}\n",
        "        self.d{n} = self.d{before} or {{**self.d{before}}}\n",
        "    def go(self):\n        if self.d{last}['qty'] > 1:\n"
        "            exchange.create_order('A', 'market', 'buy', 1)\nwhile True:\n    C().go()\n",
        {"WIR003"},
    ),
    "each list is made of the one before, twice": (
        "def go():\n    r0 = [{{'a': 1}}]\n",
        "    r{n} = list(r{before})\n    r{n} += sorted(r{before})\n",
        "    for r in r{last}:\n        if r['qty'] > 1:\n"
        "            exchange.create_order('A', 'market', 'buy', 1)\nwhile True:\n    go()\n",
        {"WIR003"},
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_chain_is_too_long(name: str, tmp_path: Path) -> None:
    """All rules look at the program, and those that must find something do."""
    first, further, start, wanted = PROGRAMS[name]
    (tmp_path / "main.py").write_text(_chain(first, further, start), encoding="utf-8")
    report = check((str(tmp_path),), Settings(root=tmp_path))
    assert not report.problems
    assert wanted <= {finding.code for finding in report.findings}
