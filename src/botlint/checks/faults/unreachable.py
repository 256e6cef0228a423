"""Guards that no way through their function leads to, and clauses behind broader ones."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from itertools import takewhile

from botlint.checks.clauses import clauses_from, kinds_of
from botlint.checks.faults.contradictions import GUARDS
from botlint.checks.hits import fault, step
from botlint.checks.reads import last_segment
from botlint.facts.types import Expression, Function, Kind, Name, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import live_nodes, nodes_of_call
from botlint.model import Hit
from botlint.project import Project

_BUILTIN = {
    name: value
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}


def find_unreachable(project: Project) -> Iterable[Hit]:
    """One hit for each guard behind a constant or a ``return``, and for each ``except`` clause
    whose exceptions an earlier clause of the same ``try`` already catches."""
    yield from _dead_guards(project)
    for ref in project.program.functions():
        function = project.function(ref)
        if any(node.kind is Kind.EXCEPT for node in function.nodes):
            yield from _shadowed(project, ref, function)


def _dead_guards(project: Project) -> Iterator[Hit]:
    calls = sorted({call for role in GUARDS for call in project.calls_playing(role)})
    for call in calls:
        function = project.function(call.function)
        at = nodes_of_call(function, call.call)
        if not at or not live_nodes(function).isdisjoint(at):
            continue
        written = project.written(call)
        span = project.call(call).span
        text = f"`{written}` never runs: what stands before it always leads elsewhere"
        yield fault(project, call.function, span, text, (step(project, call.function, span, text),))


def _shadowed(project: Project, ref: FunctionRef, function: Function) -> Iterator[Hit]:
    seen: set[Node] = set()
    for node in function.nodes:
        if node.kind is not Kind.EXCEPT or node.value is None:
            continue
        for later in _later_clauses(function, node):
            kinds, earlier = kinds_of(later.value), kinds_of(node.value)
            if later in seen or not kinds:
                continue
            if all(_is_caught(project, ref, kind, earlier) for kind in kinds):
                seen.add(later)
                yield _clause_hit(project, ref, node, later, kinds)


def _later_clauses(function: Function, node: Node) -> Iterator[Node]:
    """The clauses of the same ``try`` that come after one."""
    return takewhile(lambda later: later.region == node.region, clauses_from(function, node.other))


def _clause_hit(
    project: Project, ref: FunctionRef, node: Node, later: Node, kinds: tuple[Expression, ...]
) -> Hit:
    names = ", ".join(f"`{last_segment(kind)}`" for kind in kinds)
    text = f"this clause never gets {names}: one before it takes them"
    steps = (
        step(project, ref, node.span, "this clause comes first"),
        step(project, ref, later.span, text),
    )
    return fault(project, ref, later.span, text, steps)


def _is_caught(
    project: Project, ref: FunctionRef, kind: Expression, earlier: tuple[Expression, ...]
) -> bool:
    """Whether an exception is of one of the kinds that come earlier."""
    if not isinstance(kind, Name):
        return False
    names = {one.path for one in earlier if isinstance(one, Name)}
    if kind.path in names:
        return False  # written twice: what it was to do is done by the first
    own = _BUILTIN.get(kind.path)
    if own is not None:
        return any(one.__name__ in names for one in own.__mro__)
    cls = project.program.class_named(ref, kind.path)
    if cls is None:
        return False
    lineage = project.program.ancestry(cls)
    foreign = project.program.foreign_bases(cls)
    mentioned = {project.program.class_named(ref, name) for name in names}
    if any(one in mentioned for one in lineage):
        return True
    roots = [_BUILTIN[one] for one in foreign if one in _BUILTIN]
    return any(one.__name__ in names for root in roots for one in root.__mro__)
