"""Prices and amounts that reach the exchange without being rounded to what it takes.

Only of programs that round the price or the amount of some order. A value is followed through local
names and to the callers; it is *raw* where it is arithmetic over what no quantiser has seen. Any
other call may round: such values are unknown.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.slots import is_reference, slots_of
from botlint.checks.guards.unrounded import Sent, find_unrounded
from botlint.checks.reads import last_segment
from botlint.checks.roots import arguments_of, assigned_in, targets_in
from botlint.checks.weight import weigh
from botlint.facts.types import (
    Call,
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
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

DEEPEST = 8
_NONE = Constant(None)
_ARITHMETIC = frozenset({"+", "-", "*", "/"})
_ROUNDING = frozenset({"round", "floor", "ceil", "trunc", "quantize"})
_TRANSPARENT = frozenset({"float", "str", "abs", "Decimal", "min", "max", "decimal.Decimal"})


class State(enum.IntEnum):
    """What is known of a value; of several the greatest counts."""

    ROUNDED = 0
    UNKNOWN = 1
    GIVEN = 2
    """A parameter that nothing in the program gives."""
    RAW = 3


class _Value(NamedTuple):
    """A value with where it was made, if that shows what it is."""

    state: State
    trace: tuple[Step, ...] = ()


def find_unquantised(asked: Asked) -> Iterator[Hit]:
    """Each order that gets a raw price or amount, in a program that rounds those of another."""
    follow = _Following(asked)
    raw: list[tuple[CallRef, str, _Value]] = []
    sent: list[Sent] = []
    for order in asked.orders.leaves if asked.project.calls_playing("quantise") else ():
        if _rounds_itself(asked.project, order):
            continue
        slots = [
            (slot, value, follow.value(order.function, value, 0))
            for slot, value in slots_of(asked.project, order)
        ]
        is_half = any(found.state is State.ROUNDED for _, _, found in slots)
        # What nobody gives is unknown, but where the same order's other value was rounded.
        least = State.GIVEN if is_half else State.RAW
        raw += [
            (order, slot, found)
            for slot, value, found in slots
            if found.state >= least and not is_reference(asked.project, order, slot, value)
        ]
        sent += [
            Sent(order, slot, value, found.state is State.ROUNDED) for slot, value, found in slots
        ]
    for one, step in find_unrounded(asked.project, sent):
        if is_reference(asked.project, one.order, one.slot, one.value):
            continue
        raw.append((one.order, one.slot, _Value(State.GIVEN, (step,))))
    told: set[CallRef] = set()
    for order, slot, found in raw if any(one.is_rounded for one in sent) else ():
        if order not in told:
            told.add(order)
            yield weigh(asked.project, order.function, _hit(asked, order, slot, found))


def _rounds_itself(project: Project, order: CallRef) -> bool:
    """Whether the function of the program that sends the order rounds what it gets."""
    within = project.program.callees(order.function, order.call)
    return any(
        last_segment(call.func) in _ROUNDING or project.plays(CallRef(ref, number), "quantise")
        for ref in within
        for number, call in enumerate(project.function(ref).calls)
    )


def _is_scaled(value: Expression) -> bool:
    """Whether something is multiplied or divided: sums of what fits a step fit it too."""
    if not isinstance(value, Operation):
        return False
    return value.kind in ("*", "/") or any(_is_scaled(part) for part in value.args)


class _Following:
    """Follows values of a program to where they are made."""

    def __init__(self, asked: Asked) -> None:
        self._project = asked.project
        rounding = frozenset(ref.function for ref in self._project.calls_playing("quantise"))
        self._rounding = self._project.program.reaches(rounding)

    def value(self, ref: FunctionRef, value: Expression, depth: int) -> _Value:
        """What is known of a value in a function."""
        if depth > DEEPEST or isinstance(value, Constant):
            return _Value(State.UNKNOWN)
        if isinstance(value, Operation):
            return self._operation(ref, value, depth)
        if isinstance(value, Result):
            return self._result(ref, value, depth)
        if isinstance(value, Name) and "." not in value.path:
            return self._name(ref, value.path, depth)
        if isinstance(value, Item) and isinstance(value.value, Result):
            is_rounded = self._is_rounding(CallRef(ref, value.value.call))
            return _Value(State.ROUNDED if is_rounded else State.UNKNOWN)
        return _Value(State.UNKNOWN)

    def _operation(self, ref: FunctionRef, value: Operation, depth: int) -> _Value:
        if value.kind in ("if", "or"):
            parts = value.args[1:] if value.kind == "if" else value.args
            parts = tuple(part for part in parts if part != _NONE) or parts
            return max(
                (self.value(ref, part, depth + 1) for part in parts), key=lambda one: one.state
            )
        if value.kind not in _ARITHMETIC:
            return _Value(State.UNKNOWN)
        is_raw = _is_scaled(value) and self._is_plain(ref, value, 0)
        return _Value(State.RAW if is_raw else State.UNKNOWN)

    def _is_plain(self, ref: FunctionRef, value: Expression, depth: int) -> bool:
        """Whether arithmetic has only names, keys and numbers in it, none of them rounded, so
        that its result fits a step by chance only."""
        if depth > DEEPEST:
            return False
        if isinstance(value, Operation):
            is_known = value.kind in _ARITHMETIC or value.kind in ("neg", "or")
            return is_known and all(self._is_plain(ref, part, depth + 1) for part in value.args)
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

    def _result(self, ref: FunctionRef, value: Result, depth: int) -> _Value:
        if self._is_rounding(CallRef(ref, value.call)):
            return _Value(State.ROUNDED)
        call: Call = self._project.function(ref).calls[value.call]
        if last_segment(call.func) in _TRANSPARENT and call.args:
            found = [self.value(ref, part, depth + 1) for part in arguments_of(call)]
            return (
                max(found, key=lambda one: one.state)
                if len(found) == 1
                else found[0]._replace(state=State.UNKNOWN)
            )
        return _Value(State.UNKNOWN)

    def _is_rounding(self, call: CallRef) -> bool:
        if self._project.plays(call, "quantise"):
            return True
        callees = self._project.program.callees(call.function, call.call)
        return any(callee in self._rounding for callee in callees)

    def _name(self, ref: FunctionRef, name: str, depth: int) -> _Value:
        function = self._project.function(ref)
        nodes = [node for node in function.nodes if name in targets_in(node.target)]
        is_parameter = any(one.name == name for one in function.parameters)
        parts = [_part_bound(node, name) for node in nodes]
        if any(part is None for part in parts):
            return _Value(State.UNKNOWN)
        if nodes:
            found = [self.value(ref, part, depth + 1) for part in parts if part is not None]
            if any(one.state is State.ROUNDED for one in found):
                return _Value(State.ROUNDED)
            states = {one.state for one in found}
            if states != {State.RAW} or (is_parameter and len(nodes) > 1):
                return _Value(State.UNKNOWN)
            step = Step(self._project.place(ref, nodes[0].span), f"`{name}` is worked out here")
            return _Value(State.RAW, (step,))
        return self._given(ref, name, depth) if is_parameter else _Value(State.UNKNOWN)

    def _is_optional(self, ref: FunctionRef, name: str) -> bool:
        """Whether a parameter is nothing where nobody gives it."""
        declared = self._project.function(ref).parameters
        return any(one.name == name and one.default == _NONE for one in declared)

    def _given(self, ref: FunctionRef, name: str, depth: int) -> _Value:
        """What the callers of a function give to a parameter."""
        program = self._project.program
        place = self._project.place(ref, self._project.function(ref).span)
        text = f"`{program.display(ref)}` is given `{name}`"
        entry = program.entries().get(ref)
        sites = program.callers(ref)
        if not sites:
            is_open = entry is not None and entry.kind == "uncalled"
            return _Value(State.GIVEN if is_open else State.UNKNOWN, (Step(place, text),))
        worst = _Value(State.ROUNDED)
        for site in sites:
            value = program.argument_of(site.function, site.call, ref, name)
            if value is None and self._is_optional(ref, name):
                continue  # A market order has no price.
            found = _Value(State.UNKNOWN)
            if value is not None and site.via == "call":
                found = self.value(site.function, value, depth + 1)
            call = CallRef(site.function, site.call)
            step = Step(self._project.call_place(call), f"`{name}` is handed on here")
            if found.state > worst.state:
                worst = _Value(found.state, (*found.trace, step))
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


def _hit(asked: Asked, order: CallRef, slot: str, found: _Value) -> Hit:
    project = asked.project
    place = project.call_place(order)
    name = project.program.display(order.function)
    written = project.written(order)
    return Hit(
        place=place,
        saw={"order": written, "what": f"`{slot}`", "function": name},
        confidence=Confidence.MEDIUM,
        trace=(*found.trace, Step(place, f"`{written}` sends `{slot}` as it is")),
        cause=f"quantised:{place.path}:{place.span.line}",
        symbol=name,
        mitigation=1 if found.state is State.GIVEN else 0,
    )
