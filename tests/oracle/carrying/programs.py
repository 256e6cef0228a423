"""Programs in which an id is in scope, and functions and classes that can take it are called."""

from __future__ import annotations

from typing import NamedTuple

from tests.oracle.calling import called
from tests.oracle.carrying.takers import Pen, taker
from tests.oracle.choices import Choices
from tests.oracle.pens import Block, indent
from tests.oracle.program import Program
from tests.oracle.shapes import shaped


class Place(NamedTuple):
    """``value`` is how the id is reached."""

    value: str
    depth: int
    is_nested: bool = False
    is_tested: bool = False
    """Whether a test has asked if there is one: then what is called there need not get any."""

    def deeper(self) -> Place:
        """One block further in."""
        return self._replace(depth=self.depth - 1)


def write_ids(choices: Choices) -> Program:
    """A program."""
    pen = Pen(choices)
    steps = [_step(pen) for _ in range(pen.choices.number(1, 3))]
    head = [
        "import asyncio",
        "import contextlib",
        "import functools",
        "from dataclasses import dataclass",
        "",
        "import feed",
    ]
    head += ["import journal"]
    blocks = [head, *pen.definitions, *steps]
    text = "\n\n\n".join("\n".join(lines) for lines in blocks)
    return Program({"main.py": text + "\n"}, "", pen.is_async)


def _step(pen: Pen) -> Block:
    """A function that has an id, in some way."""
    name = pen.fresh("step")
    form = pen.choices.number(0, 9)
    if form < 4:
        body = block(pen, Place("decision_id", 3))
        return [f"{pen.define()} {name}(symbol, amount, decision_id):", *indent(body)]
    if form < 6:
        made = f"decision_id = {pen.feed('value')}"
        lines = [made, *block(pen, Place("decision_id", 3))]
        return [f"{pen.define()} {name}(symbol, amount):", *indent(lines)]
    if form < 8:
        body = block(pen, Place("context.decision_id", 3))
        return [f"{pen.define()} {name}(symbol, amount, context: Context):", *indent(body)]
    read = ['journal.note(record["decision_id"])'] if pen.chance(50) else []
    body = [*read, *block(pen, Place('record["decision_id"]', 3))]
    return [f"{pen.define()} {name}(symbol, amount, record):", *indent(body)]


def block(pen: Pen, place: Place) -> Block:
    """Some statements."""
    found: Block = []
    for _ in range(pen.choices.number(1, 2)):
        found += statement(pen, place)
    return found


def statement(pen: Pen, place: Place) -> Block:
    """One statement with a call that can take the id in it."""
    if place.depth <= 0:
        return _call(pen, place)
    ways = [_call, _call, _call, _if, _loop, _try, _nested, _named, _missing]
    ways += [_shaped, _called]
    return pen.pick(ways)(pen, place)


def _shaped(pen: Pen, place: Place) -> Block:
    # The id may get another value there, or none, and the statement may be left or not.
    return shaped(pen, lambda: block(pen, place.deeper()))


def _called(pen: Pen, place: Place) -> Block:
    """In a function of the program, which is handed the id."""
    if place.is_tested:
        return _call(pen, place)
    inner = block(pen, Place("decision_id", place.depth - 1))
    given = {"symbol": "symbol", "amount": "amount", "decision_id": place.value}
    return called(pen, inner, given)


def _call(pen: Pen, place: Place) -> Block:
    """A call, with the id in some form or without it."""
    one, value = taker(pen), place.value
    name = pen.fresh("made")
    given = pen.choices.number(0, 13)
    forms = [
        f"{one.name}(symbol, amount)",
        f"{one.name}(symbol, amount)",
        f"{one.name}(symbol, amount, decision_id=None)",
        f'{one.name}(symbol, amount, decision_id="")',
        f"{one.name}(symbol, amount, None)",
        f"{one.name}(symbol, amount, {value})",
        f"{one.name}(symbol, amount, decision_id={value})",
        f"{one.name}(symbol, amount, decision_id={value})",
        f'{one.name}(f"{{symbol}}-{{{value}}}", amount)'.replace('"decision_id"', "'decision_id'"),
        f"{one.name}((symbol, {value}), amount)",
        f'{one.name}(symbol, amount, **{{"decision_id": {value}}})',
        f"functools.partial({one.name}, decision_id={value})(symbol, amount)",
        f"{one.name}(amount=amount, symbol=symbol)",
        f"{one.name}(symbol, amount, decision_id={value} if amount else None)",
    ]
    call = forms[given]
    if one.is_keyword_only:
        call = call.replace(f"amount, {value})", f"amount, decision_id={value})")
        call = call.replace("amount, None)", "amount, decision_id=None)")
    call = pen.ask(call) if one.is_async else call
    return [f"{name} = {call}"] if pen.chance(30) else [call]


def _if(pen: Pen, place: Place) -> Block:
    flag = pen.feed("flag")
    found = [f"if {flag}:", *indent(block(pen, place.deeper()))]
    return [*found, "else:", *indent(block(pen, place.deeper()))] if pen.chance(40) else found


def _missing(pen: Pen, place: Place) -> Block:
    """A test whether there is an id."""
    value = place.value
    place = place._replace(is_tested=True)
    inner, other = block(pen, place.deeper()), block(pen, place.deeper())
    forms = [
        [f"if {value} is None:", *indent(inner), "else:", *indent(other)],
        [f"if not {value}:", *indent(inner)],
        [f"if {value}:", *indent(inner), "else:", *indent(other)],
        [f"if {value} is None:", "    return", *inner],
        [f"if {value} is not None and {pen.feed('flag')}:", *indent(inner)],
    ]
    return pen.pick(forms)


def _loop(pen: Pen, place: Place) -> Block:
    item = pen.fresh("item")
    inner = place.deeper()
    head = f"for {item} in {pen.feed('orders')}:"
    return [head, *indent(block(pen, inner))]


def _try(pen: Pen, place: Place) -> Block:
    work = pen.feed("work")
    # Here all calls of the program return; botlint reckons that any may raise.
    inner = place.deeper()._replace(is_nested=True)
    found = ["try:", *indent([work, *block(pen, inner)])]
    if pen.chance(50):
        return [*found, "except Exception:", *indent(block(pen, place.deeper()))]
    return [*found, "finally:", *indent(block(pen, place.deeper()))]


def _nested(pen: Pen, place: Place) -> Block:
    """A function that stands within, and reads the id or not."""
    name = pen.fresh("inner")
    body = block(pen, place.deeper()._replace(is_nested=True))
    return [f"{pen.define()} {name}():", *indent(body), pen.ask(f"{name}()")]


def _named(pen: Pen, place: Place) -> Block:
    """The id gets another name, or the name another value."""
    value, flag = place.value, pen.feed("flag")
    made = pen.feed("value")
    tag = pen.fresh("tag")
    if value != "decision_id" or place.is_nested or pen.chance(40):
        return [f"{tag} = {value}", *block(pen, place._replace(value=tag, depth=place.depth - 1))]
    forms = [
        [f"decision_id = decision_id or {made}"],
        [f"if {flag}:", f"    decision_id = {made}"],
        [f"if {flag}:", "    decision_id = None"],
        ["decision_id = str(decision_id)"],
    ]
    return [*pen.pick(forms), *block(pen, place.deeper())]
