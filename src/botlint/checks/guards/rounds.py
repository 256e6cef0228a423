"""Guards over collections: every element is asked before any is ordered.

A loop over a collection that leaves unless the guard says yes has asked all of them where it is
over; ``all(guard(x) for x in xs)`` is such a loop in one word. And a loop over what only got
elements that a guard has said yes to needs no other. An empty collection orders nothing, so that it
may be empty is no way round the guard; a loop over one that is written out with elements, as a
table of checks, runs in any case.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.fills.fills import changes
from botlint.checks.guards.question import Question
from botlint.checks.guards.relation import Relation
from botlint.checks.guards.states import Mark, Onward, State, Status, WalkStep, widen
from botlint.checks.roots import have_common, names_in, targets_in
from botlint.facts.types import Call, Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.fixpoint import explore
from botlint.flow.ways import anyhow, loops_around


class Rounds:
    """The loops of one function, asked about an order; ``step`` is that of the walk."""

    def __init__(
        self, function: Function, question: Question, relation: Relation, step: WalkStep
    ) -> None:
        self._function = function
        self._question = question
        self._relation = relation
        self._step = step
        self._asking: dict[int, Status | None] = {}
        self._guarding: frozenset[int] | None = None
        self._collections: dict[tuple[int, int], str] = {}

    def over(self, head: int) -> Status | None:
        """What guards where the loop with this head is over, if every round ends with a guard."""
        if head not in self._asking:
            self._asking[head] = None
            self._asking[head] = self._find_asking(head)
        return self._asking[head]

    def from_first(self, onward: Onward) -> Onward:
        """``onward``, for which a loop over what is written out with elements has a round, and
        raises nothing itself."""
        nodes = self._function.nodes
        heads = frozenset(
            number
            for number, node in enumerate(nodes)
            if node.kind is Kind.ITERATE
            and (self._question.held or self._has_guard(node.loop))
            and self._question.is_filled(node.value)
        )
        if not heads:
            return onward
        step = onward.step
        ranges = {one.call for one in (nodes[head].value for head in heads) if type(one) is Result}

        calm = heads | {
            n for n, one in enumerate(nodes) if one.kind is Kind.CALL and one.call in ranges
        }
        leading = {n for n, one in enumerate(nodes) if not heads.isdisjoint(anyhow(one))}

        def stepped(number: int, state: State, over: int = -1) -> list[tuple[int, State]]:
            node = nodes[number]
            is_calm = number in calm
            around = frozenset(loops_around(self._function, node.loop))
            found = []
            for following, after in step(number, state):
                if following == over or (is_calm and following == node.exc):
                    continue
                head = nodes[following]
                if following in heads and head.loop not in around:
                    # A round that is nothing but a `break` leads where it is over.
                    past = head.other if head.other != head.next else -1
                    found += stepped(following, after, past)
                else:
                    found.append((following, after))
            return found

        return Onward(stepped, calm | leading, onward)

    def is_over_vetted(self, node: Node) -> bool:
        """Whether a loop gets only what a guard has said yes to, as far as the order is about."""
        is_vetted, names = self._question.is_vetted, frozenset(targets_in(node.target))
        sources = names_in(node.value, self._function.calls)
        if sources and all(is_vetted(Name(one)) for one in sources):
            return self._relation.is_about(names)
        # What a call in it was told the order may have, too, without being one of the elements.
        roots = self._relation.roots
        return (not roots or have_common(roots, names)) and is_vetted(node.value)

    def with_earlier(self, number: int, before: State, after: State) -> State:
        """``after`` test ``number``: what a loop asks about each element takes nothing from a yes
        that was said before the loop, where any guard will do."""
        earlier, node = before.status, self._function.nodes[number]
        if self._question.roots or earlier.mark is not Mark.GUARDED or node.loop < 0:
            return after
        at = self._function.nodes[earlier.node].loop if earlier.node >= 0 else node.loop
        is_within = node.loop in loops_around(self._function, at)
        return after if is_within else State(earlier, after.known)

    def collection(self, status: Status) -> str:
        """The collection of which every element was asked, if that is what guards a path."""
        if status.mark is not Mark.GUARDED or status.node < 0:
            return ""
        key = (status.node, status.call)
        if key not in self._collections:
            self._collections[key] = _collection_asked(self._function, *key)
        return self._collections[key]

    def is_kept(self, node: Node, asked: str, status: Status) -> bool:
        """Whether the binding ``node`` leaves the order within the collection ``asked``."""
        return self._relation.is_within(node, asked, status)

    def is_changed(self, call: Call, status: Status) -> bool:
        """Whether a call puts something into the collection after all were asked."""
        asked = self.collection(status)
        return bool(asked) and changes(call, asked)

    def _has_guard(self, loop: int) -> bool:
        """Whether something in a loop can guard: a cheap look before the walk through it."""
        if self._guarding is None:
            self._guarding = frozenset(self._find_guarding())
        return loop in self._guarding

    def _find_guarding(self) -> Iterator[int]:
        for node in self._function.nodes:
            if node.loop >= 0 and self._can_guard(node):
                yield from loops_around(self._function, node.loop)

    def _can_guard(self, node: Node) -> bool:
        if node.kind is Kind.CALL:
            return self._question.guard_at(node.call) is not None
        if node.kind is not Kind.TEST or node.value is None:
            return False
        if self._question.decides(node.value, self._relation):
            return True
        named = names_in(node.value, self._function.calls)
        return any(self._question.named_sign(name) is not None for name in named)

    def _find_asking(self, head: int) -> Status | None:
        node = self._function.nodes[head]
        if node.kind is not Kind.ITERATE or not self._has_guard(node.loop):
            return None
        is_asked = isinstance(node.value, Name) and self._relation.is_about(
            frozenset(targets_in(node.target))
        )
        if not is_asked and not self._question.is_filled(node.value):
            return None

        def step(number: int, state: State) -> list[tuple[int, State]]:
            there = self._function.nodes[number].loop
            is_left = node.loop not in loops_around(self._function, there)
            return [] if number == head or is_left else self._step(number, state)

        start = (node.next, State(Status(Mark.NONE), ()))
        first: Status | None = None
        for number, state in explore(start, step, widen):
            if number == head:
                if state.status.mark is not Mark.GUARDED:
                    return None  # Most loops ask nothing, and say so at the end of a first round.
                first = first or state.status
        return Status(Mark.GUARDED, head, first.call) if first and is_asked else first


def _collection_asked(function: Function, node: int, call: int) -> str:
    """The collection of which every element was asked, where node ``node`` tells that the guard
    ``call`` said yes; ``""`` if it was one value only."""
    nodes = function.nodes
    if nodes[node].kind is Kind.ITERATE:
        return _named(nodes[node].value)
    if call < 0 or not _is_of_all(nodes[node].value, function.calls, call):
        return ""
    loops = {one.loop for one in nodes if one.kind is Kind.CALL and one.call == call}
    heads = [one for one in nodes if one.kind is Kind.ITERATE and one.loop in loops]
    return _named(heads[0].value) if len(heads) == 1 else ""


def _is_of_all(value: Expression | None, calls: tuple[Call, ...], guard: int) -> bool:
    """Whether a test asks ``all(guard(x) for x in xs)`` or ``any(not guard(x) for x in xs)``."""
    while type(value) is Operation and value.kind == "not":
        value = value.args[0]
    if type(value) is not Result:
        return False
    asked = calls[value.call]
    if type(asked.func) is not Name or len(asked.args) != 1:
        return False
    given = asked.args[0]
    if type(given) is not Operation or given.kind != "comprehension" or len(given.args) != 2:
        return False
    element = given.args[0]
    if asked.func.path == "all":
        return element == Result(guard)
    return asked.func.path == "any" and element == Operation("not", (Result(guard),))


def _named(value: Expression | None) -> str:
    return value.path if isinstance(value, Name) else ""
