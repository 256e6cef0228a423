"""Where a program is entered: "What counts as proof", sentence 7."""

from __future__ import annotations

import pytest
from tests.programs import function, link


def entry(text: str, name: str, scripts: tuple[str, ...] = ()) -> tuple[str, str] | None:
    """Kind and text of the entry at the function ``name``, if it is one."""
    program = link(text, scripts)
    found = program.entries().get(function(program, name))
    return None if found is None else (found.kind, found.text)


def kind(text: str, name: str) -> str:
    found = entry(text, name)
    return found[0] if found else ""


def test_main_block() -> None:
    text = """
        === main.py
        def run(): ...
        if __name__ == "__main__":
            run()
    """
    assert entry(text, "main.<module>") == ("main", "`python main.py` runs this module")
    assert entry(text, "main.run") is None


def test_script_and_imported_module() -> None:
    text = """
        === go.py
        import shop
        shop.f()
        === shop.py
        def f(): ...
        f()
    """
    assert kind(text, "go.<module>") == "script"
    assert kind(text, "shop.<module>") == "import"


def test_project_script() -> None:
    text = """
        === bot/cli.py
        def main(): ...
    """
    found = entry(text, "bot.cli.main", ("bot.cli:main",))
    assert found == ("project script", "the project script `bot.cli.main`")


def test_called_by_another_name() -> None:
    text = """
        === shop.py
        desk = object()
        def place(desk): ...
        === main.py
        import shop
        from shop import desk as the_desk
        def run():
            act = shop.place
            act(the_desk)
    """
    assert kind(text, "shop.place") == ""


def test_uncalled() -> None:
    text = """
        === m.py
        class Buy:
            def place(self): ...
            def __exit__(self, *error): ...
    """
    assert entry(text, "m.Buy.place") == ("uncalled", "nothing in the program calls `Buy.place`")
    assert kind(text, "m.Buy.__exit__") == "special"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("threading.Thread(target=self.loop).start()", "thread"),
        ("threading.Timer(5, self.loop).start()", "thread"),
        ("threading.Thread(target=self.loop, args=(order,)).start()", ""),
        ("schedule.every(5).minutes.do(self.loop)", "schedule"),
        ("asyncio.get_event_loop().call_later(5, self.loop)", "schedule"),
        ("signal.signal(signal.SIGTERM, self.loop)", "signal"),
        ("atexit.register(self.loop)", "signal"),
        ("asyncio.create_task(self.loop())", "task"),
        ("telegram.add_handler(self.loop)", "callback"),
        ("unknown(self.loop)", "callback"),
        ("self.pool.submit(self.loop)", ""),
        ("list(map(self.loop, [1]))", ""),
        ("self.loop()", ""),
    ],
)
def test_what_is_handed_over(statement: str, expected: str) -> None:
    text = f"""
        === m.py
        import asyncio, atexit, schedule, signal, telegram, threading
        from concurrent.futures import ThreadPoolExecutor
        class Engine:
            def __init__(self):
                self.pool = ThreadPoolExecutor()
            def start(self, order):
                {statement}
            def loop(self, *args): ...
    """
    assert kind(text, "m.Engine.loop") == expected


REGISTRY = """
    === bots/__init__.py
    === bots/grid.py
    class Base:
        def stop(self): ...
    class Grid(Base):
        def tick(self): ...
        def _own(self): ...
    class Other:
        def tick(self): ...
    def make(): ...
    === main.py
    {loading}
"""
LOADS = "import importlib\n    def load(path): return importlib.import_module(path)\n    "


@pytest.mark.parametrize(
    ("loading", "loaded"),
    [
        (LOADS + "REGISTRY = {'grid': ('bots.grid', 'Grid')}", "tick stop"),
        (LOADS + "REGISTRY = {'grid': Entry(path='bots.grid', cls='Grid')}", "tick stop"),
        (LOADS + "REGISTRY = {'grid': 'bots.grid:Grid'}", "tick stop"),
        (LOADS + "REGISTRY = {'grid': 'bots.grid.Grid'}", "tick stop"),
        (LOADS + "REGISTRY = {'grid': 'bots.grid.make'}", "make"),
        (LOADS + "REGISTRY = {'grid': 'bots.grid'}; NAMES = ['Grid']", ""),
        (LOADS + "print('grid', 'Grid')", ""),
        ("REGISTRY = {'grid': ('bots.grid', 'Grid')}", ""),
        ("import uvicorn\n    uvicorn.run('bots.grid:make', port=80)", "make"),
    ],
)
def test_what_is_loaded_by_a_name_in_a_registry(loading: str, loaded: str) -> None:
    text = REGISTRY.format(loading=loading)
    names = ("bots.grid.Grid.tick", "bots.grid.Base.stop", "bots.grid.Grid._own")
    names = (*names, "bots.grid.Other.tick", "bots.grid.make")
    found = [name.rpartition(".")[2] for name in names if kind(text, name) == "callback"]
    assert " ".join(found) == loaded


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        ("app.route('/order')", "hook"),
        ("click.command()", "hook"),
        ("functools.lru_cache", "uncalled"),
        ("tenacity.retry(stop=3)", "uncalled"),
    ],
)
def test_decorated(decorator: str, expected: str) -> None:
    text = f"""
        === m.py
        import click, functools, tenacity
        from flask import Flask
        app = Flask("bot")
        @{decorator}
        def order(): ...
    """
    assert kind(text, "m.order") == expected


def test_override_of_a_foreign_base() -> None:
    text = """
        === m.py
        import backtrader
        import threading
        class Mine(backtrader.Strategy):
            def next(self):
                self._buy()
            def _buy(self): ...
        class Worker(threading.Thread):
            def run(self): ...
        def f():
            Worker().run()
    """
    expected = ("override", "`Mine.next` overrides a method of `backtrader.Strategy`")
    assert entry(text, "m.Mine.next") == expected
    assert kind(text, "m.Mine._buy") == ""
    assert kind(text, "m.Worker.run") == "override"


def test_subscriber_under_an_unknown_topic() -> None:
    text = """
        === m.py
        class Bot:
            def start(self, bus, topic):
                bus.subscribe(topic, self.on_tick)
            def on_tick(self, tick): ...
    """
    assert kind(text, "m.Bot.on_tick") == "subscriber"


def test_nested_functions_belong_to_their_function() -> None:
    text = """
        === m.py
        def f():
            def inner(): ...
            return 1
    """
    assert kind(text, "m.f.inner") == ""


def test_what_a_server_is_told_to_run_in_a_module_beside() -> None:
    text = """
        === app.py
        def make(): ...
        === main.py
        import uvicorn
        uvicorn.run("app:make", factory=True)
    """
    assert kind(text, "app.make") == "callback"
