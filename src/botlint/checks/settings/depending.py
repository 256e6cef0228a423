"""How much hangs on a variable of the environment: what an order depends on, or a client of an
exchange is made with, weighs all of it; the rest less, or as little as a finding can."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from botlint.checks.bearing import is_on_path
from botlint.checks.mentions import mentioned_in
from botlint.checks.orders.orders import Orders
from botlint.checks.reached import is_by_hand
from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of, targets_in
from botlint.checks.showing import ALL
from botlint.facts.types import Constant, Expression, Kind, Name
from botlint.flow.names import FunctionRef
from botlint.flow.ways import points_from
from botlint.model import Place
from botlint.project import CallRef, Project

_FILE = re.compile(r"[^:\s]*[\w)}]\.(json|jsonl|csv|db|sqlite3?|log|txt|ya?ml|toml|pkl|parquet)")
_ADDRESS = re.compile(r"\w+://[^\s,]+")


class Variable(NamedTuple):
    """A read: ``is_needed`` where it raises without the variable; else what is taken instead."""

    name: str
    place: Place
    function: FunctionRef
    is_needed: bool
    fallback: Expression | None


def levels_off(project: Project, reads: Sequence[Variable]) -> int:
    """The levels of severity to take off: none where an order may depend on what is read, or the
    program places none; one where it fails without, or speaks to another address then."""
    orders = project.answer(("orders",), lambda: Orders(project))
    if not orders.leaves:
        return 0
    telling = [one for one in reads if not _is_file(project, one)]
    if any(_is_depended_on(project, one) for one in telling):
        return 0
    return 1 if any(one.is_needed or _is_address(project, one) for one in telling) else ALL


def levels_off_by_hand(project: Project, functions: Iterable[FunctionRef]) -> int:
    """The levels to take off where only scripts that somebody runs once read a setting, and none of
    them for an order."""
    orders = project.answer(("orders",), lambda: Orders(project))
    is_aside = orders.leaves and all(
        is_by_hand(project, ref) and not orders.is_leading(ref) for ref in functions
    )
    return ALL if is_aside else 0


def _is_file(project: Project, read: Variable) -> bool:
    """Whether what is taken instead names a file: without the variable it lies there."""
    texts = list(_texts(project, read))
    return bool(texts) and all(_FILE.fullmatch(one) for one in texts)


def _is_address(project: Project, read: Variable) -> bool:
    return any(_ADDRESS.fullmatch(one) for one in _texts(project, read))


def _texts(project: Project, read: Variable) -> Iterator[str]:
    if isinstance(read.fallback, Constant) and isinstance(read.fallback.value, str):
        yield read.fallback.value
    elif isinstance(read.fallback, Name):
        yield from project.program.string_values(read.function, read.fallback.path)


def _is_depended_on(project: Project, read: Variable) -> bool:
    if read.function.index:
        return _bears(project, read.function)
    # What a module's body reads is known by a name, and by what else it is put into.
    body = project.function(read.function)
    at = [n for n in body.nodes if n.span.covers(read.place.span) and n.kind is not Kind.ENTRY]
    names = [name for node in at for name in _bound(node.target)]
    if not names:
        return True

    def put_into(name: str) -> Iterable[str]:
        bodies = (one for one in _mentioning(project, name) if one.index == 0)
        return [to for one in bodies for to in _assigned_from(project, one, name)]

    return any(
        _bears(project, ref) if ref.index else _makes_client(project, ref, name)
        for name in points_from(names, put_into)
        for ref in _mentioning(project, name)
    )


def _bound(target: Expression | None) -> tuple[str, ...]:
    return tuple(path.rpartition(".")[2] for path in targets_in(target))


def _mentioning(project: Project, name: str) -> list[FunctionRef]:
    return project.answer(("mentioning", name), lambda: _find_mentioning(project, name))


def _find_mentioning(project: Project, name: str) -> list[FunctionRef]:
    return [ref for ref in project.program.functions() if name in mentioned_in(project, ref)]


def _assigned_from(project: Project, ref: FunctionRef, name: str) -> Iterator[str]:
    body = project.function(ref)
    for node in body.nodes:
        if node.kind is Kind.ASSIGN and _holds(walk(node.value, body.calls), name):
            yield from _bound(node.target)


def _holds(parts: Iterable[Expression], name: str) -> bool:
    return any(type(part) is Name and name in part.path.split(".") for part in parts)


def _makes_client(project: Project, ref: FunctionRef, name: str) -> bool:
    """Whether the body of a module hands what has this name to an order or a client's maker."""
    body = project.function(ref)
    return any(
        _is_of_exchange(project, ref, number)
        and any(_holds(walk(value, body.calls), name) for value in arguments_of(call))
        for number, call in enumerate(body.calls)
    )


def _bears(project: Project, ref: FunctionRef) -> bool:
    """Whether an order depends on a function, or, of what sets an object up, on its class."""
    if is_on_path(project, ref):
        return True
    owner = project.program.owner(ref)
    if owner is None:
        return _hands_client(project, ref)
    methods = project.program.class_members(owner).values()
    return _hands_client(project, ref) or any(
        one.index != 0 and is_on_path(project, one) for one in methods
    )


def _hands_client(project: Project, ref: FunctionRef) -> bool:
    """Whether a function makes a client of an exchange."""
    calls = range(len(project.function(ref).calls))
    return any(_is_of_exchange(project, ref, number) for number in calls)


def _is_of_exchange(project: Project, ref: FunctionRef, number: int) -> bool:
    """Whether a call places an order or is named as a client of an exchange is."""
    call = CallRef(ref, number)
    func = project.call(call).func
    is_client = project.vocabulary.roles["exchange-client"].plays_name
    return project.plays(call, "place-order") or (isinstance(func, Name) and is_client(func.path))
