"""Methods that are meant to do nothing: of a null object, of a base whose heirs do the work."""

from __future__ import annotations

from botlint.checks.stubs import is_stub
from botlint.facts.types import Name
from botlint.flow.names import ClassRef
from botlint.project import Project

_MANY = 3
_NULL = frozenset({"null", "noop", "no", "dummy", "base", "abstract", "interface", "stub", "mixin"})


def is_meant_empty(project: Project, owner: ClassRef, name: str) -> bool:
    """Whether a class declares for others, overrides with nothing, or plays a part."""
    program = project.program
    lineage = program.ancestry(owner)
    bases = {base.rpartition(".")[2] for base in program.foreign_bases(owner)}
    if bases & {"ABC", "Protocol"} or bases - {"object"}:
        return True
    below = program.subclasses(owner)
    if any(name in program.class_members(one) for one in (*below, *lineage[1:])):
        return True
    return is_null_object(project, owner) or _is_all_empty(project, owner)


def is_made(project: Project, cls: ClassRef) -> bool:
    """Whether the program calls something by the name of a class, or of one that derives from it,
    as it does to make an object."""
    program = project.program
    for one in (cls, *program.subclasses(cls)):
        name = program.cls(one).name
        own = program.class_members(one).values()
        if program.calls_named(name) or program.is_aliased(name):
            return True
        if any(call.func == Name("cls") for ref in own for call in project.function(ref).calls):
            return True
    return False


def _is_all_empty(project: Project, cls: ClassRef) -> bool:
    """Whether no method of a class does anything: it stands in for one that does."""
    methods = project.program.class_members(cls)
    own = [ref for name, ref in methods.items() if not name.startswith("__")]
    return len(own) >= _MANY and all(is_stub(project.function(ref)) for ref in own)


def is_null_object(project: Project, cls: ClassRef) -> bool:
    """Whether a class is named for standing in where nothing is to happen."""
    name = project.program.cls(cls).name
    is_played = project.vocabulary.roles["simulator"].plays_name(name)
    return is_played or not project.vocabulary.words(name).isdisjoint(_NULL)
