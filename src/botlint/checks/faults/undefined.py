"""Names that nothing binds: in what catches every error, nobody hears of the ``NameError``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from botlint.checks.clauses import catches, clauses_from
from botlint.checks.faults.bound import BUILT_IN_NAMES, bound_around, bound_in, bound_in_classes
from botlint.checks.faults.module_members import find_missing_members
from botlint.checks.faults.module_names import is_dynamic, names_of_module
from botlint.checks.faults.unwritten import guarding
from botlint.checks.hits import fault, step
from botlint.checks.owners import modules_of
from botlint.checks.reads import last_segment, parts_of
from botlint.checks.roots import arguments_of
from botlint.facts.types import (
    EXIT,
    Expression,
    Facts,
    Function,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.flow.ways import is_dominated, live_nodes, nodes_from, nodes_of_call, normally
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

MOST_FUNCTIONS = 40
_NAMES = frozenset(map(Name, ("locals", "globals", "vars", "dir")))
_TASKS = frozenset({"create_task", "ensure_future", "run_coroutine_threadsafe"})


def find_undefined(project: Project) -> Iterable[Hit]:
    """One hit for each undefined name in what catches every error, is called by such or plays a
    guard, or without which a module can't be imported, and for each call of what a module of the
    program doesn't have."""
    for source, facts in enumerate(project.program.sources):
        names = _module_names(project, source, facts)
        for number, function in enumerate(facts.functions):
            ref = FunctionRef(source, number)
            if names is not None:
                yield from _undefined_in(project, ref, function, names)
    yield from find_missing_members(project)


def _undefined_in(
    project: Project, ref: FunctionRef, function: Function, names: frozenset[str]
) -> Iterator[Hit]:
    unbound = [
        (number, name)
        for number, node in enumerate(function.nodes)
        for name in read_at(function, node)
        if name not in names
    ]
    if not unbound or any(call.func in _NAMES for call in function.calls):
        return
    known = bound_around(project, ref)
    unbound = [
        (number, name)
        for number, name in unbound
        if name not in known
        and name not in bound_in_classes(project, ref, function.nodes[number].span.line)
    ]
    hidden = hiding_nodes(project, ref, function) if unbound else {}
    live = live_nodes(function) if unbound else frozenset()
    is_reckoned = any(is_ready(function, node) for node in function.nodes)
    told: dict[str, set[int]] = {}
    above: tuple[Step, ...] | None = None
    for number, name in sorted(unbound, key=lambda one: (function.nodes[one[0]].span, one)):
        before = told.get(name, set())
        if number not in live or (number not in hidden and is_reckoned):
            continue
        if before and is_dominated(function, frozenset({number}), before):
            continue  # Who comes here has failed there.
        if number not in hidden and above is None:
            above = hiding_above(project, ref)
        if number in hidden or above or _is_always_run(function, number):
            told.setdefault(name, set()).add(number)
            steps = () if number in hidden else above or ()
            yield _hit(project, ref, function.nodes[number], hidden.get(number), name, steps)


def _is_always_run(function: Function, number: int) -> bool:
    """Whether every way through the body of a module leads past a node, so that the module can't
    be imported if that fails."""
    is_body = function.parent < 0
    return is_body and EXIT not in nodes_from(function, (function.entry,), normally, (number,))


def hiding_above(project: Project, ref: FunctionRef) -> tuple[Step, ...]:
    """The calls that lead to a function from one that catches what it raises, with the clause that
    does."""
    waiting: list[tuple[FunctionRef, tuple[Step, ...]]] = [(ref, ())]
    seen = {ref}
    for at, steps in islice(waiting, MOST_FUNCTIONS):
        for site in project.program.callers(at):
            if site.via != "call":
                continue
            function = project.function(site.function)
            call = CallRef(site.function, site.call)
            text = f"`{project.program.display(site.function)}` calls it"
            trail = (*steps, Step(project.call_place(call), text))
            if _is_task(project, call):
                text = "and starts it as a task, which keeps what it raises to itself"
                return (*trail, Step(project.call_place(call), text))
            for number in sorted(nodes_of_call(function, site.call)):
                clause = _clause_for(function, function.nodes[number])
                if clause is not None:
                    place = project.place(site.function, clause.span)
                    return (*trail, Step(place, "this clause catches it like any other error"))
            if site.function not in seen:
                seen.add(site.function)
                waiting.append((site.function, trail))
    return ()


