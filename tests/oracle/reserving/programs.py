"""Programs that reserve a budget, place orders, and mostly commit or release."""

from __future__ import annotations

from typing import NamedTuple

from tests.oracle.calling import called, called_for_sure
from tests.oracle.choices import Choices
from tests.oracle.pens import Block, PlainPen, indent
from tests.oracle.program import Program
from tests.oracle.shapes import shaped


class Place(NamedTuple):
    """What a block may use: the key of the reservation, and whether a loop is around it."""

    key: str
    depth: int
    is_in_loop: bool = False

    def deeper(self) -> Place:
        """One block further in."""
        return self._replace(depth=self.depth - 1)


def write_reservations(choices: Choices) -> Program:
    """A program."""
    pen = PlainPen(choices, 12)
    steps = []
    for _ in range(pen.choices.number(1, 2)):
        name = pen.fresh("step")
        steps.append([f"{pen.define()} {name}(symbol, amount):", *indent(_reserving(pen))])
    if pen.chance(30):
        body = ["portfolio.release_budget(symbol)"]
        steps.append(["def settle(symbol, amount):", *indent(body)])
    ccxt = "import ccxt.async_support as ccxt" if pen.is_async else "import ccxt"
    head = ["import asyncio", "import contextlib", "import functools", ""]
    head += [ccxt, "import bus", "import feed", "import journal"]
    head += ["from book import portfolio", "", "exchange = ccxt.binance()", "pending = {}"]
    blocks = [head, *pen.definitions, *steps]
    text = "\n\n\n".join("\n".join(lines) for lines in blocks)
    return Program({"main.py": text + "\n"}, "", pen.is_async)


def _reserving(pen: PlainPen) -> Block:
    """A reservation, and what follows it."""
    before = [pen.feed("work")] if pen.chance(15) else []
    call = "portfolio.reserve_budget(symbol, amount)"
    form = pen.choices.number(0, 9)
    token = pen.fresh("token")
    if form < 5:
        return [*before, call, *block(pen, Place("symbol", 3))]
    if form < 7:
        return [*before, f"if not {call}:", "    return", *block(pen, Place("symbol", 3))]
    if form < 8:
        lines = [f"{token} = {call}", f"if {token} is None:", "    return None"]
        return [*before, *lines, *block(pen, Place(token, 3))]
    if form < 9:
        return [*before, f"if {call}:", *indent(block(pen, Place("symbol", 2)))]
    inner = block(pen, Place("symbol", 2, is_in_loop=True))
    return [*before, f"for item in {pen.feed('orders')}:", *indent([call, *inner])]


def block(pen: PlainPen, place: Place) -> Block:
    """Some statements, of which the last mostly closes."""
    found: Block = []
    for _ in range(pen.choices.number(1, 2)):
        found += statement(pen, place)
    return [*found, *close(pen, place)] if pen.chance(55) else found


def close(pen: PlainPen, place: Place) -> Block:
    """Something that closes the reservation."""
    forms = (f"portfolio.release_budget({place.key})", f"portfolio.commit_budget({place.key}, 1)")
    if pen.chance(15):
        return [f"{_closing(pen)}({place.key})"]
    if pen.chance(15):
        return called_for_sure(pen, ["portfolio.release_budget(key)"], {"key": place.key})
    return [pen.pick(forms)]


def _closing(pen: PlainPen) -> str:
    name = pen.fresh("undo")
    body = ["journal.note(key)", "portfolio.release_budget(key)"]
    pen.definitions.append([f"def {name}(key):", *indent(body)])
    return name


def statement(pen: PlainPen, place: Place) -> Block:
    """One statement: an order, a way out, something handed on, or a compound one."""
    if place.depth <= 0:
        return pen.pick((_order, _order, _harmless))(pen, place)
    ways = (_order, _order, _out, _out, _try, _try, _try, _finally, _if, _loop, _helper, _handed)
    return pen.pick((*ways, _harmless, _within, _shaped, _called))(pen, place)


def _shaped(pen: PlainPen, place: Place) -> Block:
    """In another statement; in a loop it is still open that is in one, or is not."""
    return shaped(pen, lambda: block(pen, place.deeper()))


def _called(pen: PlainPen, place: Place) -> Block:
    """An order, or something harmless, in a function of the program."""
    body = pen.pick((_order, _order, _harmless))(pen, place)
    return called(pen, body, {"symbol": "symbol", "amount": "amount"})


def _order(pen: PlainPen, place: Place) -> Block:
    call = pen.ask('exchange.create_order(symbol, "market", "buy", amount)')
    other = pen.ask("exchange.fetch_ticker(symbol)")
    name = pen.fresh("order")
    forms = [[call], [f"{name} = {call}"], [f"{name} = {other}"]]
    if pen.chance(10):
        forms = [[f"return {call}"], [f"{name} = {call}", f"return {name}"]]
    return pen.pick(forms)


