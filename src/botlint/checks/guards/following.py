"""What is known of a price or an amount: rounded, raw, or unknown; followed to where it is made.

A value is followed through local names, through the fields of records that the program writes out,
and to the callers; it is *raw* where it is arithmetic over what no quantiser has seen. Any other
call may round: such values are unknown.
"""

from __future__ import annotations

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.conversions import name_converted
from botlint.checks.guards.field_values import FieldValues, field_of
from botlint.checks.guards.followed import CUT, DEEPEST, UNKNOWN, Followed, State, unknown_of
from botlint.checks.guards.scaled import is_scaled, is_scaled_anew
from botlint.checks.reads import last_segment
from botlint.checks.roots import arguments_of, assigned_in, targets_in
from botlint.facts.types import (
    Constant,
    Expression,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.program import FunctionRef
from botlint.model import Step
from botlint.project import CallRef

_NONE = Constant(None)
_ARITHMETIC = frozenset({"+", "-", "*", "/", "**"})
_TRANSPARENT = frozenset({"float", "str", "abs", "Decimal", "min", "max", "decimal.Decimal"})


class Following:
    """Follows values of a program to where they are made."""

    def __init__(self, asked: Asked) -> None:
        self._project = asked.project
        rounding = frozenset(ref.function for ref in self._project.calls_playing("quantise"))
        self._rounding = self._project.program.reaches(rounding)
        self._fields = FieldValues(self._project, self.value, self._is_rounding)

    def value(self, ref: FunctionRef, value: Expression, depth: int) -> Followed:
        """What is known of a value in a function."""
        if depth > DEEPEST or isinstance(value, Constant):
            return UNKNOWN if isinstance(value, Constant) else CUT
        if isinstance(value, Operation):
            return self._operation(ref, value, depth)
        if isinstance(value, Result):
            return self._result(ref, value, depth)
        if isinstance(value, Name) and "." not in value.path:
            return self._name(ref, value.path, depth)
        if isinstance(value, Item) and isinstance(value.value, Result):
            is_rounded = self._is_rounding(CallRef(ref, value.value.call))
            return Followed(State.ROUNDED if is_rounded else State.UNKNOWN)
        record, field = field_of(value)
        return self._fields.value(ref, record, field, depth) if field else UNKNOWN

    def _operation(self, ref: FunctionRef, value: Operation, depth: int) -> Followed:
        if value.kind in ("if", "or"):
            parts = value.args[1:] if value.kind == "if" else value.args
            parts = tuple(part for part in parts if part != _NONE) or parts
            return max(
                (self.value(ref, part, depth + 1) for part in parts), key=lambda one: one.state
            )
        if value.kind not in _ARITHMETIC:
            return UNKNOWN
        is_raw = is_scaled(value) and self._is_plain(ref, value, 0)
        return Followed(State.RAW if is_raw else State.UNKNOWN)

    def _is_plain(self, ref: FunctionRef, value: Expression, depth: int) -> bool:
        """Whether arithmetic has only names, keys and numbers in it, none of them rounded, so
        that its result fits a step by chance only."""
        if depth > DEEPEST:
            return False
        if isinstance(value, Operation):
            is_known = value.kind in _ARITHMETIC or value.kind in ("neg", "or", "if")
            parts = value.args[1:] if value.kind == "if" else value.args
            return is_known and all(self._is_plain(ref, part, depth + 1) for part in parts)
        if isinstance(value, Result):
            call = self._project.function(ref).calls[value.call]
            if last_segment(call.func) == "get":
                return True
            is_seen = last_segment(call.func) in _TRANSPARENT
            return is_seen and all(self._is_plain(ref, part, depth + 1) for part in call.args)
        if isinstance(value, Name) and "." not in value.path:
            bound = assigned_in(self._project, ref).get(value.path, [])
            return all(self._is_harmless(ref, one, depth + 1) for one in bound)
        return isinstance(value, Constant | Name | Item)

    def _is_harmless(self, ref: FunctionRef, value: Expression, depth: int) -> bool:
        """Whether a name in arithmetic holds nothing that was rounded."""
        if isinstance(value, Result):
            return not self._is_rounding(CallRef(ref, value.call)) and not isinstance(
                self._project.function(ref).calls[value.call].func, Result
            )
        return not isinstance(value, Operation) or self._is_plain(ref, value, depth)

    def _result(self, ref: FunctionRef, value: Result, depth: int) -> Followed:
        if self._is_rounding(CallRef(ref, value.call)):
            return Followed(State.ROUNDED)
        call = self._project.function(ref).calls[value.call]
        if last_segment(call.func) in _TRANSPARENT and call.args:
            found = [self.value(ref, part, depth + 1) for part in arguments_of(call)]
            return found[0] if len(found) == 1 else found[0]._replace(state=State.UNKNOWN)
        return UNKNOWN

    def _is_rounding(self, call: CallRef) -> bool:
        if self._project.plays(call, "quantise"):
            return True
        callees = self._project.program.callees(call.function, call.call)
        return any(callee in self._rounding for callee in callees)

    def _name(self, ref: FunctionRef, name: str, depth: int) -> Followed:
        function = self._project.function(ref)
        nodes = [
            node
            for node in function.nodes
            if name in targets_in(node.target) and name_converted(function, node.value) != name
        ]
        last = max(nodes, key=lambda node: node.span, default=None)
        if last is not None and is_scaled_anew(last, name):
            step = Step(self._project.place(ref, last.span), f"`{name}` is scaled here")
            return Followed(State.RAW, (step,))
        is_parameter = any(one.name == name for one in function.parameters)
        parts = [_part_bound(node, name) for node in nodes]
        if any(part is None for part in parts):
            return UNKNOWN
        if nodes:
            found = [self.value(ref, part, depth + 1) for part in parts if part is not None]
            if any(one.state is State.ROUNDED for one in found):
                return Followed(State.ROUNDED)
            states = {one.state for one in found}
            if states != {State.RAW} or (is_parameter and len(nodes) > 1):
                return unknown_of(found)
            step = Step(self._project.place(ref, nodes[0].span), f"`{name}` is worked out here")
            return Followed(State.RAW, (step,))
        if is_parameter:
            return self._given(ref, name, depth)
        around = self._project.program.parent(ref)
        # What a nested function doesn't bind is that of the function around it.
        return UNKNOWN if around is None else self._name(around, name, depth + 1)

    def _is_optional(self, ref: FunctionRef, name: str) -> bool:
        """Whether a parameter is nothing where nobody gives it."""
        declared = self._project.function(ref).parameters
        return any(one.name == name and one.default == _NONE for one in declared)

    def _given(self, ref: FunctionRef, name: str, depth: int) -> Followed:
        """What the callers of a function give to a parameter."""
        program = self._project.program
        place = self._project.place(ref, self._project.function(ref).span)
        text = f"`{program.display(ref)}` is given `{name}`"
        entry = program.entries().get(ref)
        sites = program.callers(ref)
        if not sites:
            is_open = entry is not None and entry.kind == "uncalled"
            return Followed(State.GIVEN if is_open else State.UNKNOWN, (Step(place, text),))
        worst = Followed(State.ROUNDED)
        for site in sites:
            value = program.argument_of(site.function, site.call, ref, name)
            if value is None and self._is_optional(ref, name):
                continue  # A market order has no price.
            found = UNKNOWN
            if value is not None and site.via == "call":
                found = self.value(site.function, value, depth + 1)
            call = CallRef(site.function, site.call)
            step = Step(self._project.call_place(call), f"`{name}` is handed on here")
            if found.state > worst.state:
                worst = Followed(found.state, (*found.trace, step), is_cut=found.is_cut)
        return worst


def _part_bound(node: Node, name: str) -> Expression | None:
    """What an assignment binds ``name`` to; ``None`` where it isn't by its own place."""
    if node.kind is not Kind.ASSIGN or node.value is None:
        return None
    if node.target == Name(name):
        return node.value
    if not isinstance(node.target, Operation) or node.target.kind != "tuple":
        return None
    places = [place for place, part in enumerate(node.target.args) if part == Name(name)]
    if len(places) != 1:
        return None
    if isinstance(node.value, Operation) and node.value.kind in ("tuple", "list"):
        return node.value.args[places[0]] if places[0] < len(node.value.args) else None
    return Item(node.value, Constant(places[0]))
