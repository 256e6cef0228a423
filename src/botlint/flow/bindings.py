"""Where a dotted name gets its values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botlint.flow.names import FunctionRef
from botlint.flow.scopes import Binding
from botlint.flow.values import Cls, Instance, Module

if TYPE_CHECKING:
    from botlint.flow.receivers import Receivers


def bindings_of(
    receivers: Receivers, ref: FunctionRef, path: str
) -> Iterator[tuple[FunctionRef, Binding]]:
    """All bindings of a dotted name as a function sees it, with the function each stands in."""
    base, _, name = path.rpartition(".")
    if base:
        for owner in receivers.named(ref, base):
            yield from _of_member(receivers, owner, name)
        return
    scope: FunctionRef | None = ref
    while scope is not None:
        found = receivers.index.scope(scope).names.get(name)
        if found:
            for binding in found:
                if binding.kind == "import":
                    yield from _imported(receivers, scope, binding.number)
                else:
                    yield scope, binding
            return
        scope = receivers.index.parent(scope)


def _imported(
    receivers: Receivers, ref: FunctionRef, number: int
) -> Iterator[tuple[FunctionRef, Binding]]:
    statement = receivers.index.sources[ref.source].imports[number]
    raw = receivers.index.modules.target(ref.source, statement)
    if raw is not None and statement.name:
        yield from _of_member(receivers, Module(raw), statement.name)


def _of_member(
    receivers: Receivers, owner: object, name: str
) -> Iterator[tuple[FunctionRef, Binding]]:
    if isinstance(owner, Module):
        source = receivers.index.modules.by_raw.get(owner.raw)
        if source is None or not receivers.index.sources[source].functions:
            return
        top = FunctionRef(source, 0)
        for binding in receivers.index.scope(top).names.get(name, ()):
            if binding.kind != "import":
                yield top, binding
    elif isinstance(owner, Cls | Instance):
        for one in receivers.classes.ancestry(owner.ref):
            yield from receivers.classes.members(one).bindings.get(name, ())
