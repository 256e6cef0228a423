"""The types of receivers."""

from __future__ import annotations

import pytest
from tests.programs import cls, function, link, names, runs

from botlint.facts.types import Name

ROUTER = """
    === router.py
    class Router:
        def submit(self): ...
"""


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("router", "Router()"),
        ("router: Router", "router"),
        ("router: 'Router'", "router"),
        ("router: Optional[Router] = None", "router"),
        ("router: Router | None = None", "router"),
        ("router: list[Router]", "router[0]"),
        ("router: dict[str, Router]", "router['x']"),
        ("router", "router"),
        ("router", "router or Router()"),
        ("router", "make()"),
        ("router", "SINGLE"),
        ("router", "get_single()"),
        ("router", "Router() if router else None"),
    ],
)
def test_attribute_of_known_type(parameter: str, value: str) -> None:
    text = f"""
        === engine.py
        from typing import Optional
        from router import Router
        SINGLE = Router()
        _single = None
        def make():
            made = Router()
            return made
        def get_single():
            global _single
            if _single is None:
                _single = Router()
            return _single
        class Engine:
            def __init__(self, {parameter}):
                self.router = {value}
            def run(self):
                self.router.submit()
        def main():
            router = Router()
            Engine(router).run()
    """
    program = link(ROUTER + text)
    assert runs(program, "engine.Engine.run", "self.router.submit") == ["router.Router.submit"]


def test_dataclass_field_loop_and_with() -> None:
    program = link(
        ROUTER
        + """
        === m.py
        from contextlib import contextmanager
        from dataclasses import dataclass
        from router import Router
        @dataclass
        class Engine:
            router: Router
            def run(self):
                self.router.submit()
        @contextmanager
        def opened():
            yield Router()
        def f(routers: list[Router]):
            for one in routers:
                one.submit()
            with opened() as another:
                another.submit()
        """
    )
    expected = ["router.Router.submit"]
    assert runs(program, "m.Engine.run", "self.router.submit") == expected
    assert runs(program, "m.f", "one.submit") == expected
    assert runs(program, "m.f", "another.submit") == expected


def test_annotation_allows_subclasses_construction_does_not() -> None:
    program = link(
        """
        === m.py
        class Base:
            def place(self): ...
        class Paper(Base):
            def place(self): ...
        def f(desk: Base):
            desk.place()
        def g():
            desk = Base()
            desk.place()
        """
    )
    assert runs(program, "m.f", "desk.place") == ["m.Base.place", "m.Paper.place"]
    assert runs(program, "m.g", "desk.place") == ["m.Base.place"]


def test_protocol_is_what_is_handed_in() -> None:
    program = link(
        """
        === m.py
        from typing import Protocol
        class Desk(Protocol):
            def place(self): ...
        class Live:
            def place(self): ...
        def f(desk: Desk):
            desk.place()
        f(Live())
        """
    )
    assert "m.Live.place" in runs(program, "m.f", "desk.place")


def test_names_of_library_calls() -> None:
    program = link(
        """
        === m.py
        import ccxt
        import ccxt.async_support as accxt
        from requests import post as send
        class Bot:
            def __init__(self, name):
                self.exchange = ccxt.binance({})
                self.other = getattr(ccxt, name)({})
                self.third = accxt.bybit()
            def run(self):
                self.exchange.create_order()
            def run_other(self):
                self.other.create_order()
            async def run_third(self):
                await self.third.create_order()
            def raw(self):
                send("https://x")
        class Mine(ccxt.kraken):
            def buy(self):
                self.create_order()
        """
    )
    assert names(program, "m.Bot.run", "create_order") == (
        "self.exchange.create_order",
        "ccxt.binance.create_order",
    )
    assert "ccxt.*.create_order" in names(program, "m.Bot.run_other", "create_order")
    found = names(program, "m.Bot.run_third", "create_order")
    assert "ccxt.async_support.bybit.create_order" in found
    assert "requests.post" in names(program, "m.Bot.raw", "send")
    assert "ccxt.kraken.create_order" in names(program, "m.Mine.buy", "create_order")


def test_type_of_is_unknown_where_values_conflict() -> None:
    program = link(
        """
        === m.py
        class A: ...
        class B: ...
        def f(x):
            one = A()
            two = A() if x else B()
            three = None
            three = A()
        """
    )
    ref, a = function(program, "m.f"), cls(program, "m.A")
    assert program.type_of(ref, Name("one")) == a
    assert program.type_of(ref, Name("two")) is None
    assert program.type_of(ref, Name("three")) == a