def _is_task(project: Project, call: CallRef) -> bool:
    """Whether a task is made of what a call of a coroutine gives."""
    return any(
        last_segment(one.func) in _TASKS and Result(call.call) in arguments_of(one)
        for one in project.function(call.function).calls
    )


def _clause_for(function: Function, node: Node) -> Node | None:
    """The clause that hides the ``NameError`` of a node, if no other stands ready for it."""
    for clause in clauses_from(function, node.exc):
        if "NameError" in repr(clause.value):
            return None
        if catches(clause, "NameError"):
            return clause
    return None


def hiding_nodes(project: Project, ref: FunctionRef, function: Function) -> dict[int, Node | None]:
    """The nodes whose ``NameError`` a clause hides, or which guard, each with the clause."""
    found: dict[int, Node | None] = {}
    is_guard = guarding(project, ref)
    for number, node in enumerate(function.nodes):
        if node.kind is Kind.CALL and is_guard(node.call):
            found[number] = None
        clause = _clause_for(function, node) if node.exc >= 0 else None
        if clause is not None:
            found[number] = clause
        elif is_ready(function, node):
            found.pop(number, None)
    return found


def is_ready(function: Function, node: Node) -> bool:
    """Whether a clause names ``NameError``."""
    clause = function.nodes[node.exc] if node.exc >= 0 else node
    return clause.kind is Kind.EXCEPT and "NameError" in repr(clause.value)


def read_at(function: Function, node: Node) -> Iterator[str]:
    """The plain names, or the heads of dotted ones, that a node reads."""
    waiting: list[Expression | None] = [node.value] if node.kind in _READING else []
    if node.kind is Kind.CALL:
        call = function.calls[node.call]
        waiting += [call.func, *arguments_of(call)]
    while waiting:
        part = waiting.pop()
        if type(part) is Name:
            yield part.path.partition(".")[0]
        elif type(part) is Operation and part.kind == "comprehension":
            continue  # The facts don't say which names it binds.
        elif part is not None:
            waiting += parts_of(part)


_READING = frozenset({Kind.TEST, Kind.ASSIGN, Kind.RETURN})


def _module_names(project: Project, source: int, facts: Facts) -> frozenset[str] | None:
    """The names of a module, with the built-in ones; ``None`` where it may make more."""
    if not facts.functions or any(map(is_dynamic, facts.functions)):
        return None
    found = {*BUILT_IN_NAMES, *facts.exports, *bound_in(facts, 0, facts.functions[0])}
    for function in facts.functions:
        found.update(function.outer)
    for statement in facts.imports:
        if statement.name != "*":
            continue
        raw = modules_of(project).target(source, statement)
        other = modules_of(project).by_raw.get(raw) if raw is not None else None
        names = None if other is None else names_of_module(project, other)
        if names is None:
            return None
        found |= names
    return frozenset(found)


def _hit(
    project: Project,
    ref: FunctionRef,
    node: Node,
    clause: Node | None,
    name: str,
    above: tuple[Step, ...],
) -> Hit:
    span = project.function(ref).calls[node.call].span if node.kind is Kind.CALL else node.span
    text = f"nothing binds the name `{name}`, so this raises NameError whenever it runs"
    steps = [step(project, ref, span, text)]
    if clause is not None:
        steps.append(step(project, ref, clause.span, "this clause catches it like any other error"))
    what = f"nothing binds the name `{name}`"
    return fault(project, ref, span, what, (*steps, *above), Confidence.MEDIUM, of="")
