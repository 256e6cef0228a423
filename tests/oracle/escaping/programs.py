"""Programs in which aborts are raised, somewhere under what may stop them."""

from __future__ import annotations

from tests.oracle.calling import called
from tests.oracle.choices import Choices
from tests.oracle.escaping.clauses import closed, suppressed, tried
from tests.oracle.escaping.pen import Pen
from tests.oracle.escaping.ways import raised, through
from tests.oracle.pens import Block, indent
from tests.oracle.program import Program
from tests.oracle.shapes import shaped


def write_escapes(choices: Choices) -> Program:
    """A program."""
    pen = Pen(choices)
    steps = []
    for _ in range(pen.choices.number(1, 2)):
        body = block(pen, pen.choices.number(2, 5))
        if pen.chance(65):
            body = ["try:", *indent(body), f"except {pen.abort_name()}:", "    journal.note(6)"]
        steps.append([f"{pen.define()} {pen.fresh('step')}():", *indent(body)])
    blocks = [pen.head(), *pen.definitions, *steps]
    text = "\n\n\n".join("\n".join(lines) for lines in blocks)
    return Program({"main.py": text + "\n"}, "", pen.is_async)


def block(pen: Pen, depth: int) -> Block:
    """A statement with an abort in it, sometimes with something before or after."""
    found = pen.filler() if pen.chance(15) else []
    found += _statement(pen, depth)
    return [*found, *(pen.filler() if pen.chance(20) else [])]


def _statement(pen: Pen, depth: int) -> Block:
    if depth <= 0:
        return raised(pen)
    way = pen.choices.number(0, 14)
    if way < 4:
        return tried(pen, block(pen, depth - 1))
    if way < 5:
        return closed(pen, block(pen, depth - 1))
    if way < 6:
        return suppressed(pen, block(pen, depth - 1))
    if way < 7:
        return [*block(pen, 0), *block(pen, depth - 1)]
    if way < 8:
        return _looped(pen, depth)
    if way < 10:
        return shaped(pen, lambda: block(pen, depth - 1))
    if way < 11:
        before, pen.is_in_loop = pen.is_in_loop, False
        body = block(pen, depth - 1)
        pen.is_in_loop = before
        return called(pen, body, {})
    return through(pen, lambda: block(pen, depth - 1))


def _looped(pen: Pen, depth: int) -> Block:
    before, pen.is_in_loop = pen.is_in_loop, True
    inner = block(pen, depth - 1)
    pen.is_in_loop = before
    head = pen.pick(("for item in {}:", "while {}:"))
    kind = "orders" if head.startswith("for") else "more"
    return [head.format(pen.ask(f"feed.{pen.fresh(kind)}()")), *indent(inner)]
