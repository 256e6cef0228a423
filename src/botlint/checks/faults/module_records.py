"""Dicts that a module holds under a global name: which keys the program ever writes to them.

All code that names the dict counts, in whatever file: what binds it, what writes a key, what it is
handed to. Where it gets another name, goes into something else or is returned, it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botlint.checks.faults.handing import Handing
from botlint.checks.faults.writes import Contents, Writes, alternatives, merge
from botlint.checks.kin import bound_names
from botlint.checks.reads import last_segment
from botlint.checks.roots import arguments_of
from botlint.facts.types import Expression, Function, Kind, Name, Node, Operation
from botlint.flow.program import FunctionRef, Variable
from botlint.project import Project

if TYPE_CHECKING:
    from botlint.checks.faults.records import Records

_PASSING = frozenset({Kind.ASSIGN, Kind.RETURN, Kind.YIELD, Kind.ITERATE, Kind.ENTER})
_HOLDING = frozenset({"tuple", "list", "set", "dict", "star", "yield", "comprehension"})


class ModuleRecords:
    """Knows the dicts of modules; ``records`` knows what one display holds."""

    def __init__(
        self, project: Project, records: Records, writes: Writes, handing: Handing
    ) -> None:
        self._project = project
        self._program = project.program
        self._records = records
        self._writes = writes
        self._handing = handing
        self._known: dict[Variable, Contents | None] = {}

    def contents(self, ref: FunctionRef, name: str) -> Contents | None:
        """The keys of the dict that a function means by a global ``name``."""
        variable = self._program.variable(ref, Name(name))
        if variable is None or variable.kind != "global":
            return None
        if variable not in self._known:
            # Asked for within itself, it is unknown.
            self._known[variable] = None
            self._known[variable] = merge(self._parts(variable))
        return self._known[variable]

    def is_table(self, ref: FunctionRef, name: str) -> bool:
        """Whether nothing is written to such a dict once it is bound: then it holds settings."""
        variable = self._program.variable(ref, Name(name))
        if variable is None or variable.kind != "global":
            return False
        return not any(
            use.mode != "read" and self._means(where, use.record, variable)
            for where, use in self._writes.uses(variable.name)
        )

    def _parts(self, variable: Variable) -> Iterator[Contents | None]:
        module = FunctionRef(variable.source, 0)
        bound = [
            node
            for node in self._program.function(module).nodes
            if node.target is not None and variable.name in bound_names(node.target)
        ]
        if not bound or not all(_is_display(node) for node in bound):
            yield None
            return
        for node in bound:
            found = self._records.contents(module, node.value, 1) if node.value else None
            yield self._records.placed(module, node.span, found)
        if self._is_elsewhere(variable):
            yield None
            return
        for ref, use in self._writes.uses(variable.name):
            if use.mode != "read" and self._means(ref, use.record, variable):
                yield self._writes.of_use(ref, use)
        for site in self._writes.given(variable.name):
            for value in arguments_of(self._project.call(site)):
                if self._is_named(value, variable) and self._means(site.function, value, variable):
                    yield self._handing.handed_over(site, value)

    def _is_elsewhere(self, variable: Variable) -> bool:
        """Whether the dict is bound anew by a function, or gets another name, or goes into
        something else, or is returned."""
        for ref, node in self._naming(variable.name):
            if node.target is not None and any(
                last_segment(Name(one)) == variable.name
                and self._means(ref, Name(one), variable)
                and not (ref.index == 0 and ref.source == variable.source)
                for one in bound_names(node.target)
            ):
                return True
            for one in _passed(node, self._program.function(ref)):
                if last_segment(one) == variable.name and self._means(ref, one, variable):
                    return True
        return False

    def _naming(self, name: str) -> list[tuple[FunctionRef, Node]]:
        by_name = self._project.answer(("held by name",), self._find_naming)
        return by_name.get(name, [])

    def _find_naming(self) -> dict[str, list[tuple[FunctionRef, Node]]]:
        """The nodes that bind a name or pass on what it stands for, by its last segment."""
        wanted = frozenset(self._global_names())
        found: dict[str, list[tuple[FunctionRef, Node]]] = {}
        for ref in self._program.functions():
            function = self._program.function(ref)
            for node in function.nodes:
                names = {last_segment(Name(one)) for one in bound_names(node.target)}
                names |= {last_segment(one) for one in _passed(node, function)}
                for name in names & wanted:
                    found.setdefault(name, []).append((ref, node))
        return found

    def _global_names(self) -> Iterator[str]:
        for source in range(len(self._program.sources)):
            if not self._program.sources[source].functions:
                continue
            for node in self._program.function(FunctionRef(source, 0)).nodes:
                if _is_display(node):
                    yield from bound_names(node.target)

    def _is_named(self, value: Expression, variable: Variable) -> bool:
        return isinstance(value, Name) and last_segment(value) == variable.name

    def _means(self, ref: FunctionRef, value: Expression, variable: Variable) -> bool:
        """Whether a name may mean the dict: it does, or it can't be told what it means."""
        named = self._program.variable(ref, value)
        return named is None or named == variable


def _is_display(node: Node) -> bool:
    value = node.value
    return (
        node.kind is Kind.ASSIGN
        and isinstance(node.target, Name)
        and isinstance(value, Operation)
        and value.kind == "dict"
    )


def _passed(node: Node, function: Function) -> Iterator[Name]:
    """The names whose values a node gives another name, puts into something or returns; as an
    argument a name alone is followed."""
    waiting: list[Expression] = []
    if node.kind in _PASSING:
        waiting += alternatives(node.value)
    if node.kind is Kind.CALL:
        given = arguments_of(function.calls[node.call])
        waiting += [one for one in given if type(one) is Operation]
    while waiting:
        part = waiting.pop()
        if type(part) is Name:
            yield part
        elif type(part) is Operation and part.kind in _HOLDING:
            waiting += part.args
