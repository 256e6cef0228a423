"""Answers whose truth says nothing: objects and records that are never false."""

from __future__ import annotations

from botlint.checks.roots import assigned_in
from botlint.facts.types import EXIT, Expression, Kind, Name, Operation, Result
from botlint.flow.names import ClassRef, FunctionRef
from botlint.project import Project

_DECIDING = ("__bool__", "__len__")
_PLAIN = frozenset({"object", "Generic", "ABC", "Protocol", "NamedTuple", "BaseModel", "Struct"})
"""Bases from outside whose objects are never false."""


def is_never_false(project: Project, ref: FunctionRef) -> bool:
    """Whether all that a function returns is an object of a class of the program that has no truth
    of its own, or a dict that is written out with entries: ``if not answer`` never holds then."""
    function = project.function(ref)
    if function.is_generator:
        return False
    ends = {
        node.kind for node in function.nodes if EXIT in (node.next, node.other) and node.next >= 0
    }
    values = [node.value for node in function.nodes if node.kind is Kind.RETURN]
    return bool(values) and ends <= {Kind.RETURN} and all(_is_true(project, ref, v) for v in values)


def _is_true(project: Project, ref: FunctionRef, value: Expression | None) -> bool:
    if isinstance(value, Operation):
        if value.kind == "if":
            return all(_is_true(project, ref, part) for part in value.args[1:])
        return value.kind == "dict" and bool(value.args)
    if isinstance(value, Name) and "." not in value.path:
        given = assigned_in(project, ref).get(value.path, [])
        return bool(given) and all(_is_true(project, ref, one) for one in given)
    return isinstance(value, Result) and _is_made(project, ref, value)


def _is_made(project: Project, ref: FunctionRef, value: Result) -> bool:
    program = project.program
    func = project.function(ref).calls[value.call].func
    cls = program.class_named(ref, func.path) if isinstance(func, Name) else None
    if isinstance(func, Name) and _is_named_tuple(project, ref, func.path):
        return True
    if not isinstance(cls, ClassRef):
        return False
    bases = {base.rpartition(".")[2] for base in program.foreign_bases(cls)}
    if not bases <= _PLAIN:
        return False
    return all(program.find_method(cls, name) is None for name in _DECIDING)


def _is_named_tuple(project: Project, ref: FunctionRef, name: str) -> bool:
    """Whether the module of a function has made a class of tuples of that name."""
    module = FunctionRef(ref.source, 0)
    calls = project.function(module).calls
    return any(
        isinstance(value, Result)
        and isinstance(func := calls[value.call].func, Name)
        and func.path.rpartition(".")[2] in ("namedtuple", "make_dataclass")
        for value in assigned_in(project, module).get(name, [])
    )
