"""Control-flow graphs drawn as text, one node a line, in the order in which control first gets
there.

A node is its line, its kind and what it does; behind it stand its edges: ``→`` normal or true,
``else`` false or unmatched, ``!`` exceptional.
"""

from __future__ import annotations

from textwrap import dedent

from botlint.facts.extract import extract_facts
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Lambda,
    Name,
    Node,
    Operation,
    Result,
)


def read(text: str) -> tuple[Function, ...]:
    """The functions of a source given as indented text; the module is the first."""
    facts = extract_facts("main.py", dedent(text).encode())
    assert not facts.error, facts.error
    return facts.functions


def draw(function: Function) -> str:
    """The graph of ``function`` as text."""
    numbers = _number(function)
    lines = []
    for number, label in numbers.items():
        node = function.nodes[number]
        edges = [("→", node.next), ("else", node.other), ("!", node.exc)]
        ends = [f"{sign} {numbers[to]}" for sign, to in edges if to >= 0]
        lines.append(" ".join([label, _does(function, node), *ends]).rstrip())
    return "\n".join(lines) + "\n"


def _number(function: Function) -> dict[int, str]:
    order: list[int] = []
    waiting = [function.entry]
    while waiting:
        number = waiting.pop()
        if number in order:
            continue
        order.append(number)
        node = function.nodes[number]
        waiting += [to for to in (node.exc, node.other, node.next) if to >= 0]
    ends = {0: "exit", 1: "raised"}
    rest = [number for number in order if number not in ends]
    return {**{number: f"{place}" for place, number in enumerate(rest)}, **ends}


def _does(function: Function, node: Node) -> str:
    if node.kind in (Kind.EXIT, Kind.RAISED):
        return ""
    words = [node.kind.name.lower()]
    if node.kind is Kind.CALL:
        words = [f"{write(function, function.calls[node.call].func)}()"]
    if node.target is not None and node.kind is not Kind.RAISE:
        words.append(write(function, node.target))
    if node.value is not None:
        words.append(write(function, node.value))
    return " ".join(words)


def write(function: Function, value: Expression) -> str:
    """An expression as short text."""
    match value:
        case Name(path):
            return path
        case Constant(literal):
            return repr(literal)
        case Attribute(owner, name):
            return f"{write(function, owner)}.{name}"
        case Item(owner, key):
            return f"{write(function, owner)}[{write(function, key)}]"
        case Result(call):
            return f"{write(function, function.calls[call].func)}()"
        case Lambda(_):
            return "lambda"
        case Operation(kind, args):
            return f"({' '.join([kind, *(write(function, part) for part in args)])})"
