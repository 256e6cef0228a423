"""Dicts that stand in a list: which keys one of them can have, where all of them can be told.

A list is a display, a comprehension, what a function of the program returns, or a local name that
is bound to one and then only appended to, gone over, measured or returned. Whatever else is done
with it makes its elements unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botlint.checks.faults.handing import HARMLESS, Handing
from botlint.checks.faults.writes import EMPTY, Contents, merge
from botlint.checks.kin import bound_names
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of, receiver_of
from botlint.facts.types import Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.program import FunctionRef
from botlint.project import Project

if TYPE_CHECKING:
    from botlint.checks.faults.records import Records

DEEPEST = 6
_LISTING = frozenset({"list", "tuple", "sorted", "reversed", "set"})
_ADDING = frozenset({"append", "insert", "appendleft", "add"})
_STAYING = frozenset({"sort", "reverse", "clear", "pop", "remove", "index", "count", "copy"})


class Rows:
    """Follows lists of dicts; ``records`` knows what one dict can have."""

    def __init__(self, project: Project, records: Records, handing: Handing) -> None:
        self._program = project.program
        self._records = records
        self._handing = handing
        self._busy: set[object] = set()

    def element(self, ref: FunctionRef, node: Node, name: str, depth: int) -> Contents | None:
        """The keys that the dict can have which a loop binds to ``name``."""
        if node.value is None or depth > DEEPEST:
            return None
        if node.target == Name(name):
            return self._of(ref, node.value, depth + 1)
        pair = node.target.args if isinstance(node.target, Operation) else ()
        if len(pair) == 2 and pair[1] == Name(name) and type(node.value) is Result:
            call = self._program.function(ref).calls[node.value.call]
            if call.func == Name("enumerate") and call.args:
                return self._of(ref, call.args[0], depth + 1)
        return None

    def _of(self, ref: FunctionRef, value: Expression, depth: int) -> Contents | None:
        if depth > DEEPEST or (ref, value) in self._busy:
            return None
        self._busy.add((ref, value))
        try:
            if type(value) is Operation:
                return self._of_operation(ref, value, depth)
            if type(value) is Result:
                return self._of_call(ref, value.call, depth)
            if type(value) is Name and "." not in value.path:
                return self._of_local(ref, value, depth)
            return None
        finally:
            self._busy.discard((ref, value))

    def _of_operation(self, ref: FunctionRef, value: Operation, depth: int) -> Contents | None:
        if value.kind in ("list", "tuple", "set"):
            return merge(self._of_member(ref, part, depth) for part in value.args)
        if value.kind == "comprehension":
            return self._of_member(ref, value.args[0], depth)
        if value.kind in ("or", "and", "+"):
            return merge(self._of(ref, part, depth) for part in value.args)
        if value.kind == "if":
            return merge(self._of(ref, part, depth) for part in value.args[1:])
        if value.kind == "await":
            return self._of(ref, value.args[0], depth)
        return None

    def _of_member(self, ref: FunctionRef, value: Expression, depth: int) -> Contents | None:
        if isinstance(value, Operation) and value.kind == "star":
            return self._of(ref, value.args[0], depth)
        return self._records.contents(ref, value, depth)

    def _of_call(self, ref: FunctionRef, number: int, depth: int) -> Contents | None:
        call = self._program.function(ref).calls[number]
        if isinstance(call.func, Name) and call.func.path in _LISTING:
            return self._of(ref, call.args[0], depth) if call.args else EMPTY
        callees = self._program.callees(ref, number)
        if len(callees) != 1 or self._program.resolution(ref, number).kind != "exact":
            return None
        callee = self._program.function(callees[0])
        returned = [node.value for node in callee.nodes if node.kind is Kind.RETURN]
        if callee.is_generator or callee.decorators or not returned or None in returned:
            return None
        return merge(self._of(callees[0], value, depth + 1) for value in returned if value)

    def _of_local(self, ref: FunctionRef, name: Name, depth: int) -> Contents | None:
        function = self._program.function(ref)
        is_own = ref.index > 0 and name.path not in function.outer
        if not is_own or any(one.name == name.path for one in function.parameters):
            return None
        if any(_mentions(self._program.function(one), name) for one in self._program.nested(ref)):
            return None
        numbers = range(len(function.calls))
        parts = [self._of_node(ref, node, name, depth + 1) for node in function.nodes]
        parts += [self._of_use(ref, number, name, depth + 1) for number in numbers]
        is_bound = any(node.target == name for node in function.nodes)
        return merge(parts) if is_bound else None

    def _of_node(self, ref: FunctionRef, node: Node, name: Name, depth: int) -> Contents | None:
        """What a node puts into the list, or writes to what is in it."""
        if node.target == name:
            if node.kind is Kind.DELETE:
                return EMPTY
            if node.kind is Kind.AUGMENT and isinstance(node.value, Operation):
                return self._of(ref, node.value.args[1], depth)
            is_plain = node.kind is Kind.ASSIGN and node.value is not None
            return self._of(ref, node.value, depth) if is_plain and node.value else None
        calls = self._program.function(ref).calls
        if name in walk(node.target, calls):
            return None
        if node.target is None or name not in walk(node.value, calls):
            return EMPTY
        names = bound_names(node.target)
        if not names or any("." in one for one in names):
            return None
        return merge(self._handing.written_locally(ref, one) for one in names)

    def _of_use(self, ref: FunctionRef, number: int, name: Name, depth: int) -> Contents | None:
        """What a call puts into the list that it is a method of, or may do with it."""
        call = self._program.function(ref).calls[number]
        last = last_segment(call.func)
        if receiver_of(call) == name:
            if last in _ADDING and call.args:
                return self._records.contents(ref, call.args[-1], depth + 1)
            if last == "extend" and call.args:
                return self._of(ref, call.args[0], depth)
            return EMPTY if last in _STAYING else None
        is_given = any(name in walk(one, ()) for one in arguments_of(call))
        return None if is_given and last not in HARMLESS | _LISTING else EMPTY


def _mentions(function: Function, name: Name) -> bool:
    values = [value for node in function.nodes for value in (node.value, node.target)]
    values += [value for call in function.calls for value in (call.func, *arguments_of(call))]
    return any(
        isinstance(part, Name) and part.path.partition(".")[0] == name.path
        for value in values
        for part in walk(value, ())
    )
