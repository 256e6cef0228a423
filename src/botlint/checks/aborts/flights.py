"""How an exception that is raised at some point of a function leaves it, or is stopped in it.

It flies along the exceptional edges. A clause that catches it holds it: the clause stops it where
control leaves the clause other than by raising; where it is raised again, it flies on. A
``finally`` lets it go on unless it returns, breaks or continues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.aborts.catching import Catching
from botlint.checks.clauses import clause_around
from botlint.checks.roots import keyed_entries
from botlint.facts.types import EXIT, RAISED, Constant, Function, Kind, Node, Result
from botlint.flow.program import ClassRef, FunctionRef
from botlint.flow.ways import is_head, loops_around
from botlint.model import Span
from botlint.project import Project

_RECEIVING = frozenset({Kind.EXCEPT, Kind.UNWIND, Kind.RAISED})
_DEEPEST = 6
"""Managers that are written with managers more deeply than this are not looked into."""


class End(NamedTuple):
    """How an exception leaves a function or is stopped in it.

    ``clause`` is the node that stops it (``-1``: it leaves); ``is_on_purpose`` whether that clause
    is meant for it.
    """

    clause: int
    is_on_purpose: bool


class Flights:
    """The ways of exceptions through single functions."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.catching = Catching(project)

    def ends(self, ref: FunctionRef, start: int, cls: ClassRef, depth: int = 0) -> tuple[End, ...]:
        """Where the exceptional edge of node ``start`` leads an exception of class ``cls``."""
        function = self.project.function(ref)
        found: list[End] = []
        seen: set[int] = set()
        waiting = [_thrown_to(function, function.nodes[start])]
        while waiting:
            number = waiting.pop()
            if number in seen or number < 0:
                continue
            seen.add(number)
            node = function.nodes[number]
            if number == RAISED:
                found.append(End(-1, is_on_purpose=False))
            elif node.kind is Kind.EXCEPT:
                found += self._at_clause(ref, number, cls, waiting)
            elif node.kind is Kind.UNWIND:
                found += self._at_with(ref, number, cls, waiting, depth)
            elif node.kind is Kind.FINALLY:
                found += _through_finally(function, number, waiting)
            else:
                waiting += [node.next, node.other]
        return tuple(sorted(set(found)))

    def is_handled(self, ref: FunctionRef, clause: int, cls: ClassRef) -> bool:
        """Whether a clause is meant for ``cls`` and does not always raise it again."""
        function = self.project.function(ref)
        if self.catching.caught(ref, function.nodes[clause].value, cls) != "purpose":
            return False
        again: list[int] = []
        return any(self._held(ref, clause, cls, again, is_meant=True)) or not again

    def _at_clause(
        self, ref: FunctionRef, number: int, cls: ClassRef, waiting: list[int]
    ) -> Iterator[End]:
        node = self.project.function(ref).nodes[number]
        how = self.catching.caught(ref, node.value, cls)
        if not how and not self.catching.is_open(ref, node.value):
            waiting.append(node.other)
            return
        again: list[int] = []
        ends = [*self._held(ref, number, cls, again, is_meant=how == "purpose")]
        if how or not ends:
            waiting += again
            yield from ends
        else:
            waiting.append(node.other)

    def _held(
        self, ref: FunctionRef, clause: int, cls: ClassRef, waiting: list[int], *, is_meant: bool
    ) -> Iterator[End]:
        """What a clause does with the exception that it has caught."""
        function = self.project.function(ref)
        span = function.nodes[clause].span
        around = frozenset(loops_around(function, function.nodes[clause].loop))
        seen: set[tuple[int, bool]] = set()
        inside = [(function.nodes[clause].next, is_meant)]
        while inside:
            number, is_asked = inside.pop()
            if (number, is_asked) in seen or number < 0:
                continue
            seen.add((number, is_asked))
            node = function.nodes[number]
            if _is_left(node, number, span, around):
                yield End(clause, is_on_purpose=is_asked)
            elif node.kind is Kind.RAISE:
                if node.value is None or node.value == function.nodes[clause].target:
                    waiting.append(_thrown_to(function, node))
            elif node.kind is Kind.TEST or node.kind is Kind.ASSERT:
                asked = self.catching.asked(ref, function.nodes[clause], node.value, cls)
                after = is_asked or asked.is_meant
                inside += [(node.next, after)] if asked.says is not False else []
                inside += [(node.other, after)] if asked.says is not True else []
            else:
                is_asked = is_asked or self._is_refusal(function, node)
                inside += [(node.next, is_asked), (node.other, is_asked)]

    def _is_refusal(self, function: Function, node: Node) -> bool:
        """Whether a node gives back a record that says no: the abort goes on as a verdict."""
        if node.kind is not Kind.RETURN:
            return False
        entries = [*keyed_entries(node.value)]
        if isinstance(node.value, Result):
            given = function.calls[node.value.call].keywords
            entries += [(name, value) for name, value in given if name]
        polarity = self.project.vocabulary.polarity
        return any(
            isinstance(value, Constant)
            and isinstance(value.value, bool)
            and polarity(name) == (-1 if value.value else 1)
            for name, value in entries
        )

    def _at_with(
        self, ref: FunctionRef, number: int, cls: ClassRef, waiting: list[int], depth: int
    ) -> Iterator[End]:
        node = self.project.function(ref).nodes[number]
        is_stopped = False
        for manager in self.project.program.managers(ref, node.value):
            if manager.kind == "generator":
                ends = self._in_generator(manager.function, cls, depth)
                for end in ends or ():
                    if end.clause >= 0:
                        yield End(number, end.is_on_purpose)
                is_stopped |= ends is not None and all(end.clause >= 0 for end in ends)
                continue
            how = self.catching.of_manager(manager, cls)
            if how.is_swallowing:
                yield End(number, how.is_meant)
            is_stopped |= how.is_certain
        if not is_stopped:
            waiting.append(node.exc)

    def _in_generator(self, ref: FunctionRef, cls: ClassRef, depth: int) -> list[End] | None:
        """Where an exception ends that comes back to the ``yield`` of a manager."""
        nodes = self.project.function(ref).nodes if depth < _DEEPEST else ()
        yields = [number for number, node in enumerate(nodes) if node.kind is Kind.YIELD]
        if not yields:
            return None
        return [end for number in yields for end in self.ends(ref, number, cls, depth + 1)]


