"""Guards that can never work, and code that only looks so."""

from __future__ import annotations

from pathlib import Path

import pytest

from botlint.checks.inert import check_inert
from botlint.checks.spelling import nearest_name
from botlint.facts.extract import extract_facts
from botlint.model import Hit
from botlint.project import Project, link
from botlint.settings import Settings
from botlint.vocabulary import load_vocabulary


def project_of(files: dict[str, str]) -> Project:
    settings = Settings(root=Path())
    facts = tuple(extract_facts(path, text.encode()) for path, text in sorted(files.items()))
    return link(facts, settings, load_vocabulary(settings))


def hits(kind: str, **files: str) -> list[Hit]:
    """The hits of one kind in a program; each file by its path without ``.py``."""
    named = {f"{name}.py": text for name, text in files.items()}
    return list(check_inert(project_of(named), {"kinds": [kind]}))


def lines(kind: str, **files: str) -> list[int]:
    return [hit.place.span.line for hit in hits(kind, **files)]


ENGINE = """
class ExitEngine:
    def evaluate(self, position):
        return position
"""


def test_a_method_that_the_class_does_not_have():
    (hit,) = hits(
        "undefined-method",
        exits=ENGINE,
        bot="""
from exits import ExitEngine

class Bot:
    def __init__(self):
        self.exits = ExitEngine()

    def step(self, position):
        return self.exits.evaluate_all(position)
""",
    )
    assert (hit.place.path, hit.place.span.line) == ("bot.py", 9)
    assert hit.saw["what"] == "`ExitEngine` has no method `evaluate_all`"
    assert hit.saw["where"] == "self.exits.evaluate_all"
    assert [step.place.path for step in hit.trace] == ["bot.py", "exits.py"]
    assert [step.text for step in hit.related] == ["did you mean `evaluate`?"]


@pytest.mark.parametrize(
    "cls",
    [
        "class ExitEngine:\n    def evaluate_all(self, position): ...\n",
        "class Base:\n    def evaluate_all(self, p): ...\nclass ExitEngine(Base): ...\n",
        "class ExitEngine: ...\nclass More(ExitEngine):\n    def evaluate_all(self, p): ...\n",
        "import lib\nclass ExitEngine(lib.Base): ...\n",
        "class ExitEngine:\n    def __getattr__(self, name): ...\n",
        "class ExitEngine:\n    def __init__(self, f):\n        self.evaluate_all = f\n",
        "class ExitEngine:\n    evaluate_all = None\n",
        "class ExitEngine:\n    def __init__(self, **k):\n"
        "        for n, v in k.items():\n            setattr(self, n, v)\n",
        "class ExitEngine:\n    def __init__(self, **k):\n        self.__dict__.update(k)\n",
        "class ExitEngine: ...\ndef wire(e, f):\n    e.evaluate_all = f\n",
    ],
    ids=[
        "its own",
        "a base's",
        "a subclass's",
        "an unknown base",
        "answers any name",
        "an attribute",
        "a class attribute",
        "setattr",
        "dict",
        "set from outside",
    ],
)
def test_a_method_that_may_be_there(cls):
    bot = "from exits import ExitEngine\ndef step(p):\n    return ExitEngine().evaluate_all(p)\n"
    assert lines("undefined-method", exits=cls, bot=bot) == []


def test_a_method_that_is_asked_for_first_is_not_called():
    bot = """
from exits import ExitEngine

def step(position):
    engine = ExitEngine()
    if hasattr(engine, "evaluate_all"):
        return engine.evaluate_all(position)
"""
    assert lines("undefined-method", exits=ENGINE, bot=bot) == []
    assert lines("missing-attribute", exits=ENGINE, bot=bot) == [6]


def test_an_attribute_that_only_fills_in_a_report_is_no_guard():
    bot = """
from exits import ExitEngine

def report(data):
    engine = ExitEngine()
    if data:
        return None
    found = {}
    if hasattr(engine, "name"):
        found["name"] = engine.name
    return found
"""
    assert lines("missing-attribute", exits=ENGINE, bot=bot) == []


def test_a_name_that_the_module_does_not_have():
    (hit,) = hits(
        "missing-import",
        **{
            "adapters/__init__": "def get_client(): ...\n",
            "bot": """
def step():
    try:
        from adapters import get_exchange
    except Exception:
        return None
    return get_exchange()
""",
        },
    )
    assert hit.place.span.line == 4
    assert hit.saw["name"] == "get_exchange"


@pytest.mark.parametrize(
    "adapters",
    [
        "def get_exchange(): ...\n",
        "from .real import get_exchange\n",
        "from unknown import *\n",
        "from adapters.real import *\n",
        "def __getattr__(name): ...\n",
        "globals().update({})\n",
        "def set_up():\n    global get_exchange\n    get_exchange = 1\n",
        "try:\n    import x as get_exchange\nexcept ImportError:\n    pass\n",
    ],
)
def test_a_name_that_the_module_may_have(adapters):
    bot = "from adapters import get_exchange\n"
    real = "def get_exchange(): ...\n"
    files = {"adapters/__init__": adapters, "adapters/real": real, "bot": bot}
    assert lines("missing-import", **files) == []


