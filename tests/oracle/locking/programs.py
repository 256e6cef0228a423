"""Programs with a book whose stores are meant to be changed under its lock."""

from __future__ import annotations

from tests.oracle.calling import called_in_place
from tests.oracle.choices import Choices
from tests.oracle.locking.changes import called, change
from tests.oracle.locking.forms import locked
from tests.oracle.locking.pen import METHOD, OUTSIDE, Pen, Place
from tests.oracle.pens import Block, indent, needed
from tests.oracle.program import Program
from tests.oracle.shapes import shaped


def write_locks(choices: Choices) -> Program:
    """A program."""
    pen = Pen(choices)
    for store in pen.stores:
        _evidence(pen, store)
    for _ in range(pen.choices.number(1, 3)):
        if pen.chance(75):
            name = pen.fresh("act")
            pen.method(name, block(pen, METHOD, pen.choices.number(1, 3)))
            pen.steps.append([pen.ask(f"book.{name}(key)")])
        else:
            pen.steps.append(block(pen, OUTSIDE, pen.choices.number(1, 3)))
    steps = [[f"{pen.define()} {pen.fresh('step')}(key):", *indent(lines)] for lines in pen.steps]
    rest = [_book(pen), ["book = Book()"], *steps]
    blocks = [_head(pen), *needed(pen.definitions, rest), *rest]
    text = "\n\n\n".join("\n".join(lines) for lines in blocks)
    return Program({"main.py": text + "\n"}, "", pen.is_async)


def _head(pen: Pen) -> Block:
    names = ("asyncio", "contextlib", "functools", "threading")
    return [*(f"import {name}" for name in names), "", "import feed", "import journal"]


def _book(pen: Pen) -> Block:
    made = [f"self.{name} = {maker}" for name, maker in pen.locks.items()]
    made += [f"self.{store} = {{}}" for store in pen.stores]
    lines = ["class Book:", *indent(["def __init__(self):", *indent(made)])]
    for method in pen.methods:
        lines += ["", *indent(method)]
    return lines


def _evidence(pen: Pen, store: str) -> None:
    """Two methods that change a store under the lock, and a step that calls them."""
    names = (f"open_{store}", f"close_{store}")
    changes = (f"self.{store}[key] = {{}}", f"self.{store}.pop(key, None)")
    for name, line in zip(names, changes, strict=True):
        body = [f"{pen.enter()} self._lock:", *indent([pen.feed("work"), line])]
        pen.method(name, body)
    pen.steps.append([pen.ask(f"book.{name}(key)") for name in names])


def block(pen: Pen, place: Place, depth: int) -> Block:
    """A statement with changes in it, sometimes with something before."""
    found = [pen.feed("work")] if pen.chance(10) else []
    return [*found, *_statement(pen, place, depth)]


def _statement(pen: Pen, place: Place, depth: int) -> Block:
    if depth <= 0:
        return change(pen, place)
    way = pen.choices.number(0, 15)
    if way < 5:
        return locked(pen, place, lambda inner: block(pen, inner, depth - 1))
    if way < 8:
        return called(pen, place, lambda inner: block(pen, inner, depth - 1))
    if way < 9:
        return [*block(pen, place, depth - 1), *block(pen, place, 0)]
    if way < 10:
        return _tried(pen, place, depth)
    if way < 11:
        return _looped(pen, place, depth)
    if way < 13:
        return shaped(pen, lambda: block(pen, place, depth - 1))
    if way < 15:
        given = {"book": place.own, "key": place.key}
        return called_in_place(pen, block(pen, OUTSIDE, depth - 1), given)
    found = [f"if {pen.feed('flag')}:", *indent(block(pen, place, depth - 1))]
    return [*found, "else:", *indent(block(pen, place, 0))] if pen.chance(40) else found


def _tried(pen: Pen, place: Place, depth: int) -> Block:
    inner = ["try:", *indent([pen.feed("work"), *block(pen, place, depth - 1)])]
    if pen.chance(50):
        return [*inner, "finally:", *indent(block(pen, place, 0))]
    return [*inner, "except Exception:", *indent(block(pen, place, 0))]


def _looped(pen: Pen, place: Place, depth: int) -> Block:
    item = pen.fresh("item")
    inner = block(pen, place._replace(is_in_loop=True), depth - 1)
    return [f"for {item} in {pen.feed('orders')}:", *indent(inner)]
