"""Where a fault stands: what hides it, and whether anything that runs comes there.

A fault in a function that nothing calls is one level less severe, and so is one that no order
depends on; one in a file that nothing imports and that is no program of its own, in a script that
runs once, or in what is there to be shown, is as little as it can be.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator

import msgspec

from botlint.checks.bearing import is_on_path
from botlint.checks.emptiness import is_made
from botlint.checks.only_told import is_hidden_telling, is_in_refusal
from botlint.checks.reached import goes_on, is_reached, is_run_once
from botlint.checks.showing import is_filled_in, is_for_show
from botlint.facts.types import EXIT, RAISED, Facts, Function, Kind, Name, Node, Operation
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.model import Hit, Place, Severity, Step
from botlint.project import Project


def innermost(facts: Facts, line: int) -> int:
    """The number of the function that a line stands in, 0 for the module's body."""
    around = [
        (function.span.end_line - function.span.line, number)
        for number, function in enumerate(facts.functions)
        if number and function.span.line <= line <= function.span.end_line
    ]
    return min(around)[1] if around else 0


def with_standing(project: Project, hits: Iterable[Hit], raised: str = "") -> list[Hit]:
    """``hits`` with what takes weight off, and with a step for the clause that hides the fault:
    the exception that it ends in is ``raised``, none where that is empty."""
    sources = _sources(project)
    return [
        _with_standing(project, sources[hit.place.path], hit, raised)
        for hit in hits
        if not is_filled_in(hit.place.path) or project.program.is_imported(sources[hit.place.path])
    ]


def _sources(project: Project) -> dict[str, int]:
    sources = project.program.sources
    return project.answer(("paths",), lambda: {one.path: n for n, one in enumerate(sources)})


def dead_part(project: Project, hit: Hit) -> tuple[str, str]:
    """The file and the class of a hit, where nothing that runs has to do with it: a file beside the
    program, or a class that nothing makes; the class is empty for the whole file, and the file
    where neither is dead."""
    program = project.program
    source = _sources(project)[hit.place.path]
    ref = FunctionRef(source, innermost(program.sources[source], hit.place.span.line))
    is_aside = is_for_show(hit.place.path) or _is_beside_program(project, source)
    if is_aside and not program.is_imported(source):
        return hit.place.path, ""
    owner = program.owner(ref)
    if owner is None or is_reached(project, ref) or is_made(project, owner):
        return "", ""
    return hit.place.path, program.cls(owner).name


def never_loaded(project: Project, imports: list[Hit]) -> dict[str, int]:
    """The files whose code never runs, as one of the ``imports`` that can't work stands on every
    way through the body of the module: each with the line of the first of these."""
    lines = {(hit.place.path, hit.place.span.line) for hit in imports}
    found: dict[str, int] = {}
    for source in project.program.sources:
        if not any(path == source.path for path, _ in lines):
            continue
        body = source.functions[0]
        failing = [
            number
            for number, node in enumerate(body.nodes)
            if node.kind is Kind.IMPORT and (source.path, node.span.line) in lines
        ]
        raising = [number for number in failing if body.nodes[number].exc in (RAISED, -1)]
        if raising and EXIT not in nodes_from(body, (body.entry,), normally, raising):
            found[source.path] = min(body.nodes[number].span.line for number in raising)
    return found


def _with_standing(project: Project, source: int, hit: Hit, raised: str) -> Hit:
    facts = project.program.sources[source]
    ref = FunctionRef(source, innermost(facts, hit.place.span.line))
    clause = _hiding_clause(facts.functions[ref.index], hit, raised) if raised else None
    lost, standing = _standing_of(project, ref, hit, clause)
    return msgspec.structs.replace(
        hit,
        trace=(*hit.trace, *_hiding_step(facts, hit, clause)),
        saw={**hit.saw, "standing": standing},
        mitigation=lost,
    )


def _standing_of(
    project: Project, ref: FunctionRef, hit: Hit, clause: Node | None
) -> tuple[int, str]:
    """How many levels a fault in a function loses, and what is said of that."""
    lost = mitigation_of(project, ref)
    if hit.mitigation:
        return max(lost, hit.mitigation), hit.saw.get("standing", "")
    if not is_reached(project, ref):
        return lost, ", which nothing that runs calls"
    if lost:
        return lost, ""
    if is_in_refusal(project.function(ref), hit.place.span):
        return 1, ", which refuses all the same"
    if clause is not None and is_hidden_telling(project, ref, hit.place.span, clause):
        return 1, ", which goes on without the log"
    if not is_on_path(project, ref):
        return 1, ", which no order depends on"
    return 0, ""


def mitigation_of(project: Project, ref: FunctionRef) -> int:
    """How many levels of severity a fault in a function loses: all in a script that runs once
    beside a program, one where nothing that runs leads to it."""
    program = project.program
    if is_for_show(program.path(ref)) or is_run_once(project, ref):
        return Severity.CRITICAL - Severity.LOW
    if not program.is_imported(ref.source) and _is_beside_program(project, ref.source):
        return Severity.CRITICAL - Severity.LOW
    return 0 if ref.index == 0 or is_reached(project, ref) else 1


def _is_beside_program(project: Project, source: int) -> bool:
    """Whether a file that nothing imports is no program that goes on, in a tree that has one."""
    program = project.program
    has_loops = any(function.loops for function in program.sources[source].functions)
    if has_loops or goes_on(project, FunctionRef(source, 0)):
        return False
    return any(
        program.is_imported(other)
        for other, facts in enumerate(program.sources)
        if other != source and facts.functions
    )


def _hiding_step(facts: Facts, hit: Hit, clause: Node | None) -> Iterator[Step]:
    """The step for the clause that hides what is raised, unless the trace has told of it."""
    if clause is None:
        return
    place = Place(facts.path, clause.span)
    if all(one.place != place for one in hit.trace):
        yield Step(place, "what is raised is caught here")


def _hiding_clause(function: Function, hit: Hit, raised: str) -> Node | None:
    """The clause that catches what is raised where the fault stands, and raises nothing itself."""
    for node in function.nodes:
        is_there = node.span == hit.place.span or (
            node.kind is Kind.CALL and function.calls[node.call].span == hit.place.span
        )
        if is_there and node.kind in (Kind.CALL, Kind.IMPORT) and node.exc >= 0:
            clause = clause_for(function, node, raised)
            is_loud = clause is None or function.nodes[clause.next].kind is Kind.RAISE
            return None if is_loud else clause
    return None


def clause_for(function: Function, node: Node, raised: str) -> Node | None:
    """The clause of the function that catches a built-in exception raised at a node."""
    number = node.exc
    while number >= 0 and function.nodes[number].kind is Kind.EXCEPT:
        clause = function.nodes[number]
        if _is_catching(clause, raised):
            return clause
        number = clause.other
    return None


def _is_catching(clause: Node, raised: str) -> bool:
    if clause.value is None:
        return True
    kinds = clause.value.args if isinstance(clause.value, Operation) else (clause.value,)
    names = {one.__name__ for one in getattr(builtins, raised).__mro__}
    return any(isinstance(kind, Name) and kind.path in names for kind in kinds)