def _harmless(pen: PlainPen, place: Place) -> Block:
    return [pen.pick(("journal.note(amount)", pen.feed("work"), "amount = float(2)"))]


def _way_out(pen: PlainPen, place: Place) -> str:
    ways = ["return None", "raise ValueError(1)", "return", "raise KeyError(symbol)"]
    ways += ["continue", "break"] if place.is_in_loop else []
    return pen.pick(ways)


def _out(pen: PlainPen, place: Place) -> Block:
    closed = close(pen, place) if pen.chance(60) else []
    return [f"if {pen.feed('flag')}:", *indent([*closed, _way_out(pen, place)])]


def _if(pen: PlainPen, place: Place) -> Block:
    found = [f"if {pen.feed('flag')}:", *indent(block(pen, place.deeper()))]
    return [*found, "else:", *indent(block(pen, place.deeper()))] if pen.chance(50) else found


def _loop(pen: PlainPen, place: Place) -> Block:
    inner = place.deeper()._replace(is_in_loop=True)
    head = pen.pick((f"for part in {pen.feed('orders')}:", f"while {pen.feed('more')}:"))
    found = [head, *indent(block(pen, inner))]
    return [*found, "else:", *indent(close(pen, place))] if pen.chance(15) else found


def _try(pen: PlainPen, place: Place) -> Block:
    found = ["try:", *indent(block(pen, place.deeper()))]
    if pen.chance(30):
        name = pen.pick(("ValueError", "ccxt.NetworkError", "(KeyError, ValueError)"))
        found += [f"except {name}:", *indent(_clause(pen, place))]
    found += [pen.pick(("except Exception:", "except Exception:", "except ccxt.NetworkError:"))]
    found += indent(_clause(pen, place))
    if pen.chance(20):
        found += ["else:", *indent(block(pen, place.deeper()))]
    if pen.chance(15):
        found += ["finally:", *indent(close(pen, place))]
    return found


def _clause(pen: PlainPen, place: Place) -> Block:
    closed = close(pen, place) if pen.chance(60) else []
    ways = ("raise", "raise", "pass", "journal.note(1)", _way_out(pen, place))
    return [*closed, pen.pick(ways)]


def _finally(pen: PlainPen, place: Place) -> Block:
    last = close(pen, place) if pen.chance(70) else ["journal.note(2)"]
    if pen.chance(20):
        last = [f"if {pen.feed('flag')}:", *indent(last)]
    return ["try:", *indent(block(pen, place.deeper())), "finally:", *indent(last)]


def _helper(pen: PlainPen, place: Place) -> Block:
    """A function of the program that may let something out."""
    name = pen.fresh("act")
    order = _order(pen, place)
    bodies = [
        order,
        [f"if {pen.feed('flag')}:", "    raise ValueError(2)"],
        ["try:", *indent(order), "except Exception:", "    return False", "return True"],
        ["try:", *indent(order), "except Exception:", "    journal.note(3)", "    raise"],
        ["try:", *indent(order), "except ValueError:", "    return None"],
        ["try:", *indent(order), "finally:", "    journal.note(4)"],
        ["with contextlib.suppress(Exception):", *indent(order)],
        ["journal.note(5)"],
    ]
    lines = [f"{pen.define()} {name}(symbol, amount):", *indent(pen.pick(bodies))]
    pen.definitions.append(lines)
    return [pen.ask(f"{name}(symbol, amount)")]


def _handed(pen: PlainPen, place: Place) -> Block:
    """The reservation is handed on, or something that looks like it."""
    key = place.key
    forms = [
        [f"pending[{key}] = amount"],
        [f'bus.publish("order.intent", {key})'],
        [f"journal.note({key})"],
        [f"if {pen.feed('flag')}:", f"    return {key}"],
        [f"if {pen.feed('flag')}:", "    return amount"],
    ]
    return pen.pick(forms)


def _within(pen: PlainPen, place: Place) -> Block:
    """Under a manager: one that swallows, one that closes, one that does nothing."""
    form = pen.choices.number(0, 3)
    inner = indent(block(pen, place.deeper()))
    if form < 2:
        names = pen.pick(("Exception", "ValueError", "ccxt.NetworkError"))
        return [f"with contextlib.suppress({names}):", *inner]
    if form == 2:
        stack = pen.fresh("stack")
        given = pen.pick(("{1}, {0}", "lambda: {1}({0})"))
        given = given.format(place.key, "portfolio.release_budget")
        head = f"    {stack}.callback({given})"
        return [f"with contextlib.ExitStack() as {stack}:", head, *inner]
    name = pen.fresh("settled")
    body = ["try:", "    yield", "finally:", "    portfolio.release_budget(key)"]
    pen.definitions.append(["@contextlib.contextmanager", f"def {name}(key):", *indent(body)])
    return [f"with {name}({place.key}):", *inner]