def _thrown_to(function: Function, thrower: Node) -> int:
    """Where what a node raises comes to: from a clause of ``except*`` past those that follow it,
    which get only what is left of the group."""
    number = thrower.exc
    if number < 0 or function.nodes[number].kind is not Kind.EXCEPT:
        return number
    clause = clause_around(function, thrower)
    while clause is not None and function.nodes[number].region == clause.region:
        number = function.nodes[number].other
    return number


def _is_left(node: Node, number: int, clause: Span, around: frozenset[int]) -> bool:
    """Whether control has left a clause."""
    if number == EXIT or (is_head(node) and node.loop in around):
        return True
    return not clause.covers(node.span)


def _through_finally(function: Function, number: int, waiting: list[int]) -> Iterator[End]:
    """A ``finally`` lets the exception go on, unless it returns, breaks or continues."""
    around = frozenset(loops_around(function, function.nodes[number].loop))
    seen: set[int] = set()
    inside = [function.nodes[number].next]
    is_stopped = False
    while inside:
        one = inside.pop()
        if one < 0 or one in seen:
            continue
        seen.add(one)
        node = function.nodes[one]
        if node.kind in _RECEIVING or (
            node.kind is Kind.FINALLY and node.value == Constant("raise")
        ):
            waiting.append(one)
        elif one == EXIT or (is_head(node) and node.loop in around):
            is_stopped = True
        else:
            inside += [node.next, node.other]
    if is_stopped:
        yield End(number, is_on_purpose=False)
