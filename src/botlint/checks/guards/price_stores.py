"""Where a program keeps prices: stores named for it, and those that get a price with its time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from botlint.checks.roots import keyed_entries
from botlint.facts.types import (
    Attribute,
    Call,
    Expression,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.program import FunctionRef
from botlint.patterns import normalise_segment
from botlint.project import Project

_DISPLAYS = frozenset({"tuple", "list"})


def price_stores(project: Project) -> Mapping[str, tuple[FunctionRef, ...]]:
    """The functions that write to each store of prices, by the last part of its name."""
    return project.answer(("price stores",), lambda: _find(project))


def _find(project: Project) -> dict[str, tuple[FunctionRef, ...]]:
    role = project.vocabulary.roles["price-store"]
    found: dict[str, list[FunctionRef]] = {}
    for ref in project.program.functions():
        function = project.function(ref)
        for node in function.nodes:
            path = _written(node)
            if not path:
                continue
            for part in path.split("."):
                if role.plays_name(part):
                    found.setdefault(normalise_segment(part), []).append(ref)
            if isinstance(node.target, Item) and _is_dated_price(project, function.calls, node):
                last = path.rpartition(".")[2]
                found.setdefault(normalise_segment(last), []).append(ref)
    return {name: tuple(dict.fromkeys(refs)) for name, refs in found.items()}


def _written(node: Node) -> str:
    """The dotted name of what a node assigns to, or to a part of; empty if it has none."""
    target = node.target
    while isinstance(target, Item | Attribute):
        target = target.value
    return target.path if node.kind is Kind.ASSIGN and isinstance(target, Name) else ""


def _is_dated_price(project: Project, calls: tuple[Call, ...], node: Node) -> bool:
    """Whether a record is put under a key that holds a price of the market and when it was seen."""
    roles = project.vocabulary.roles
    entries = list(_entries(node.value, calls))
    is_timed = any(
        roles["data-time"].plays_name(name) or _is_clock(project, value, calls)
        for name, value in entries
    )
    return is_timed and any(
        roles["price"].plays_name(name) and not roles["entry-price"].plays_name(name)
        for name, _ in entries
    )


def _entries(value: Expression | None, calls: tuple[Call, ...]) -> Iterator[tuple[str, Expression]]:
    """The parts of a record with their names: of a dict, a tuple, or an object that is made."""
    yield from keyed_entries(value)
    if isinstance(value, Operation) and value.kind in _DISPLAYS:
        yield from ((_called(part), part) for part in value.args)
    if isinstance(value, Result):
        call = calls[value.call]
        is_made = isinstance(call.func, Name) and call.func.path.rpartition(".")[2][:1].isupper()
        if is_made:
            yield from ((_called(part), part) for part in call.args)
            yield from ((name, part) for name, part in call.keywords if name)


def _called(value: Expression) -> str:
    if isinstance(value, Name):
        return value.path.rpartition(".")[2]
    return value.name if isinstance(value, Attribute) else ""


def _is_clock(project: Project, value: Expression, calls: tuple[Call, ...]) -> bool:
    if not isinstance(value, Result):
        return False
    func = calls[value.call].func
    return isinstance(func, Name) and project.vocabulary.roles["clock"].plays_call((func.path,))
