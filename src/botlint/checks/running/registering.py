"""Loops that a program comes to without having registered a handler on the way.

A handler counts for a loop if it may be registered before the loop runs, on the way to it or in the
loop itself: a platform or a thread that can't have one is no fault. Where the loop runs on its own,
in a thread or as a coroutine, it may be registered after it was started, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from botlint.checks.loops import Loop, heads_of
from botlint.facts.types import Kind
from botlint.flow.names import FunctionRef
from botlint.flow.ways import (
    anyhow,
    loops_around,
    nodes_from,
    nodes_leading,
    nodes_of_call,
    points_from,
)
from botlint.project import CallRef, Project


class _At(NamedTuple):
    """A function that leads to a loop; ``runs_on`` says that the loop doesn't hold it up."""

    ref: FunctionRef
    runs_on: bool


class Registering:
    """Where a program registers handlers: the calls ``registrations``, in what ``reach`` holds."""

    def __init__(
        self, project: Project, reach: frozenset[FunctionRef], registrations: frozenset[CallRef]
    ) -> None:
        self._project = project
        self._program = project.program
        self._reach = reach
        self._calls = registrations
        self._leading = self._program.reaches(frozenset(one.function for one in registrations))

    def is_passed_by(self, start: FunctionRef, loop: Loop) -> bool:
        """Whether some way from ``start`` leads to ``loop`` on which nothing is registered."""
        if self._is_registered_in(loop):
            return False
        first = _At(loop.function, self._program.function(loop.function).is_async)
        return any(at.ref == start for at in points_from((first,), self._above))

    def _is_registered_in(self, loop: Loop) -> bool:
        """Whether the function of a loop may register a handler before it, or in a turn of it."""
        function = self._project.function(loop.function)
        within = [
            number
            for number, node in enumerate(function.nodes)
            if loop.number in loops_around(function, node.loop)
        ]
        ends = [*heads_of(function, loop.number), *within]
        return self._registers(loop.function, nodes_leading(function, ends))

    def _above(self, at: _At) -> Iterator[_At]:
        """What runs a function, and registers nothing for it."""
        for site in self._program.callers(at.ref):
            ref = site.function
            if ref not in self._reach:
                continue
            runs_on = at.runs_on or site.via != "call"
            function = self._project.function(ref)
            made = nodes_of_call(function, site.call)
            passed = nodes_leading(function, made) - made
            if runs_on:
                starts = [one for number in made for one in anyhow(function.nodes[number])]
                passed |= frozenset(nodes_from(function, starts, anyhow))
            if not self._registers(ref, passed):
                yield _At(ref, runs_on or function.is_async)

    def _registers(self, ref: FunctionRef, nodes: Iterable[int]) -> bool:
        function = self._project.function(ref)
        return any(
            CallRef(ref, node.call) in self._calls
            or any(one in self._leading for one in self._program.callees(ref, node.call))
            for node in (function.nodes[number] for number in nodes)
            if node.kind is Kind.CALL
        )
