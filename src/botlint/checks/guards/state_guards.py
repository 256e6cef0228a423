"""Guards across the states of a machine.

A guard that the action of every transition into a state runs guards that state's code: nothing gets
there without it. The same holds where code sets the state itself, behind a guard.
"""

from __future__ import annotations

from collections.abc import Iterable

from botlint.checks.guards.contracts import read_contract
from botlint.checks.guards.guards import Guards
from botlint.checks.guards.passages import Passage, rank, show_passage
from botlint.checks.guards.paths import Walk
from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import Sign
from botlint.checks.guards.states import Mark, Status
from botlint.facts.types import Function, Kind, Name, Node, Result
from botlint.flow.machines import Machines
from botlint.flow.names import CallSite, FunctionRef
from botlint.flow.state_names import State, Way, is_state_name
from botlint.flow.ways import anyhow, nodes_from, nodes_of_call
from botlint.model import Step
from botlint.project import CallRef, Project

DEEPEST = 3
"""How many callers up a guard before code that sets a state is looked for."""


class StateGuards:
    """What guards the states of a project, for one set of guards."""

    def __init__(self, project: Project, guards: Guards) -> None:
        self._project = project
        self._guards = guards
        self._machines = project.answer(("machines",), lambda: Machines(project.program))
        self._known: dict[State, tuple[Passage, ...]] = {}
        self._before: dict[CallRef, tuple[Passage, ...]] = {}

    def before(self, ref: CallRef) -> tuple[Passage, ...]:
        """How the guard fared on the transitions into the states that a call stands in; nothing
        where it stands in none, or no transition runs a guard."""
        if ref not in self._before:
            self._before[ref] = self._best(self._machines.tested_at(ref.function, ref.call))
        return self._before[ref]

    def of_handler(self, ref: FunctionRef) -> tuple[Passage, ...]:
        """The same for all that a function does which is registered for some states."""
        states = self._machines.handled_by(ref)
        if not states or any(site.via == "call" for site in self._project.program.callers(ref)):
            return ()
        return self._best((states,))

    def _best(self, machines: Iterable[frozenset[State]]) -> tuple[Passage, ...]:
        found: list[tuple[Passage, ...]] = []
        for states in machines:
            each = [self._into(state) for state in sorted(states)]
            bad = [one for part in each for one in part if one.status.mark is not Mark.GUARDED]
            if all(each) and not bad:
                return (Passage(Status(Mark.GUARDED), None),)
            some = [one for part in each for one in part if one.status.mark is not Mark.NONE]
            if some:
                found.append(tuple(sorted(bad, key=_rank)))
        return next((bad for bad in found if bad), ())

    def _into(self, state: State) -> tuple[Passage, ...]:
        """How the guard fared on each transition into a state."""
        known = self._known.get(state)
        if known is None:
            self._known[state] = ()
            ways = self._machines.ways_into(state)
            known = self._known[state] = tuple(self._passage(way) for way in ways)
        return known

    def _passage(self, way: Way) -> Passage:
        if way.node >= 0:
            return self._set(way)
        guards = [self._guard(action) for action in way.actions]
        asked = [self._guard(condition) for condition in way.conditions]
        if any(one is not None and one.lost is None for one in asked):
            return Passage(Status(Mark.GUARDED), None)
        for action, guard in zip(way.actions, guards, strict=True):
            if guard is not None and guard.lost is None:
                return self._run(way, action, guard)
        for guard in guards:
            if guard is not None and guard.lost is not None:
                return Passage(Status(guard.lost), guard.lost_at)
        return Passage(Status(Mark.NONE), self._step(way, "no guard runs on this transition"))

    def _guard(self, ref: FunctionRef) -> Guard | None:
        """How a function that a transition runs guards."""
        for role in self._guards.roles:
            if self._project.function_plays(ref, role):
                return read_contract(self._project.function(ref), Sign.OBJECT)
        return self._guards.summary(ref)

    def _run(self, way: Way, action: FunctionRef, guard: Guard) -> Passage:
        """How an action that guards is run by the machine: its refusal must keep the state."""
        program = self._project.program
        sites = [
            site
            for site in program.callers(action)
            if action in program.callees(site.function, site.call)
            and program.function(site.function).calls[site.call].span != way.span
        ]
        for site in sites or self._machines.running():
            function = self._project.function(site.function)
            place = self._project.place(site.function, function.calls[site.call].span)
            if guard.is_raising and _goes_on(function, site):
                text = "the state is set although the action of the transition has raised"
                return Passage(Status(Mark.OPEN), Step(place, text))
            if not guard.is_raising and not _is_heeded(function, site.call):
                text = "the action of the transition runs, and its verdict does not decide"
                return Passage(Status(Mark.RAN), Step(place, text))
        return Passage(Status(Mark.GUARDED), None)

    def _set(self, way: Way) -> Passage:
        """How the guard fared on the ways to code that sets a state."""
        found = list(self._reaching(way.function, frozenset({way.node})))
        is_open = any(one.status.mark is not Mark.GUARDED for one in found)
        if is_open and self._is_asked_above(way.function, 0):
            return Passage(Status(Mark.GUARDED), None)
        worst = max(found, key=_rank, default=Passage(Status(Mark.NONE), None))
        if worst.status.mark is Mark.NONE:
            return worst._replace(step=self._step(way, "no guard is sure to run before the state"))
        return worst

    def _reaching(self, ref: FunctionRef, nodes: frozenset[int]) -> tuple[Passage, ...]:
        walk = Walk(self._project.function(ref), self._guards.question(ref), nodes)
        found = {state.status for state in walk.reaching(nodes)}
        shown = (
            show_passage(self._project, self._guards.at, ref, status)
            for status in sorted(found, key=rank)
        )
        return tuple(shown)

    def _is_asked_above(self, ref: FunctionRef, depth: int) -> bool:
        """Whether every caller of a function has asked a guard before."""
        callers = self._project.program.callers(ref)
        if not callers or depth > DEEPEST or ref in self._project.program.entries():
            return False
        return all(self._is_asked_at(site, depth) for site in callers)

    def _is_asked_at(self, site: CallSite, depth: int) -> bool:
        passages = self._guards.passages(site.function, site.call, None)
        if all(one.status.mark is Mark.GUARDED for one in passages):
            return True
        return self._is_asked_above(site.function, depth + 1)

    def _step(self, way: Way, text: str) -> Step:
        target = f"`{way.target.owner}.{way.target.name}`"
        return Step(self._project.place(way.function, way.span), f"{text} into {target}")


