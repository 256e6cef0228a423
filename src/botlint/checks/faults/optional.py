"""Imports that the program says it can do without: ``except ImportError: pass``.

What such an import would have brought is lost, and that was reckoned with; so it is as little as a
fault can be, unless what was lost would have guarded, stopped or got the bot out of a position, or
the statements behind the import are more than a use of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from botlint.checks.clauses import kinds_of
from botlint.checks.faults.expected import clauses_of, is_guard, own_nodes
from botlint.checks.faults.unwritten import GUARDS
from botlint.checks.kin import bound_names
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import words_of
from botlint.checks.showing import ALL
from botlint.facts.imported import Import
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Node, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.model import Hit
from botlint.project import CallRef, Project

_NAMED = frozenset({"ImportError", "ModuleNotFoundError"})
_TELLING = frozenset({"print", "str", "repr", "format", "type"})
_LOUD = frozenset({"error", "exception", "critical", "fatal"})
_GETTING_OUT = ("close-order", "cancel-order", "protective-stop")
_STOPPING = ("closing", "kill-switch", "breaker")


def with_option(project: Project, source: int, statements: list[Import], hit: Hit) -> Hit:
    """``hit`` about imports that fail, as little as it can be where all of them are optional."""
    if not all(is_optional(project, source, one) for one in statements):
        return hit
    saw = {**hit.saw, "standing": ", which goes on without it"}
    return msgspec.structs.replace(hit, saw=saw, mitigation=ALL)


def is_optional(project: Project, source: int, statement: Import) -> bool:
    """Whether the clause for a failing import only passes it over, tells of it, or sets names; and
    no guard depends on these or on what would have been imported, nor is that a protection."""
    if not statement.is_guarded or is_guard(project, statement):
        return False
    if _is_protection(project, statement):
        return False
    ref = FunctionRef(source, statement.function)
    function = project.function(ref)
    ways = [
        (node, clause)
        for node in function.nodes
        if node.kind is Kind.IMPORT and node.span == statement.span
        for clause in clauses_of(function, node)
    ]
    return bool(ways) and all(_is_passed_over(project, ref, node, one) for node, one in ways)


def _is_protection(project: Project, statement: Import) -> bool:
    """Whether what is imported stops trading, or gets the bot out of a position, by its name."""
    roles = project.vocabulary.roles
    name = statement.name or last_segment(Name(statement.module))
    written = (f"{statement.module}.{name}",)
    return any(roles[one].plays_call(written) for one in (*_GETTING_OUT, "breaker")) or any(
        roles[one].plays_name(name) for one in _STOPPING
    )


def _is_passed_over(project: Project, ref: FunctionRef, node: Node, clause: Node) -> bool:
    function = project.function(ref)
    own = own_nodes(function, node, clause)
    first, last = clause.region
    wanted = {
        one.local
        for one in project.program.sources[ref.source].imports
        if one.function == ref.index and first <= one.span.line <= last
    }
    given = {
        name
        for one in own
        if one.kind is Kind.ASSIGN and not _is_nothing(one.value)
        for name in bound_names(one.target)
    }
    if not _names_import_error(clause) and not wanted <= given:
        return False
    if not all(_is_quiet(project, ref, one) for one in own):
        return False
    within = [
        function.nodes[number]
        for number in nodes_from(function, (node.next,), normally)
        if first <= function.nodes[number].span.line <= last
    ]
    if not all(_only_uses(project, ref, one, wanted) for one in within):
        return False
    names = wanted.union(*(bound_names(one.target) for one in (*own, *within)))
    return not any(_is_guarding(project, one, names) for one in _around(project, ref))


def _names_import_error(clause: Node) -> bool:
    return any(last_segment(one) in _NAMED for one in kinds_of(clause.value))


def _is_nothing(value: Expression | None) -> bool:
    return value is None or (isinstance(value, Constant) and value.value in (None, False))


def _is_quiet(project: Project, ref: FunctionRef, node: Node) -> bool:
    """Whether a node of the clause does nothing but pass over, tell, or set a plain name."""
    if node.kind is Kind.CALL:
        return _is_telling(project, CallRef(ref, node.call))
    if node.kind is Kind.ASSIGN:
        return all("." not in name for name in bound_names(node.target))
    return node.kind in (Kind.PASS, Kind.IMPORT, Kind.EXIT)


def _is_telling(project: Project, call: CallRef) -> bool:
    segment = last_segment(project.call(call).func)
    return segment in _TELLING or (segment not in _LOUD and project.plays(call, "log"))


def _only_uses(project: Project, ref: FunctionRef, node: Node, wanted: set[str]) -> bool:
    """Whether a node behind the import is nothing but a use of what it brings."""
    if node.kind in (Kind.RETURN, Kind.RAISE):
        return False
    if node.kind is not Kind.CALL:
        return True
    function = project.function(ref)
    call = CallRef(ref, node.call)
    return _is_telling(project, call) or _is_made_of(
        function, project.call(call).func, wanted, frozenset()
    )


def _is_made_of(
    function: Function, value: Expression, wanted: set[str], above: frozenset[str]
) -> bool:
    """Whether a value is a member or an answer of what was imported."""
    for part in walk(value, ()):
        if isinstance(part, Result):
            return _is_made_of(function, function.calls[part.call].func, wanted, above)
        if isinstance(part, Name):
            head = part.path.partition(".")[0]
            bound = function.assigned.get(Name(head), ()) if head not in above else ()
            return head in wanted or any(
                _is_made_of(function, one, wanted, above | {head}) for one in bound
            )
    return False


def _around(project: Project, ref: FunctionRef) -> Iterator[FunctionRef]:
    """The functions that may read what a function, or the body of a module, binds."""
    for number in range(len(project.program.sources[ref.source].functions)):
        one = FunctionRef(ref.source, number)
        at: FunctionRef | None = one
        while at is not None and at != ref:
            at = project.program.parent(at)
        if ref.index == 0 or at is not None:
            yield one


def _is_guarding(project: Project, ref: FunctionRef, names: set[str]) -> bool:
    """Whether a function reads one of ``names`` and guards, or calls one that does or protects."""
    read = {word.partition(".")[0] for word in words_of(project, ref)}
    if read.isdisjoint(names):
        return False
    if any(project.function_plays(ref, role) for role in GUARDS):
        return True
    return any(
        type(call.func) is Name
        and call.func.path.partition(".")[0] in names
        and any(project.plays(CallRef(ref, number), role) for role in (*GUARDS, *_GETTING_OUT))
        for number, call in enumerate(project.function(ref).calls)
    )
