"""What a message to an exchange asks for, where one call sends messages of several kinds."""

from __future__ import annotations

from botlint.checks.guards.symbols import names_market
from botlint.checks.orders.closing import Closing
from botlint.checks.orders.sides import is_true
from botlint.checks.roots import arguments_of
from botlint.facts.types import Attribute, Constant, Expression, Name, Result
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project


def asks_for_no_order(project: Project, closing: Closing, ref: CallRef) -> bool:
    """Whether a call says that it places no order: by an action that takes back or changes what
    rests, ``order_send({"action": mt5.TRADE_ACTION_REMOVE, ...})``, by having it only tried,
    ``AddOrder`` with ``validate=True``, by saying nothing of what there is to be ordered,
    ``ib.orders()``, or because it asks a database."""
    if _asks_for_things(project, ref) or _changes_what_rests(project, closing, ref):
        return True
    return _is_query(project, ref) or _is_only_tried(project, closing, ref)


def _is_only_tried(project: Project, closing: Closing, ref: CallRef) -> bool:
    tried = project.vocabulary.roles["only-tried"]
    named = [(name, value) for name, value in project.call(ref).keywords if name is not None]
    given = (*named, *closing.entries(ref))
    return any(tried.plays_name(name) and is_true(value) for name, value in given)


def _is_query(project: Project, ref: CallRef) -> bool:
    """Whether a call ends a chain that asks a database: ``db.table(t).select().order(c).limit(1)``
    sorts rows and takes the first."""
    calls = project.function(ref.function).calls
    func: Expression = calls[ref.call].func
    while isinstance(func, Attribute) and isinstance(func.value, Result):
        func = calls[func.value.call].func
        path = func.path if isinstance(func, Name) else getattr(func, "name", "")
        if path.rpartition(".")[2] in _QUERIES:
            return True
    return False


def _asks_for_things(project: Project, ref: CallRef) -> bool:
    """Whether a call out of the program is named by a thing, and gets nothing or a market's name
    alone: ``exchange.market(symbol)`` tells what is traded there."""
    call = project.call(ref)
    values = arguments_of(call)
    if len(values) > 1 or not all(map(names_market, values)):
        return False
    name = normalise_segment(project.written(ref).rpartition(".")[2])
    return name in _THINGS and not project.program.callees(ref.function, ref.call)


def _changes_what_rests(project: Project, closing: Closing, ref: CallRef) -> bool:
    role = project.vocabulary.roles["resting-action"]
    return any(
        normalise_segment(name) in _ACTIONS and role.plays_name(_said(value))
        for name, value in closing.entries(ref)
    )


def _said(value: Expression) -> str:
    if isinstance(value, Constant) and isinstance(value.value, str):
        return value.value.replace(".", "_").replace("-", "_")
    return value.path.rpartition(".")[2] if isinstance(value, Name) else ""


_QUERIES = frozenset(
    {"table", "select", "from_", "query", "where", "order_by", "filter_by", "find", "aggregate"}
)
"""Calls by which a chain begins that asks a database."""

_ACTIONS = frozenset({"action", "op", "method", "command", "cmd", "type", "request", "event"})
"""Keys under which a message says what is to be done."""

_THINGS = frozenset({"order", "orders", "trade", "market", "limit"})
"""Names of calls that may place something, and read a thing where they get nothing."""
