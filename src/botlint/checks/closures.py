"""What a function shares with the functions that stand in it."""

from __future__ import annotations

from botlint.flow.names import FunctionRef
from botlint.flow.ways import points_from
from botlint.project import Project


def names_set_within(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The locals of a function that the functions in it set as theirs, by ``nonlocal``."""
    nested = project.program.nested
    within = points_from(nested(ref), nested)
    return frozenset(name for one in within for name in project.function(one).outer)
