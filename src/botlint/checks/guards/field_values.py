"""What is known of the fields of records that carry the price and the amount of an order.

A record is followed to where it is made: by a class of the program, or as a dict that is written
out. A quantiser that gives a record has rounded its fields. Of the callers of one function that
hand it such a record, one that makes it on the spot has left out what another one does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from botlint.checks.guards.followed import CUT, DEEPEST, UNKNOWN, Followed, State, unknown_of
from botlint.checks.guards.named_calls import named_calls
from botlint.checks.kin import class_called
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import assigned_in, keyed_entries, origins_of, targets_in
from botlint.facts.types import Constant, Expression, Item, Kind, Name, Node, Result
from botlint.flow.program import FunctionRef
from botlint.model import Step
from botlint.project import CallRef, Project

FEWEST = 2
_COPYING = frozenset({"replace", "evolve"})
_ROUNDED_BEFORE = ("held-quantity", "filled-quantity")


def field_of(value: Expression) -> tuple[str, str]:
    """The record and the field of ``request.price`` and ``request["price"]``; else empty."""
    if isinstance(value, Name):
        record, _, field = value.path.rpartition(".")
        return (record, field) if "." not in record and record not in ("self", "cls") else ("", "")
    if not isinstance(value, Item) or not isinstance(value.value, Name):
        return "", ""
    key = value.key.value if isinstance(value.key, Constant) else None
    is_plain = isinstance(key, str) and "." not in value.value.path
    return (value.value.path, str(key)) if is_plain else ("", "")


class FieldValues:
    """Follows the fields of records; ``value`` follows plain values, and ``is_rounding`` says
    whether a call rounds."""

    def __init__(
        self,
        project: Project,
        value: Callable[[FunctionRef, Expression, int], Followed],
        is_rounding: Callable[[CallRef], bool],
    ) -> None:
        self._project = project
        self._value = value
        self._is_rounding = is_rounding

    def value(self, ref: FunctionRef, record: str, field: str, depth: int) -> Followed:
        """What is known of ``field`` of what the name ``record`` holds in a function."""
        function = self._project.function(ref)
        bound = [node for node in function.nodes if record in targets_in(node.target)]
        if depth > DEEPEST or not record or self._is_set(ref, record, field):
            return CUT if depth > DEEPEST else UNKNOWN
        if not bound:
            is_parameter = any(one.name == record for one in function.parameters)
            return self._given(ref, record, field, depth) if is_parameter else UNKNOWN
        changed = self._changed(ref, bound, record, field)
        if changed is not None:
            return self._value(ref, changed, depth + 1)
        values = [node.value for node in bound if node.kind is Kind.ASSIGN and node.value]
        if len(values) < len(bound) or any(node.target != Name(record) for node in bound):
            return UNKNOWN
        found = [self._field(ref, value, field, depth) for value in values]
        if any(one.state is State.ROUNDED for one in found):
            return Followed(State.ROUNDED)
        return found[0] if len(found) == 1 else unknown_of(found)

    def _changed(
        self, ref: FunctionRef, bound: list[Node], record: str, field: str
    ) -> Expression | None:
        """What the last binding of a record, made of itself with another ``field``, gives to it."""
        last = max(bound, key=lambda node: node.span)
        if len(bound) < FEWEST or not isinstance(last.value, Result):
            return None
        call = self._project.function(ref).calls[last.value.call]
        is_copy = last_segment(call.func) in _COPYING and Name(record) in call.args[:1]
        return dict(call.keywords).get(field) if is_copy else None

    def _field(self, ref: FunctionRef, record: Expression, field: str, depth: int) -> Followed:
        if isinstance(record, Name) and "." not in record.path:
            return self.value(ref, record.path, field, depth + 1)
        if isinstance(record, Result) and self._is_rounding(CallRef(ref, record.call)):
            return Followed(State.ROUNDED)
        for name, entry in self._entries(ref, record):
            if name == field:
                found = self._value(ref, entry, depth + 1)
                is_made = found.state is State.UNKNOWN and self._is_open(ref, entry)
                return found._replace(is_made=is_made)
        return UNKNOWN

    def _entries(self, ref: FunctionRef, record: Expression) -> Iterator[tuple[str, Expression]]:
        yield from keyed_entries(record)
        if isinstance(record, Result):
            call = named_calls(self._project, ref)[record.call]
            if last_segment(call.func) in _COPYING:
                yield from ((name, value) for name, value in call.keywords if name is not None)
            is_class = class_called(self._project.program, ref, call.func) is not None
            named = call.keywords if is_class else ()
            yield from ((name, value) for name, value in named if name is not None)

    def _is_set(self, ref: FunctionRef, record: str, field: str) -> bool:
        """Whether a function gives the field of the record another value."""
        wanted = (Name(f"{record}.{field}"), Item(Name(record), Constant(field)))
        return any(node.target in wanted for node in self._project.function(ref).nodes)

    def _is_open(self, ref: FunctionRef, value: Expression) -> bool:
        """Whether nothing says that a value fits: it is no literal, nothing that it comes from was
        rounded, and it is none of what was filled or is held."""
        calls = self._project.function(ref).calls
        names = {part.path for part in walk(value, calls) if isinstance(part, Name)}
        names = set(origins_of(self._project, ref).closure(names))
        roles = [self._project.vocabulary.roles[role] for role in _ROUNDED_BEFORE]
        if not names or any(
            role.plays_name(part) for name in names for part in name.split(".") for role in roles
        ):
            return False
        assigned = assigned_in(self._project, ref)
        values = [value, *(one for name in sorted(names) for one in assigned.get(name, ()))]
        made = [part for one in values for part in walk(one, calls) if isinstance(part, Result)]
        return not any(self._is_rounding(CallRef(ref, part.call)) for part in made)

    def _given(self, ref: FunctionRef, record: str, field: str, depth: int) -> Followed:
        """What the callers of a function hand to it in a record."""
        program = self._project.program
        found: list[Followed] = []
        for site in program.callers(ref):
            value = program.argument_of(site.function, site.call, ref, record)
            if value is None or site.via != "call":
                return UNKNOWN
            one = self._field(site.function, value, field, depth + 1)
            place = self._project.call_place(CallRef(site.function, site.call))
            step = Step(place, f"`{field}` is handed on here, in `{record}`")
            found.append(one._replace(trace=(*one.trace, step)))
        worst = max(found, key=lambda one: one.state, default=UNKNOWN)
        if not any(one.state is State.ROUNDED for one in found):
            return worst
        left = next((one for one in found if one.is_made or one.state is State.RAW), None)
        return worst if left is None else left._replace(state=State.LEFT_OUT)
