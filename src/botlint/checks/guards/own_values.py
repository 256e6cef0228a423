"""Guards that a function asks about values of its own: they say nothing of what it is handed."""

from __future__ import annotations

from botlint.checks.guards.question import Guard, Question
from botlint.checks.guards.signs import Sign
from botlint.checks.guards.translated import is_made_within
from botlint.checks.roots import names_handed
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_OWN = frozenset({"self", "cls"})


def about_given(project: Project, ref: FunctionRef, question: Question) -> Question:
    """``question`` without the guards that a function asks about what it gets itself from outside
    of the program, if it is handed anything that they could be asked about."""
    if not {one.name for one in project.function(ref).parameters} - _OWN:
        return question

    def guard_at(number: int) -> Guard | None:
        guard = question.guard_at(number)
        return None if guard is not None and _asks_own(project, CallRef(ref, number)) else guard

    def read_sign(path: str) -> Sign | None:
        owner = path.rpartition(".")[0]
        sign = question.read_sign(path)
        is_own = sign is not None and is_made_within(project, ref, frozenset({owner}))
        return None if is_own else sign

    return question._replace(guard_at=guard_at, read_sign=read_sign)


def _asks_own(project: Project, ref: CallRef) -> bool:
    names = names_handed(project.function(ref.function), ref.call)
    return bool(names) and is_made_within(project, ref.function, names)
