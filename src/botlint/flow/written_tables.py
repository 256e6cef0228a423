"""Tables that are written out once, and what stands in them under a key that is written where it is
asked for: ``ROUTES["open"](order)`` runs that one of ``ROUTES = {"open": enter, "close": leave}``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botlint.facts.types import Constant, Expression, Name, Operation
from botlint.flow.bindings import bindings_of
from botlint.flow.names import FunctionRef
from botlint.flow.values import Values, union

if TYPE_CHECKING:
    from botlint.flow.receivers import Receivers


def entry(
    receivers: Receivers,
    ref: FunctionRef,
    container: Expression,
    key: Expression,
    elements: Values,
) -> Values:
    """What a table that holds ``elements`` has under ``key``: any of them, if that isn't known."""
    if not elements or type(container) is not Name:
        return elements
    written = _written(receivers, ref, container, frozenset(_keys_in(key)))
    return elements if written is None else written


def entry_at(receivers: Receivers, ref: FunctionRef, table: Name, key: str) -> Values:
    """What a table that is written out has under a key; ``()`` if that can't be told."""
    return _written(receivers, ref, table, frozenset({key})) or ()


def _written(
    receivers: Receivers, ref: FunctionRef, container: Name, keys: frozenset[object]
) -> Values | None:
    """What a table has under ``keys``; ``None`` if it isn't known which of its entries that is."""
    if None in keys:
        return None
    bindings = tuple(bindings_of(receivers, ref, container.path))
    if len(bindings) != 1:
        return None
    (owner, (kind, table, _)), name = bindings[0], container.path.rpartition(".")[2]
    if kind != "value" or type(table) is not Operation or table.kind != "dict":
        return None
    written = {part.value if type(part) is Constant else None for part in table.args[::2]}
    if None in written or not written.issuperset(keys) or _is_changed(receivers, owner, name):
        return None
    entries = zip(table.args[::2], table.args[1::2], strict=True)
    taken = (value for part, value in entries if type(part) is Constant and part.value in keys)
    return union([receivers.values(owner, value) for value in taken])


def _keys_in(key: Expression) -> Iterator[object]:
    """The literals that a key is one of; ``None`` among them where it may be something else."""
    if type(key) is Operation and key.kind == "if":
        for part in key.args[1:]:
            yield from _keys_in(part)
    else:
        yield key.value if type(key) is Constant else None


def _is_changed(receivers: Receivers, owner: FunctionRef, name: str) -> bool:
    """Whether some function of the same source puts something into the table."""
    index = receivers.index
    numbers = range(len(index.sources[owner.source].functions))
    scopes = (index.scope(FunctionRef(owner.source, number)) for number in numbers)
    puts = (one for scope in scopes for one in scope.names.get(name, ()))
    return sum(one.kind in ("holds", "value") for one in puts) != 1
