"""Who calls whom: "What counts as proof", sentence 8."""

from __future__ import annotations

import pytest
from tests.programs import callers, function, link, names, runs

from botlint.flow.program import FunctionRef


@pytest.mark.parametrize(
    ("statement", "call"),
    [
        ("import shop.orders", "shop.orders.place"),
        ("import shop.orders as o", "o.place"),
        ("from shop import orders", "orders.place"),
        ("from shop.orders import place", "place"),
        ("from shop.orders import place as buy", "buy"),
        ("from .orders import place", "place"),
        ("from . import orders", "orders.place"),
        ("from shop.orders import *", "place"),
        ("from shop import place", "place"),
        (
            "try:\n    from fast import place\n"
            "except ImportError:\n    from shop.orders import place",
            "place",
        ),
    ],
)
def test_imports_are_followed(statement: str, call: str) -> None:
    program = link(
        f"=== shop/__init__.py\nfrom .orders import place\n=== shop/orders.py\ndef place(): ...\n"
        f"=== shop/main.py\n{statement}\ndef run():\n    {call}()\n"
    )
    assert runs(program, "shop.main.run", call) == ["shop.orders.place"]


@pytest.mark.parametrize(
    ("statement", "call"),
    [
        ("ROUTES: dict[str, Callable[[], None]] = {'buy': place}", "ROUTES['buy']()"),
        ("def routes() -> dict[str, Any] | None: return {'buy': place}", "routes()['buy']()"),
        ("def routes() -> Dict: return {'buy': place}", "routes()['buy']()"),
        ("class Desk:\n    routes: dict\n    routes = {'buy': place}", "Desk.routes['buy']()"),
    ],
)
def test_a_table_of_functions_is_followed_whatever_its_annotation(
    statement: str, call: str
) -> None:
    program = link(f"=== main.py\ndef place(): ...\n{statement}\ndef run(): {call}\n")
    assert [name for name, _ in callers(program, "main.place")] == ["main.run"]


def test_a_table_that_is_handed_over_is_followed_whatever_its_annotation() -> None:
    program = link(
        """
        === main.py
        def place(): ...
        def act(routes: dict):
            routes["buy"]()
        act({"buy": place})
        """
    )
    assert [name for name, _ in callers(program, "main.place")] == ["main.act"]


def test_import_inside_a_function() -> None:
    program = link(
        """
        === a.py
        def f(): ...
        === b.py
        def g():
            from a import f
            f()
        """
    )
    assert runs(program, "b.g", "f") == ["a.f"]
    assert callers(program, "a.f") == [("b.g", "call")]


def test_source_directory_is_a_root() -> None:
    program = link(
        """
        === src/bot/orders.py
        def place(): ...
        === scripts/run.py
        from bot.orders import place
        place()
        """
    )
    assert callers(program, "bot.orders.place") == [("scripts.run.<module>", "call")]


def test_a_library_is_not_a_project_file_of_the_same_name() -> None:
    program = link(
        """
        === adapters/__init__.py
        === adapters/ccxt.py
        import ccxt
        def binance(): ...
        def make():
            return ccxt.binance()
        """
    )
    assert runs(program, "adapters.ccxt.make", "ccxt.binance") == []
    assert "ccxt.binance" in names(program, "adapters.ccxt.make", "binance")


def test_methods_bases_and_overrides() -> None:
    program = link(
        """
        === m.py
        class Base:
            def run(self):
                self.place()
            def place(self): ...
        class Sub(Base):
            def place(self):
                super().place()
        def f():
            Base().place()
        """
    )
    assert runs(program, "m.Base.run", "self.place") == ["m.Base.place", "m.Sub.place"]
    assert runs(program, "m.f", "Base.place") == ["m.Base.place"]
    assert callers(program, "m.Base.place") == [
        ("m.Base.run", "call"),
        ("m.Sub.place", "call"),
        ("m.f", "call"),
    ]


def test_construction_runs_init_and_post_init() -> None:
    program = link(
        """
        === m.py
        from dataclasses import dataclass
        class A:
            def __init__(self): ...
            def __call__(self): ...
        @dataclass
        class B:
            x: int
            def __post_init__(self): ...
        def f():
            a = A()
            a()
            B(1)
        """
    )
    assert runs(program, "m.f", "A") == ["m.A.__init__"]
    assert runs(program, "m.f", "a") == ["m.A.__call__"]
    assert runs(program, "m.f", "B") == ["m.B.__post_init__"]
    assert callers(program, "m.A.__call__") == [("m.f", "call")]


