"""Variables of the environment that a function asks for before it takes them: what it takes there
is set, and a missing one raises nothing.

``if os.getenv("HOOK"): send(os.environ["HOOK"])``, the same in a choice within one value, by
``"HOOK" in os.environ`` and by a local name that holds what was asked; and a ``try`` that catches
the ``KeyError``.
"""

from __future__ import annotations

from collections.abc import Iterable

from botlint.checks.clauses import catches, clauses_from
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of, receiver_of
from botlint.facts.types import (
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
from botlint.flow.ways import nodes_from

ENVIRONMENT = frozenset({Name("os.environ"), Name("environ")})
_ASKING = frozenset({"getenv", "get"})
_NOTHING = (Constant(None), Constant(""))


def is_taken_unasked(function: Function, name: str) -> bool:
    """Whether a function comes to ``os.environ[name]`` on some way on which nothing says that the
    variable is set, and nothing there catches that it isn't."""

    def onward(node: Node) -> Iterable[int]:
        if node.kind is not Kind.TEST:
            return (node.next, node.other, node.exc)
        says = _says_set(function, name, node.value)
        return (-1 if says is True else node.next, -1 if says is False else node.other, node.exc)

    if not any(_takes(function, name, node) for node in function.nodes):
        return not any(_mentions(function, name, node) for node in function.nodes)
    return any(
        _takes(function, name, function.nodes[number])
        for number in nodes_from(function, (function.entry,), onward)
    )


def _mentions(function: Function, name: str, node: Node) -> bool:
    """Whether a node takes the variable, or asks whether it is there: what none of them does
    stands in a statement of its own or as the default of a parameter."""
    given = arguments_of(function.calls[node.call]) if node.kind is Kind.CALL else ()
    return any(part == Constant(name) for value in (node.value, *given) for part in walk(value, ()))


def _takes(function: Function, name: str, node: Node) -> bool:
    values: list[Expression | None] = [node.value]
    if node.kind is Kind.CALL:
        call = function.calls[node.call]
        values += [receiver_of(call), *arguments_of(call)]
    if not any(_has_unasked(function, name, one) for one in values if one is not None):
        return False
    return not any(catches(clause, "KeyError") for clause in _clauses_around(function, node))


def _clauses_around(function: Function, node: Node) -> Iterable[Node]:
    if node.exc >= 0:
        return clauses_from(function, node.exc)
    line = node.span.line
    return (
        one
        for one in function.nodes
        if one.kind is Kind.EXCEPT and one.region[0] <= line <= one.region[1]
    )


def _has_unasked(function: Function, name: str, value: Expression) -> bool:
    """Whether a value holds ``os.environ[name]``, but for what a choice in it allows only where the
    variable is set."""
    if isinstance(value, Item) and value.value in ENVIRONMENT:
        return value.key == Constant(name)
    if not isinstance(value, Operation):
        return any(
            isinstance(part, Item) and part.value in ENVIRONMENT and part.key == Constant(name)
            for part in walk(value, ())
        )
    parts = list(value.args)
    if value.kind == "if":
        says = _says_set(function, name, parts[0])
        if says is not None:
            del parts[1 if says else 2]
    elif value.kind in ("and", "or"):
        wanted = value.kind == "and"
        asked = (n for n, one in enumerate(parts) if _says_set(function, name, one) is wanted)
        del parts[next(asked, len(parts)) + 1 :]
    return any(_has_unasked(function, name, part) for part in parts)


def _says_set(function: Function, name: str, value: Expression | None) -> bool | None:
    """The outcome of a test that says that the variable is set; ``None`` if neither does."""
    if isinstance(value, Operation):
        parts = value.args
        if value.kind == "not":
            says = _says_set(function, name, parts[0])
            return None if says is None else not says
        if value.kind in ("in", "notin") and parts[0] == Constant(name):
            return value.kind == "in" if parts[1] in ENVIRONMENT else None
        if value.kind in ("isnot", "ne", "is", "eq") and parts[1] in _NOTHING:
            is_asked = _is_asked(function, name, parts[0])
            return value.kind in ("isnot", "ne") if is_asked else None
        if value.kind in ("and", "or"):
            wanted = value.kind == "and"
            return wanted if any(_says_set(function, name, p) is wanted for p in parts) else None
    return True if value is not None and _is_asked(function, name, value) else None


def _is_asked(function: Function, name: str, value: Expression) -> bool:
    """Whether a value is what the environment has for the variable, and false where it has
    nothing."""
    if isinstance(value, Name):
        given = function.assigned.get(value, ())
        return bool(given) and all(
            isinstance(one, Result) and _is_asked(function, name, one) for one in given
        )
    if not isinstance(value, Result) or value.call >= len(function.calls):
        return False
    call = function.calls[value.call]
    if last_segment(call.func) not in _ASKING or not call.args or call.args[0] != Constant(name):
        return last_segment(call.func) in ("bool", "strip") and any(
            _is_asked(function, name, one) for one in (receiver_of(call), *call.args) if one
        )
    is_environment = last_segment(call.func) == "getenv" or receiver_of(call) in ENVIRONMENT
    return is_environment and (len(call.args) == 1 or call.args[1] in _NOTHING)
