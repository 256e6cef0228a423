"""Small programs and the codes of all that stands against them: forms that rule files do not show.

Each begins with the same lines: an exchange client ``ex`` and a ``preflight`` from elsewhere.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from botlint.run import check
from botlint.settings import Settings

HEAD = """\
import asyncio
import contextlib
import enum
import functools

import ccxt

from checks import PreflightError, Verdict, preflight

ex = ccxt.binance()
"""

# These programs sell without more ado and try again without an id: what is asked of them is how
# their orders are guarded.
ABOUT_OTHERS = {"ORD004", "ORD008"}

PROGRAMS: dict[str, tuple[tuple[str, ...], str]] = {
    "walrus": (
        (),
        """
def f(o, s, q):
    if (ok := preflight(s, q)) and o:
        ex.create_order(s, "market", "buy", q)
""",
    ),
    "and": (
        (),
        """
def f(s, q):
    return preflight(s, q) and ex.create_order(s, "market", "buy", q)
""",
    ),
    "or-bad": (
        ("ORD002",),
        """
def f(s, q):
    return preflight(s, q) or ex.create_order(s, "market", "buy", q)
""",
    ),
    "ifexp": (
        (),
        """
def f(s, q):
    return ex.create_order(s, "market", "buy", q) if preflight(s, q) else None
""",
    ),
    "match-enum": (
        (),
        """
def f(s, q):
    match preflight(s, q):
        case Verdict.APPROVED:
            ex.create_order(s, "market", "buy", q)
""",
    ),
    "match-reject": (
        ("ORD002",),
        """
def f(s, q):
    match preflight(s, q):
        case Verdict.REJECTED:
            return
        case _:
            ex.create_order(s, "market", "buy", q)
""",
    ),
    "gather": (
        (),
        """
async def preflight2(s, q):
    return await preflight(s, q)
async def f(s, q):
    ok, _ = await asyncio.gather(preflight(s, q), asyncio.sleep(1))
    if not ok:
        return
    await ex.create_order(s, "market", "buy", q)
""",
    ),
    "generator": (
        (),
        """
def approved(orders):
    for o in orders:
        if preflight(o):
            yield o
def f(orders):
    for o in approved(orders):
        ex.create_order(o.symbol, "market", "buy", o.qty)
""",
    ),
    "table": (
        ("ORD001",),
        """
def buy(s, q):
    ex.create_order(s, "market", "buy", q)
def safe(s, q):
    if preflight(s, q):
        ex.create_order(s, "market", "buy", q)
T = {"buy": buy, "safe": safe}
def on(k, s, q):
    T[k](s, q)
while True:
    on("buy", "A", 1)
""",
    ),
    "while-flag": (
        (),
        """
def f(s, q):
    ok = False
    while not ok:
        ok = preflight(s, q)
    ex.create_order(s, "market", "buy", q)
""",
    ),
    "early-continue": (
        (),
        """
def f(orders):
    for o in orders:
        if not preflight(o):
            continue
        ex.create_order(o.symbol, "market", "buy", o.qty)
""",
    ),
    "break-bad": (
        ("ORD002",),
        """
def f(orders):
    for o in orders:
        if not preflight(o):
            print("no")
        ex.create_order(o.symbol, "market", "buy", o.qty)
""",
    ),
    "except-else": (
        (),
        """
def f(s, q):
    try:
        preflight2(s, q)
    except ValueError:
        return
    else:
        ex.create_order(s, "market", "buy", q)
def preflight2(s, q):
    if not preflight(s, q):
        raise ValueError(s)
""",
    ),
    "finally-return": (
        (),
        """
def f(s, q):
    try:
        ok = preflight(s, q)
    except Exception:
        ok = False
    finally:
        print("x")
    if ok is True:
        ex.create_order(s, "market", "buy", q)
""",
    ),
    "is-not-None": (
        (),
        """
def f(s, q):
    order = preflight(s, q)
    if order is None:
        return
    ex.create_order(s, "market", "buy", q)
