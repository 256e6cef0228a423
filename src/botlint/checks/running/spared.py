"""What follows in a loop when a turn did not go well, because of what only a good turn sets."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.clauses import clauses_from
from botlint.checks.loops import heads_of
from botlint.checks.retries.leaving import truth_of
from botlint.checks.roots import have_common, names_in, targets_in
from botlint.facts.types import Constant, Expression, Function, Kind, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import arms_taken, deciding, loops_around, nodes_from, normally
from botlint.project import Project


def nodes_unless_good(project: Project, ref: FunctionRef, clause: int, loop: int) -> Iterator[Node]:
    """The nodes that a handler comes to, and a good turn does not need to: those behind a test of
    what its ``try`` sets at the end, or sets back, and calls of what asks for that."""
    function = project.function(ref)
    nodes = function.nodes
    heads = heads_of(function, loop)
    within = frozenset(nodes_from(function, (nodes[clause].next,), normally, heads))
    good = _plainly_good(function, clause, loop)
    bound = _told_by(function, good)
    held = dict(_held(function, good, bound))
    flags = _flags(function, good)
    for number in sorted(within):
        node = nodes[number]
        if flags and node.kind is Kind.CALL:
            callees = project.program.callees(ref, node.call)
            if any(_tests(project.function(one), flags) for one in callees):
                yield node
        is_inside = node.kind is Kind.TEST and loop in loops_around(function, node.loop)
        if not is_inside or not have_common(names_in(node.value, function.calls), bound):
            continue
        arms = arms_taken(node, says=truth_of(node.value, held))
        for arm in arms:
            other = node.next if arm == node.other else node.other
            passed = frozenset(nodes_from(function, (other,), normally, heads))
            behind = frozenset(nodes_from(function, (arm,), normally, heads))
            yield from (nodes[one] for one in sorted(behind - passed))


def good_nodes(function: Function, clause: int, loop: int) -> frozenset[int]:
    """The nodes of a turn that it only comes to if ``clause`` gets no error, where tests of what
    such a turn sets are told apart."""
    good = _plainly_good(function, clause, loop)
    held = dict(_held(function, good, _told_by(function, good)))
    onward = deciding(lambda node: truth_of(node.value, held))
    heads = heads_of(function, loop)
    behind = nodes_from(function, (function.nodes[clause].next,), onward, heads)
    starts = [following for number in good for following in normally(function.nodes[number])]
    return frozenset(nodes_from(function, (*good, *starts), normally, heads)).difference(behind)


def _plainly_good(function: Function, clause: int, loop: int) -> frozenset[int]:
    nodes = function.nodes
    heads = heads_of(function, loop)
    caught = (
        one.next
        for one in nodes
        if one.kind is Kind.CALL
        and (one.exc == clause or nodes[clause] in clauses_from(function, one.exc))
    )
    behind = frozenset(nodes_from(function, (nodes[clause].next,), normally, heads))
    return frozenset(nodes_from(function, caught, normally, heads)) - behind


def _flags(function: Function, good: frozenset[int]) -> frozenset[str]:
    """The members and globals that the nodes ``good`` bind to a constant."""
    bound = (function.nodes[n] for n in good if isinstance(function.nodes[n].value, Constant))
    names = (one for node in bound for one in targets_in(node.target))
    return frozenset(one for one in names if "." in one or one in function.outer)


def _tests(function: Function, names: frozenset[str]) -> bool:
    tests = (node for node in function.nodes if node.kind is Kind.TEST)
    return any(not names.isdisjoint(names_in(one.value, function.calls)) for one in tests)


def _told_by(function: Function, good: frozenset[int]) -> frozenset[str]:
    """The names that the nodes ``good`` bind, but for those that nothing else gets anywhere."""
    names = {name for number in good for name in targets_in(function.nodes[number].target)}
    fixed = (one for one in names if "." not in one and one not in function.outer)
    values = {name: set(_bindings(function, name, frozenset())) for name in fixed}
    return frozenset(name for name in names if len(values.get(name, ())) != 1)


def _held(
    function: Function, good: frozenset[int], bound: frozenset[str]
) -> Iterator[tuple[str, bool]]:
    """The truth of the names that only the nodes ``good`` bind to anything but one constant."""
    for name in bound:
        values = [one for _, one in _bindings(function, name, good)]
        if values and all(isinstance(one, Constant) for one in values):
            truths = {bool(one.value) for one in values if isinstance(one, Constant)}
            if len(truths) == 1:
                yield name, truths.pop()


def _bindings(
    function: Function, name: str, leaving_out: frozenset[int]
) -> Iterator[tuple[Kind, Expression | None]]:
    for number, node in enumerate(function.nodes):
        if number not in leaving_out and name in targets_in(node.target):
            yield (node.kind, node.value) if node.kind is Kind.ASSIGN else (node.kind, None)
