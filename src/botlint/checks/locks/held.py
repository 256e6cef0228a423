"""Which locks are held at each node of a function, on every path to it.

A forward analysis over the control flow, exceptions included. ``with`` and ``async with``,
``acquire`` and ``release``, an ``ExitStack``, functions that take or give back a lock, and context
managers of the program all count.
"""

from __future__ import annotations

from functools import cache

from botlint.checks.locks.locks import UNKNOWN, Lock, Locks, locks_of
from botlint.checks.locks.sections import GIVES, TAKES, Sections, Walk
from botlint.checks.reads import last_segment
from botlint.checks.roots import receiver_of
from botlint.facts.types import Expression, Kind, Result
from botlint.flow.forwarding import settled
from botlint.flow.program import FunctionRef
from botlint.flow.values import Instance
from botlint.model import Span
from botlint.project import Project

_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})

_NOTHING: frozenset[Lock] = frozenset()
_NONE = Sections({}, ())


class Held:
    """Locks held within functions, not counting what their callers hold."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.locks: Locks = locks_of(project)
        self._program = project.program
        self._known: dict[FunctionRef, Sections] = {}
        self._nodes_by_place = cache(self._find_nodes_by_place)
        self._taking = self._find_taking()
        self._busy: set[FunctionRef] = set()

    def at(self, ref: FunctionRef, node: int) -> frozenset[Lock]:
        """The locks that a function itself holds before what happens at one of its nodes.

        What stands in a ``finally`` has several nodes; those that nothing leads to don't count.
        """
        must = self.sections(ref).must
        if not must:
            return _NOTHING
        one = self.project.function(ref).nodes[node]
        alike = self._nodes_by_place(ref)[one.span, one.kind]
        found = [must[number] for number in alike if number in must]
        return frozenset.intersection(*found) if found else frozenset({UNKNOWN})

    def at_call(self, ref: FunctionRef, call: int) -> frozenset[Lock]:
        """The locks that a function itself holds wherever it makes a call."""
        sections = self.sections(ref)
        if not sections.must:
            return _NOTHING
        nodes = self.project.function(ref).nodes
        found = [
            sections.must.get(number, _NOTHING)
            for number, node in enumerate(nodes)
            if node.call == call and number in sections.must
        ]
        return frozenset.intersection(*found) if found else _NOTHING

    def _find_nodes_by_place(self, ref: FunctionRef) -> dict[tuple[Span, Kind], list[int]]:
        found: dict[tuple[Span, Kind], list[int]] = {}
        for number, node in enumerate(self.project.function(ref).nodes):
            found.setdefault((node.span, node.kind), []).append(number)
        return found

    def sections(self, ref: FunctionRef) -> Sections:
        """What a function does with locks."""
        if ref not in self._taking:
            return _NONE
        known = self._known.get(ref)
        if known is None:
            if ref in self._busy:
                return _NONE
            self._busy.add(ref)
            known = self._known[ref] = Walk(self, ref).sections()
            self._busy.discard(ref)
        return known

    def functions(self) -> tuple[FunctionRef, ...]:
        """The functions that may take a lock, sorted."""
        return tuple(sorted(self._taking))

    def _find_taking(self) -> frozenset[FunctionRef]:
        found: set[FunctionRef] = set()
        program = self._program
        for ref in program.functions():
            if any(node.kind is Kind.ENTER for node in program.function(ref).nodes):
                found.add(ref)
        for segment in sorted(TAKES | GIVES):
            found.update(ref for ref, _ in program.calls_named(segment))
        self._lending = self._find_lending()
        for lending in sorted(self._lending):
            found.update(site.function for site in program.callers(lending))
        return frozenset(found)

    def _find_lending(self) -> frozenset[FunctionRef]:
        """The functions that take or give back a lock by a call, and those that only hand on to
        them."""
        named = self._program.calls_named
        found = {ref for segment in sorted(TAKES | GIVES) for ref, _ in named(segment)}
        waiting = sorted(found)
        while waiting:
            for site in self._program.callers(waiting.pop()):
                if site.function not in found and settled(self._program, site.function) in found:
                    found.add(site.function)
                    waiting.append(site.function)
        return frozenset(found)

    def lends(self, ref: FunctionRef) -> bool:
        """Whether a function may end with another set of locks than it began with."""
        return ref in self._lending

    def change(self, ref: FunctionRef) -> tuple[tuple[Lock, ...], frozenset[Lock]]:
        """What a function has taken, and what it has given back, when it returns."""
        ref = settled(self._program, ref)
        if ref not in self._lending or ref in self._busy:
            return (), frozenset()
        sections = self.sections(ref)
        taken = tuple(sorted(sections.must.get(0, _NOTHING)))
        given = frozenset(
            lock
            for number, call in enumerate(self.project.function(ref).calls)
            if last_segment(call.func) in GIVES
            and (lock := self.locks.of(ref, receiver_of(call))) is not None
            and lock not in self.at_call(ref, number)
        )
        return taken, given

    def managed(self, ref: FunctionRef, value: Expression | None) -> tuple[Lock, ...]:
        """The locks that ``with value`` holds."""
        if value is None:
            return ()
        lock = self.locks.of(ref, value)
        if lock is not None:
            return (lock,)
        if type(value) is Result:
            for callee in self._program.callees(ref, value.call):
                names = {last_segment(one) for one in self.project.function(callee).decorators}
                if names & _MANAGERS:
                    return self._at_yields(callee)
        found: list[Lock] = []
        for one in self._program.values_of(ref, value):
            if type(one) is Instance:
                found += self._on_entering(one)
        return tuple(found)

    def _at_yields(self, ref: FunctionRef) -> tuple[Lock, ...]:
        sections = self.sections(ref)
        nodes = self.project.function(ref).nodes
        yields = [
            sections.must.get(number, _NOTHING)
            for number, node in enumerate(nodes)
            if node.kind is Kind.YIELD and number in sections.must
        ]
        return tuple(sorted(frozenset.intersection(*yields))) if yields else ()

    def _on_entering(self, instance: Instance) -> list[Lock]:
        taken: list[Lock] = []
        for name in ("__init__", "__enter__", "__aenter__"):
            method = self._program.find_method(instance.ref, name)
            if method is not None:
                more, given = self.change(method)
                taken = [lock for lock in (*taken, *more) if lock not in given]
        return taken


def held_in(project: Project) -> Held:
    """The locks held in the functions of a project, shared by all rules."""
    return project.answer(("held",), lambda: Held(project))
