"""How much a guard that can never work weighs where it stands, what its message says of that, and
which places are told together."""

from __future__ import annotations

from pathlib import Path

import pytest

from botlint.model import Finding, Severity
from botlint.run import check
from botlint.settings import Settings

DESK = """\
import ccxt

exchange = ccxt.mexc()


class Engine:
    def run(self, symbol):
        while True:
            exchange.create_market_buy_order(symbol, 1)
            tell(symbol)
            clean_up(symbol)
"""
RUN = """

if __name__ == "__main__":
    Engine().run("BTC/USDT")
"""
CLEAN_UP = "\n\ndef clean_up(symbol):\n    pass\n"
TELL = "\n\ndef tell(symbol):\n    pass\n"


def _found(root: Path, files: dict[str, str]) -> list[Finding]:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    report = check((str(root),), Settings(root=root))
    return [one for one in report.findings if one.code == "WIR008"]


def _one(root: Path, files: dict[str, str]) -> Finding:
    (found,) = _found(root, files)
    return found


OPTIONAL = """

try:
    from extras import {name}
{clause}


def tell(symbol):
    {use}
"""


def _with_import(root: Path, clause: str, use: str, name: str = "render") -> Finding:
    text = DESK + OPTIONAL.format(name=name, clause=clause, use=use) + CLEAN_UP + RUN
    return _one(root, {"extras.py": "X = 1\n", "bot.py": text})


@pytest.mark.parametrize(
    "clause",
    [
        "except ImportError:\n    pass",
        "except ModuleNotFoundError as error:\n    print(error)",
        "except ImportError:\n    render = None\n    HAS_RENDER = False",
        "except Exception:\n    render = 'plain'",
    ],
    ids=["passed over", "told of", "a flag", "a value in its place"],
)
def test_an_import_that_the_program_can_do_without_is_low(tmp_path: Path, clause: str) -> None:
    found = _with_import(tmp_path, clause, "print(render)")
    assert found.severity is Severity.LOW
    assert ", which goes on without it" in found.message


@pytest.mark.parametrize(
    ("clause", "use", "name"),
    [
        ("except Exception:\n    pass", "print(render)", "render"),
        ("except ImportError:\n    LOG.error('no renderer')", "print(render)", "render"),
        ("except ImportError:\n    start_without()", "print(render)", "render"),
        ("    watch()\nexcept ImportError:\n    pass", "print(render)", "render"),
        ("except ImportError:\n    pass", "print(check_order)", "check_order"),
        ("except ImportError:\n    pass", "risk_check(worst)", "worst"),
        ("except ImportError:\n    pass", "print(place_stop)", "place_stop"),
        ("except ImportError:\n    pass", "print(cancel_all_orders)", "cancel_all_orders"),
        ("except ImportError:\n    pass", "print(ExitEngine)", "ExitEngine"),
        ("except ImportError:\n    pass", "print(CircuitBreaker)", "CircuitBreaker"),
        ("except ImportError:\n    pass", "desk.place_stop(1)", "desk"),
    ],
    ids=[
        *("any error", "told aloud", "acts", "skips more", "is a guard", "what a guard asks"),
        *("a stop", "a cancel", "an exit", "a breaker", "what has a stop"),
    ],
)
def test_an_import_that_is_more_than_an_option_keeps_its_weight(
    tmp_path: Path, clause: str, use: str, name: str
) -> None:
    found = _with_import(tmp_path, clause, "pass\n\n\ndef risk_check(one):\n    " + use, name)
    assert found.severity is Severity.HIGH


def test_a_module_that_moved_is_told_once_in_a_file(tmp_path: Path) -> None:
    uses = "".join(
        f"\n\ndef {name}(symbol):\n    from notes import send\n    send(symbol)\n"
        for name in ("tell", "clean_up")
    )
    files = {
        "inner/__init__.py": "",
        "inner/notes.py": "def send(symbol):\n    print(symbol)\n",
        "bot.py": "import inner.notes\n" + DESK + uses + RUN,
    }
    found = _one(tmp_path, files)
    assert [one.text for one in found.related] == ["here too"]


@pytest.mark.parametrize(
    "body",
    [
        "exchange.cancel_order(symbol)\n    Engine().halt()",
        "Engine().halt()\n    sync_fills(symbol)",
        "send(Intent(kind='EMERGENCY_SL_CLOSE', level=Engine().halt()))",
        "if Engine().halt():\n        raise TradeAbort('no')",
    ],
    ids=["takes orders back", "handles fills", "says that it closes", "stops a trade"],
)
def test_what_changes_orders_or_positions_bears_on_them(tmp_path: Path, body: str) -> None:
    kinds = "\n\nclass TradeAbort(Exception):\n    pass\n"
    text = DESK + TELL + f"\n\ndef clean_up(symbol):\n    {body}\n" + kinds + RUN
    found = _one(tmp_path, {"bot.py": text})
    assert (found.severity, "no order depends" in found.message) == (Severity.HIGH, False)


