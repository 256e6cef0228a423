"""The state machines of a program: what leads into a state, and which code runs in it.

A transition is a row of a table (``add(A, EVENT, B, action)``, a tuple or dict display, the rows of
the ``transitions`` library), or code that sets the state itself (``self.state = State.B``,
``set_state(bot, State.B)``, what a function returns that is then set). A state's code stands behind
a test of the state, is registered for it (``{State.B: handle}``, ``register(State.B, handle)``), or
is the action of a way out of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from botlint.facts.types import Attribute, Function, Item, Kind, Name, Node, Operation, Result
from botlint.flow.names import CallSite, FunctionRef, segment_of
from botlint.flow.program import Program
from botlint.flow.state_names import State, StateNames, Way, is_state_name, words_of
from botlint.flow.state_tables import Tables
from botlint.model import Span

_Arm = tuple[int, int, frozenset[State]]
"""An arm that only some states lead into: node, successor, states."""


class Machines:
    """All states of a program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._names = StateNames(program)
        self._tested: dict[FunctionRef, tuple[_Arm, ...]] = {}
        self._tables = Tables(program, self._names)

    def ways_into(self, state: State) -> tuple[Way, ...]:
        """The transitions into a state from elsewhere, sorted by place."""
        return self._ways.get(state, ())

    def handled_by(self, ref: FunctionRef) -> frozenset[State]:
        """The states that a function runs in, because it is registered for them or is the action
        of a way out of them; none where it also runs in others."""
        return self._read[1].get(ref, frozenset())

    def running(self) -> tuple[CallSite, ...]:
        """The calls by which a machine runs what it has taken out of its table, and it can't be
        told what that is: where a state is set that is not written there."""
        return self._running

    def tested_at(self, ref: FunctionRef, call: int) -> tuple[frozenset[State], ...]:
        """The states that tests let reach a call, for each machine that is tested on all paths."""
        function = self._program.function(ref)
        tests = self._tested.get(ref)
        if tests is None:
            tests = self._tested[ref] = tuple(self._tests(function))
        if not tests:
            return ()
        span = function.calls[call].span
        targets = {
            number
            for number, node in enumerate(function.nodes)
            if node.kind is Kind.CALL and function.calls[node.call].span == span
        }
        found = []
        for owner in sorted({state.owner for _, _, states in tests for state in states}):
            arms = {
                (number, arm): frozenset(state for state in states if state.owner == owner)
                for number, arm, states in tests
            }
            arms = {key: states for key, states in arms.items() if states}
            if not _is_reached(function, targets, frozenset(arms)):
                found.append(_let_through(function, targets, arms))
        return tuple(states for states in found if states)

    @cached_property
    def _running(self) -> tuple[CallSite, ...]:
        found = []
        for ref in self._program.functions():
            function = self._program.function(ref)
            if not any(self._is_taken(node) for node in function.nodes):
                continue
            for number, call in enumerate(function.calls):
                is_action = words_of(segment_of(call, function.calls)) & _ACTIONS
                if is_action and not self._program.callees(ref, number):
                    found.append(CallSite(ref, number, "table"))
        return tuple(found)

    def _returned(self, handled: dict[FunctionRef, set[State]]) -> Iterator[Way]:
        """What functions return that is then set as the state: ``self.state = run(event)``. What
        one returns that runs in one state only leads out of that."""
        for ref in sorted(self._giving()):
            sources = handled.get(ref, set())
            source = next(iter(sources)) if len(sources) == 1 else None
            for number, node in enumerate(self._program.function(ref).nodes):
                if node.kind is Kind.RETURN and node.value is not None:
                    for state in self._names.states_given(node.value):
                        yield Way(state, source, ref, node.span, number)

    def _giving(self) -> set[FunctionRef]:
        """The functions whose answer is set as a state."""
        return {
            callee
            for ref in self._program.functions()
            for node in self._program.function(ref).nodes
            if node.kind is Kind.ASSIGN and type(node.value) is Result
            if type(node.target) is Name and is_state_name(node.target.path)
            for callee in self._program.callees(ref, node.value.call)
        }

    def _is_taken(self, node: Node) -> bool:
        """Whether a node sets a state that is not written there."""
        if node.kind is not Kind.ASSIGN or not isinstance(node.target, Name):
            return False
        if "." not in node.target.path or not isinstance(node.value, Name | Attribute | Item):
            return False
        return is_state_name(node.target.path) and not self._names.states_in(node.value)

    @cached_property
    def _ways(self) -> dict[State, tuple[Way, ...]]:
        found: dict[State, list[Way]] = {}
        for way in self._read[0]:
            if way.source != way.target:
                found.setdefault(way.target, []).append(way)
        return {state: tuple(sorted(ways, key=_place_of)) for state, ways in found.items()}

    @cached_property
    def _read(self) -> tuple[tuple[Way, ...], dict[FunctionRef, frozenset[State]]]:
        """All ways, and the states that functions are registered for."""
        ways: list[Way] = []
        handled: dict[FunctionRef, set[State]] = {}
        anywhere: set[FunctionRef] = set()
        for ref in self._program.functions():
            function = self._program.function(ref)
            for row in self._tables.rows(ref, function):
                if row.ways:
                    ways += row.ways
                    sources = [way.source for way in row.ways]
                    for action in row.ways[0].actions:
                        known = [source for source in sources if source is not None]
                        handled.setdefault(action, set()).update(known)
                        anywhere.update({action} if None in sources else ())
                for handler in row.handlers:
                    handled.setdefault(handler, set()).add(row.state)
            ways += self._tables.set_in(ref, function)
        ways += self._returned(handled)
        for state in {way.target for way in ways}:
            for entered in self._program.functions_named(f"on_enter_{state.name.lower()}"):
                handled.setdefault(entered, set()).add(state)
        kept = {ref: frozenset(states) for ref, states in handled.items() if ref not in anywhere}
        return tuple(ways), kept

    def _tests(self, function: Function) -> Iterator[_Arm]:
        """The arms of a function that only some states lead into: node, successor, states."""
        for number, node in enumerate(function.nodes):
            if node.kind is not Kind.TEST or type(node.value) is not Operation:
                continue
            told = self._told(node.value)
            if told is not None:
                is_true, states = told
                yield number, node.next if is_true else node.other, states

    def _told(self, value: Operation) -> tuple[bool, frozenset[State]] | None:
        """Which arm of a test says that one of some states holds."""
        if value.kind == "not" and isinstance(value.args[0], Operation):
            told = self._told(value.args[0])
            return (not told[0], told[1]) if told is not None else None
        if value.kind == "or":
            parts = [self._told(part) for part in value.args if isinstance(part, Operation)]
            told_parts = [part for part in parts if part is not None and part[0]]
            if len(told_parts) < len(value.args):
                return None
            return True, frozenset().union(*(states for _, states in told_parts))
        if value.kind not in _COMPARING or len(value.args) != 2:
            return None
        found = {*self._names.compared(*value.args), *self._names.compared(*reversed(value.args))}
        return (_COMPARING[value.kind], frozenset(found)) if found else None


