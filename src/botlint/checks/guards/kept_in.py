"""Which errors a function keeps in: its own clauses have caught them before they leave it.

Any call may raise, also one in a clause, and so may what reads a key or compares. But what only
gives a value raises nothing, and neither does what catches all errors of a kind and then only sets
names or returns.
"""

from __future__ import annotations

import builtins
from functools import partial

from botlint.checks.clauses import kinds_of
from botlint.checks.reads import last_segment, walk
from botlint.checks.stubs import is_stub
from botlint.facts.types import (
    RAISED,
    Call,
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
from botlint.flow.ways import anyhow, nodes_from
from botlint.project import Project

Kinds = frozenset[str]
"""The last words of the types of errors that a clause names; empty for all, ``""`` is none known.
"""

WIDE = "Exception"
WIDEST = "BaseException"
ERRORS = frozenset(
    name
    for name, one in vars(builtins).items()
    if isinstance(one, type) and issubclass(one, Exception)
)
_DISPLAYS = frozenset({"tuple", "list", "set", "dict"})
LEAVING = frozenset({"CancelledError", "KeyboardInterrupt", "SystemExit", "GeneratorExit"})
"""What no clause for `Exception` catches: it ends more than what has failed."""

_OTHERS = LEAVING | {WIDEST}


def kinds_named(value: Expression | None) -> Kinds:
    """The kinds that a clause for ``value`` catches."""
    return frozenset(last_segment(one) if isinstance(one, Name) else "" for one in kinds_of(value))


def suppressed(node: Node, calls: tuple[Call, ...]) -> Kinds:
    """The kinds that ``with suppress(...)`` swallows which is left at a node; none for any other
    manager."""
    call = calls[node.value.call] if isinstance(node.value, Result) else None
    if node.kind is not Kind.UNWIND or call is None or not isinstance(call.func, Name):
        return frozenset()
    is_suppress = call.func.path in ("suppress", "contextlib.suppress")
    return kinds_named(Operation("tuple", call.args)) if is_suppress else frozenset()


def is_plain(kinds: Kinds) -> bool:
    """Whether all of some kinds are known, and such as ``except Exception`` catches."""
    return bool(kinds) and kinds.isdisjoint({*_OTHERS, ""})


def later_clauses(function: Function) -> frozenset[int]:
    """The clauses of ``except*`` that are come to once another one has run."""
    nodes = function.nodes
    waiting = [
        following
        for node in nodes
        for following in (node.next, node.other if node.kind is not Kind.EXCEPT else -1)
    ]
    later: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number >= 0 and nodes[number].kind is Kind.EXCEPT and number not in later:
            later.add(number)
            waiting.append(nodes[number].other)
    return frozenset(later)


def keeps_in(project: Project, ref: FunctionRef, call: int, kinds: Kinds) -> bool:
    """Whether no error of some plain kinds comes out of what a call runs."""
    callees = project.program.callees(ref, call)
    return bool(callees) and all(
        project.answer(("keeps in", one, kinds), partial(_is_kept, project, one, kinds))
        for one in callees
    )


def _is_kept(project: Project, ref: FunctionRef, kinds: Kinds) -> bool:
    function = project.function(ref)
    if function.is_generator or is_stub(function) or project.program.decorators(ref):
        return False
    if not any(node.kind is Kind.EXCEPT for node in function.nodes):
        return not function.calls and not any(map(_may_fail, function.nodes))
    later = later_clauses(function)
    catching = {
        node
        for number, node in enumerate(function.nodes)
        if node.kind is Kind.EXCEPT and number not in later and _catches(node, kinds)
    }

    def onward(node: Node) -> tuple[int, ...]:
        return (node.next,) if node in catching else anyhow(node)

    return RAISED not in nodes_from(function, (function.entry,), onward)


def _may_fail(node: Node) -> bool:
    """Whether what a node works out may be of another type than it was written for."""
    parts = (*walk(node.value, ()), *walk(node.target, ()))
    return any(
        isinstance(part, Item) or (isinstance(part, Operation) and part.kind not in _DISPLAYS)
        for part in parts
    )


def _catches(clause: Node, kinds: Kinds) -> bool:
    caught = kinds_named(clause.value)
    is_same = kinds <= caught and kinds <= ERRORS
    return not caught or not caught.isdisjoint({WIDE, WIDEST}) or is_same