def test_a_submodule_is_a_name_of_its_package():
    files = {"adapters/__init__": "", "adapters/real": "", "bot": "from adapters import real\n"}
    assert lines("missing-import", **files) == []


def test_an_import_for_types_never_runs():
    bot = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from adapters import Exchange
"""
    assert lines("missing-import", adapters="", bot=bot) == []


@pytest.mark.parametrize(
    ("call", "is_wrong"),
    [
        ("preflight(1, 2)", True),
        ("preflight(1, 2, 3)", False),
        ("preflight(1, 2, filters=3)", False),
        ("preflight(1, 2, 3, 4)", False),
        ("preflight(1, 2, 3, 4, 5)", True),
        ("preflight(1, 2, 3, mode=4)", True),
        ("preflight(1, 2, 3, symbol=4)", True),
        ("preflight(*order)", False),
        ("preflight(1, **order)", False),
        ("Risk(1).check(2)", False),
        ("Risk(1).check(2, 3)", True),
        ("Risk().check(2)", True),
        ("Risk.make(1)", False),
        ("Risk.make()", True),
        ("Risk.plain(1)", False),
        ("Risk.check(Risk(1), 2)", False),
        ("Limits(1)", False),
        ("Limits(1, 2, 3)", True),
        ("Limits(largest=1)", True),
        ("Limits(1, other=2)", False),
        ("wrapped()", False),
        ("twice(1, 2)", False),
    ],
)
def test_arguments_and_the_function_that_gets_them(call, is_wrong):
    checks = """
from dataclasses import dataclass, field
from lib import wrap

def preflight(symbol, amount, filters, strict=True): ...

class Risk:
    def __init__(self, limit): ...
    def check(self, order): ...
    @classmethod
    def make(cls, limit): ...
    @staticmethod
    def plain(limit): ...

@dataclass
class Limits:
    most: float
    other: float = 0
    seen: list = field(default_factory=list, init=False)

@wrap
def wrapped(a): ...

try:
    from lib import nothing
    def twice(a): ...
except ImportError:
    def twice(a, b): ...
"""
    bot = f"from checks import *\ndef step(order):\n    return {call}\n"
    assert lines("argument-misfit", checks=checks, bot=bot) == ([3] if is_wrong else [])


RECORD = """
class Event:
    def __init__(self, symbol, data=None):
        self.symbol = symbol
        self.data = data or {}
"""

GUARD = """
from record import Event

def prepare(event: Event):
    price = event.data.get("order_price")
    if price:
        raise ValueError(price)
"""


def unwritten(maker: str, guard: str = GUARD) -> list[int]:
    maker = f"from record import Event\nfrom guard import prepare\n{maker}"
    return lines("unwritten-key", record=RECORD, guard=guard, maker=maker)


def test_a_key_that_nobody_writes():
    maker = "def step(s):\n    prepare(Event(s, data={'price': 1}))\n"
    (hit,) = hits(
        "unwritten-key",
        record=RECORD,
        guard=GUARD,
        maker=f"from record import Event\nfrom guard import prepare\n{maker}",
    )
    assert (hit.place.path, hit.place.span.line) == ("guard.py", 5)
    assert hit.saw["name"] == "order_price"
    assert any(step.place.path == "maker.py" for step in hit.trace)


@pytest.mark.parametrize(
    "maker",
    [
        "def step(s):\n    Event(s, data={'order_price': 1})\n",
        "def step(s):\n    d = {}\n    d['order_price'] = 1\n    Event(s, d)\n",
        "def step(s):\n    Event(s, dict(order_price=1))\n",
        "def step(s):\n    e = Event(s, {'a': 1})\n    e.data['order_price'] = 1\n",
        "def step(s):\n    e = Event(s, {'a': 1})\n    e.data.update(order_price=1)\n",
        "def step(s):\n    e = Event(s, {'a': 1})\n    e.data.setdefault('order_price', 1)\n",
        "def step(s):\n    e = Event(s, {'a': 1})\n    d = e.data\n    d['order_price'] = 1\n",
        "def fill(d):\n    d['order_price'] = 1\n"
        "def step(s):\n    e = Event(s, {'a': 1})\n    fill(e.data)\n",
        "def make():\n    return {'order_price': 1}\ndef step(s):\n    Event(s, make())\n",
        "def step(s):\n    Event(s, {'a': 1})\ndef late(e):\n    e.data['order_price'] = 1\n",
    ],
)
def test_a_key_that_somebody_writes(maker):
    assert unwritten(maker) == []


@pytest.mark.parametrize(
    "maker",
    [
        "import json\ndef step(s):\n    Event(s, json.loads(s))\n    Event(s, {'a': 1})\n",
        "def step(s, k):\n    Event(s, {'a': 1, k: 2})\n",
        "def step(s, k):\n    Event(s, {'a': 1, **k})\n",
        "def step(s, k):\n    e = Event(s, {'a': 1})\n    e.data[k] = 1\n",
        "def step(s, k):\n    e = Event(s, {'a': 1})\n    e.data.update(k)\n",
        "def step(s, k):\n    e = Event(s, {'a': 1})\n    k.enrich(e.data)\n",
        "def step(s):\n    Event(s)\n",
        "def step(k):\n    Event(**k)\n    Event(1, {'a': 1})\n",
    ],
)
def test_a_record_that_may_hold_any_key(maker):
    assert unwritten(maker) == []


def test_a_write_behind_a_read_of_the_same_key_writes_nothing_new():
    guard = """