def test_parameters_are_what_partial_was_made_with() -> None:
    program = link(
        """
        === deeds.py
        def sell(book, key): ...
        === m.py
        from functools import partial
        from deeds import sell as the_sell
        class Book:
            def act(self, other, key): ...
            def run(self):
                partial(the_sell, self)("a")
                return partial(self.act, Book())
        def swap(book: Book):
            return partial(Book.act, book, key=Key())
        class Key: ...
        """
    )
    sell, act = function(program, "deeds.sell"), function(program, "m.Book.act")
    assert program.type_of(sell, Name("book")) == cls(program, "m.Book")
    assert program.type_of(act, Name("other")) == cls(program, "m.Book")
    assert program.type_of(act, Name("key")) == cls(program, "m.Key")


def test_closed_classes() -> None:
    program = link(
        """
        === m.py
        from lib import Outer
        class Closed:
            limit = 1
            def __init__(self):
                self.size = 2
            def go(self): ...
        class Sub(Closed):
            def extra(self): ...
        class Foreign(Outer): ...
        class Open:
            def __getattr__(self, name): ...
        class Filled:
            def __init__(self, **given):
                for name, value in given.items():
                    setattr(self, name, value)
        """
    )
    closed = {program.cls(ref).name for ref in program.classes() if program.is_closed(ref)}
    assert closed == {"Closed", "Sub"}
    expected = {"limit", "size", "go", "extra", "__init__"}
    assert program.attributes(cls(program, "m.Closed")) == expected


def test_swallowing_managers() -> None:
    program = link(
        """
        === m.py
        import contextlib
        from contextlib import contextmanager, suppress
        @contextmanager
        def quiet():
            try:
                yield
            except Exception:
                pass
        @contextmanager
        def timed():
            try:
                yield
            finally:
                print("done")
        class Lock:
            def __exit__(self, *error):
                return False
        class Shield:
            def __exit__(self, *error):
                return True
        def f(lock: Lock):
            with suppress(ValueError): ...
            with quiet(): ...
            with timed(): ...
            with lock: ...
            with Shield(): ...
        """
    )
    from botlint.facts.types import Kind

    ref = function(program, "m.f")
    entered = [node for node in program.function(ref).nodes if node.kind is Kind.ENTER]
    found = {node.span.line: program.swallows(ref, node.value) for node in entered}
    assert list(dict(sorted(found.items())).values()) == [True, True, False, False, True]


def test_string_values() -> None:
    program = link(
        """
        === urls.py
        BASE = "https://api"
        ORDER = "/api/v3/order"
        === m.py
        import urls
        from urls import ORDER
        def f(kind="limit"):
            url = f"{urls.BASE}{ORDER}"
        """
    )
    ref = function(program, "m.f")
    assert program.string_values(ref, "url") == ("https://api", "/api/v3/order")
    assert program.string_values(ref, "kind") == ("limit",)
    assert program.string_values(ref, "urls.ORDER") == ("/api/v3/order",)


def test_hostile_shapes_end() -> None:
    program = link(
        """
        === a.py
        from b import *
        from b import x
        class A(A): ...
        class B(C): ...
        class C(B): ...
        def f(g):
            h = g
            g = h
            f(f)
            return f(g)
        x = x.y.z
        === b.py
        from a import *
        from a import x
        """
    )
    for ref in program.functions():
        for number in range(len(program.function(ref).calls)):
            program.names(ref, number)
        program.callers(ref)
    for one in program.classes():
        program.attributes(one)
    assert len(program.entries()) >= 0


@pytest.mark.parametrize(
    "loading",
    [
        "importlib.util.module_from_spec(importlib.util.spec_from_file_location(name, path))",
        "importlib.import_module(name)",
    ],
)
def test_what_a_module_has_that_only_the_run_knows(loading: str) -> None:
    text = f"""
        === main.py
        import importlib.util
        def load(name, path):
            module = {loading}
            return module.Strategy
        def run(name):
            strategy = load(name, "strategies")
            trader = strategy("BTC/USDT")
            trader.scout()
        === strategies/grid_strategy.py
        class Strategy:
            def scout(self): ...
        === strategies/trend_strategy.py
        class Strategy:
            def scout(self): ...
        === strategies/trend.py
        class Outer:
            class Strategy:
                def scout(self): ...
    """
    program = link(text)
    ran = [f"strategies.{name}_strategy.Strategy.scout" for name in ("grid", "trend")]
    assert runs(program, "main.run", "trader.scout") == ran
