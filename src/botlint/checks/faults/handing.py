"""What is written to a dict through a name, here, in nested functions and where it is handed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botlint.checks.faults.writes import EMPTY, Contents, Writes, alternatives, merge
from botlint.checks.reads import has_spread, last_segment
from botlint.checks.roots import arguments_of
from botlint.facts.types import Expression, Kind, Name
from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project

if TYPE_CHECKING:
    from botlint.checks.faults.records import Records

DEEPEST = 10
"""Calls and assignments that a value is followed through."""

HARMLESS = frozenset(
    {"debug", "info", "warning", "warn", "error", "critical", "exception", "log", "print"}
    | {"len", "str", "repr", "dict", "list", "sorted", "isinstance", "bool", "type"}
    | {"dumps", "items", "keys", "values", "copy", "deepcopy", "format", "append", "get"}
    | {"hasattr", "id", "MappingProxyType", "asdict", "iter", "enumerate", "any", "all"}
    | {"set", "tuple", "frozenset"}
)


class Handing:
    """Follows dicts that are handed on; ``records`` knows those that are kept."""

    def __init__(self, project: Project, writes: Writes, records: Records) -> None:
        self._project = project
        self._program = project.program
        self._writes = writes
        self._records = records
        self._busy: set[tuple[FunctionRef, str]] = set()

    def written_locally(self, ref: FunctionRef, name: str, depth: int) -> Contents | None:
        """What is written through a local name, here, in nested functions and in callees."""
        if depth > DEEPEST:
            return None
        parts: list[Contents | None] = []
        for where, use in self._writes.uses_in(ref.source, name):
            if use.record == Name(name) and use.mode != "read" and self._sees(where, ref):
                if use.mode == "open":
                    return None
                parts.append(self._writes.of_use(where, use))
        for site in self._writes.given_in(ref.source, name):
            if not self._sees(site.function, ref):
                continue
            parts += [
                self.handed_over(site, value, depth)
                for value in arguments_of(self._project.call(site))
                if value == Name(name)
            ]
        return merge(parts)

    def handed_over(self, site: CallRef, value: Expression, depth: int) -> Contents | None:
        """What a call may write to a dict that it is handed."""
        call = self._project.call(site)
        if last_segment(call.func) in HARMLESS:
            return EMPTY
        if self._project.plays(site, "log"):
            return EMPTY
        callees = self._program.callees(site.function, site.call)
        if not callees:
            kind = self._program.resolution(site.function, site.call).kind
            return EMPTY if kind == "external" else None
        parts: list[Contents | None] = []
        for callee in callees:
            taking = [
                parameter.name
                for parameter in self._program.function(callee).parameters
                if self._program.argument_of(site.function, site.call, callee, parameter.name)
                == value
            ]
            parts += [self._taken(callee, name, depth + 1) for name in taking]
        return merge(parts)

    def given(self, ref: FunctionRef, name: str, depth: int) -> Contents | None:
        """What callers give to a parameter, where all of them are known."""
        sites = self._program.callers(ref)
        if not sites or any(site.via != "call" for site in sites):
            return None
        entry = self._program.entries().get(ref)
        if entry is not None and entry.kind != "uncalled":
            return None
        given: list[Contents | None] = []
        for site in sites:
            value = self._program.argument_of(site.function, site.call, ref, name)
            if value is None and has_spread(self._program.function(site.function).calls[site.call]):
                return None
            if value is None:
                default = next(
                    p.default for p in self._program.function(ref).parameters if p.name == name
                )
                given.append(self._records.contents(ref, default, depth + 1) if default else None)
                continue
            span = self._program.function(site.function).calls[site.call].span
            found = self._records.contents(site.function, value, depth + 1)
            given.append(self._records.placed(site.function, span, found))
        return merge(given)

    def _taken(self, ref: FunctionRef, name: str, depth: int) -> Contents | None:
        """What a function writes to its parameter ``name``, also once it has kept it."""
        if (ref, name) in self._busy:
            return EMPTY
        self._busy.add((ref, name))
        parts = [self.written_locally(ref, name, depth)]
        for node in self._program.function(ref).nodes:
            if node.kind is Kind.ASSIGN and Name(name) in alternatives(node.value):
                kept = (
                    self._records.record_of(ref, node.target) if node.target is not None else None
                )
                is_local = isinstance(node.target, Name) and "." not in node.target.path
                if kept is not None:
                    parts.append(self._records.of_record(kept))
                elif not is_local or node.target == Name(name):
                    parts.append(EMPTY if is_local else None)
                else:
                    assert isinstance(node.target, Name)
                    parts.append(self.written_locally(ref, node.target.path, depth))
        self._busy.discard((ref, name))
        return merge(parts)

    def _sees(self, inner: FunctionRef, outer: FunctionRef) -> bool:
        """Whether ``inner`` is ``outer`` or a function nested in it."""
        while inner.source == outer.source:
            if inner == outer:
                return True
            parent = self._program.function(inner).parent
            if parent <= 0:
                return False
            inner = FunctionRef(inner.source, parent)
        return False
