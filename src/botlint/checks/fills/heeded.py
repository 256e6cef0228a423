"""Whether anybody heeds what a call gives: tests it, hands it on or keeps it.

Who only prints an answer, or puts nothing in the place of one that is missing, does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.failing import is_failure
from botlint.checks.reads import last_segment, parts_of
from botlint.checks.roots import PUTS, arguments_of, names_in, receiver_of, targets_in
from botlint.facts.types import (
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
from botlint.flow.forwarding import outer_callers
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, nodes_in_turn, normally
from botlint.project import CallRef, Project

DEEPEST = 3
_QUIET = frozenset({"print", "debug", "info", "trace", "pprint", "sleep", "success"})
_GATHERING = frozenset({"gather", "wait", "as_completed"})


def is_quiet(name: str) -> bool:
    """Whether a call of that name only shows something, or waits."""
    return name in _QUIET


def is_heeded_by_callers(project: Project, ref: FunctionRef, depth: int = 0) -> bool:
    """Whether a caller of a function heeds what it returns, or nothing in the program calls it."""
    callers = outer_callers(project.program, ref)
    sites = [CallRef(site.function, site.call) for site in callers if site.via == "call"]
    return not sites or any(_is_heeded(project, site, depth) for site in sites)


def _is_heeded(project: Project, one: CallRef, depth: int = 0) -> bool:
    """Whether a function does more with what a call in it gives than to show it."""
    function = project.function(one.function)
    names = _names_of(function, Result(one.call))
    if depth > DEEPEST or names is None:
        return True
    for node in function.nodes:
        if node.kind is Kind.CALL:
            is_used = _is_given(function.calls[node.call], one.call, names)
            if is_used and not _is_gathered_idly(project, CallRef(one.function, node.call), depth):
                return True
        elif _binds(node, names) or not _holds(node.value, one.call, names):
            continue
        elif node.kind is not Kind.RETURN or is_heeded_by_callers(project, one.function, depth + 1):
            return True
    return False


def _is_gathered_idly(project: Project, one: CallRef, depth: int) -> bool:
    """Whether a call only waits for what it is given, and nobody heeds what comes of that."""
    call = project.call(one)
    return last_segment(call.func) in _GATHERING and not _is_heeded(project, one, depth + 1)


def _names_of(function: Function, value: Result) -> frozenset[str] | None:
    """The local names that hold a value, alone or among others; ``None`` if it is kept elsewhere,
    for others to see."""
    found: set[str] = set()
    for node in function.nodes:
        if node.kind is not Kind.ASSIGN or not _holds(node.value, value.call, frozenset()):
            continue
        if not isinstance(node.target, Name | Operation):
            return None
        names = targets_in(node.target)
        if any("." in name for name in names):
            return None
        found.update(names)
    return frozenset(found)


def _binds(node: Node, names: frozenset[str]) -> bool:
    return node.kind is Kind.ASSIGN and bool(names.intersection(targets_in(node.target)))


def _is_given(call: Call, number: int, names: frozenset[str]) -> bool:
    if is_quiet(last_segment(call.func)):
        return False
    given = (*arguments_of(call), *([] if (base := receiver_of(call)) is None else [base]))
    return any(_holds(value, number, names) for value in given)


def _holds(value: Expression | None, number: int, names: frozenset[str]) -> bool:
    """Whether a value is made of what was given, and not only where that is something."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if part is None or _is_replaced(part):
            continue
        if part == Result(number):
            return True
        if isinstance(part, Name) and part.path.partition(".")[0] in names:
            return True
        waiting += parts_of(part)
    return False


def _is_replaced(value: Expression) -> bool:
    """Whether nothing stands in the place of what is missing: ``answer or {}``."""
    return isinstance(value, Operation) and value.kind == "or" and is_failure(value.args[-1])


def tells_by_what_is_missing(function: Function, call: int, clause: int) -> bool:
    """Whether what a function returns is made of something that it does only where node ``call``
    went well, and not past node ``clause``."""
    nodes = function.nodes
    well = set(nodes_in_turn(function, nodes[call].next, call))
    well -= set(nodes_in_turn(function, nodes[clause].next, clause))
    done = {name for one in well for name in _changed(function, nodes[one])}
    done |= {
        name
        for node in nodes
        if node.kind is Kind.ASSIGN and node.value == Result(nodes[call].call)
        for name in targets_in(node.target)
    }
    after = nodes_from(function, (nodes[clause].next,), normally)
    returned = [nodes[one].value for one in after if nodes[one].kind is Kind.RETURN]
    return any(done & names_in(value, function.calls) for value in returned)


def _changed(function: Function, node: Node) -> Iterator[str]:
    if node.kind in (Kind.ASSIGN, Kind.AUGMENT):
        target = node.target.value if isinstance(node.target, Item) else node.target
        yield from targets_in(target)
    elif node.kind is Kind.CALL:
        call = function.calls[node.call]
        base = receiver_of(call)
        if last_segment(call.func) in PUTS and isinstance(base, Name):
            yield base.path