_ACTIONS = frozenset({"action", "callback", "hook", "effect", "func", "fn", "handler", "run"})
_COMPARING = {"eq": True, "is": True, "in": True, "ne": False, "isnot": False, "notin": False}


def _place_of(way: Way) -> tuple[FunctionRef, Span, int]:
    return (way.function, way.span, way.node)


def _let_through(
    function: Function, targets: set[int], arms: dict[tuple[int, int], frozenset[State]]
) -> frozenset[State]:
    """The states whose arms alone lead to one of some nodes."""
    states: frozenset[State] = frozenset().union(*arms.values())
    return frozenset(
        state
        for state in states
        if _is_reached(
            function, targets, frozenset(key for key, held in arms.items() if state not in held)
        )
    )


def _is_reached(function: Function, targets: set[int], cut: frozenset[tuple[int, int]]) -> bool:
    """Whether a path from the entry leads to one of some nodes, without the edges ``cut``."""
    seen = {function.entry}
    waiting = [function.entry]
    while waiting:
        number = waiting.pop()
        if number in targets:
            return True
        node = function.nodes[number]
        for following in _following(node):
            if following not in seen and (number, following) not in cut:
                seen.add(following)
                waiting.append(following)
    return False


def _following(node: Node) -> tuple[int, ...]:
    return tuple(number for number in (node.next, node.other, node.exc) if number >= 0)
