"""Whether two functions belong to one program of a tree that may hold several."""

from __future__ import annotations

from botlint.checks.duty import Chain
from botlint.flow.program import FunctionRef
from botlint.project import Project


def is_one_program(project: Project, one: FunctionRef, other: FunctionRef) -> bool:
    """Whether two functions stand in one file, or one function leads to both."""
    if one.source == other.source:
        return True
    return not _above(project, one).isdisjoint(_above(project, other))


def is_played(project: Project, chain: Chain) -> bool:
    """Whether an order is placed by what only plays at trading."""
    simulator = project.vocabulary.roles["simulator"]
    return any(
        simulator.plays_name(part)
        for link in chain.links
        for part in project.program.qualified(link.call.function).split(".")
    )


def _above(project: Project, ref: FunctionRef) -> frozenset[FunctionRef]:
    program = project.program
    return project.answer(("above", ref), lambda: program.reaches(frozenset({ref})))
