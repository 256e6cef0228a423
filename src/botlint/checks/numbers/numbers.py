"""Where a number comes from, and whether anything on its way bounds it.

The question is asked backwards, through locals, parameters and what functions return, a few calls
deep. A comparison of the number anywhere in a function that it passes counts as a bound: whether
it is the right one is not asked.
"""

from __future__ import annotations

from typing import NamedTuple

from botlint.checks.guards.clamps import own_nodes
from botlint.checks.numbers.number_fields import (
    OUTSIDE,
    bounds_field,
    is_command_line,
    is_comparison,
    is_environment,
    is_floor,
    is_from_outside,
    is_part_of,
)
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of, assigned_in, receiver_of
from botlint.facts.types import (
    Attribute,
    Call,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.program import ClassRef, FunctionRef
from botlint.model import Step
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project

DEEPEST = 8
_ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%", "**", "neg", "pos"})
_CONVERTING = frozenset(
    {"int", "float", "str", "round", "abs", "Decimal", "floor", "ceil", "trunc"}
)
_CLAMPING = frozenset({"min", "clip", "clamp", "cap", "limit", "bound", "constrain"})
_READING = frozenset({"get", "pop"})


class Source(NamedTuple):
    """Where a free number comes from: as it is written there, in words, and the way from there."""

    written: str
    what: str
    steps: tuple[Step, ...]
    is_sure: bool = True


class Traced(NamedTuple):
    """What is known of a number: it is bounded, it is free (``source``), or neither can be told."""

    is_bounded: bool = False
    source: Source | None = None


_BOUNDED = Traced(is_bounded=True)
_UNKNOWN = Traced()


class Numbers:
    """Traces the numbers that play one role back to where they come from."""

    def __init__(self, project: Project, role: str) -> None:
        self._project = project
        self._program = project.program
        self._plays = project.vocabulary.roles[role].plays_name
        self._is_settings = project.vocabulary.roles["settings-record"].plays_name

    def plays(self, value: Expression) -> bool:
        """Whether a value is written under a name of the role: a name, a member, a key."""
        return any(self._plays(name) for name in _names(value))

    def trace(self, ref: FunctionRef, value: Expression, depth: int = 0) -> Traced:
        """What is known of a number where a function has it."""
        if depth > DEEPEST:
            return _UNKNOWN
        function = self._project.function(ref)
        if isinstance(value, Constant):
            return _BOUNDED
        if self._is_held(ref, function, value):
            return _BOUNDED
        if isinstance(value, Result):
            return self._of_call(ref, function.calls[value.call], value.call, depth)
        if isinstance(value, Operation):
            return self._of_operation(ref, value, depth)
        if isinstance(value, Item | Attribute):
            return self._of_part(ref, value, depth)
        if isinstance(value, Name):
            return self._of_name(ref, value, depth)
        return _UNKNOWN

    def _is_held(self, ref: FunctionRef, function: Function, value: Expression) -> bool:
        """Whether the function compares the number, or hands it to something that checks."""
        if not isinstance(value, Name | Item | Attribute):
            return False
        for number, node in enumerate(function.nodes):
            if node.kind not in (Kind.TEST, Kind.ASSIGN, Kind.RETURN):
                continue
            for part in walk(node.value, function.calls):
                compared = part.args if is_comparison(part) and not is_floor(part) else ()
                if not any(is_part_of(value, one) for one in compared):
                    continue
                if node.kind is not Kind.TEST or not self._is_only_told(ref, number):
                    return True
        return any(
            value in arguments_of(call) and self._is_check(CallRef(ref, number))
            for number, call in enumerate(function.calls)
        )

    def _is_only_told(self, ref: FunctionRef, number: int) -> bool:
        """Whether what follows from a test is a line in the log, and nothing else."""
        function = self._project.function(ref)
        nodes = [function.nodes[one] for one in own_nodes(function, number)]
        calls = [CallRef(ref, node.call) for node in nodes if node.kind is Kind.CALL]
        is_told = any(self._project.plays(call, "log") for call in calls)
        return is_told and all(
            node.kind is Kind.PASS
            or (node.kind is Kind.CALL and self._project.plays(CallRef(ref, node.call), "log"))
            for node in nodes
        )

    def _is_check(self, ref: CallRef) -> bool:
        return any(self._project.plays(ref, role) for role in ("preflight", "risk-gate"))

    def _of_call(self, ref: FunctionRef, call: Call, number: int, depth: int) -> Traced:
        segment = last_segment(call.func)
        if _is_clamp(call):
            parts = [self.trace(ref, one, depth + 1) for one in arguments_of(call)]
            is_capped = len(parts) > 1 and not all(one.source for one in parts)
            return _BOUNDED if is_capped else _worst(parts)
        if segment in _CONVERTING or segment == "max":
            return _worst([self.trace(ref, one, depth + 1) for one in call.args])
        if segment in OUTSIDE:
            return self._free(ref, call.func, "comes from outside", number)
        if segment in _READING and call.args and isinstance(call.args[0], Constant):
            receiver = receiver_of(call)
            return self._of_key(ref, receiver, str(call.args[0].value), depth)
        return self._of_returns(ref, number, depth)

    def _of_returns(self, ref: FunctionRef, number: int, depth: int) -> Traced:
        callees = self._program.callees(ref, number)
        if len(callees) != 1:
            return _UNKNOWN
        values = [
            node.value
            for node in self._project.function(callees[0]).nodes
            if node.kind is Kind.RETURN and node.value != Constant(None)
        ]
        returned = [value for value in values if value is not None]
        return _worst([self.trace(callees[0], value, depth + 2) for value in returned])

    def _of_operation(self, ref: FunctionRef, value: Operation, depth: int) -> Traced:
        if value.kind == "if":
            return _worst([self.trace(ref, one, depth + 1) for one in value.args[1:]])
        if value.kind in ("or", "and") or value.kind in _ARITHMETIC:
            return _worst([self.trace(ref, one, depth + 1) for one in value.args])
        if value.kind == "fstring" and len(value.args) == 1:
            return self.trace(ref, value.args[0], depth + 1)
        return _UNKNOWN

    def _of_part(self, ref: FunctionRef, value: Item | Attribute, depth: int) -> Traced:
        if isinstance(value, Attribute):
            return self._of_key(ref, value.value, value.name, depth)
        if isinstance(value.key, Constant) and isinstance(value.key.value, str):
            return self._of_key(ref, value.value, value.key.value, depth)
        if is_command_line(value.value):
            return self._free(ref, Name("sys.argv"), "is read from the command line")
        return _UNKNOWN

    def _of_key(self, ref: FunctionRef, record: Expression | None, key: str, depth: int) -> Traced:
        """A member or key of a record: free unless it is a record of settings or the bot's own."""
        if is_environment(record):
            return self._free(ref, Name(key), "is read from the environment")
        name = record.path if isinstance(record, Name) else ""
        head = name.partition(".")[0]
        if not name or not self._plays(key) or head in ("self", "cls"):
            return _UNKNOWN
        if any(self._is_settings(part) for part in name.split(".")):
            return _UNKNOWN
        if not is_from_outside(self._project, ref, head):
            return _UNKNOWN
        kind = self._program.type_of(ref, Name(name))
        if isinstance(kind, ClassRef):
            return self._of_field(ref, name, key, kind, depth)
        return self._read(ref, name, key, is_sure=kind is None)

    def _of_field(self, ref: FunctionRef, name: str, key: str, cls: ClassRef, depth: int) -> Traced:
        """A field of a class of the program: what its constructor is given, if that is shown."""
        if bounds_field(self._project, cls, key):
            return _BOUNDED
        makers = self._program.calls_named(self._program.cls(cls).name)
        given = [
            (maker, dict(self._project.function(maker).calls[number].keywords))
            for maker, number in makers
        ]
        traced = [
            self.trace(maker, values[key], max(depth + 1, DEEPEST - 2))
            for maker, values in given
            if key in values
        ]
        if any(one.source is not None for one in traced):
            return _worst(traced)
        if any(key in values or None not in values for _, values in given):
            return _UNKNOWN
        return self._read(ref, name, key, is_sure=False)

    def _read(self, ref: FunctionRef, name: str, key: str, *, is_sure: bool) -> Traced:
        traced = self._free(ref, Name(f"{name}.{key}"), f"is read from `{name}`")
        source = traced.source
        return Traced(source=source._replace(is_sure=is_sure)) if source is not None else traced

    def _of_name(self, ref: FunctionRef, value: Name, depth: int) -> Traced:
        head, _, rest = value.path.partition(".")
        if rest:
            record, _, key = value.path.rpartition(".")
            return self._of_key(ref, Name(record), key, depth)
        calls = self._project.function(ref).calls
        own: list[Expression] = []
        for one in assigned_in(self._project, ref).get(head, []):
            if not any(part == value for part in walk(one, calls)):
                own.append(one)
            elif self._is_clamped(one, calls):
                return _BOUNDED
        if own:
            return _worst([self.trace(ref, one, depth + 1) for one in own])
        parameters = {one.name for one in self._project.function(ref).parameters}
        return self._of_parameter(ref, head, depth) if head in parameters else _UNKNOWN

    def _is_clamped(self, value: Expression, calls: tuple[Call, ...]) -> bool:
        return any(
            isinstance(part, Result) and _is_clamp(calls[part.call]) for part in walk(value, calls)
        )

    def _of_parameter(self, ref: FunctionRef, name: str, depth: int) -> Traced:
        sites = [site for site in self._program.callers(ref) if site.via == "call"]
        traced: list[Traced] = []
        for site in sites:
            given = self._program.argument_of(site.function, site.call, ref, name)
            if given is None:
                continue
            one = self.trace(site.function, given, depth + 1)
            if one.source is not None:
                place = self._project.call_place(CallRef(site.function, site.call))
                written = self._project.written(CallRef(site.function, site.call))
                step = Step(place, f"`{written}` hands it on")
                one = Traced(source=one.source._replace(steps=(*one.source.steps, step)))
            traced.append(one)
        return next((one for one in traced if one.source), _UNKNOWN)

    def _free(self, ref: FunctionRef, value: Expression, what: str, number: int = -1) -> Traced:
        function = self._project.function(ref)
        written = value.path if isinstance(value, Name) else last_segment(value)
        span = function.calls[number].span if number >= 0 else function.span
        place = self._project.place(ref, span)
        name = self._program.display(ref)
        return Traced(source=Source(written, what, (Step(place, f"`{name}`: `{written}` {what}"),)))


def _is_clamp(call: Call) -> bool:
    return not _CLAMPING.isdisjoint(normalise_segment(last_segment(call.func)).split("_"))


def _worst(found: list[Traced]) -> Traced:
    """Free if one is, else unknown if one is."""
    free = next((one for one in found if one.source is not None), None)
    if free is not None:
        return free
    return _BOUNDED if found and all(one.is_bounded for one in found) else _UNKNOWN


def _names(value: Expression) -> list[str]:
    if isinstance(value, Name):
        return [value.path]
    if isinstance(value, Attribute):
        return [value.name]
    if isinstance(value, Item) and isinstance(value.key, Constant):
        return [str(value.key.value)]
    return []