def test_what_only_counts_bears_on_no_order(tmp_path: Path) -> None:
    text = DESK + TELL + "\n\ndef clean_up(symbol):\n    Engine().halt()\n" + RUN
    found = _one(tmp_path, {"bot.py": text})
    assert (found.severity, "no order depends" in found.message) == (Severity.MEDIUM, True)


REFUSING = (
    DESK.replace("tell(symbol)\n", "self.limit(symbol)\n")
    + """
    def limit(self, symbol):
        if not symbol:
            raise ValueError(f"not one of {self.known}")
        exchange.create_market_sell_order(symbol, 1)
"""
)


def test_a_text_that_a_refusal_can_t_make_is_a_level_lower(tmp_path: Path) -> None:
    found = _one(tmp_path, {"bot.py": REFUSING + CLEAN_UP + RUN})
    assert found.severity is Severity.MEDIUM
    assert "which refuses all the same" in found.message


LOGGING = (
    DESK.replace("tell(symbol)\n", "self.leave(symbol)\n")
    + """
    def leave(self, symbol):
        try:
            log_event("leaving", symbol, event=symbol)
            {more}
        except Exception:
            pass
        exchange.create_market_sell_order(symbol, 1)


def log_event(event, symbol):
    print(event, symbol)
"""
)


@pytest.mark.parametrize(
    ("more", "severity"),
    [("print(symbol)", Severity.MEDIUM), ("self.place_stop(symbol)", Severity.HIGH)],
    ids=["a line only", "a stop besides"],
)
def test_a_log_that_is_gone_without_is_a_level_lower(
    tmp_path: Path, more: str, severity: Severity
) -> None:
    stop = "\n\nclass Stops(Engine):\n    def place_stop(self, symbol):\n        pass\n"
    text = LOGGING.format(more=more) + stop + CLEAN_UP + RUN
    assert _one(tmp_path, {"bot.py": text}).severity is severity


CAUGHT = (
    DESK.replace("tell(symbol)\n", "self.leave(symbol)\n")
    + """
    def leave(self, symbol):
        try:
            exchange.create_market_sell_order(symbol, worth(symbol, 1))
        except {first}:
            pass
        except Exception as error:
            print(error)


def worth(symbol):
    return 1
"""
)


@pytest.mark.parametrize(
    ("first", "line"), [("ImportError", 18), ("(KeyError, TypeError)", 16)], ids=["other", "own"]
)
def test_the_clause_that_is_named_is_the_one_that_catches(
    tmp_path: Path, first: str, line: int
) -> None:
    found = _one(tmp_path, {"bot.py": CAUGHT.format(first=first) + CLEAN_UP + RUN})
    steps = [one for one in found.trace if one.text == "what is raised is caught here"]
    assert [one.place.span.line for one in steps] == [line]


def test_a_clause_is_named_once(tmp_path: Path) -> None:
    text = CAUGHT.format(first="KeyError").replace("worth(symbol, 1)", "worth(coin)")
    found = _one(tmp_path, {"bot.py": text + CLEAN_UP + RUN})
    assert len({one.place for one in found.trace}) == len(found.trace)


PACKAGE = {
    "app/__init__.py": "",
    "app/desk/__init__.py": "from .missing import gone\nfrom .book import Book\n",
    "app/desk/book.py": "from .elsewhere import lost\n\n\nclass Book:\n    pass\n",
}


@pytest.mark.parametrize(
    ("use", "severity"),
    [("from app.desk.book import Book", Severity.HIGH), ("", Severity.LOW)],
    ids=["what runs imports it", "nothing imports it"],
)
def test_a_package_that_fails_is_told_once_with_its_modules(
    tmp_path: Path, use: str, severity: Severity
) -> None:
    bot = f"{use}\n{DESK}{TELL}{CLEAN_UP}{RUN}"
    found = _one(tmp_path, {**PACKAGE, "bot.py": bot, "tools.py": "import bot\n"})
    assert (found.place.path, found.severity) == ("app/desk/__init__.py", severity)
    assert [one.place.path for one in found.related] == ["app/desk/book.py"]


COPY = """

class Exits:
    def leave(self, symbol):
        try:
            self.book(symbol, 1)
        except Exception:
            pass
        exchange.create_market_sell_order(symbol, 1)

    def close_all(self, symbol):
        try:
            self.note(symbol, 1)
        except Exception:
            pass

    def book(self, symbol):
        print(symbol)

    def note(self, symbol):
        print(symbol)
"""
EXITS = "import ccxt\n\nexchange = ccxt.mexc()\n" + COPY
OTHER = "\n\ndef main():\n    while True:\n        {}\n\n\nif __name__ == '__main__':\n    main()\n"


