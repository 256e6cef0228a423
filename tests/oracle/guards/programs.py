"""Whole programs."""

from __future__ import annotations

from tests.oracle.choices import Choices
from tests.oracle.guards.orders import order_call
from tests.oracle.guards.statements import block
from tests.oracle.guards.writer import Scope, Values, Writer
from tests.oracle.pens import Block, indent
from tests.oracle.program import Program

_SCOPE = Scope((Values("symbol", "amount"),), 3)


def write_program(choices: Choices) -> Program:
    """A program."""
    pen = Writer(choices)
    if pen.chance(40):
        name = pen.fresh("send_on")
        body = [order_call(pen, _SCOPE)]
        pen.definitions.append([f"{pen.define()} {name}(symbol, amount):", *indent(body)])
        pen.senders.append(name)
    functions = [_function(pen) for _ in range(pen.choices.number(1, 2))]
    blocks = [*pen.definitions, *functions]
    text = "\n\n\n".join("\n".join(lines) for lines in ([*_head(pen)], *blocks))
    return Program({"main.py": text + "\n"}, pen.kind, pen.is_async)


def _function(pen: Writer) -> Block:
    scope = _SCOPE._replace(depth=pen.choices.number(1, 3))
    body = block(pen, scope)
    return [f"{pen.define()} {pen.fresh('step')}(symbol, amount):", *indent(body)]


def _head(pen: Writer) -> Block:
    ccxt = "import ccxt.async_support as ccxt" if pen.is_async else "import ccxt"
    return [
        "import asyncio",
        "import concurrent.futures",
        "import contextlib",
        "import dataclasses",
        "import enum",
        "import functools",
        "from typing import NamedTuple",
        "",
        ccxt,
        "import feed",
        "import journal",
        "from checks import Verdict, preflight",
        "",
        "ex = ccxt.binance()",
        "",
        "",
        "class Refused(Exception):",
        "    pass",
    ]