def test_function_handed_over_and_called_by_the_callee() -> None:
    program = link(
        """
        === m.py
        def each(items, act):
            for item in items:
                act(item)
        def place(item): ...
        def f(items):
            each(items, place)
        """
    )
    assert runs(program, "m.each", "act") == ["m.place"]
    assert callers(program, "m.place") == [("m.each", "callback")]


def test_function_handed_to_a_shared_relay_is_called_where_it_is_handed_over() -> None:
    """Else `buy` would seem to be called by all who hand something to `retry`."""
    program = link(
        """
        === m.py
        def retry(act):
            return act()
        def buy(): ...
        def sell(): ...
        def f():
            retry(buy)
        def g():
            retry(lambda: sell())
        """
    )
    assert callers(program, "m.buy") == [("m.f", "callback")]


def test_tables_and_attributes() -> None:
    program = link(
        """
        === m.py
        def buy(): ...
        def sell(): ...
        TABLE = {"buy": buy, "sell": sell}
        class Engine:
            def __init__(self):
                self.routes = {}
                self.routes["x"] = self.on_x
                self.on_fill = buy
            def on_x(self): ...
            def run(self, key):
                self.routes[key]()
                self.on_fill()
                TABLE.get(key)()
                TABLE[key]()
        """
    )
    assert runs(program, "m.Engine.run", "self.routes") == ["m.Engine.on_x"]
    assert runs(program, "m.Engine.run", "self.on_fill") == ["m.buy"]
    assert runs(program, "m.Engine.run", "TABLE") == ["m.buy", "m.sell"]
    assert runs(program, "m.Engine.run", "TABLE.get") == ["m.buy", "m.sell"]
    assert ("m.Engine.run", "table") in callers(program, "m.sell")


def test_transition_table_filled_through_a_method() -> None:
    program = link(
        """
        === table.py
        from actions import buy
        class Table:
            def __init__(self):
                self._rows = {}
                self._add("idle", "go", buy)
            def _add(self, state, event, action):
                self._rows[(state, event)] = (state, action)
            def look_up(self, state, event):
                return self._rows.get((state, event))
        === actions.py
        def buy(order): ...
        === machine.py
        from table import Table
        class Machine:
            def __init__(self):
                self.table = Table()
            def process(self, state, event):
                found = self.table.look_up(state, event)
                following, action = found
                action(event)
        """
    )
    assert callers(program, "actions.buy") == [("machine.Machine.process", "callback")]


TOPICS = """
    === bus.py
    class Bus:
        def __init__(self):
            self.listeners = {}
        def subscribe(self, topic, listener):
            self.listeners.setdefault(topic, []).append(listener)
        def publish(self, topic, data):
            for listener in self.listeners.get(topic, []):
                listener(data)
    === engine.py
    from bus import Bus
    class Engine:
        def __init__(self):
            self.bus = Bus()
            self.bus.subscribe("order.intent", self.on_intent)
            self.bus.subscribe("tick", self.on_tick)
        def on_intent(self, data): ...
        def on_tick(self, data): ...
        def decide(self):
            self.bus.publish("order.intent", {})
"""


def test_literal_topics() -> None:
    program = link(TOPICS)
    assert callers(program, "engine.Engine.on_intent") == [("engine.Engine.decide", "topic")]
    found = runs(program, "engine.Engine.decide", "self.bus.publish")
    assert found == ["bus.Bus.publish", "engine.Engine.on_intent"]


def test_partial_executors_and_threads() -> None:
    program = link(
        """
        === m.py
        import asyncio
        import functools
        import threading
        from concurrent.futures import ThreadPoolExecutor
        def a(x): ...
        def b(x): ...
        def c(x): ...
        async def d(x): ...
        def f(pool: ThreadPoolExecutor):
            functools.partial(a, 1)()
            pool.submit(b, 2)
            threading.Thread(target=c, args=(3,)).start()
        async def g():
            await asyncio.to_thread(b, 4)
            await asyncio.gather(d(5), d(6))
        """
    )
    assert ("m.f", "callback") in callers(program, "m.a")
    assert callers(program, "m.b") == [("m.f", "task"), ("m.g", "task")]
    assert callers(program, "m.c") == [("m.f", "thread")]
    assert callers(program, "m.d") == [("m.g", "call"), ("m.g", "call")]
    assert "concurrent.futures.ThreadPoolExecutor.submit" in names(program, "m.f", "submit")


