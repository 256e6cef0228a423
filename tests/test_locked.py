"""What the check `locked` says: one fault, one finding, and the way on which no lock is held."""

from __future__ import annotations

from pathlib import Path

from tests.finding import find_all
from tests.programs import link as link_text

from botlint.facts.extract import extract_facts
from botlint.facts.types import Name
from botlint.model import Finding
from botlint.project import link
from botlint.rules import load_rules
from botlint.settings import Settings
from botlint.vocabulary import load_vocabulary

BOOK = """
import threading


class Book:
    def __init__(self):
        self._lock = threading.Lock()
        self.positions = {}
        self.open_orders = {}

    def opened(self, symbol, order):
        with self._lock:
            self.open_orders[symbol] = order
            self.positions[symbol] = order

    def forget(self, symbol):
        self.positions.pop(symbol, None)

    def closed(self, symbol):
        self.forget(symbol)

    def flat(self, symbol):
        self.open_orders.pop(symbol, None)
        del self.positions[symbol]
"""


def findings(text: str) -> tuple[Finding, ...]:
    settings = Settings(root=Path())
    rules = tuple(rule for rule in load_rules() if rule.check == "locked")
    facts = extract_facts("book.py", text.encode())
    return find_all(link((facts,), settings, load_vocabulary(settings)), rules)


def test_the_trace_shows_who_locks_and_the_calls_on_which_nobody_does() -> None:
    found = next(one for one in findings(BOOK) if one.code == "POS001")
    assert [step.text for step in found.trace] == [
        "`Book.opened` changes `Book.positions` with `Book._lock` held",
        "nothing in the program calls `Book.closed`",
        "`Book.closed` calls `self.forget`",
        "`Book.forget` changes `Book.positions` here, and nobody holds a lock",
    ]


def test_two_changes_that_belong_together_are_one_finding() -> None:
    assert [(one.code, one.place.span.line) for one in findings(BOOK)] == [
        ("POS001", 17),
        ("POS002", 24),
    ]


def test_where_nothing_locks_nothing_is_said() -> None:
    assert not findings(BOOK.replace("with self._lock", "if symbol"))


def test_the_same_program_gives_the_same_findings() -> None:
    assert findings(BOOK) == findings(BOOK)


def test_a_name_means_the_variable_that_its_module_binds() -> None:
    program = link_text(
        """
        === state.py
        positions = {}
        === main.py
        import state
        from state import positions as held

        def one(symbol):
            held[symbol] = 1
            return state.positions

        def two(symbol):
            held = {}
            held[symbol] = 1
        """.replace("\n        ", "\n")
    )
    one = next(ref for ref in program.functions() if program.display(ref) == "one")
    two = next(ref for ref in program.functions() if program.display(ref) == "two")
    first = program.variable(one, Name("held"))
    assert first is not None
    assert first == program.variable(one, Name("state.positions"))
    assert first.kind == "global"
    own = program.variable(two, Name("held"))
    assert own is not None
    assert own.kind == "local"
