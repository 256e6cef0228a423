"""Whether two functions belong to one program of a tree that may hold several."""

from __future__ import annotations

from botlint.checks.guards.chains import Chain
from botlint.flow.program import FunctionRef
from botlint.flow.ways import points_from
from botlint.project import Project


def is_one_program(project: Project, one: FunctionRef, other: FunctionRef) -> bool:
    """Whether one function leads to both, or one file brings both in by its imports."""
    if not _importing(project, one.source).isdisjoint(_importing(project, other.source)):
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


def _importing(project: Project, source: int) -> frozenset[int]:
    """A file with all that import it, also by others."""
    importers = project.answer(("importers",), lambda: _find_importers(project))
    return frozenset(points_from((source,), importers.__getitem__))


def _find_importers(project: Project) -> list[list[int]]:
    program = project.program
    found: list[list[int]] = [[] for _ in program.sources]
    for source in range(len(program.sources)):
        for imported in program.imports(source):
            found[imported].append(source)
    return found


def _above(project: Project, ref: FunctionRef) -> frozenset[FunctionRef]:
    program = project.program
    return project.answer(("above", ref), lambda: program.reaches(frozenset({ref})))
