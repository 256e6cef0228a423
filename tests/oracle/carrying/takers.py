"""Functions and classes that can take an id."""

from __future__ import annotations

from typing import NamedTuple

from tests.oracle.choices import Choices
from tests.oracle.pens import PlainPen, indent


class Taker(NamedTuple):
    """How it is called: ``is_keyword_only`` where the id has no position."""

    name: str
    is_async: bool = False
    is_keyword_only: bool = False


class Pen(PlainPen):
    """Counts names, and collects what has to stand at module level."""

    def __init__(self, choices: Choices) -> None:
        super().__init__(choices, 12)
        fields = ["    symbol: str", "    decision_id: str | None = None"]
        self.definitions = [["@dataclass", "class Context:", *fields]]
        self.takers: list[Taker] = []


def taker(pen: Pen) -> Taker:
    """One of those that there are, or a new one."""
    if pen.takers and pen.chance(60):
        return pen.pick(pen.takers)
    ways = (_function, _function, _required, _method, _record, _class, _open, _through, _keyword)
    found = pen.pick(ways)(pen)
    pen.takers.append(found)
    return found


def _function(pen: Pen) -> Taker:
    name = pen.fresh("tell")
    default = pen.pick(("None", "None", '""'))
    body = ["journal.note(symbol, amount, decision_id)"]
    head = f"{pen.define()} {name}(symbol, amount, decision_id={default}):"
    pen.definitions.append([head, *indent(body)])
    return Taker(name, pen.is_async)


def _required(pen: Pen) -> Taker:
    """It takes one in any case: then it is given one, if it is None."""
    name = pen.fresh("settle")
    body = ["journal.note(symbol, amount, decision_id)"]
    head = f"{pen.define()} {name}(symbol, amount, decision_id: str | None = None, note=None):"
    pen.definitions.append([head, *indent(body)])
    return Taker(name, pen.is_async)


def _method(pen: Pen) -> Taker:
    name, desk = pen.fresh("Desk"), pen.fresh("desk")
    body = ["journal.note(symbol, amount, decision_id)"]
    head = f"{pen.define()} note(self, symbol, amount, decision_id=None):"
    pen.definitions.append([f"class {name}:", *indent([head, *indent(body)])])
    pen.definitions.append([f"{desk} = {name}()"])
    return Taker(f"{desk}.note", pen.is_async)


def _record(pen: Pen) -> Taker:
    name = pen.fresh("Intent")
    fields = ["symbol: str", "amount: float", "decision_id: str | None = None"]
    pen.definitions.append(["@dataclass", f"class {name}:", *indent(fields)])
    return Taker(name)


def _class(pen: Pen) -> Taker:
    name = pen.fresh("Ticket")
    body = ["self.symbol = symbol", "self.decision_id = decision_id"]
    head = "def __init__(self, symbol, amount, decision_id=None):"
    pen.definitions.append([f"class {name}:", *indent([head, *indent(body)])])
    return Taker(name)


def _open(pen: Pen) -> Taker:
    name = pen.fresh("collect")
    body = ['journal.note(symbol, fields.get("decision_id"))']
    head = f"{pen.define()} {name}(symbol, amount, **fields):"
    pen.definitions.append([head, *indent(body)])
    return Taker(name, pen.is_async, is_keyword_only=True)


def _through(pen: Pen) -> Taker:
    """Its keywords are handed through to what takes it."""
    inner, name = _function(pen), pen.fresh("relay")
    call = pen.ask(f"{inner.name}(symbol, amount, **fields)")
    head = f"{pen.define()} {name}(symbol, amount, **fields):"
    pen.definitions.append([head, f"    {call}"])
    return Taker(name, pen.is_async, is_keyword_only=True)


def _keyword(pen: Pen) -> Taker:
    name = pen.fresh("mark")
    body = ["journal.note(symbol, amount, decision_id)"]
    head = f"{pen.define()} {name}(symbol, amount, *, decision_id=None):"
    pen.definitions.append([head, *indent(body)])
    return Taker(name, pen.is_async, is_keyword_only=True)
