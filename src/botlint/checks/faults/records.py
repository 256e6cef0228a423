"""Records: which keys a program ever writes to a dict, where that can be told.

A record is an attribute of a class (``data`` of ``EventContext``, wherever it is written), or a
local name bound to what a function of the program returns. Its keys come from dict displays, from
``d[k] =``, ``setdefault`` and ``update``; anything else that may write to it makes it *unknown*,
which is ``None`` here and never a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.faults.handing import Handing
from botlint.checks.faults.module_records import ModuleRecords
from botlint.checks.faults.rows import Rows
from botlint.checks.faults.writes import EMPTY, Contents, Writes, merge
from botlint.checks.kin import bound_names, family_of, is_aliased
from botlint.checks.owners import owners_of
from botlint.checks.reads import has_spread, last_segment
from botlint.checks.roots import arguments_of, receiver_of
from botlint.facts.types import Constant, Expression, Kind, Name, Node, Operation, Result
from botlint.flow.program import ClassRef, FunctionRef
from botlint.model import Span
from botlint.project import CallRef, Project

DEEPEST = 10
"""Calls and assignments that a value is followed through."""

MOST_OPEN = 40
"""So much is worked out within each other; a record further on is unknown."""

MOST_ASKED = 50
"""So often a record is worked out with no answer that can be kept; then it is unknown."""

_COPYING = frozenset({"copy", "deepcopy"})


class Record(NamedTuple):
    """A dict that the objects of a class carry in an attribute."""

    owner: ClassRef
    attribute: str


class Records:
    """The records of a project, worked out when asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._program = project.program
        self._owners = owners_of(project)
        self._writes = Writes(project)
        self._known: dict[Record, Contents | None] = {}
        self._busy: set[object] = set()
        self._assumed = 0
        self._asked: Counter[Record] = Counter()
        self._handing = Handing(project, self._writes, self)
        self._rows = Rows(project, self, self._handing)
        self._modules = ModuleRecords(project, self, self._writes, self._handing)

    def record_of(self, ref: FunctionRef, value: Expression) -> Record | None:
        """The record that ``value`` names in a function."""
        if not isinstance(value, Name) or "." not in value.path:
            return None
        base, _, attribute = value.path.rpartition(".")
        owner = self._owners.of(ref, Name(base))
        return Record(owner, attribute) if isinstance(owner, ClassRef) else None

    def contents(self, ref: FunctionRef, value: Expression, depth: int = 0) -> Contents | None:
        """The keys that ``value`` can have in function ``ref``."""
        if depth > DEEPEST:
            return None
        if type(value) is Constant:
            return EMPTY if not value.value and not isinstance(value.value, str) else None
        if type(value) is Operation:
            return self._of_operation(ref, value, depth)
        if type(value) is Result:
            return self._of_call(ref, value.call, depth)
        if type(value) is Name:
            if "." not in value.path:
                return self._of_local(ref, value.path, depth)
            record = self.record_of(ref, value)
            return self.of_record(record) if record is not None else None
        return None

    def is_table(self, ref: FunctionRef, value: Expression) -> bool:
        """Whether ``value`` names a dict of a module that nothing changes."""
        return isinstance(value, Name) and self._modules.is_table(ref, value.path)

    def of_record(self, record: Record) -> Contents | None:
        """The keys that the program writes to an attribute of a class."""
        if record in self._known:
            return self._known[record]
        if record in self._busy:
            self._assumed += 1
            return EMPTY
        self._asked[record] += 1
        if len(self._busy) > MOST_OPEN or self._asked[record] > MOST_ASKED:
            return None
        before = self._assumed
        self._busy.add(record)
        found = merge(self._parts_of_record(record))
        self._busy.discard(record)
        # What is asked for within itself counts as empty meanwhile: such an answer is not kept.
        if found is None or not self._busy or self._assumed == before:
            self._known[record] = found
        return found

    def _parts_of_record(self, record: Record) -> Iterator[Contents | None]:
        family = family_of(self._program, record.owner)
        if not self._program.is_closed(record.owner):
            yield None
            return
        is_bound = False
        for ref, node in self._writes.bound(record.attribute):
            if not self._may_be(ref, node.target, family):
                continue
            is_bound = True
            if node.kind is Kind.AUGMENT:
                assert isinstance(node.value, Operation)
                yield self.contents(ref, node.value.args[1], 1)
            elif node.value is not None:
                yield self.placed(ref, node.span, self.contents(ref, node.value, 1))
        if not is_bound:
            yield None
            return
        for ref, use in self._writes.uses(record.attribute):
            if use.mode != "read" and self._may_be(ref, use.record, family):
                yield self._writes.of_use(ref, use)
        for site in self._writes.given(record.attribute):
            yield from self._of_given(site, record, family)
        yield from self._of_aliases(record, family)
        for one in sorted(family):
            yield from self._of_fields(one, record.attribute, family)

    def _of_fields(
        self, cls: ClassRef, name: str, family: frozenset[ClassRef]
    ) -> Iterator[Contents | None]:
        """What the objects of a data class are made with: ``C(name=value)``, ``cls(name=value)``,
        ``replace(x, name=value)``."""
        declared = self._program.cls(cls)
        fields = [field for field, annotation in declared.attributes if annotation]
        if name not in fields or "__init__" in self._program.class_members(cls):
            return
        if is_aliased(self._program, declared.name):
            yield None
        for segment in (declared.name, "cls", "replace"):
            for ref, number in self._program.calls_named(segment):
                if segment == "cls" and self._program.owner(ref) not in family:
                    continue
                call = self._program.function(ref).calls[number]
                place = fields.index(name) if segment != "replace" else len(call.args)
                value = dict(call.keywords).get(
                    name, (*call.args, None)[min(place, len(call.args))]
                )
                if has_spread(call) and segment != "replace":
                    yield None
                elif value is not None:
                    yield self.placed(ref, call.span, self.contents(ref, value, 1))

    def _may_be(
        self, ref: FunctionRef, value: Expression | None, family: frozenset[ClassRef]
    ) -> bool:
        """Whether the receiver of an attribute may be an object of one of the classes."""
        if not isinstance(value, Name) or "." not in value.path:
            return False
        owner = self._owners.of(ref, Name(value.path.rpartition(".")[0]))
        if isinstance(owner, ClassRef):
            return owner in family
        # Of unknown type: it may be one, unless it is the function's own object.
        return not value.path.startswith(("self.", "cls.")) or value.path.count(".") > 1

    def _of_given(
        self, site: CallRef, record: Record, family: frozenset[ClassRef]
    ) -> Iterator[Contents | None]:
        """What a call that is handed the record may write to it."""
        for value in arguments_of(self._project.call(site)):
            if last_segment(value) == record.attribute and self._may_be(
                site.function, value, family
            ):
                yield self._handing.handed_over(site, value)

    def _of_aliases(self, record: Record, family: frozenset[ClassRef]) -> Iterator[Contents | None]:
        """What is written through other names that are bound to the record."""
        for ref, target, value in self._writes.aliases(record.attribute):
            if not self._may_be(ref, value, family):
                continue
            other = self.record_of(ref, target)
            if other is not None:
                yield self.of_record(other)
            elif isinstance(target, Name) and "." not in target.path:
                yield self._handing.written_locally(ref, target.path)
            else:
                yield None

    def _of_operation(self, ref: FunctionRef, value: Operation, depth: int) -> Contents | None:
        if value.kind in ("or", "and"):
            return merge(self.contents(ref, part, depth) for part in value.args)
        if value.kind == "if":
            return merge(self.contents(ref, part, depth) for part in value.args[1:])
        if value.kind == "await":
            return self.contents(ref, value.args[0], depth)
        if value.kind == "|":
            return merge(self.contents(ref, part, depth) for part in value.args)
        if value.kind != "dict":
            return None
        parts: list[Contents | None] = []
        for key, given in zip(value.args[::2], value.args[1::2], strict=True):
            if type(key) is Constant and isinstance(key.value, str):
                parts.append(Contents(frozenset({key.value}), frozenset()))
            elif key == Operation("**", ()):
                parts.append(self.contents(ref, given, depth + 1))
            else:
                return None
        return merge(parts)

    def _of_call(self, ref: FunctionRef, number: int, depth: int) -> Contents | None:
        call = self._program.function(ref).calls[number]
        segment = last_segment(call.func)
        if call.func == Name("dict"):
            named = [(Contents(frozenset({n}), frozenset())) for n, _ in call.keywords if n]
            loose = [value for name, value in call.keywords if name is None]
            rest = [self.contents(ref, part, depth + 1) for part in (*call.args, *loose)]
            return merge([*named, *rest])
        if segment in _COPYING:
            source = call.args[0] if call.args else receiver_of(call)
            return self.contents(ref, source, depth + 1) if source is not None else None
        if segment == "field":
            made = dict(call.keywords).get("default_factory")
            return EMPTY if made == Name("dict") else None
        callees = self._program.callees(ref, number)
        if len(callees) != 1 or self._program.resolution(ref, number).kind != "exact":
            return None
        return self._of_returns(callees[0], depth + 1)

    def _of_returns(self, callee: FunctionRef, depth: int) -> Contents | None:
        function = self._program.function(callee)
        if function.is_generator or function.decorators or callee in self._busy:
            return None
        returned = [node for node in function.nodes if node.kind is Kind.RETURN]
        if not returned:
            return None
        self._busy.add(callee)
        found = merge(
            self.placed(callee, node.span, self.contents(callee, node.value, depth))
            for node in returned
            if node.value is not None
        )
        self._busy.discard(callee)
        return found

    def _of_local(self, ref: FunctionRef, name: str, depth: int) -> Contents | None:
        function = self._program.function(ref)
        if (ref, name) in self._busy:
            self._assumed += 1
            return EMPTY
        self._busy.add((ref, name))
        parts: list[Contents | None] = []
        parts += [
            self._of_binding(ref, node, name, depth)
            for node in function.nodes
            if node.target is not None and name in bound_names(node.target)
        ]
        parts += [
            self._handing.given(ref, name, depth)
            for parameter in function.parameters
            if parameter.name == name
        ]
        if not parts:
            self._busy.discard((ref, name))
            return self._modules.contents(ref, name)
        # What is unknown already needn't be followed to all that it is handed to.
        is_known = bool(parts) and None not in parts
        parts.append(self._handing.written_locally(ref, name) if is_known else None)
        self._busy.discard((ref, name))
        return merge(parts)

    def _of_binding(self, ref: FunctionRef, node: Node, name: str, depth: int) -> Contents | None:
        if node.kind is Kind.DELETE:
            return EMPTY
        if node.kind is Kind.ITERATE:
            return self._rows.element(ref, node, name, depth)
        if node.target != Name(name) or node.value is None:
            return None
        if node.kind is Kind.AUGMENT and isinstance(node.value, Operation):
            return self.contents(ref, node.value.args[1], depth + 1)
        if node.kind is not Kind.ASSIGN:
            return None
        return self.placed(ref, node.span, self.contents(ref, node.value, depth + 1))

    def placed(self, ref: FunctionRef, span: Span, found: Contents | None) -> Contents | None:
        """The contents with the place where they are given, if they have none."""
        if found is None or found.places or not found.keys:
            return found
        return found._replace(places=frozenset({self._project.place(ref, span)}))