from record import Event

def prepare(event: Event):
    price = event.data.get("order_price")
    amount = event.data.get("order_qty", 0.0)
    if price and amount > 0:
        event.data["order_price"] = round(price)
        event.data["order_qty"] = round(amount)
        if price > 9:
            raise ValueError
"""
    maker = "def step(s):\n    prepare(Event(s, {'price': 1}))\n"
    assert unwritten(maker, guard) == [5, 6]


def test_a_write_behind_another_key_counts():
    guard = """
from record import Event

def prepare(event: Event):
    price = event.data.get("order_price")
    if event.data.get("price"):
        event.data["order_price"] = 1
    if price:
        raise ValueError
"""
    maker = "def step(s):\n    prepare(Event(s, {'price': 1}))\n"
    assert unwritten(maker, guard) == []


def test_a_key_that_decides_nothing_is_no_guard():
    guard = "from record import Event\ndef prepare(event: Event):\n    print(event.data.get('x'))\n"
    assert unwritten("def step(s):\n    prepare(Event(s, {'price': 1}))\n", guard) == []


def test_a_key_of_what_a_function_returns():
    bot = """
def measure(x):
    if x:
        return {"spread": 1}
    return {"spread": 2, "depth": 3}

def step(x):
    found = measure(x)
    if found.get("depth"):
        return 1
    if found.get("slippage") and found["slippage"] > 3:
        return 2
"""
    assert lines("unwritten-key", bot=bot) == [11]


@pytest.mark.parametrize(
    ("condition", "is_false"),
    [
        ("x is None and x.ok", True),
        ("x is None and y.ok", False),
        ("x is None or x.ok", False),
        ("x is None and x is not None", True),
        ("x == 'a' and x == 'b'", True),
        ("x == 'a' and x == 1", False),
        ("x == 'a' or x == 'b'", False),
        ("OFF and not preflight(x)", True),
        ("ON and not preflight(x)", False),
        ("SET and not preflight(x)", False),
    ],
)
def test_conditions_that_can_never_hold(condition, is_false):
    bot = f"""
OFF = False
ON = True
SET = False

def choose():
    global SET
    SET = True

def step(x, y):
    if {condition}:
        return 1
"""
    assert lines("false-condition", bot=bot) == ([11] if is_false else [])


def test_what_a_task_raises_comes_to_no_clause_around_its_start():
    (hit,) = hits(
        "undefined-name",
        bot="""
import asyncio

async def reconnect():
    await asyncio.sleep(random.uniform(0.8, 1.2))

def on_disconnect():
    try:
        asyncio.create_task(reconnect())
    except Exception as error:
        print(error)
""",
    )
    last = hit.trace[-1]
    assert last.text == "and starts it as a task, which keeps what it raises to itself"
    assert last.place.span.line == 9


def test_a_question_raises_nothing_that_a_clause_could_catch():
    (hit,) = hits(
        "missing-attribute",
        bot="""
class Engine:
    def __init__(self):
        self.position_manager = None

class Bot:
    def __init__(self):
        self.engine = Engine()

    def buy(self):
        try:
            if hasattr(self.engine, "cooldown_manager"):
                return False
            return True
        except Exception as error:
            print(error)

Bot().buy()
""",
    )
    assert not any("caught" in step.text for step in hit.trace)
    assert not hit.related


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("evaluate_all", "evaluate", "evaluate"),
        ("get_bars", "get_latest_bar", "get_latest_bar"),
        ("max_equity_dd", "max_equity_drawdown", "max_equity_drawdown"),
        ("symbl", "symbol", "symbol"),
        ("getOrder", "get_order", "get_order"),
        ("_resubscribe", "unsubscribe", ""),
        ("fetch_order_by_client_id", "fetch_order_book", ""),
        ("cooldown_manager", "position_manager", ""),
        ("get", "get_price", ""),
    ],
)
def test_a_name_is_near_another_of_the_same_words(name: str, known: str, near: str):
    assert nearest_name(name, [known, "else"]) == near
