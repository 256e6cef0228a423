"""Methods that are meant to do nothing: of a null object, of a base whose heirs do the work."""

from __future__ import annotations

from botlint.flow.names import ClassRef
from botlint.project import Project

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
    return is_null_object(project, owner)


def is_null_object(project: Project, cls: ClassRef) -> bool:
    """Whether a class is named for standing in where nothing is to happen."""
    name = project.program.cls(cls).name
    is_played = project.vocabulary.roles["simulator"].plays_name(name)
    return is_played or not project.vocabulary.words(name).isdisjoint(_NULL)
