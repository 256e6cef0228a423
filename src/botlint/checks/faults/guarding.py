"""The functions of a program that guard: those that calls run which play a guard's role."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.faults.contradictions import GUARDS
from botlint.checks.roots import SELF
from botlint.facts.types import Name
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project


def guards_of(project: Project) -> frozenset[FunctionRef]:
    """What the calls that play a guard's role run."""
    return project.answer(("guarding functions",), lambda: frozenset(_find(project)))


def guards_within(project: Project) -> frozenset[FunctionRef]:
    """The same, with the methods that these ask on their own object."""
    return project.answer(("guarding within",), lambda: _with_own(project))


def _find(project: Project) -> Iterator[FunctionRef]:
    for role in GUARDS:
        for call in project.calls_playing(role):
            for callee in project.program.callees(call.function, call.call):
                yield settled(project.program, callee)


def _with_own(project: Project) -> frozenset[FunctionRef]:
    found = set(guards_of(project))
    waiting = list(found)
    for ref in waiting:
        for number, call in enumerate(project.function(ref).calls):
            if type(call.func) is not Name or call.func.path.partition(".")[0] not in SELF:
                continue
            if call.func.path.count(".") == 1 and not project.plays(CallRef(ref, number), "log"):
                callees = set(project.program.callees(ref, number)) - found
                found |= callees
                waiting += callees
    return frozenset(found)