def test_decorators() -> None:
    program = link(
        """
        === m.py
        import functools
        def guarded(act):
            @functools.wraps(act)
            def inner(*args):
                return act(*args)
            return inner
        def limited(n):
            def wrap(act):
                def inner(*args):
                    return act(*args)
                return inner
            return wrap
        @guarded
        def buy(): ...
        @limited(3)
        def sell(): ...
        def f():
            buy()
            sell()
        """
    )
    decorators = program.decorators(function(program, "m.buy"))
    assert [program.qualified(ref) for ref in decorators] == ["m.guarded"]
    decorators = program.decorators(function(program, "m.sell"))
    assert [program.qualified(ref) for ref in decorators] == ["m.limited.wrap"]
    assert callers(program, "m.buy") == [("m.f", "call")]
    assert callers(program, "m.guarded.inner") == [("m.f", "decorator")]
    assert callers(program, "m.limited.wrap.inner") == [("m.f", "decorator")]


def test_only_an_unknown_receiver_is_resolved_by_a_unique_name() -> None:
    program = link(
        """
        === m.py
        class Risk:
            def check_exposure(self): ...
            def get(self): ...
        def f(risk, text: str):
            risk.check_exposure()
            risk.get()
            text.check_exposure()
        """
    )
    ref = function(program, "m.f")
    kinds = {
        program.names(ref, number)[0]: program.resolution(ref, number).kind for number in range(3)
    }
    assert kinds == {
        "risk.check_exposure": "unique-name",
        "risk.get": "unresolved",
        "text.check_exposure": "external",
    }


def test_argument_of() -> None:
    program = link(
        """
        === m.py
        class A:
            def place(self, symbol, side="buy"): ...
            @staticmethod
            def make(symbol): ...
        def f(a: A, s, t):
            a.place(s, side=t)
            A.make(s)
            A.place(a, s)
        """
    )
    ref, place = function(program, "m.f"), function(program, "m.A.place")
    make = function(program, "m.A.make")

    def given(written: str, callee: FunctionRef, name: str) -> str:
        number = next(n for n in range(3) if program.names(ref, n)[0] == written)
        return getattr(program.argument_of(ref, number, callee, name), "path", "-")

    assert [given("a.place", place, name) for name in ("symbol", "side")] == ["s", "t"]
    assert given("A.make", make, "symbol") == "s"
    assert [given("A.place", place, n) for n in ("self", "symbol", "side")] == ["a", "s", "-"]


def test_argument_of_what_partial_has_made() -> None:
    program = link(
        """
        === m.py
        from functools import partial
        class A:
            def place(self, symbol, side="buy"): ...
        def buy(a, symbol, price): ...
        def f(a: A, pool, s, t, u):
            one = partial(a.place, s)
            one(t)
            two = partial(A.place, a, side=t)
            two(s)
            three = partial(partial(buy, a), s)
            three(u)
            pool.submit(partial(buy, a), s, u)
            five = partial(buy, *s)
            five(u)
        def g(act, s):
            act(s)
        def h(a):
            g(partial(buy, a), 1)
        """
    )

    def given(caller: str, written: str, callee: FunctionRef) -> list[str]:
        ref = function(program, f"m.{caller}")
        calls = program.function(ref).calls
        number = next(n for n in range(len(calls)) if program.names(ref, n)[0] == written)
        names = [one.name for one in program.function(callee).parameters]
        found = [program.argument_of(ref, number, callee, name) for name in names]
        return [getattr(one, "path", "-") for one in found]

    place, buy = function(program, "m.A.place"), function(program, "m.buy")
    assert given("f", "one", place) == ["-", "s", "t"]
    assert given("f", "two", place) == ["a", "s", "t"]
    assert given("f", "three", buy) == ["a", "s", "u"]
    assert given("f", "pool.submit", buy) == ["a", "s", "u"]
    assert given("f", "five", buy) == ["-", "-", "-"]
    assert given("g", "act", buy) == ["-", "s", "-"]


def test_reaches_and_bottom_up() -> None:
    program = link(
        """
        === m.py
        def a(): b()
        def b(): c(); a()
        def c(): ...
        def d(): ...
        """
    )
    a, b, c, d = (function(program, f"m.{name}") for name in "abcd")
    assert program.reaches(frozenset({c})) == {a, b, c}
    assert program.reachable([a]) == {a, b, c}
    order = [set(component) for component in program.bottom_up([a, b, c, d])]
    assert order == [{c}, {a, b}, {d}]
