"""The ways from a filled entry on which no protective stop is placed: a typestate walk.

A position is *open* from where the entry returned, and *failed* where a stop was tried and an
exception came of it. A way ends well where a stop is placed, the position is closed, or the fault
is told to the callers. Ways on which the order was not filled, or on which no stop is wanted, are
not followed: of a test about either only the arm that leads to a stop counts.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from botlint.checks.clauses import catches_all, kinds_of
from botlint.checks.failing import Failing, raised_class
from botlint.checks.fills.fates import Fate
from botlint.checks.given import said_in
from botlint.checks.pairs.exposure_tests import Asking, parts_of
from botlint.checks.pairs.protections import ATTACHED, Protections
from botlint.checks.reads import last_segment
from botlint.checks.roots import targets_in, words_in
from botlint.facts.types import Constant, Item, Kind, Name, Node, Result
from botlint.flow.fixpoint import Reached, path_to, solve
from botlint.flow.ways import nodes_from, normally
from botlint.model import Step
from botlint.project import CallRef, Project

EXIT, RAISED = 0, 1
_HANDING = frozenset({"put", "put_nowait", "append", "add", "send", "submit", "setdefault"})
_PUBLISHING = ("publish", "emit", "save", "record", "register", "store", "set_", "track")


class Way(NamedTuple):
    """How far a way has come: whether a stop was tried and failed, and what flies."""

    is_failed: bool = False
    raised: str = ""


class Leak(NamedTuple):
    """A way out without a stop: whether an exception leaves, and what to show of it."""

    is_raised: bool
    is_failed: bool
    steps: tuple[Step, ...]


Skipping = Callable[[CallRef], Leak | None]


class Exposure:
    """The ways from one call, after which a position is open, out of its function."""

    def __init__(
        self, project: Project, protections: Protections, entry: CallRef, skipping: Skipping
    ) -> None:
        """``skipping`` says how what a call runs to place a stop ends without one."""
        self._project = project
        self._skipping = skipping
        self._protections = protections
        self._ref = entry.function
        self._function = project.function(entry.function)
        self._failing: Failing = project.answer(("failing",), lambda: Failing(project))
        self._asking = Asking(project, entry)
        self._fate = Fate.FULL
        self._span = self._function.calls[entry.call].span

    def leak(self) -> Leak | None:
        """The first way out on which no stop is placed, the normal one before an exception's, also
        of an order that was filled in part, if a test sets it apart."""
        whole = self._leak(Fate.FULL)
        if whole is not None and not whole.is_raised:
            return whole
        part = self._leak(Fate.PARTIAL)
        return part if part is not None and not part.is_raised else whole

    def _leak(self, fate: Fate) -> Leak | None:
        self._fate = fate
        for start in self._starts():
            reached = solve((start.next, Way()), self._step, lambda way: Way(way.is_failed))
            ends = [pair for pair in reached if self._is_end(pair)]
            ends.sort(key=lambda pair: (pair[0] == RAISED, pair[1], pair[0]))
            if ends:
                return self._told(reached, ends[0])
        return None

    def is_followed(self) -> bool:
        """Whether a stop may be placed after the call, in the same function."""
        return any(self._leads(node.next) for node in self._starts())

    def is_handed(self) -> bool:
        """Whether where a stop should be is stored or told after the call."""
        return any(
            self._is_handing(self._function.nodes[number])
            for start in self._starts()
            for number in self._reached(start.next)
        )

    def is_mended(self) -> bool:
        """Whether an exception out of the call leads to a stop, or to a way out of the position."""
        return any(
            self._ends_well(self._function.nodes[number])
            for start in self._starts()
            for number in self._reached(start.exc)
        )

    def _starts(self) -> Iterator[Node]:
        for node in self._function.nodes:
            if node.kind is Kind.CALL and self._is_entry(node):
                yield node

    def _is_entry(self, node: Node) -> bool:
        return self._function.calls[node.call].span == self._span

    def _is_end(self, pair: tuple[int, Way]) -> bool:
        number, way = pair
        if number == RAISED:
            return not way.is_failed
        if number == EXIT:
            return True
        node = self._function.nodes[number]
        return node.kind is Kind.CALL and self._is_again(node)

    def _is_again(self, node: Node) -> bool:
        """Whether a node is the entry itself, for another round of a loop without an end."""
        heads = {one.loop for one in self._function.nodes if one.kind is Kind.ITERATE}
        return self._is_entry(node) and node.loop >= 0 and node.loop not in heads

    def _step(self, number: int, way: Way) -> list[tuple[int, Way]]:
        node = self._function.nodes[number]
        if node.kind is Kind.CALL:
            return self._after_call(node, way)
        if node.kind is Kind.TEST:
            return [(one, way) for one in self._after_test(node)]
        if node.kind is Kind.RAISE:
            raised = raised_class(self._function, node)
            return [] if way.is_failed else [(node.exc, Way(raised=raised)), (node.next, way)]
        if node.kind in (Kind.EXCEPT, Kind.UNWIND):
            return self._in_flight(node, way)
        if self._is_handing(node) or (way.is_failed and _is_refusal(node)):
            return []
        return [(node.next, way), (node.other, way)]

    def _after_call(self, node: Node, way: Way) -> list[tuple[int, Way]]:
        call = CallRef(self._ref, node.call)
        if self._is_entry(node):
            return []
        if self._protections.protects(call):
            failed = (node.exc, Way(is_failed=True))
            return [failed] if self._skipping(call) is None else [failed, (node.next, way)]
        if self._is_closing(call) or self._is_handing(node):
            return []
        following = [(node.next, way)]
        if self._failing.can_fail(call):
            following.append((node.exc, Way(way.is_failed)))
        return following

    def _in_flight(self, node: Node, way: Way) -> list[tuple[int, Way]]:
        calm = way._replace(raised="")
        if node.kind is Kind.EXCEPT:
            if not way.raised:
                is_caught = catches_all(node) or _is_of_library(node)
                return [(node.next, calm)] + ([] if is_caught else [(node.other, way)])
            caught = self._failing.catches(self._ref, node.value, way.raised)
            other = node.other
        else:
            if not way.raised and not self._project.program.swallows(self._ref, node.value):
                return [(node.exc, way)]
            caught = self._failing.stops(self._ref, node.value, way.raised)
            other = node.exc
        then = [(node.next, calm)] if caught is not False else []
        return then + ([(other, way)] if caught is not True else [])

    def _after_test(self, node: Node) -> list[int]:
        arms = [node.next, node.other]
        truth = self._asking.truth(node.value, self._fate)
        if truth is not None:
            return arms[:1] if truth else arms[1:]
        if not self._asking.is_unknown(node.value):
            return arms
        return [arm for arm in arms if self._leads(arm)] or arms

    def _is_closing(self, call: CallRef) -> bool:
        closing = self._protections.closing
        if self._project.plays(call, "log"):
            return False
        if closing.is_closing_name(self._project.written(call).rpartition(".")[2]):
            return True
        callees = self._project.program.callees(call.function, call.call)
        if any(closing.is_closing_function(one) for one in callees):
            return True
        return self._protections.is_order(call) and closing.is_reducing(call)

    def _ends_well(self, node: Node) -> bool:
        if self._is_handing(node):
            return True
        call = CallRef(self._ref, node.call)
        is_call = node.kind is Kind.CALL
        return is_call and (self._protections.protects(call) or self._is_closing(call))

    def _is_handing(self, node: Node) -> bool:
        """Whether a node stores, books or tells where a stop should be, for somebody else."""
        if node.kind is Kind.CALL:
            return self._is_call_handing(CallRef(self._ref, node.call))
        if node.kind not in (Kind.ASSIGN, Kind.AUGMENT) or node.value is None:
            return False
        target = node.target
        is_kept = isinstance(target, Item) or any("." in name for name in targets_in(target))
        said = words_in((node.value, *((target,) if target else ())), ()) if is_kept else ()
        return any(self._plays_stop(word) for word in said)

    def _is_call_handing(self, call: CallRef) -> bool:
        if self._project.plays(call, "log"):
            return False
        last = self._project.written(call).rpartition(".")[2]
        is_telling = last in _HANDING or last[:1].isupper() or last.startswith(_PUBLISHING)
        if not is_telling and not self._project.plays(call, "book"):
            return False
        return any(self._plays_stop(word) for word in said_in(self._project, call))

    def _plays_stop(self, word: str) -> bool:
        return self._project.vocabulary.roles[ATTACHED].plays_name(word)

    def _leads(self, start: int) -> bool:
        """Whether a stop can be placed from a node on without another round."""
        for number in self._reached(start):
            node = self._function.nodes[number]
            if node.kind is Kind.CALL and self._protections.protects(CallRef(self._ref, node.call)):
                return True
        return False

    def _reached(self, start: int) -> Iterator[int]:
        """The nodes reached without exceptions but from where they start, nor by the entry."""
        nodes = self._function.nodes
        entries = [
            number
            for number, node in enumerate(nodes)
            if node.kind is Kind.CALL and self._is_entry(node)
        ]
        return nodes_from(self._function, (start,), normally, entries)

    def _told(self, reached: Reached[Way], end: tuple[int, Way]) -> Leak:
        path = [self._function.nodes[number] for number, _ in path_to(reached, end)]
        events = [one for one in path if one.kind in (Kind.CALL, Kind.RAISE, Kind.RETURN)]
        clauses = [one for one in path if one.kind is Kind.EXCEPT]
        caught = "an exception is caught here, and no stop is placed"
        steps = [self._step_at(one, caught) for one in clauses[-1:]]
        steps += self._turning(reached, end)
        below = (self._skipping(CallRef(self._ref, one.call)) for one in events if one.call >= 0)
        steps += [step for leak in below if leak is not None for step in leak.steps]
        name = self._project.program.display(self._ref)
        last = events[-1] if events else path[0]
        if end[0] == RAISED:
            text = f"an exception leaves `{name}` before a stop is placed"
        elif end[0] == EXIT:
            text = f"here `{name}` ends without a stop"
        else:
            text = "another round begins without a stop"
        return Leak(end[0] == RAISED, end[1].is_failed, (*steps, self._step_at(last, text)))

    def _turning(self, reached: Reached[Way], end: tuple[int, Way]) -> Iterator[Step]:
        """The last test whose other arm would have led to a stop."""
        numbers = [number for number, _ in path_to(reached, end)]
        for number, following in reversed(list(pairwise(numbers))):
            node = self._function.nodes[number]
            if node.kind is Kind.TEST and not self._leads(following):
                other = node.other if following == node.next else node.next
                if self._leads(other):
                    yield self._step_at(node, "this way leads past the stop")
                    return

    def _step_at(self, node: Node, text: str) -> Step:
        return Step(self._project.place(self._ref, node.span), text)


def _is_refusal(node: Node) -> bool:
    """Whether a function tells its caller that something failed."""
    if node.kind is not Kind.RETURN or node.value is None:
        return False
    values = list(parts_of(node.value))
    return any(isinstance(one, Result) or _is_failure(one) for one in values)


def _is_failure(value: object) -> bool:
    if not isinstance(value, Constant):
        return False
    return not value.value or (isinstance(value.value, str) and "err" in value.value.lower())


def _is_of_library(clause: Node) -> bool:
    """Whether a clause names an exception that is no built-in one: what calls of an exchange are
    reckoned to raise."""
    named = (last_segment(kind) for kind in kinds_of(clause.value) if isinstance(kind, Name))
    return any(not hasattr(builtins, name) for name in named)