""",
    ),
    "errors": (
        (),
        """
def f(s, q):
    errors = preflight(s, q)
    if errors:
        return
    ex.create_order(s, "market", "buy", q)
""",
    ),
    "errors-len": (
        (),
        """
def f(s, q):
    problems = preflight(s, q)
    if len(problems) > 0:
        return
    ex.create_order(s, "market", "buy", q)
""",
    ),
    "cm-class": (
        (),
        """
class Checked:
    def __init__(self, s, q):
        self.s, self.q = s, q
    def __enter__(self):
        if not preflight(self.s, self.q):
            raise ValueError(self.s)
        return self
    def __exit__(self, *a):
        return False
def f(s, q):
    with Checked(s, q):
        ex.create_order(s, "market", "buy", q)
""",
    ),
    "exitstack": (
        (),
        """
def f(s, q):
    with contextlib.ExitStack() as stack:
        if not preflight(s, q):
            return
        ex.create_order(s, "market", "buy", q)
""",
    ),
    "suppress": (
        ("ORD003",),
        """
def f(s, q):
    ok = True
    with contextlib.suppress(Exception):
        ok = preflight(s, q)
    if ok:
        ex.create_order(s, "market", "buy", q)
""",
    ),
    "override": (
        ("ORD001",),
        """
class Base:
    def check(self, s, q):
        if not preflight(s, q):
            raise ValueError(s)
    def go(self, s, q):
        self.check(s, q)
        ex.create_order(s, "market", "buy", q)
class Loose(Base):
    def check(self, s, q):
        pass
Loose().go("a", 1)
""",
    ),
    "partial": (
        ("ORD001",),
        """
def buy(s, q):
    ex.create_order(s, "market", "buy", q)
def ok(s, q):
    if preflight(s, q):
        buy(s, q)
go = functools.partial(buy, "A")
while True:
    go(1)
""",
    ),
    "nested": (
        (),
        """
def f(s, q):
    def send():
        ex.create_order(s, "market", "buy", q)
    if preflight(s, q):
        send()
""",
    ),
    "nested-bad": (
        ("ORD002",),
        """
def f(s, q):
    def send():
        ex.create_order(s, "market", "buy", q)
    if q > 1 and preflight(s, q):
        send()
    send()
""",
    ),
    "other-order": (
        ("ORD001",),
        """
def f(a, b):
    if preflight(a):
        ex.create_order(a.symbol, "market", "buy", a.qty)
        ex.create_order(b.symbol, "market", "buy", b.qty)
""",
    ),
    "deep-member": (
        (),
        """
def f(o):
    r = preflight(o)
    if r.status.ok:
        ex.create_order(o.symbol, "market", "buy", o.qty)
""",
    ),
    "dict-ok": (
        (),
        """
def f(s, q):
    r = preflight(s, q)
    if r.get("ok"):
        ex.create_order(s, "market", "buy", q)
""",
    ),
    "reraise-other": (
        (),
        """
def f(s, q):
    try:
        ok = preflight(s, q)
    except Exception as e:
        raise RuntimeError("no") from e
    if not ok:
        return
    ex.create_order(s, "market", "buy", q)
""",
    ),
    "self-verdict": (
        (),
        """
class B:
    def f(self, s, q):
        self.ok = preflight(s, q)
        if not self.ok:
            return
        ex.create_order(s, "market", "buy", q)
""",
    ),
    "helper-returns-order": (
        (),
        """
def prepared(s, q):
    if not preflight(s, q):
        return None
    return {"s": s, "q": q}
def f(s, q):
    p = prepared(s, q)
    if p is None:
        return
    ex.create_order(p["s"], "market", "buy", p["q"])
""",
    ),
    "helper-tuple": (
        (),
        """
def prepared(s, q):
    ok, why = preflight(s, q)
    if not ok:
        return False, why
    return True, ""