@pytest.mark.parametrize(
    ("files", "severity"),
    [
        ({"bot.py": "from exits import Exits\n" + OTHER.format("Exits().leave('A')")}, 3),
        ({"bot.py": OTHER.format("print('A')")}, 1),
        ({"bot.py": "import exits\n" + OTHER.format("print('A')")}, 1),
        (
            {
                "bot.py": "import other\n" + OTHER.format("print('A')"),
                "other.py": "from exits import Exits\n\n\nclass Desk:\n    def run(self):\n"
                "        Exits().leave('A')\n",
            },
            1,
        ),
        (
            {
                "bot.py": "import other\n" + OTHER.format("other.Desk().run()"),
                "other.py": "from exits import Exits\n\n\nclass Desk:\n    def run(self):\n"
                "        Exits().leave('A')\n",
            },
            3,
        ),
        (
            {
                "bot.py": "import importlib\n"
                + OTHER.format("importlib.import_module('exits').Exits().leave('A')")
            },
            3,
        ),
        (
            {
                "bot.py": "import importlib\nimport sys\n"
                + OTHER.format("importlib.import_module(f'ex{sys.argv[1]}')")
            },
            2,
        ),
        (
            {
                "inner/__init__.py": "",
                "inner/exits.py": "X = 1\n",
                "bot.py": "import importlib\nimport sys\n\nPATH = '/opt/bot/inner/exits.py'\n"
                + OTHER.format("importlib.import_module(sys.argv[1]), print('mend exits.py')"),
            },
            1,
        ),
    ],
    ids=[
        "made",
        "nothing imports it",
        "nothing makes it",
        "only what is dead makes it",
        "what lives makes it",
        "loaded by name",
        "loaded by a name that is made up",
        "a copy of what a path means",
    ],
)
def test_where_nothing_that_runs_comes_a_fault_is_low_and_told_once(
    tmp_path: Path, files: dict[str, str], severity: int
) -> None:
    found = _found(tmp_path, {"exits.py": EXITS, **files})
    assert max(one.severity for one in found) == severity
    is_dead = severity == Severity.LOW
    assert len(found) == 1 or not is_dead
    assert all(("where nothing that runs comes" in one.message) is is_dead for one in found)


def test_a_class_of_a_kind_that_is_loaded_by_files_may_run(tmp_path: Path) -> None:
    loader = (
        "import importlib.util\nimport os\n\nfrom base import Base\n\n\ndef load(name):\n"
        "    for one in os.listdir('.'):\n"
        "        importlib.util.spec_from_file_location(name, one)\n"
    )
    files = {
        "base.py": "class Base:\n    def run(self):\n        pass\n",
        "exits.py": "from base import Base\n" + EXITS.replace("Exits:", "Exits(Base):"),
        "bot.py": "from loader import load\n" + OTHER.format("load('A')"),
        "loader.py": loader,
    }
    found = _found(tmp_path, files)
    assert found
    assert not any("where nothing that runs comes" in one.message for one in found)


BEHIND = (
    DESK.replace("tell(symbol)\n", "self.leave(symbol)\n")
    + """
    def leave(self, symbol):
        try:
            {first}
            self.stop(symbol, 2)
        except Exception:
            pass
        self.book(symbol, 3)
        exchange.create_market_sell_order(symbol, 1)

    def book(self, symbol):
        print(symbol)

    def stop(self, symbol):
        print(symbol)
"""
)


def test_what_stands_behind_a_call_that_always_fails_is_told_with_it(tmp_path: Path) -> None:
    text = BEHIND.format(first="self.book(symbol, 1)") + CLEAN_UP + RUN
    found = _one(tmp_path, {"bot.py": text})
    lines = {one.place.span.line for one in found.related}
    assert (found.place.span.line, lines) == (15, {16, 19})


@pytest.mark.parametrize(
    "first",
    ["if symbol:\n                self.book(symbol, 1)", "symbol and self.book(symbol, 1)"],
    ids=["on one arm", "where something holds"],
)
def test_what_some_way_leads_to_is_told_for_itself(tmp_path: Path, first: str) -> None:
    found = _found(tmp_path, {"bot.py": BEHIND.format(first=first) + CLEAN_UP + RUN})
    assert len(found) == 2


SCRIPT = """\
import desk

{wait}

def show():
    desk.Engine().turn("A", 1)


show()
"""
LIBRARY = (
    DESK
    + TELL
    + CLEAN_UP
    + """

class Turner:
    def turn(self, symbol):
        exchange.create_market_sell_order(symbol, 1)
"""
)
WAITING = """
def answer():
    while True:
        if desk.exchange.load_markets():
            return


answer()
"""


@pytest.mark.parametrize("wait", ["", WAITING], ids=["at once", "waits for an answer"])
def test_a_script_that_ends_is_low_whatever_it_waits_for(tmp_path: Path, wait: str) -> None:
    files = {
        "desk.py": LIBRARY,
        "show.py": SCRIPT.format(wait=wait),
        "main.py": "from desk import Engine\n\nEngine().run('A')\n",
    }
    assert _one(tmp_path, files).severity is Severity.LOW


def test_what_a_module_shows_of_itself_is_low(tmp_path: Path) -> None:
    shown = "\n\nif __name__ == '__main__':\n    Engine().turn('A')\n"
    files = {
        "desk.py": LIBRARY + shown,
        "main.py": "from desk import Engine\n\nEngine().run('A')\n",
    }
    assert _one(tmp_path, files).severity is Severity.LOW
