"""What is written to a dict through a name, here, in nested functions and where it is handed on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from botlint.checks.faults.writes import EMPTY, Contents, Writes, alternatives, merge
from botlint.checks.reads import has_spread, last_segment
from botlint.checks.roots import arguments_of
from botlint.facts.types import Expression, Kind, Name
from botlint.flow.program import CallSite, FunctionRef
from botlint.project import CallRef, Project

if TYPE_CHECKING:
    from botlint.checks.faults.records import Record, Records

HARMLESS = frozenset(
    {"debug", "info", "warning", "warn", "error", "critical", "exception", "log", "print"}
    | {"len", "str", "repr", "dict", "list", "sorted", "isinstance", "bool", "type"}
    | {"dumps", "items", "keys", "values", "copy", "deepcopy", "format", "append", "get"}
    | {"hasattr", "id", "MappingProxyType", "asdict", "iter", "enumerate", "any", "all"}
    | {"set", "tuple", "frozenset"}
)


MOST_TAKING = 100
"""So many functions are asked what they do with one dict."""


class Taking(NamedTuple):
    """What one function does with a dict under one name: the keys that it writes itself, and the
    functions that it hands the dict to, each with the name that it has there; the records that the
    dict becomes."""

    written: Contents | None
    handed: tuple[tuple[FunctionRef, str], ...] = ()
    kept: tuple[Record, ...] = ()


class Handing:
    """Follows dicts that are handed on; ``records`` knows those that are kept."""

    def __init__(self, project: Project, writes: Writes, records: Records) -> None:
        self._project = project
        self._program = project.program
        self._writes = writes
        self._records = records
        self._known: dict[tuple[FunctionRef, str], Taking] = {}

    def written_locally(self, ref: FunctionRef, name: str) -> Contents | None:
        """What is written through a local name, here, in nested functions and in callees."""
        return self._followed(self._taken(ref, name))

    def handed_over(self, site: CallRef, value: Expression) -> Contents | None:
        """What a call may write to a dict that it is handed."""
        return self._followed(self._given_to(site, value))

    def _followed(self, first: Taking) -> Contents | None:
        """What is written by a function, and by all that it hands the dict to."""
        found = merge((first.written, *map(self._records.of_record, first.kept)))
        waiting = list(first.handed)
        seen = set(waiting)
        while waiting and found is not None:
            taking = self._taken(*waiting.pop())
            found = merge((found, taking.written, *map(self._records.of_record, taking.kept)))
            more = [one for one in taking.handed if one not in seen]
            waiting += more
            seen.update(more)
            if len(seen) > MOST_TAKING:
                return None
        return found

    def _named(self, ref: FunctionRef, name: str) -> Taking:
        parts: list[Taking] = []
        for where, use in self._writes.uses_in(ref.source, name):
            if use.record == Name(name) and use.mode != "read" and self._sees(where, ref):
                written = self._writes.of_use(where, use)
                if written is None:
                    return UNKNOWN
                parts.append(Taking(written))
        for site in self._writes.given_in(ref.source, name):
            if self._sees(site.function, ref):
                given = arguments_of(self._project.call(site))
                parts += [self._given_to(site, value) for value in given if value == Name(name)]
        return _joined(parts)

    def _given_to(self, site: CallRef, value: Expression) -> Taking:
        call = self._project.call(site)
        if last_segment(call.func) in HARMLESS or self._project.plays(site, "log"):
            return NOTHING
        callees = self._program.callees(site.function, site.call)
        if not callees:
            kind = self._program.resolution(site.function, site.call).kind
            return NOTHING if kind == "external" else UNKNOWN
        handed = tuple(
            (callee, parameter.name)
            for callee in callees
            for parameter in self._program.function(callee).parameters
            if self._program.argument_of(site.function, site.call, callee, parameter.name) == value
        )
        return Taking(EMPTY, handed)

    def given(self, ref: FunctionRef, name: str, depth: int) -> Contents | None:
        """What callers give to a parameter, where all of them are known."""
        sites = self._program.callers(ref)
        if not sites or any(site.via != "call" for site in sites):
            return None
        entry = self._program.entries().get(ref)
        if entry is not None and entry.kind != "uncalled":
            return None
        return merge(self._given_by(site, ref, name, depth + 1) for site in sites)

    def _given_by(self, site: CallSite, ref: FunctionRef, name: str, depth: int) -> Contents | None:
        caller = self._program.function(site.function)
        value = self._program.argument_of(site.function, site.call, ref, name)
        if value is None and not has_spread(caller.calls[site.call]):
            parameters = self._program.function(ref).parameters
            default = next(one.default for one in parameters if one.name == name)
            return self._records.contents(ref, default, depth) if default else None
        if value is None:
            return None
        found = self._records.contents(site.function, value, depth)
        return self._records.placed(site.function, caller.calls[site.call].span, found)

    def _taken(self, ref: FunctionRef, name: str) -> Taking:
        """What a function does with its parameter ``name``, also once it has kept it."""
        known = self._known.get((ref, name))
        if known is None:
            parts = [self._named(ref, name), *self._kept(ref, name)]
            known = self._known[ref, name] = _joined(parts)
        return known

    def _kept(self, ref: FunctionRef, name: str) -> Iterator[Taking]:
        for node in self._program.function(ref).nodes:
            if node.kind is not Kind.ASSIGN or Name(name) not in alternatives(node.value):
                continue
            kept = self._records.record_of(ref, node.target) if node.target is not None else None
            if kept is not None:
                yield Taking(EMPTY, kept=(kept,))
            elif not isinstance(node.target, Name) or "." in node.target.path:
                yield UNKNOWN
            elif node.target != Name(name):
                yield Taking(EMPTY, ((ref, node.target.path),))

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


NOTHING = Taking(EMPTY)
UNKNOWN = Taking(None)


def _joined(parts: Iterable[Taking]) -> Taking:
    known = tuple(parts)
    written = merge(part.written for part in known)
    handed = dict.fromkeys(one for part in known for one in part.handed)
    kept = dict.fromkeys(one for part in known for one in part.kept)
    return Taking(written, tuple(handed), tuple(kept))
