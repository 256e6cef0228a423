"""Records that a number is read from: are they from outside, does their class bound the field?"""

from __future__ import annotations

from typing import TypeGuard

from botlint.checks.reads import last_segment, parts_of, walk
from botlint.checks.roots import assigned_in, targets_in
from botlint.facts.types import Constant, Expression, Kind, Name, Operation, Result
from botlint.flow.program import ClassRef, FunctionRef
from botlint.project import Project

OUTSIDE = frozenset({"input", "json", "loads", "get_json", "recv", "hgetall", "xread", "getenv"})
"""Calls that give what came from outside of the program."""

_ORDERED = frozenset({"lt", "le", "gt", "ge", "in", "notin"})
_LIMITING = frozenset({"le", "lt", "multiple_of", "validator"})

_ENVIRONMENTS = frozenset({"os.environ", "environ"})
_COMMAND_LINES = frozenset({"sys.argv", "argv"})


def is_environment(record: Expression | None) -> bool:
    """Whether a record is what the process was started with."""
    return isinstance(record, Name) and record.path in _ENVIRONMENTS


def is_command_line(record: Expression | None) -> bool:
    """Whether a record is what was typed behind the program's name."""
    return isinstance(record, Name) and record.path in _COMMAND_LINES


def is_from_outside(project: Project, ref: FunctionRef, name: str) -> bool:
    """Whether a record is handed in, is one of many, or was received."""
    function = project.function(ref)
    if any(one.name == name for one in function.parameters):
        return True
    if any(name in targets_in(one.target) for one in function.nodes if one.kind is Kind.ITERATE):
        return True
    return any(
        isinstance(one, Result) and last_segment(function.calls[one.call].func) in OUTSIDE
        for one in assigned_in(project, ref).get(name, [])
    )


def bounds_field(project: Project, cls: ClassRef, field: str) -> bool:
    """Whether a class compares its own field, or declares limits of it."""
    program = project.program
    for one in program.ancestry(cls):
        declared = program.cls(one)
        methods = [FunctionRef(one.source, number) for number in declared.methods]
        if any(_compares(project, method, field) for method in methods):
            return True
        around = project.function(FunctionRef(one.source, declared.parent))
        for node in around.nodes:
            is_field = node.target == Name(f"{declared.qualname}.{field}")
            if is_field and isinstance(node.value, Result):
                given = around.calls[node.value.call].keywords
                if any(name in _LIMITING for name, _ in given):
                    return True
    return False


def is_comparison(value: Expression) -> TypeGuard[Operation]:
    """Whether an expression compares by order, or asks for membership."""
    return isinstance(value, Operation) and value.kind in _ORDERED


def is_floor(value: Operation) -> bool:
    """Whether a comparison is with nought or one: what is asked for begins there, and it is no
    cap. A chain of comparisons stands as several."""
    return any(
        isinstance(one, Constant) and isinstance(one.value, int | float) and one.value <= 1
        for one in value.args
    )


def is_part_of(value: Expression, whole: Expression) -> bool:
    """Whether a value is an expression or stands in it, but not in a call."""
    return value == whole or any(is_part_of(value, part) for part in parts_of(whole))


def _compares(project: Project, ref: FunctionRef, field: str) -> bool:
    fields = (Name(f"self.{field}"), Name("v"), Name("value"), Name(field))
    return any(
        any(is_part_of(one, arm) for one in fields for arm in part.args)
        for node in project.function(ref).nodes
        for part in walk(node.value, ())
        if is_comparison(part)
    )
