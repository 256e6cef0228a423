"""Guards that are asked by entering something: no call that is written calls ``__enter__``."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.guards.contracts import entered_in
from botlint.flow.program import FunctionRef
from botlint.project import Project

_ENTERING = frozenset({"__enter__", "__aenter__"})


def with_entering(project: Project, touching: frozenset[FunctionRef]) -> frozenset[FunctionRef]:
    """``touching`` with those functions from which one of it can be reached through a ``with``."""
    program = project.program
    methods = frozenset(ref for ref in touching if program.function(ref).name in _ENTERING)
    entering = frozenset(ref for one in methods for ref in _entering(project, one))
    return touching if entering <= touching else touching | program.reaches(entering)


def _entering(project: Project, method: FunctionRef) -> Iterator[FunctionRef]:
    """The functions that enter an object of the class of ``method``, or of one below."""
    program = project.program
    owner = program.owner(method)
    classes = (owner, *program.subclasses(owner)) if owner is not None else ()
    for cls in classes:
        own = program.cls(cls).name
        for name in sorted({own, *program.aliases.get(own, ())}):
            for ref, number in program.calls_named(name):
                if number in entered_in(project, ref):
                    yield ref
