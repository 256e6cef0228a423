"""Steps that must be done before the first order: is each done on every normal way to one?

A step counts from where its call returned. What an exception does on the way is another question;
what a module does when it is imported comes before everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from botlint.checks.loops import Trading, trading
from botlint.checks.running.shutdown import loaded_by, starts
from botlint.checks.sites import calls_matching
from botlint.facts.types import EXIT, Kind, Node
from botlint.flow.names import FunctionRef
from botlint.flow.program import Entry
from botlint.flow.ways import nodes_from, normally
from botlint.model import Confidence, Hit
from botlint.model import Step as TraceStep
from botlint.project import CallRef, Project
from botlint.settings.required import Step

_STARTING = ("main", "script", "project script")


def find_late(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each startup step that some way from the start of the program to an order goes without."""
    steps = msgspec.convert(parameters.get("startup", ()), tuple[Step, ...])
    if not steps:
        return
    entries = _entries(project)
    for wanted in steps:
        done = frozenset(calls_matching(project, wanted.calls))
        for ref, entry in entries:
            if _is_done_by_import(project, ref, done):
                continue
            way = _Walk(project, done).first_order(ref)
            if way:
                yield _hit(project, ref, entry, wanted, way, done)


def _entries(project: Project) -> list[tuple[FunctionRef, Entry]]:
    """The entry points that trade in a loop; if none does, those that place orders at all."""
    looping = [(one.ref, one.entry) for one in starts(project)]
    if looping:
        return looping
    entries = project.program.entries()
    return [
        (ref, entries[ref])
        for ref in sorted(trading(project).leading)
        if ref in entries and entries[ref].kind in _STARTING
    ]


def _is_done_by_import(project: Project, ref: FunctionRef, done: frozenset[CallRef]) -> bool:
    loaded = loaded_by(project, ref.source) - {ref.source}
    return any(one.function.index == 0 and one.function.source in loaded for one in done)


class _Walk:
    """Goes along the normal ways of a program for as long as a step is not done."""

    def __init__(self, project: Project, done: frozenset[CallRef]) -> None:
        self._project = project
        self._traded: Trading = trading(project)
        self._done = done
        self._ensured: dict[FunctionRef, bool] = {}
        self._known: dict[FunctionRef, tuple[CallRef, ...]] = {}

    def first_order(self, ref: FunctionRef) -> tuple[CallRef, ...]:
        """The calls down to an order that is placed before the step; empty if there is none."""
        if ref not in self._known:
            self._known[ref] = ()  # A function that is being walked adds nothing by calling itself.
            self._known[ref] = self._find(ref)
        return self._known[ref]

    def _find(self, ref: FunctionRef) -> tuple[CallRef, ...]:
        function = self._project.function(ref)
        for number in self._undone(ref):
            node = function.nodes[number]
            way = self._order_by(CallRef(ref, node.call)) if node.kind is Kind.CALL else ()
            if way:
                return way
        return ()

    def _undone(self, ref: FunctionRef) -> Iterator[int]:
        """The nodes of a function that are reached while the step is not done."""

        def onward(node: Node) -> tuple[int, ...]:
            is_done = node.kind is Kind.CALL and self._does(CallRef(ref, node.call))
            return () if is_done else normally(node)

        function = self._project.function(ref)
        return nodes_from(function, (function.entry,), onward)

    def _order_by(self, call: CallRef) -> tuple[CallRef, ...]:
        """The way to an order that a call takes without the step."""
        if call in self._done:
            return ()
        program = self._project.program
        for callee, _ in program.edges(call.function, call.call):
            if callee in self._traded.leading:
                below = self.first_order(callee)
                if below:
                    return (call, *below)
        return (call,) if call in self._traded.orders else ()

    def _does(self, call: CallRef) -> bool:
        """Whether the step is done once a call has returned."""
        if call in self._done:
            return True
        callees = self._project.program.callees(call.function, call.call)
        return bool(callees) and all(self._ensures(callee) for callee in callees)

    def _ensures(self, ref: FunctionRef) -> bool:
        """Whether no normal way through a function goes without the step."""
        if ref not in self._ensured:
            self._ensured[ref] = False
            is_generator = self._project.function(ref).is_generator
            self._ensured[ref] = not is_generator and EXIT not in self._undone(ref)
        return self._ensured[ref]


def _hit(
    project: Project,
    ref: FunctionRef,
    entry: Entry,
    wanted: Step,
    way: tuple[CallRef, ...],
    done: frozenset[CallRef],
) -> Hit:
    place = entry.place
    reach = project.program.reachable((ref,))
    later = sorted((one for one in done if one.function in reach), key=project.call_place)
    trace = [TraceStep(place, entry.text)]
    for call in way:
        name = project.program.display(call.function)
        verb = "places an order by" if call == way[-1] else "calls"
        text = f"`{name}` {verb} `{project.written(call)}`"
        trace.append(TraceStep(project.call_place(call), text))
    if later:
        first = later[0]
        text = f"only here, or on another way: `{project.written(first)}`"
        trace.append(TraceStep(project.call_place(first), text))
    names = " or ".join(f"`{name}`" for name in wanted.calls)
    what = "comes later, or not on every way" if later else f"is missing: nothing calls {names}"
    return Hit(
        place=place,
        saw={"step": wanted.step, "what": what, "order": project.written(way[-1])},
        confidence=Confidence.HIGH,
        trace=tuple(trace),
        cause=f"startup:{wanted.step}:{place.path}:{place.span.line}",
        symbol=project.program.display(ref),
    )