def f(s, q):
    ok, why = prepared(s, q)
    if not ok:
        return
    ex.create_order(s, "market", "buy", q)
""",
    ),
    "async-for": (
        (),
        """
async def f(feed):
    async for o in feed:
        if await preflight(o):
            await ex.create_order(o.symbol, "market", "buy", o.qty)
""",
    ),
    "comprehension": (
        (),
        """
def f(orders):
    return [ex.create_order(o.symbol, "market", "buy", o.qty) for o in orders if preflight(o)]
""",
    ),
    "swallow-caller": (
        ("EXC001",),
        """
class RiskAbort(Exception): pass
def guard(o):
    if o.qty > 5: raise RiskAbort(o)
def step(o):
    try:
        guard(o)
    except Exception:
        print("x")
def main(orders):
    for o in orders:
        try:
            step(o)
        except RiskAbort:
            return
main([])
""",
    ),
    "swallow-reraise": (
        (),
        """
class RiskAbort(Exception): pass
def guard(o):
    if o.qty > 5: raise RiskAbort(o)
def step(o):
    try:
        guard(o)
    except Exception:
        print("x")
        raise
def main(orders):
    for o in orders:
        try:
            step(o)
        except RiskAbort:
            return
main([])
""",
    ),
    "named-first": (
        (),
        """
class RiskAbort(Exception): pass
def step(o):
    try:
        if o.qty > 5: raise RiskAbort(o)
    except RiskAbort:
        return
    except Exception:
        print("x")
step(1)
""",
    ),
    "isinstance": (
        (),
        """
class RiskAbort(Exception): pass
def step(o):
    try:
        if o.qty > 5: raise RiskAbort(o)
    except Exception as e:
        if isinstance(e, RiskAbort):
            raise
        print("x")
step(1)
""",
    ),
    "base-below": (
        (),
        """
class BotError(Exception): pass
class TradingHalt(BotError): pass
def step(o):
    try:
        if o.qty > 5: raise TradingHalt(o)
    except BotError:
        return
step(1)
""",
    ),
    "suppress-abort": (
        ("EXC001",),
        """
class TradingHalt(Exception): pass
def step(o):
    with contextlib.suppress(Exception):
        if o.qty > 5: raise TradingHalt(o)
step(1)
""",
    ),
    "thread-abort": (
        ("EXC002",),
        """
import threading
class TradingHalt(Exception): pass
class W:
    def run(self):
        while True:
            self.step()
    def step(self):
        if self.loss > 5: raise TradingHalt(self)
    def start(self):
        threading.Thread(target=self.run).start()
W().start()
""",
    ),
    "kill-blocks-close": (
        ("ORD014",),
        """
class B:
    def send(self, s, side, q):
        if self.kill_switch_active:
            raise RuntimeError("killed")
        return ex.create_order(s, "market", side, q)
    def close_position(self, s, q):
        self.send(s, "sell", q)
    def enter(self, s, q):
        if preflight(s, q):
            self.send(s, "buy", q)
""",
    ),
    "kill-exempts": (
        (),
        """
class B:
    def send(self, s, side, q, reduce_only=False):
        if not reduce_only and self.kill_switch_active:
            raise RuntimeError("killed")
        return ex.create_order(s, "market", side, q)
    def close_position(self, s, q):
        self.send(s, "sell", q, reduce_only=True)
    def enter(self, s, q):
        if preflight(s, q):
            self.send(s, "buy", q)
""",
    ),
    "gate-peer": (
        ("ORD013",),
        """
class B:
    def a(self, s, q):
        if not self.risk.can_trade(s):
            return
        if preflight(s, q):
            ex.create_order(s, "market", "buy", q)
    def b(self, s, q):
        if preflight(s, q):
            ex.create_order(s, "limit", "buy", q, 1)
b = B()
while True:
    b.a("x", 1)
    b.b("x", 1)
""",
    ),
    "raw-http": (
        ("ORD001",),
        """
