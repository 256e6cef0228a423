"""Where a fault stands: what hides it, and whether anything that runs comes there.

A fault in a function that nothing calls is one level less severe, and so is one that no order
depends on; one in a file that nothing imports and that is no program of its own, in a script that
runs once, or in what is there to be shown, is as little as it can be.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from botlint.checks.bearing import is_on_path
from botlint.checks.clauses import catches, clauses_from
from botlint.checks.emptiness import is_made
from botlint.checks.lost import arm_is_only_told, loses_words_only
from botlint.checks.never_made import imports_nothing_made
from botlint.checks.only_told import is_hidden_telling, is_in_refusal
from botlint.checks.owners import modules_of
from botlint.checks.reached import goes_on, is_in_demo, is_reached, is_run_once
from botlint.checks.running.living_classes import is_dead, is_dead_class
from botlint.checks.running.living_modules import living_modules
from botlint.checks.showing import ALL, is_document, is_filled_in, is_for_show
from botlint.checks.shown import is_only_shown
from botlint.facts.types import EXIT, RAISED, Function, Kind, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.model import Hit, Span, Step
from botlint.project import Project

_ENDS = frozenset({Kind.ENTRY, Kind.EXIT, Kind.RAISED, Kind.EXCEPT, Kind.FINALLY})
NEVER = "never"
TOLD = ", which tells less without it, and does no less"


def with_standing(project: Project, hits: Iterable[Hit], ends_in: str = "") -> list[Hit]:
    """``hits`` with what takes weight off, and with a step for the clause that hides the fault.
    It ends in the exception ``ends_in``, in a test that is ``NEVER`` true, or, where that is empty,
    in neither."""
    return [_with_standing(project, hit, ends_in) for hit in hits if not _is_to_copy(project, hit)]


def _is_to_copy(project: Project, hit: Hit) -> bool:
    """Whether a hit stands in what is there to be filled in or copied, and nothing runs that."""
    path = hit.place.path
    if not is_filled_in(path) and not is_document(path):
        return False
    source = project.numbers[path]
    body = project.program.entries().get(FunctionRef(source, 0))
    is_run = is_document(path) and body is not None and body.kind == "main"
    return not is_run and not project.program.is_imported(source)


def dead_part(project: Project, hit: Hit) -> tuple[str, str]:
    """The file and the class of a hit, where nothing that runs has to do with it: a file beside the
    program, or a class that nothing makes; the class is empty for the whole file, and the file
    where neither is dead."""
    program = project.program
    ref = project.function_at(hit.place)
    is_aside = is_for_show(hit.place.path) or _is_beside_program(project, ref.source)
    is_dead_file = ref.source not in living_modules(project)
    if is_dead_file or (is_aside and not program.is_imported(ref.source)):
        return hit.place.path, ""
    owner = program.owner(ref)
    if owner is None:
        return "", ""
    if not is_dead_class(project, owner) and (is_reached(project, ref) or is_made(project, owner)):
        return "", ""
    return hit.place.path, program.cls(owner).name


def never_loaded(project: Project, failing: list[Hit]) -> dict[str, int]:
    """The files whose code never runs, as one of the ``failing`` imports and names stands on every
    way through the body of the module: each with the line of the first of these."""
    spans: dict[str, set[Span]] = {}
    for hit in failing:
        spans.setdefault(hit.place.path, set()).add(hit.place.span)
    found: dict[str, int] = {}
    for path, there in spans.items():
        body = project.program.sources[project.numbers[path]].functions[0]
        lines = {one.line for one in there}
        raising = [
            number
            for number, node in enumerate(body.nodes)
            if node.exc in (RAISED, -1) and _is_failing(body, node, there, lines)
        ]
        if raising and EXIT not in nodes_from(body, (body.entry,), normally, raising):
            found[path] = min(body.nodes[number].span.line for number in raising)
    return found


def _is_failing(body: Function, node: Node, spans: set[Span], lines: set[int]) -> bool:
    """Whether a node is an import on one of ``lines``, or reads a name at one of ``spans``."""
    if node.kind is Kind.IMPORT:
        return node.span.line in lines
    span = body.calls[node.call].span if node.kind is Kind.CALL else node.span
    return node.kind not in _ENDS and span in spans


def _with_standing(project: Project, hit: Hit, ends_in: str) -> Hit:
    ref = project.function_at(hit.place)
    is_raised = ends_in not in ("", NEVER)
    clause = _hiding_clause(project.function(ref), hit, ends_in) if is_raised else None
    lost, standing = _standing_of(project, ref, hit, clause)
    if lost < ALL and ends_in == NEVER and arm_is_only_told(project, ref, hit.place.span):
        lost, standing = ALL, TOLD
    steps = hit.trace
    if clause is not None:
        place = project.place(ref, clause.span)
        is_told = any(one.place == place for one in steps)
        steps = steps if is_told else (*steps, Step(place, "what is raised is caught here"))
    return msgspec.structs.replace(
        hit, trace=steps, saw={**hit.saw, "standing": standing}, mitigation=lost
    )


def _standing_of(
    project: Project, ref: FunctionRef, hit: Hit, clause: Node | None
) -> tuple[int, str]:
    """How many levels a fault in a function loses, and what is said of that."""
    lost = ALL if is_in_demo(project, ref, hit.place.span) else _mitigation(project, ref)
    if hit.mitigation:
        return max(lost, hit.mitigation), hit.saw.get("standing", "")
    if is_dead(project, ref):
        return ALL, ", where nothing that runs comes"
    if not is_reached(project, ref):
        return lost, ", which nothing that runs calls"
    if lost:
        return lost, ""
    if is_in_refusal(project.function(ref), hit.place.span):
        return 1, ", which refuses all the same"
    if clause is not None and is_hidden_telling(project, ref, hit.place.span, clause):
        return 1, ", which goes on without the log"
    if clause is not None and imports_nothing_made(project, ref.source, hit.place.span):
        return ALL, ", which asks for what nothing ever makes"
    if clause is not None and loses_words_only(project, ref, hit.place.span, clause):
        return ALL, TOLD
    if is_only_shown(project, ref):
        return ALL, ", which is only there to be shown"
    if not is_on_path(project, ref):
        return 1, ", which no order depends on"
    return 0, ""


def _mitigation(project: Project, ref: FunctionRef) -> int:
    """How many levels of severity a fault in a function loses: all in a script that runs once
    beside a program, one where nothing that runs leads to it."""
    program = project.program
    if is_for_show(program.path(ref)) or is_run_once(project, ref):
        return ALL
    # What imports a module of a package imports the package, too, and doesn't name it.
    is_imported = program.is_imported(ref.source) or modules_of(project).is_package(ref.source)
    if not is_imported and (_is_beside_program(project, ref.source) or _is_pasted(project, ref)):
        return ALL
    return 0 if is_reached(project, ref) else 1


def _is_pasted(project: Project, ref: FunctionRef) -> bool:
    """Whether a file was written to be copied into a coroutine: its own body awaits, which no
    module can."""
    return any(call.is_awaited for call in project.program.sources[ref.source].functions[0].calls)


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


def _hiding_clause(function: Function, hit: Hit, raised: str) -> Node | None:
    """The clause that catches what is raised where the fault stands, and raises nothing itself."""
    for node in function.nodes:
        is_there = node.span == hit.place.span or (
            node.kind is Kind.CALL and function.calls[node.call].span == hit.place.span
        )
        if is_there and node.kind in (Kind.CALL, Kind.IMPORT) and node.exc >= 0:
            return _catching(function, node.exc, raised)
    return None


def _catching(function: Function, number: int, raised: str) -> Node | None:
    clauses = clauses_from(function, number)
    clause = next((one for one in clauses if catches(one, raised)), None)
    is_raising = clause is not None and function.nodes[clause.next].kind is Kind.RAISE
    return None if is_raising else clause