def _rank(passage: Passage) -> tuple[int, int, int]:
    return rank(passage.status)


def _is_heeded(function: Function, call: int) -> bool:
    """Whether the result of a call is tested."""
    names = {
        node.target
        for node in function.nodes
        if node.kind is Kind.ASSIGN and node.value == Result(call)
    }
    tested = {node.value for node in function.nodes if node.kind is Kind.TEST}
    for value in tuple(tested):
        tested |= set(getattr(value, "args", ()))
    return Result(call) in tested or not names.isdisjoint(tested)


def _goes_on(function: Function, site: CallSite) -> bool:
    """Whether a machine is in its new state although the action has raised: the state is set
    afterwards all the same, or was set before and is not set back."""
    setting = {
        number
        for number, node in enumerate(function.nodes)
        if node.kind is Kind.ASSIGN
        and isinstance(node.target, Name)
        and is_state_name(node.target.path)
    }
    nodes = function.nodes
    line = function.calls[site.call].span.line
    calls = nodes_of_call(function, site.call)
    raised = _below(function, [nodes[number].exc for number in calls], line)
    done = _below(function, [nodes[number].next for number in calls], line)
    if raised & done & setting:
        return True
    earlier = {number for number in setting - done if nodes[number].span.line < line}
    is_before = any(calls & _below(function, [one], nodes[one].span.line) for one in earlier)
    return is_before and not raised & setting


def _below(function: Function, starts: list[int], line: int) -> frozenset[int]:
    """What can be reached from some nodes without going back up behind a line."""

    def onward(node: Node) -> list[int]:
        arms = [number for number in anyhow(node) if number >= 0]
        return [number for number in arms if function.nodes[number].span.line >= line]

    return frozenset(nodes_from(function, starts, onward))
