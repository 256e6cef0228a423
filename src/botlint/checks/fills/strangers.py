"""Clauses and managers that are for what no order call raises: another error is meant there."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from botlint.checks.clauses import catches_all
from botlint.facts.types import Expression, Kind, Name, Node, Operation
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_OTHERS = frozenset(
    {
        "KeyboardInterrupt",
        "SystemExit",
        "CancelledError",
        "GeneratorExit",
        "StopIteration",
        "StopAsyncIteration",
        "ImportError",
        "ModuleNotFoundError",
        "KeyError",
        "IndexError",
        "ZeroDivisionError",
        "AttributeError",
        "NameError",
        "Empty",
        "Full",
    }
)


def is_for_others(project: Project, call: CallRef, node: Node) -> bool:
    """Whether an ``except`` or a ``with`` around a call takes only errors that the call can't
    raise: the end of the program, a wrong key, or, where the call leaves the program, an exception
    of the program's own."""
    if node.kind is Kind.EXCEPT:
        return _are_others(project, call, call.function, node.value)
    managers = project.program.managers(call.function, node.value)
    return bool(managers) and all(
        any(True for _ in manager.types)
        and all(_are_others(project, call, call.function, kind) for kind in manager.types)
        if manager.kind == "suppress"
        else manager.kind == "generator" and _is_passing(project, call, manager.function)
        for manager in managers
    )


def _is_passing(project: Project, call: CallRef, ref: FunctionRef) -> bool:
    """Whether the clauses around each ``yield`` of a generator are for others, so that the errors
    of the call pass through it."""
    nodes = project.function(ref).nodes
    return all(
        _are_others(project, call, ref, clause.value)
        for node in nodes
        if node.kind is Kind.YIELD
        for clause in _clauses(nodes, node.exc)
    )


def _clauses(nodes: tuple[Node, ...], number: int) -> Iterator[Node]:
    while number >= 0 and nodes[number].kind in (Kind.EXCEPT, Kind.UNWIND, Kind.FINALLY):
        node = nodes[number]
        if node.kind is Kind.EXCEPT:
            yield node
        if node.kind is Kind.EXCEPT and catches_all(node):
            return
        number = {Kind.EXCEPT: node.other, Kind.UNWIND: node.exc}.get(node.kind, node.next)


def _are_others(
    project: Project, call: CallRef, ref: FunctionRef, value: Expression | None
) -> bool:
    if isinstance(value, Operation) and value.kind == "tuple":
        return all(_are_others(project, call, ref, part) for part in value.args)
    if not isinstance(value, Name):
        return False
    if value.path.rpartition(".")[2] in _OTHERS:
        return True
    if project.program.callees(call.function, call.call):
        return False
    cls = project.program.class_named(ref, value.path)
    bases = project.program.foreign_bases(cls) if cls is not None else frozenset()
    return cls is not None and all(hasattr(builtins, base) for base in bases)
