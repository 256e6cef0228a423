"""Files that were left behind: nothing loads them, and what runs is another of the same name."""

from __future__ import annotations

from botlint.checks.running.living_modules import living_modules
from botlint.flow.names import FunctionRef
from botlint.model import Place, Span
from botlint.project import Project

_DEF = 3


def living_copy(project: Project, ref: FunctionRef) -> Place | None:
    """Where a function is also defined, by its name and its file's, that something that runs loads,
    while nothing does its own file; ``None`` if it isn't so."""
    living = living_modules(project)
    if ref.source in living or ref.index == 0:
        return None
    sources = project.program.sources
    file, name = _file_name(sources[ref.source].path), project.function(ref).qualname
    for source in sorted(living):
        if _file_name(sources[source].path) != file:
            continue
        for number, function in enumerate(sources[source].functions):
            if number and function.qualname == name:
                start = function.span
                head = Span(start.line, start.column, start.line, start.column + _DEF)
                return Place(sources[source].path, head)
    return None


def _file_name(path: str) -> str:
    return path.rpartition("/")[2]