import requests
def f(s, q):
    params = {"symbol": s, "side": "BUY", "quantity": q}
    requests.post("https://api.binance.com/api/v3/order", params=params)
""",
    ),
    "raw-get": (
        (),
        """
import requests
def f(s, q):
    return requests.get("https://api.binance.com/api/v3/order", params={"symbol": s})
""",
    ),
    "paper": (
        (),
        """
class PaperBroker:
    def __init__(self):
        self.positions = {}
    def place_order(self, s, q):
        self.positions[s] = q
def f(s, q):
    PaperBroker().place_order(s, q)
""",
    ),
    "stop": (
        (),
        """
def f(s, q):
    ex.create_order(s, "stop_market", "sell", q, None, {"stopPrice": 5, "reduceOnly": True})
""",
    ),
    "alpaca": (
        ("ORD001",),
        """
from alpaca.trading.client import TradingClient
from alpaca.trading.requests import MarketOrderRequest
from alpaca.trading.enums import OrderSide, TimeInForce
client = TradingClient("a", "b")
def f(s, q):
    request = MarketOrderRequest(symbol=s, qty=q, side=OrderSide.BUY, time_in_force=TimeInForce.DAY)
    client.submit_order(order_data=request)
""",
    ),
    "alpaca-good": (
        (),
        """
from alpaca.trading.client import TradingClient
from alpaca.trading.requests import MarketOrderRequest
from alpaca.trading.enums import OrderSide, TimeInForce
client = TradingClient("a", "b")
def f(s, q):
    if not preflight(s, q):
        return
    request = MarketOrderRequest(symbol=s, qty=q, side=OrderSide.BUY, time_in_force=TimeInForce.DAY)
    client.submit_order(order_data=request)
""",
    ),
    "ib": (
        ("ORD001",),
        """
from ib_insync import IB, MarketOrder, Stock
ib = IB()
def f(s, q):
    ib.placeOrder(Stock(s), MarketOrder("BUY", q))
""",
    ),
    "mt5": (
        ("ORD001",),
        """
import MetaTrader5 as mt5
def f(s, q):
    request = {"symbol": s, "volume": q, "type": mt5.ORDER_TYPE_BUY}
    mt5.order_send(request)
""",
    ),
    "pybit": (
        ("ORD001",),
        """
from pybit.unified_trading import HTTP
session = HTTP()
def f(s, q):
    session.place_order(category="linear", symbol=s, side="Buy", orderType="Market", qty=q)
""",
    ),
    "pool": (
        (),
        """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor()
def f(x):
    pool.submit(print, x)
""",
    ),
    "for-else": (
        (),
        """
def f(checks, s, q):
    for _ in range(3):
        if preflight(s, q):
            break
    else:
        return
    ex.create_order(s, "market", "buy", q)
""",
    ),
    "nested-try-finally": (
        (),
        """
def f(s, q):
    try:
        try:
            if not preflight(s, q):
                return
        finally:
            print("x")
    except ValueError:
        return
    ex.create_order(s, "market", "buy", q)
""",
    ),
    "not-not": (
        (),
        """
def f(s, q):
    bad = not preflight(s, q)
    if not bad:
        ex.create_order(s, "market", "buy", q)
""",
    ),
    "wrong-way": (
        ("ORD002",),
        """
def f(s, q):
    if preflight(s, q):
        return
    ex.create_order(s, "market", "buy", q)
""",
    ),
    "two-guards": (
        (),
        """
def f(s, q):
    if not preflight(s, q):
        return
    if q > 100:
        q = 100
        if not preflight(s, q):
            return
    ex.create_order(s, "market", "buy", q)
""",
    ),
    "requant": (
        (),
        """
def f(s, q, p):
    ok, r = preflight(s, p, q)
    if not ok:
        return
    q = r["amount"]
    p = r["price"]
    ex.create_order(s, "limit", "buy", q, p)
""",
    ),
    "method-guard": (
        (),
        """
