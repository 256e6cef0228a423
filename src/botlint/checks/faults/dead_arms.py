"""Arms of a test that can never run because what the test asks is always false."""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.reads import last_segment
from botlint.facts.types import (
    EXIT,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.ways import nodes_in_turn, normally

IDLE = frozenset(
    {"str", "int", "float", "bool", "repr", "len", "round", "format", "hasattr", "getattr", "get"}
    | {"isinstance", "dict", "list", "tuple", "set", "print", "items", "keys", "values", "join"}
    | {"append", "isoformat", "time", "now", "sum", "min", "max", "abs", "strftime", "upper"}
    | {"lower", "strip", "split", "startswith", "endswith"}
)
"""Calls that only put values into a text or a report."""


def has_dead_work(function: Function, number: int, is_log: Callable[[int], bool]) -> bool:
    """Whether work hangs on call ``number`` giving something true, which it never does.

    A test that only fills in an optional part of a report keeps nothing from being done.
    """
    answer = Result(number)
    for test, node in enumerate(function.nodes):
        if node.kind is not Kind.TEST or node.next < 0 or node.other < 0:
            continue
        if not _is_asking(function, node.value, answer):
            continue
        then, otherwise = (frozenset(nodes_in_turn(function, arm, test)) for arm in normally(node))
        dead = then - otherwise
        if any(_is_work(function, function.nodes[one], is_log) for one in dead):
            return True
    return False


def _is_asking(function: Function, value: Expression | None, answer: Result) -> bool:
    """Whether a test asks for the answer itself, or for what is in it."""
    if value == answer:
        return _is_empty(function, answer)
    if isinstance(value, Name):
        bound = [one for one in function.nodes if one.target == value]
        return len(bound) == 1 and bound[0].value == answer and _is_empty(function, answer)
    if isinstance(value, Operation) and value.kind == "in":
        return value.args[1] == answer and _is_empty(function, answer)
    return False


def _is_empty(function: Function, answer: Result) -> bool:
    """Whether ``hasattr`` asks, or the default that ``getattr`` gives instead is empty."""
    call = function.calls[answer.call]
    if len(call.args) < 3:
        return True
    default = call.args[2]
    if isinstance(default, Constant):
        return not default.value
    return isinstance(default, Operation) and not default.args


def _is_work(function: Function, node: Node, is_log: Callable[[int], bool]) -> bool:
    if node.kind is Kind.ASSIGN:
        return isinstance(node.target, Name) and "." in node.target.path
    if node.kind is Kind.AUGMENT:
        return not isinstance(node.target, Item)
    if node.kind is not Kind.CALL or is_log(node.call):
        return False
    return last_segment(function.calls[node.call].func) not in IDLE


def leads_away(function: Function, test: int) -> bool:
    """Whether the arm that a test takes where it holds leaves the function or the loop's turn,
    while the other goes on."""
    arms = normally(function.nodes[test])
    if min(arms) < 0:
        return False
    then, otherwise = (frozenset(nodes_in_turn(function, arm, test)) for arm in arms)
    return not then & otherwise - {EXIT}
