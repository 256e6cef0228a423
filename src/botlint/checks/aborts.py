"""Aborts: exceptions of a project that are made to stop a trade, and where each of them ends.

A clause catches an abort *on purpose* if it names its class or a base of it below ``Exception``, or
asks ``isinstance``; a broader clause, a ``finally`` that returns, or a ``with`` that swallows stops
it on the way. A clause that raises again, or raises another exception, does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.facts.types import Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.program import ClassRef, FunctionRef
from botlint.project import Project

EXIT, RAISED = 0, 1


_BROAD = frozenset({"Exception", "BaseException"})


class Raise(NamedTuple):
    """A ``raise`` of an abort: where it stands, and the class that is raised."""

    function: FunctionRef
    node: int
    cls: ClassRef


class End(NamedTuple):
    """How an exception that is raised at some point leaves a function or is stopped in it.

    ``clause`` is the node that stops it (``-1``: it leaves); ``is_on_purpose`` whether that clause
    is meant for it.
    """

    clause: int
    is_on_purpose: bool


class Aborts:
    """The aborts of a project: their classes, where they are raised and who handles them."""

    def __init__(self, project: Project, role: str) -> None:
        self.project = project
        self.classes = frozenset(self._find_classes(role))
        self.raises = tuple(self._find_raises()) if self.classes else ()
        self.handled = frozenset(self._find_handled()) if self.raises else frozenset()

    def ends(self, ref: FunctionRef, start: int, cls: ClassRef) -> tuple[End, ...]:
        """Where the exceptional edge of node ``start`` leads an exception of class ``cls``."""
        function = self.project.function(ref)
        found: list[End] = []
        seen: set[int] = set()
        waiting = [function.nodes[start].exc]
        while waiting:
            number = waiting.pop()
            if number in seen or number < 0:
                continue
            seen.add(number)
            if number == RAISED:
                found.append(End(-1, is_on_purpose=False))
                continue
            node = function.nodes[number]
            if node.kind is Kind.EXCEPT:
                self._at_clause(ref, number, cls, found, waiting)
            elif node.kind is Kind.UNWIND:
                is_swallowed = self.project.program.swallows(ref, node.value)
                found += [End(number, is_on_purpose=False)] if is_swallowed else []
                waiting.append(node.exc)
            elif node.kind is Kind.FINALLY:
                found += self._through_finally(function, number, waiting)
            else:
                waiting += [node.next, node.other]
        return tuple(sorted(set(found)))

    def catches(self, ref: FunctionRef, node: Node, cls: ClassRef) -> str:
        """``purpose``, ``broad`` or ``""``: whether a clause catches ``cls``, and how."""
        if node.value is None:
            return "broad"
        kinds = node.value.args if isinstance(node.value, Operation) else (node.value,)
        ancestry = self.project.program.ancestry(cls)
        for kind in kinds:
            if not isinstance(kind, Name):
                continue
            found = self.project.program.class_named(ref, kind.path)
            if found is not None and found in ancestry:
                return "purpose"
            last = kind.path.rpartition(".")[2]
            if found is None and last in _BROAD:
                return "broad"
            if found is None and last in self.project.program.foreign_bases(cls):
                return "purpose"
        return ""

    def _at_clause(
        self, ref: FunctionRef, number: int, cls: ClassRef, found: list[End], waiting: list[int]
    ) -> None:
        function = self.project.function(ref)
        node = function.nodes[number]
        how = self.catches(ref, node, cls)
        if not how:
            waiting.append(node.other)
        elif how == "purpose" or self._asks_for(ref, number, cls):
            found.append(End(number, is_on_purpose=True))
        elif goes_on(function, number):
            found.append(End(number, is_on_purpose=False))
        else:
            found.append(End(number, is_on_purpose=True))

    def _through_finally(self, function: Function, number: int, waiting: list[int]) -> list[End]:
        """A ``finally`` lets the exception go on, unless it returns, breaks or continues."""
        around = _loops_around(function, number)
        ends: list[End] = []
        seen: set[int] = set()
        inside = [function.nodes[number].next]
        while inside:
            one = inside.pop()
            if one < 0 or one in seen:
                continue
            seen.add(one)
            node = function.nodes[one]
            if node.kind in _RECEIVING:
                waiting.append(one)
            elif one == EXIT or (node.kind in _HEADS and node.loop in around):
                ends = [End(number, is_on_purpose=False)]
            else:
                inside += [node.next, node.other]
        return ends

    def _asks_for(self, ref: FunctionRef, number: int, cls: ClassRef) -> bool:
        """Whether the clause asks ``isinstance(error, Abort)``."""
        function = self.project.function(ref)
        ancestry = self.project.program.ancestry(cls)
        for node in reach_without_raising(function, function.nodes[number].next):
            for call in calls_in(function.nodes[node].value):
                asked = function.calls[call]
                if asked.func == Name("isinstance") and len(asked.args) > 1:
                    kinds = asked.args[1]
                    names = kinds.args if isinstance(kinds, Operation) else (kinds,)
                    classes = [
                        self.project.program.class_named(ref, name.path)
                        for name in names
                        if isinstance(name, Name)
                    ]
                    if any(kind in ancestry for kind in classes if kind is not None):
                        return True
        return False

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
                if node.kind is Kind.RAISE and node.value is not None:
                    cls = self._class_of(ref, node.value)
                    if cls in self.classes and cls is not None:
                        yield Raise(ref, number, cls)

    def _class_of(self, ref: FunctionRef, value: Expression) -> ClassRef | None:
        program = self.project.program
        if isinstance(value, Result):
            func = self.project.function(ref).calls[value.call].func
            return program.class_named(ref, func.path) if isinstance(func, Name) else None
        if isinstance(value, Name):
            found = program.type_of(ref, value)
            if isinstance(found, ClassRef):
                return found
            return program.class_named(ref, value.path)
        return None

    def _find_handled(self) -> Iterator[ClassRef]:
        """The abort classes that some clause of the program names."""
        for ref in self.project.program.functions():
            for node in self.project.function(ref).nodes:
                if node.kind is Kind.EXCEPT and node.value is not None:
                    for cls in self.classes:
                        if self.catches(ref, node, cls) == "purpose":
                            yield cls


_HEADS = frozenset({Kind.PASS, Kind.ITERATE})
_RECEIVING = frozenset({Kind.EXCEPT, Kind.UNWIND, Kind.FINALLY, Kind.RAISED})


def reach_without_raising(function: Function, start: int) -> frozenset[int]:
    """The nodes that control can get to from ``start`` by normal, true and false edges."""
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        number = waiting.pop()
        if number < 0 or number in seen:
            continue
        seen.add(number)
        node = function.nodes[number]
        waiting += [node.next, node.other]
    return frozenset(seen)


def goes_on(function: Function, clause: int) -> bool:
    """Whether control can get from a clause to anything but a ``raise``: to the end of the
    function, or to the next round of a loop around the clause."""
    around = _loops_around(function, clause)
    for number in reach_without_raising(function, function.nodes[clause].next):
        node = function.nodes[number]
        if number == EXIT or (node.kind in _HEADS and node.loop in around):
            return True
    return False


def _loops_around(function: Function, number: int) -> frozenset[int]:
    found: set[int] = set()
    loop = function.nodes[number].loop
    while loop >= 0:
        found.add(loop)
        loop = function.loops[loop]
    return frozenset(found)


def calls_in(value: Expression | None) -> tuple[int, ...]:
    """The numbers of the calls whose results stand in ``value``."""
    if isinstance(value, Result):
        return (value.call,)
    if isinstance(value, Operation):
        return tuple(number for part in value.args for number in calls_in(part))
    return ()