class B:
    def _validate_order(self, s, q):
        return q > 0
    def f(self, s, q):
        if not self._validate_order(s, q):
            return
        ex.create_order(s, "market", "buy", q)
""",
    ),
    "handler-sets-true": (
        ("ORD003",),
        """
def f(s, q):
    try:
        ok = preflight(s, q)
    except Exception:
        ok = True
    if ok:
        ex.create_order(s, "market", "buy", q)
""",
    ),
    "handler-sets-false": (
        (),
        """
def f(s, q):
    ok = False
    try:
        ok = preflight(s, q)
    except Exception as e:
        print(e)
    if ok:
        ex.create_order(s, "market", "buy", q)
""",
    ),
    "return-in-handler": (
        (),
        """
def f(s, q):
    try:
        if not preflight(s, q):
            return None
        return ex.create_order(s, "market", "buy", q)
    except Exception as e:
        print(e)
        return None
""",
    ),
    "retry-while": (
        (),
        """
def f(s, q):
    if not preflight(s, q):
        return
    while True:
        try:
            return ex.create_order(s, "market", "buy", q)
        except Exception:
            continue
""",
    ),
    "retry-unguarded-fallback": (
        (),
        """
def f(s, q):
    if not preflight(s, q):
        return
    try:
        ex.create_order(s, "limit", "buy", q, 1)
    except Exception:
        ex.create_order(s, "market", "buy", q)
""",
    ),
    "guard-in-only-branch": (
        ("ORD001",),
        """
def f(s, q, live):
    if live:
        if not preflight(s, q):
            return
    ex.create_order(s, "market", "buy", q)
""",
    ),
    "class-bus": (
        ("ORD001",),
        """
class Bus:
    def __init__(self): self.h = {}
    def subscribe(self, t, f): self.h.setdefault(t, []).append(f)
    def publish(self, t, d):
        for f in self.h.get(t, []): f(d)
bus = Bus()
def on_order(d):
    ex.create_order(d["s"], "market", "buy", d["q"])
bus.subscribe("order", on_order)
def guarded(d):
    if preflight(d):
        bus.publish("order", d)
def loose(d):
    bus.publish("order", d)
while True:
    guarded({}); loose({})
""",
    ),
    "property-chain": (
        (),
        """
class Svc:
    def check(self, s, q):
        r = preflight(s, q)
        return r
class B:
    def __init__(self): self.svc = Svc()
    def f(self, s, q):
        r = self.svc.check(s, q)
        if r:
            ex.create_order(s, "market", "buy", q)
""",
    ),
    "raise-helper-async": (
        (),
        """
async def ensure(s, q):
    if not await preflight(s, q):
        raise ValueError(s)
async def f(s, q):
    await ensure(s, q)
    await ex.create_order(s, "market", "buy", q)
""",
    ),
    "string-verdict": (
        (),
        """
def f(s, q):
    if preflight(s, q) == "OK":
        ex.create_order(s, "market", "buy", q)
""",
    ),
    "in-verdict": (
        ("ORD002",),
        """
def f(s, q):
    if preflight(s, q) in ("REJECTED", "BLOCKED"):
        return
    ex.create_order(s, "market", "buy", q)
""",
    ),
    "init-order": (
        ("ORD001",),
        """
class B:
    def __init__(self, s):
        ex.create_order(s, "market", "buy", 1)
def g(s):
    if preflight(s, 1):
        B(s)
g("x")
B("y")
while True: pass
""",
    ),
}


@pytest.mark.parametrize("title", PROGRAMS)
def test_a_program_has_just_these_faults(title: str, tmp_path: Path) -> None:
    codes, text = PROGRAMS[title]
    (tmp_path / "bot.py").write_text(HEAD + text)
    report = check((str(tmp_path),), Settings(root=tmp_path))
    found = {one.code for one in report.findings if one.code.startswith(("ORD", "EXC"))}
    assert found - ABOUT_OTHERS == set(codes)
