"""Imports whose absence the program reckons with: it goes on with something else.

``try: from prices import last`` with a clause that works out the same by other means loses nothing
but an ornament; nor does a flag or a ``None`` that the code asks before it uses what was imported.
What would have guarded is another matter: without it nothing guards.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.clauses import catches_all, clauses_from, kinds_of
from botlint.checks.faults.unwritten import GUARDS
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import targets_in
from botlint.facts.imported import Import
from botlint.facts.types import (
    Constant,
    Expression,
    Facts,
    Function,
    Kind,
    Name,
    Node,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.project import CallRef, Project

_TELLING = frozenset({"print", "str", "repr", "format"})
_IMPORTING = frozenset({"ImportError", "ModuleNotFoundError"})


def is_reckoned_with(project: Project, source: int, statement: Import) -> bool:
    """Whether the program goes on, knowingly, where a guarded import fails."""
    facts = project.program.sources[source]
    if not statement.is_guarded or is_guard(project, statement):
        return False
    function = facts.functions[statement.function]
    return any(
        _falls_back(function, statement, node, clause) or _is_asked(facts, statement, node, clause)
        for node in function.nodes
        if node.kind is Kind.IMPORT and node.span == statement.span
        for clause in clauses_of(function, node)
    )


def is_meant_to_fail(facts: Facts, statement: Import) -> bool:
    """Whether an import only tries whether something is there: a clause for the import's own error
    stands ready, and nothing uses what would have been imported."""
    if not statement.is_guarded or not statement.local:
        return False
    function = facts.functions[statement.function]
    is_ready = any(
        "ImportError" in repr(clause.value) or "ModuleNotFoundError" in repr(clause.value)
        for node in function.nodes
        if node.kind is Kind.IMPORT and node.span == statement.span
        for clause in clauses_of(function, node)
    )
    return is_ready and not _is_used(facts, statement.local)


def _is_used(facts: Facts, name: str) -> bool:
    for function in facts.functions:
        values = [node.value for node in function.nodes]
        values += [part for call in function.calls for part in (call.func, *call.args)]
        values += [value for call in function.calls for _, value in call.keywords]
        for value in values:
            if any(_is_named(part, name) for part in walk(value, function.calls)):
                return True
    return False


def is_expected(function: Function, number: int) -> bool:
    """Whether a clause stands ready for the ``AttributeError`` of a call."""
    return _ready_for(function, number) is not None


def is_replaced(project: Project, ref: FunctionRef, number: int) -> bool:
    """Whether a clause stands ready for the ``AttributeError`` of a call, and does something else
    instead: gives a value, calls, raises. One that only tells of it puts nothing in its place."""
    function = project.function(ref)
    ready = _ready_for(function, number)
    own = own_nodes(function, *ready) if ready is not None else []
    return any(_does_something(project, ref, one) for one in own)


def _ready_for(function: Function, number: int) -> tuple[Node, Node] | None:
    """The node of a call with the clause that stands ready for its ``AttributeError``."""
    for node in function.nodes:
        if node.call == number and node.kind is Kind.CALL and node.exc >= 0:
            clause = function.nodes[node.exc]
            is_ready = clause.kind is Kind.EXCEPT and "AttributeError" in repr(clause.value)
            return (node, clause) if is_ready else None
    return None


def _does_something(project: Project, ref: FunctionRef, node: Node) -> bool:
    if node.kind is Kind.CALL:
        call = CallRef(ref, node.call)
        return last_segment(project.call(call).func) not in _TELLING and not project.plays(
            call, "log"
        )
    if node.kind in (Kind.ASSIGN, Kind.RETURN):
        return node.value is not None and not isinstance(node.value, Constant)
    return node.kind is Kind.RAISE


def is_guard(project: Project, statement: Import) -> bool:
    """Whether what is imported guards by its name, or by a method of the class that it is."""
    roles = [project.vocabulary.roles[role] for role in GUARDS]
    names = (f"{statement.module}.{statement.name}",)
    if any(role.plays_call(names, None, None) for role in roles):
        return True
    # Of a class or a maker, what the program calls on it.
    return any(
        project.function_plays(FunctionRef(ref.source, number), role)
        for ref in project.program.classes()
        if project.program.cls(ref).name == statement.name
        for number in project.program.cls(ref).methods
        for role in GUARDS
    )


def clauses_of(function: Function, node: Node) -> Iterator[Node]:
    """The clause, if any, that catches what importing raises at a node."""
    for clause in clauses_from(function, node.exc):
        names = map(last_segment, kinds_of(clause.value))
        if catches_all(clause) or not _IMPORTING.isdisjoint(names):
            yield clause
            return


def own_nodes(function: Function, node: Node, clause: Node) -> list[Node]:
    """The nodes of a clause that do not also follow when the import has gone well."""
    after = frozenset(nodes_from(function, (node.next,), normally))
    own = frozenset(nodes_from(function, (clause.next,), normally)) - after
    return [function.nodes[number] for number in sorted(own)]


def _falls_back(function: Function, statement: Import, node: Node, clause: Node) -> bool:
    """Whether the clause gives a value of its own to what would have been made of the import."""
    first, last = clause.region
    within = {
        name
        for one in function.nodes
        if one.kind is Kind.ASSIGN and first <= one.span.line <= last
        if any(_is_named(part, statement.local) for part in walk(one.value, function.calls))
        or _is_called(function, one.value, statement.local)
        for name in targets_in(one.target)
    }
    return any(
        one.kind is Kind.ASSIGN
        and not isinstance(one.value, Constant)
        and not within.isdisjoint(targets_in(one.target))
        for one in own_nodes(function, node, clause)
    )


def _is_called(function: Function, value: Expression | None, name: str) -> bool:
    return any(
        isinstance(part, Result) and _is_named(function.calls[part.call].func, name)
        for part in walk(value, function.calls)
    )


def _is_named(value: Expression, name: str) -> bool:
    return isinstance(value, Name) and value.path.partition(".")[0] == name


def _is_asked(facts: Facts, statement: Import, node: Node, clause: Node) -> bool:
    """Whether the name that was to be imported, or a flag of the module, is set to nothing by the
    clause and asked for anywhere in the file."""
    function = facts.functions[statement.function]
    emptied = {
        name
        for one in own_nodes(function, node, clause)
        if one.kind is Kind.ASSIGN and isinstance(one.value, Constant) and not one.value.value
        for name in targets_in(one.target)
        if name == statement.local or (one.value.value is False and not statement.function)
    }
    return bool(emptied) and any(
        isinstance(part, Name) and part.path in emptied
        for one in facts.functions
        for test in one.nodes
        if test.kind is Kind.TEST
        for part in walk(test.value, ())
    )
