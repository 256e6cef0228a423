"""Members of enumerations as literals: ``Kind.OPEN`` is one thing, whoever names it."""

from __future__ import annotations

from botlint.checks.reads import walk
from botlint.facts.types import Constant, Expression, Kind, Name
from botlint.flow.names import FunctionRef
from botlint.project import Project

_ENUMERATIONS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})


class Member(str):
    """A member of an enumeration of the program, by the name of its class and its own: equal to
    itself, and to no text."""

    __slots__ = ()


def constant_of(project: Project, ref: FunctionRef, value: Expression | None) -> Constant | None:
    """The literal, or the member of an enumeration, that ``value`` is in a function; ``None`` for
    anything else."""
    if type(value) is Constant:
        return value
    if type(value) is not Name or "." not in value.path:
        return None
    owner, _, name = value.path.rpartition(".")
    program = project.program
    cls = program.class_named(ref, owner)
    if cls is None or _ENUMERATIONS.isdisjoint(program.foreign_bases(cls)):
        return None
    is_member = any(name == one for one, _ in program.cls(cls).attributes)
    return Constant(Member(f"{program.qualified_class(cls)}.{name}")) if is_member else None


def members_asked(project: Project, ref: FunctionRef) -> dict[str, Constant]:
    """The members of enumerations that the tests of a function name, by what they are written as
    there; worked out once."""
    return project.answer(("members asked", ref), lambda: _find_members(project, ref))


def _find_members(project: Project, ref: FunctionRef) -> dict[str, Constant]:
    function = project.function(ref)
    tests = (node.value for node in function.nodes if node.kind is Kind.TEST)
    parts = dict.fromkeys(part for test in tests for part in walk(test, function.calls))
    named = {part.path: constant_of(project, ref, part) for part in parts if type(part) is Name}
    return {path: member for path, member in named.items() if member is not None}


def is_member_of(kind: str, member: Constant, others: list[Constant | None]) -> bool | None:
    """How a member compares with one of its kind, or with several; ``None`` if that can't be told,
    as for what is no member, or not known."""
    if kind not in _MEMBERSHIP or not all(one and _is_member_or_none(one) for one in others):
        return None
    return (member in others) is _MEMBERSHIP[kind]


def _is_member_or_none(value: Constant) -> bool:
    return value.value is None or isinstance(value.value, Member)


_MEMBERSHIP = {"eq": True, "is": True, "in": True, "ne": False, "isnot": False, "notin": False}
