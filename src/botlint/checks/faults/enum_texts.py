"""Members of an enumeration that are compared with texts or numbers, to which none is ever equal.

Known is what a parameter or field is annotated with, where nothing in the program gives it anything
else, and what is only ever assigned members.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from botlint.checks.hits import fault, step
from botlint.checks.kin import has_plain_bases
from botlint.checks.owners import owners_of
from botlint.checks.reads import last_segment
from botlint.checks.roots import arguments_of, targets_in
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Node, Operation
from botlint.flow.names import ClassRef, FunctionRef
from botlint.model import Confidence, Hit
from botlint.project import CallRef, Project

_KINDS = {"eq": "never equal to", "in": "never one of", "ne": "never equal to"}
_KINDS["notin"] = "never one of"
_DISPLAYS = frozenset({"tuple", "list", "set"})
_PLAIN = frozenset({"Enum", "enum.Enum", "Flag", "enum.Flag", "object"})
_WHERE = frozenset({Kind.TEST, Kind.ASSERT, Kind.ASSIGN, Kind.RETURN})


def find_compared_members(project: Project) -> Iterable[Hit]:
    """One hit for each comparison of a member with what no member is equal to."""
    enums = [one for one in project.program.classes() if is_plain(project, one)]
    held = _held_names(project, enums) if enums else frozenset()
    if not held:
        return
    for ref in project.program.functions():
        function = project.function(ref)
        for node in function.nodes:
            for value in _values(function, node):
                yield from _compared(project, ref, node, value, held)


def _values(function: Function, node: Node) -> Iterator[Operation]:
    """Where a node may compare: what it tests, binds or returns, and what its call chooses."""
    if node.kind in _WHERE and type(node.value) is Operation:
        yield node.value
    if node.kind is Kind.CALL:
        for given in arguments_of(function.calls[node.call]):
            if type(given) is Operation and given.kind == "if":
                yield given


def _held_names(project: Project, enums: list[ClassRef]) -> frozenset[str]:
    """Cheaply: the names that may hold a member, and those of the members."""
    names = {project.program.cls(one).name for one in enums}
    found = {name for one in enums for name, _ in project.program.cls(one).attributes}
    for facts in project.program.sources:
        for cls in facts.classes:
            found |= {name for name, written in cls.attributes if _mentions(written, names)}
        for function in facts.functions:
            annotated = [(one.name, one.annotation) for one in function.parameters]
            for name, written in (*annotated, *function.annotations):
                if _mentions(written, names):
                    found.add(name.rpartition(".")[2])
            for node in function.nodes:
                if type(node.value) is not Name or type(node.target) is not Name:
                    continue
                if not names.isdisjoint(node.value.path.split(".")):
                    found.add(node.target.path.rpartition(".")[2])
    return frozenset(found)


def _mentions(annotation: str, names: set[str]) -> bool:
    return bool(annotation) and not names.isdisjoint(re.findall(r"\w+", annotation))


def is_plain(project: Project, cls: ClassRef) -> bool:
    """Whether a class is an enumeration whose members are equal to themselves only."""
    program = project.program
    foreign = program.foreign_bases(cls)
    if "Enum" not in foreign and "Flag" not in foreign:
        return False
    return foreign <= _PLAIN and program.find_method(cls, "__eq__") is None


def _compared(
    project: Project, ref: FunctionRef, node: Node, value: Operation, held: frozenset[str]
) -> Iterator[Hit]:
    if value.kind in ("and", "or", "not", "if"):
        for part in value.args:
            if isinstance(part, Operation):
                yield from _compared(project, ref, node, part, held)
        return
    if value.kind not in _KINDS or len(value.args) != 2:
        return
    left, right = value.args
    pairs = [(left, right)] if value.kind in ("in", "notin") else [(left, right), (right, left)]
    for subject, given in pairs:
        shown = shown_constants(given)
        if not shown or not isinstance(subject, Name) or last_segment(subject) not in held:
            continue
        cls = _enumeration(project, ref, subject)
        if cls is not None:
            yield _hit(project, ref, node, subject, cls, f"{_KINDS[value.kind]} {shown}")


def shown_constants(given: Expression) -> str:
    """Constants that no member is equal to, as people read them; ``""`` for anything else."""
    if type(given) is Operation and given.kind in _DISPLAYS:
        parts = [shown_constants(part) for part in given.args]
        return ", ".join(parts[:4]) if parts and all(parts) else ""
    if type(given) is not Constant or given.value is None or isinstance(given.value, bool):
        return ""
    return repr(given.value)


def _enumeration(project: Project, ref: FunctionRef, subject: Name) -> ClassRef | None:
    """The enumeration that a name always holds a member of."""
    found = owners_of(project).of(ref, subject) or _only_member(project, ref, subject)
    if found is None or not is_plain(project, found):
        return None
    return None if _is_given_other(project, ref, subject) else found


def _only_member(project: Project, ref: FunctionRef, subject: Name) -> ClassRef | None:
    """The enumeration of which a name is a member, or is only ever assigned members."""
    head, _, last = subject.path.rpartition(".")
    direct = member_of(project, ref, subject)
    if direct is not None:
        return direct
    if head:
        assigned = owners_of(project).assigned(last)
    else:
        function = project.function(ref)
        if any(one.name == last for one in function.parameters):
            return None
        assigned = [(ref, node) for node in _binding(function, last)]
        assigned = assigned or _assigned_outside(project, ref, subject)
    if not assigned or _is_declared(project, last) or (head and "." in head):
        return None
    found = {member_of(project, where, node.value, node) for where, node in assigned}
    return found.pop() if len(found) == 1 else None


def _assigned_outside(
    project: Project, ref: FunctionRef, subject: Name
) -> list[tuple[FunctionRef, Node]]:
    """What a variable of the module is bound by, in all functions."""
    variable = project.program.variable(ref, subject)
    if variable is None or variable.kind != "global":
        return []
    bound = project.program.bindings(variable)
    functions = dict.fromkeys(where for where, _ in bound)
    found = [
        (where, node)
        for where in functions
        for node in _binding(project.function(where), subject.path)
    ]
    return found if len(found) == len(bound) else []


def _binding(function: Function, name: str) -> Iterator[Node]:
    return (node for node in function.nodes if name in targets_in(node.target))


def member_of(
    project: Project, ref: FunctionRef, value: Expression | None, node: Node | None = None
) -> ClassRef | None:
    """The enumeration that ``State.IDLE`` is a member of."""
    if not isinstance(value, Name) or (node is not None and node.kind is not Kind.ASSIGN):
        return None
    if node is not None and not isinstance(node.target, Name):
        return None
    head, _, last = value.path.rpartition(".")
    cls = project.program.class_named(ref, head) if head else None
    if cls is None or not is_plain(project, cls):
        return None
    return cls if any(name == last for name, _ in project.program.cls(cls).attributes) else None


def _is_declared(project: Project, name: str) -> bool:
    """Whether a class declares a field of that name, which a constructor may set."""
    program = project.program
    return any(name in dict(program.cls(one).attributes) for one in program.classes())


def _is_given_other(project: Project, ref: FunctionRef, subject: Name) -> bool:
    """Whether something gives the name a text or a number after all, or may do so unseen."""
    head, _, last = subject.path.rpartition(".")
    if head:
        owner = owners_of(project).of(ref, Name(head))
        if owner is not None and not has_plain_bases(project.program, owner):
            return True
        values = [node.value for _, node in owners_of(project).assigned(last)]
        values += _keyword_values(project).get(last, ())
        return any(isinstance(value, Constant) and value.value is not None for value in values)
    if any(one.name == last for one in project.function(ref).parameters):
        return _is_called_with_other(project, ref, last)
    return False


def _is_called_with_other(project: Project, ref: FunctionRef, name: str) -> bool:
    for site in project.program.callers(ref):
        given = project.program.argument_of(site.function, site.call, ref, name)
        if isinstance(given, Constant) and given.value is not None:
            return True
    bound = list(_binding(project.function(ref), name))
    return bool(bound)


def _keyword_values(project: Project) -> dict[str, list[Expression]]:
    """What calls give under each keyword."""

    def collect() -> dict[str, list[Expression]]:
        found: dict[str, list[Expression]] = {}
        for ref, number, _ in project.program.calls():
            for name, value in project.call(CallRef(ref, number)).keywords:
                if name is not None and isinstance(value, Constant):
                    found.setdefault(name, []).append(value)
        return found

    return project.answer(("keyword constants",), collect)


def _hit(
    project: Project, ref: FunctionRef, node: Node, subject: Name, cls: ClassRef, text: str
) -> Hit:
    declared = project.program.cls(cls)
    what = f"`{subject.path}` is a member of `{declared.name}`, which is {text}"
    around = FunctionRef(cls.source, 0)
    steps = (
        step(project, ref, node.span, what),
        step(project, around, declared.span, "its members are equal to themselves only"),
    )
    return fault(project, ref, node.span, what, steps, Confidence.MEDIUM)
