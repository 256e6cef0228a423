"""Aborts: exceptions of a project that are made to stop a trade.

Where they are raised, and which of them some clause handles on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.aborts.flights import End, Flights
from botlint.facts.types import Expression, Kind, Name, Result
from botlint.flow.program import ClassRef, FunctionRef
from botlint.project import Project


class Raise(NamedTuple):
    """A ``raise`` of an abort: where it stands, and the class that is raised."""

    function: FunctionRef
    node: int
    cls: ClassRef


class Aborts:
    """The aborts of a project: their classes, where they are raised and who handles them."""

    def __init__(self, project: Project, role: str) -> None:
        self.project = project
        self._flights = Flights(project)
        self.classes = frozenset(self._find_classes(role))
        self.raises = tuple(self._find_raises()) if self.classes else ()
        self.handled = frozenset(self._find_handled()) if self.raises else frozenset()

    def ends(self, ref: FunctionRef, start: int, cls: ClassRef) -> tuple[End, ...]:
        """Where the exceptional edge of node ``start`` leads an exception of class ``cls``."""
        return self._flights.ends(ref, start, cls)

    def _find_classes(self, role: str) -> Iterator[ClassRef]:
        program = self.project.program
        names = self.project.vocabulary.roles[role]
        for ref in program.classes():
            lineage = program.ancestry(ref)
            if not program.is_exception(ref):
                continue
            if any(names.plays_name(program.cls(one).name) for one in lineage):
                yield ref

    def _find_raises(self) -> Iterator[Raise]:
        for ref in self.project.program.functions():
            for number, node in enumerate(self.project.function(ref).nodes):
                if node.kind is Kind.RAISE and not self._is_again(ref, node.value):
                    cls = self._class_of(ref, node.value)
                    if cls in self.classes and cls is not None:
                        yield Raise(ref, number, cls)

    def _is_again(self, ref: FunctionRef, value: Expression | None) -> bool:
        """Whether what is raised is what a clause has caught: it is on its way already."""
        nodes = self.project.function(ref).nodes
        return value is None or any(
            node.kind is Kind.EXCEPT and node.target == value for node in nodes
        )

    def _class_of(self, ref: FunctionRef, value: Expression | None) -> ClassRef | None:
        program = self.project.program
        if isinstance(value, Result):
            func = self.project.function(ref).calls[value.call].func
            named = program.class_named(ref, func.path) if isinstance(func, Name) else None
            found = program.type_of(ref, value)
            return named or (found if isinstance(found, ClassRef) else None)
        if isinstance(value, Name):
            found = program.type_of(ref, value)
            if isinstance(found, ClassRef):
                return found
            return program.class_named(ref, value.path)
        return None

    def _find_handled(self) -> Iterator[ClassRef]:
        """The abort classes that some clause of the program is meant for, and keeps."""
        for ref in self.project.program.functions():
            for number, node in enumerate(self.project.function(ref).nodes):
                if node.kind is Kind.EXCEPT and node.value is not None:
                    for cls in self.classes:
                        if self._flights.is_handled(ref, number, cls):
                            yield cls


def aborts_of(project: Project, role: str) -> Aborts:
    """The aborts of a project whose classes play a role, found once."""
    return project.answer(("aborts", role), lambda: Aborts(project, role))
