"""What gives another value each time, and what stands in a local record."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.reads import last_segment
from botlint.checks.roots import words_in
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
from botlint.flow.names import FunctionRef
from botlint.model import Span
from botlint.project import CallRef, Project
from botlint.roles import Role

_SHOWN = (Constant, Operation, Result)
NOTHING = (Constant(None), Constant(""))
_CARRIERS = frozenset(
    {"params", "param", "kwargs", "kw", "extra", "options", "opts", "request", "req", "order"}
    | {"payload", "body", "data", "args", "instruction", "intent", "signal", "ticket", "config"}
)
BINDING = frozenset({Kind.ASSIGN, Kind.ITERATE, Kind.AUGMENT})


def makes_anew(project: Project, ref: FunctionRef) -> bool:
    """Whether a function gives another value each time: by a clock, chance, or a counter."""
    return project.answer(("makes anew", ref), lambda: _is_making(project, ref, 0))


def _is_making(project: Project, ref: FunctionRef, depth: int) -> bool:
    function = project.function(ref)
    if any(node.kind is Kind.AUGMENT and _is_kept(node, function) for node in function.nodes):
        return True
    for number in range(len(function.calls)):
        callees = project.program.callees(ref, number)
        if not callees and project.plays(CallRef(ref, number), "unique"):
            return True
        if depth < 2 and any(_is_making(project, one, depth + 1) for one in callees if one != ref):
            return True
    return False


def _is_kept(node: Node, function: Function) -> bool:
    target = node.target
    return isinstance(target, Name) and ("." in target.path or target.path in function.outer)


def bindings_of(function: Function, path: str) -> list[Node]:
    return [node for node in function.nodes if node.kind in BINDING and node.target == Name(path)]


def entries_of(function: Function, path: str) -> Iterator[tuple[str, Expression, Span]]:
    """What is put into a local record: key, value and where; the key ``""`` where it can't be
    told."""
    for node in function.nodes:
        target = node.target
        if node.kind is not Kind.ASSIGN or not isinstance(target, Item) or node.value is None:
            continue
        if target.value == Name(path):
            yield key_of(target), node.value, node.span
    for call in function.calls:
        if call.func == Name(f"{path}.update"):
            for name, value in call.keywords:
                yield name or "", value, call.span
            for value in call.args:
                yield from ((*entry, call.span) for entry in _displayed(value))
        elif call.func == Name(f"{path}.setdefault") and len(call.args) == 2:
            key = call.args[0]
            yield str(key.value) if isinstance(key, Constant) else "", call.args[1], call.span
        elif call.func == Name("setattr") and call.args[:1] == (Name(path),):
            yield "", call.args[-1], call.span


def _displayed(value: Expression) -> Iterator[tuple[str, Expression]]:
    if not isinstance(value, Operation) or value.kind != "dict":
        yield "", value
        return
    for key, entry in zip(value.args[::2], value.args[1::2], strict=True):
        yield str(key.value) if isinstance(key, Constant) else "", entry


def _displayed_keys(value: Expression) -> Iterator[str]:
    """The literal keys of the dict displays in a value."""
    if not isinstance(value, Operation):
        return
    keys = value.args[::2] if value.kind == "dict" else ()
    for key in keys:
        if isinstance(key, Constant) and isinstance(key.value, str):
            yield key.value
    for part in value.args:
        yield from _displayed_keys(part)


def names_beside(function: Function, role: Role) -> bool:
    """Whether a function names what plays ``role`` anywhere, where a query can't be followed."""
    values = [node.value for node in function.nodes if node.value is not None]
    parts = [part for value in values for part in _displayed_keys(value)]
    parts += words_in(values, function.calls)
    return any(role.plays_name(part) for part in parts)


def shows_entries(function: Function, value: Expression | None) -> bool:
    """Whether all that a value holds is written out: a record's display, or what a class makes."""
    if isinstance(value, Name):
        bound = [node.value for node in bindings_of(function, value.path)]
        return bool(bound) and all(
            isinstance(one, _SHOWN) and shows_entries(function, one) for one in bound
        )
    if isinstance(value, Result):
        return last_segment(function.calls[value.call].func)[:1].isupper()
    return value == NOTHING[0] or (isinstance(value, Operation) and value.kind == "dict")


def if_nothing(value: Expression, target: Expression | None) -> Expression:
    """Of ``given or make()`` bound to ``given`` again, what it gives where nothing was given."""
    if isinstance(value, Operation) and value.kind == "or" and value.args[0] == target:
        return value.args[1]
    return value


def key_of(item: Item) -> str:
    return str(item.key.value) if isinstance(item.key, Constant) else ""


def is_carrier(project: Project, name: str) -> bool:
    """Whether a name says that it holds the fields of an order."""
    is_named = bool(name) and not name.rpartition(".")[2].isupper()
    words = project.vocabulary.words(name) if is_named else frozenset()
    return not _CARRIERS.isdisjoint(words)
