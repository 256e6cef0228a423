"""Verdicts that are lined up and looked at one after the other.

``checks = [preflight(order), enough_cash(order)]`` and then ``for ok, reason in checks: if not ok:
return`` asks each of them, so that what the body does with one verdict it does with all. Once a
guard has run, its verdict is in the line: the loop has a round for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import TRUE, Verdict
from botlint.checks.guards.states import State, updated
from botlint.facts.types import Expression, Function, Item, Kind, Name, Node, Operation, Result

_DISPLAYS = frozenset({"list", "tuple", "set"})
_PUTS = frozenset({"append", "add"})
_PAIR = frozenset({"tuple"})
_RECORDS = frozenset({"dict"})
_ROUND = "<round>"


class Line(NamedTuple):
    """The verdict that stands for all of a line, as an element of it, and their guards."""

    element: Expression
    guards: frozenset[int]


class LinedUp:
    """The lines of verdicts that the loops of one function go through."""

    def __init__(self, function: Function, guard_at: Callable[[int], Guard | None]) -> None:
        self._function = function
        self._guard_at = guard_at

    @cached_property
    def lines(self) -> dict[int, Line]:
        """By the head of its loop, each line that has verdicts in it."""
        found: dict[int, Line] = {}
        if not self._is_used:
            return found
        for number, node in enumerate(self._function.nodes):
            if node.kind is Kind.ITERATE and node.value is not None:
                line = self._line(node.value)
                if line is not None:
                    found[number] = line
        return found

    def element(self, head: int) -> Expression | None:
        """What the head of a loop binds its target to, if it goes through a line."""
        line = self.lines.get(head)
        return line.element if line is not None else None

    def rounds(self, head: int, after: list[tuple[int, State]]) -> list[tuple[int, State]]:
        """What comes after the head of a loop: not its end, where a guard has run whose verdict
        is in the line and no round was made."""
        line, node = self.lines.get(head), self._function.nodes[head]
        if line is None:
            return after
        mark = f"{_ROUND}{head}"
        found: list[tuple[int, State]] = []
        for number, state in after:
            known = dict(state.known)
            if number == node.next:
                state = updated(state, {mark: TRUE})
            elif number == node.other and mark not in known and _has_run(line, known):
                continue
            else:
                state = updated(state, {mark: None})
            found.append((number, state))
        return found

    def guard_of(self, value: Expression) -> int:
        """A guard whose verdict is in the line that ``value`` is; -1 if it is none."""
        line = self._line(value) if self._is_used else None
        return min(line.guards) if line is not None else -1

    @cached_property
    def _is_used(self) -> bool:
        """Whether the function has guards at all."""
        return any(self._tells(number) for number in range(len(self._function.calls)))

    def _line(self, value: Expression) -> Line | None:
        elements = [(one, self._guards_in(one)) for one in self._elements(value)]
        asking = [(one, guards) for one, guards in elements if guards]
        if not asking:
            return None
        return Line(asking[0][0], frozenset().union(*(guards for _, guards in asking)))

    def _guards_in(self, element: Expression) -> frozenset[int]:
        """The guards whose verdicts an element is, or has beside a name."""
        parts = _args(element, _PAIR) or (element,)
        return frozenset(
            part.call for part in parts if type(part) is Result and self._tells(part.call)
        )

    def _tells(self, call: int) -> bool:
        guard = self._guard_at(call)
        return guard is not None and guard.sign is not None

    def _elements(self, value: Expression) -> Iterator[Expression]:
        """What stands in a line: as it is written, put into a variable, or the values of one."""
        if type(value) is Result:
            func = self._function.calls[value.call].func
            owner, _, view = func.path.rpartition(".") if type(func) is Name else ("", "", "")
            if owner and view == "items":
                yield from self._entries(Name(owner))
            elif owner and view == "values":
                yield from (pair.args[1] for pair in self._entries(Name(owner)))
        elif type(value) is Name:
            for node in self._function.nodes:
                if node.kind is Kind.ASSIGN and node.target == value:
                    yield from _args(node.value, _DISPLAYS)
                elif node.kind is Kind.CALL:
                    yield from self._appended(node, value)
        else:
            yield from _args(value, _DISPLAYS)

    def _entries(self, name: Name) -> Iterator[Operation]:
        """The entries of a record, as pairs."""
        for node in self._function.nodes:
            if node.kind is Kind.ASSIGN and node.value is not None:
                target, args = node.target, _args(node.value, _RECORDS)
                if type(target) is Item and target.value == name:
                    yield Operation("tuple", (target.key, node.value))
                elif target == name:
                    for key, one in zip(args[::2], args[1::2], strict=True):
                        yield Operation("tuple", (key, one))

    def _appended(self, node: Node, name: Name) -> Iterator[Expression]:
        call = self._function.calls[node.call]
        path = call.func.path if type(call.func) is Name else ""
        owner, _, method = path.rpartition(".")
        if owner == name.path and method in _PUTS and len(call.args) == 1:
            yield call.args[0]


def _has_run(line: Line, known: Mapping[str, Verdict]) -> bool:
    return any(known.get(f"#{number}") == TRUE for number in line.guards)


def _args(value: Expression | None, kinds: frozenset[str]) -> tuple[Expression, ...]:
    return value.args if type(value) is Operation and value.kind in kinds else ()
