"""Conditions that are false, or fail, whenever they are asked.

Only what the text itself proves: two tests in a row that exclude each other, and a guard behind a
constant of its own module that is false and never set. A setting from elsewhere is a setting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from botlint.checks.hits import hit_in
from botlint.checks.reads import parts_of
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Node, Operation
from botlint.flow.program import FunctionRef
from botlint.flow.ways import predecessors
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

GUARDS = ("preflight", "risk-gate", "kill-switch", "price-check")
_OF_NONE = frozenset({"__class__", "__doc__", "__eq__", "__bool__", "__hash__"})


def find_false_conditions(project: Project) -> Iterable[Hit]:
    """One hit for each condition that can never hold."""
    for ref in project.program.functions():
        function = project.function(ref)
        if not any(node.kind is Kind.TEST for node in function.nodes):
            continue
        yield from _contradictions(project, ref, function)
        yield from _switched_off(project, ref, function)


def _contradictions(project: Project, ref: FunctionRef, function: Function) -> Iterator[Hit]:
    entered = predecessors(function)
    for node in function.nodes:
        fact = _fact(node)
        following = function.nodes[node.next] if fact is not None and node.next >= 0 else None
        if fact is None or following is None or entered[node.next] != 1:
            continue
        subject, value = fact
        text = _refutation(function, subject, value, following)
        if text:
            yield _hit(project, ref, node, following, text)


def _refutation(function: Function, subject: str, value: Constant, following: Node) -> str:
    """Why the node after ``subject is value`` can't succeed; ``""`` if it can."""
    if following.kind is Kind.CALL and value.value is None:
        func = function.calls[following.call].func
        if _asks_member(func, subject):
            return f"it asks a member of `{subject}` where `{subject}` is None"
    if following.kind is not Kind.TEST:
        return ""
    again = _fact(following)
    if again is not None and again[0] == subject and _differ(again[1], value):
        return f"`{subject}` can't be {_shown(value)} and {_shown(again[1])} at once"
    if value.value is None and _asks_member(following.value, subject):
        return f"it asks a member of `{subject}` where `{subject}` is None"
    if value.value is None and following.value == Operation("isnot", (Name(subject), value)):
        return f"`{subject}` can't be None and not None at once"
    return ""


def _fact(node: Node) -> tuple[str, Constant] | None:
    """The name and the constant that a test finds equal where it holds."""
    value = node.value
    if node.kind is not Kind.TEST or type(value) is not Operation:
        return None
    if value.kind not in ("is", "eq") or len(value.args) != 2:
        return None
    subject, constant = value.args
    if type(subject) is Name and type(constant) is Constant:
        return subject.path, constant
    return None


def _differ(one: Constant, other: Constant) -> bool:
    return type(one.value) is type(other.value) and one.value != other.value


def _asks_member(value: Expression | None, subject: str) -> bool:
    waiting = [value] if value is not None else []
    while waiting:
        part = waiting.pop()
        if isinstance(part, Name) and part.path.startswith(f"{subject}."):
            return part.path[len(subject) + 1 :].partition(".")[0] not in _OF_NONE
        waiting += parts_of(part)
    return False


def _switched_off(project: Project, ref: FunctionRef, function: Function) -> Iterator[Hit]:
    for node in function.nodes:
        if node.kind is not Kind.TEST or type(node.value) is not Name or node.next < 0:
            continue
        following = function.nodes[node.next]
        if following.kind is not Kind.CALL or not _is_false_constant(project, ref, node.value.path):
            continue
        site = CallRef(ref, following.call)
        if any(project.plays(site, role) for role in GUARDS):
            text = f"`{project.written(site)}` never runs: `{node.value.path}` is always false"
            yield _hit(project, ref, node, following, text)


def _is_false_constant(project: Project, ref: FunctionRef, name: str) -> bool:
    source = ref.source
    names = project.answer(("false names", source), lambda: _false_names(project, source))
    return name in names and not any(p.name == name for p in project.function(ref).parameters)


def _false_names(project: Project, source: int) -> frozenset[str]:
    """The names of a module that are bound to false, and nowhere else in it to anything."""
    functions = project.program.sources[source].functions
    bound = Counter(
        name
        for function in functions
        for node in function.nodes
        for name in dict.fromkeys(_bound_names(node.target))
    )
    return frozenset(
        node.target.path
        for node in functions[0].nodes
        if type(node.target) is Name and bound[node.target.path] == 1
        if node.kind is Kind.ASSIGN and node.value == Constant(value=False)
    )


def _bound_names(target: Expression | None) -> Iterator[str]:
    if type(target) is Name:
        yield target.path
    elif type(target) is Operation:
        for part in target.args:
            yield from _bound_names(part)


def _shown(value: Constant) -> str:
    return repr(value.value)


def _hit(project: Project, ref: FunctionRef, first: Node, second: Node, text: str) -> Hit:
    place = project.place(ref, first.span)
    name = project.program.display(ref)
    return hit_in(
        project,
        ref,
        place,
        {"what": text, "where": "", "name": ""},
        (
            Step(place, f"`{name}` goes on only where this holds"),
            Step(project.place(ref, second.span), f"{text}, so what comes next never happens"),
        ),
        Confidence.MEDIUM,
    )
