"""What an order sends that was bound anew after the guard was asked: the guard has not seen that.

``if preflight(symbol, amount): amount = size; place(symbol, amount)`` sends an amount that nobody
has checked. What is made of something that was asked (``round(amount)``, ``min(amount, cap)``) is
the same order; so is what takes another value by what a test of that very value says: ``if amount >
cap: amount = cap``. A market or an amount of its own makes it another order; of what else an order
has (a price, an account), one value that was asked is enough.
"""

from __future__ import annotations

from functools import cached_property

from botlint.checks.guards.body import Body
from botlint.checks.guards.bound_parts import Part, parts_bound
from botlint.checks.guards.overwritten import find_overwriting
from botlint.checks.guards.question import Question
from botlint.checks.guards.relation import Relation
from botlint.checks.guards.signs import TRUE, Verdict
from botlint.checks.guards.states import ANEW, Mark, State, Status, updated
from botlint.checks.reads import is_class_name, last_segment, parts_of
from botlint.checks.roots import (
    arguments_of,
    have_common,
    is_part,
    names_handed,
    names_in,
    targets_in,
)
from botlint.facts.types import Expression, Item, Kind, Name, Node, Operation, Result
from botlint.flow.ways import loops_around

_LOST = f"{ANEW}."
_RECORDS = frozenset({"dict", "tuple", "list"})


class Anew:
    """What the bindings of one function leave of a guard that was asked before them."""

    def __init__(self, body: Body, relation: Relation, question: Question) -> None:
        self._function = body.function
        self._body = body
        self._relation = relation
        self._question = question
        self._handed = dict(question.given)

    def after(self, number: int, state: State) -> State:
        """``state`` after the binding at node ``number``."""
        status, given = state.status, self._relation.given
        node = self._function.nodes[number]
        if not given or number not in self._concerned:
            return state
        if number in self.overwriting:
            state = self._overwritten(number, state)
            status = state.status
        if self._is_corrected(node, status):
            return State(Status(Mark.GUARDED, number, status.call), state.known)
        if status.mark is not Mark.GUARDED and not self._is_waiting(node, status):
            return state
        asked = self._with_parts(number, self._asked(status))
        for part in parts_bound(node):
            if not have_common(given, (part.name,)):
                continue
            part = _of_asked(part, asked)
            if not self._is_unseen(number, part, asked, status):
                state = updated(state, {_LOST + part.name: None})
            elif self._is_other_order(node, part, asked, state):
                return _unasked(number, state)
            else:
                state = updated(state, {_LOST + part.name: TRUE})
        return state

    @cached_property
    def _concerned(self) -> frozenset[int]:
        """The bindings of what the order has."""
        given = self._relation.given or frozenset()
        return frozenset(
            number
            for number, node in enumerate(self._function.nodes)
            if have_common(given, targets_in(node.target))
        )

    def _is_waiting(self, node: Node, status: Status) -> bool:
        """Whether a guard has been asked, and what it said has not been looked at."""
        if status.mark is not Mark.RAN or status.call < 0 or node.kind is Kind.ITERATE:
            return False
        return self._function.nodes[status.node].kind is Kind.CALL

    def _is_corrected(self, node: Node, status: Status) -> bool:
        """Whether a guard has said no, and one of the order's values is now the one that it would
        let pass: ``size = verdict.adjusted_size``."""
        if status.mark is not Mark.RAN or status.call < 0 or node.kind is not Kind.ASSIGN:
            return False
        if self._function.nodes[status.node].kind is not Kind.TEST or status.is_unknown_outcome:
            return False
        members = {
            name for name in names_in(node.value, self._function.calls) if "." in name
        } | _items_of(node.value)
        return self._relation.comes_from_guard(node.value, frozenset(members), status.call)

    def _overwritten(self, number: int, state: State) -> State:
        """``state`` of an order that nobody who calls the function can have asked about, from the
        binding at node ``number`` on; what they hand in says nothing of it either."""
        status = state.status
        if status.mark is Mark.NONE or (status.mark is Mark.GUARDED and self._is_told(status)):
            status = Status(Mark.NONE, number)
        return updated(State(status, state.known), {**dict.fromkeys(self._handed), ANEW: TRUE})

    def _is_told(self, status: Status) -> bool:
        """Whether a guard was asked by who calls the function, and has said so."""
        value = self._function.nodes[status.node].value if status.node >= 0 else None
        names = {one.partition(".")[0] for one in names_in(value, self._function.calls)}
        return status.call < 0 and not names.isdisjoint(self._handed)

    def _asked(self, status: Status) -> frozenset[str]:
        """What a guard was asked about, also where that is what the guarding call gave; where a
        variable tells what it said that a call has set, what such calls are about."""
        if status.call >= 0 and self._is_of_result(status.call):
            return self._relation.given_by(status.call)
        asked = self._relation.asked(status)
        if status.call >= 0 or not have_common(asked, self._question.held):
            return asked
        is_asked, left_by = self._relation.is_asked, self._question.left_by
        setters = [n for n in range(len(self._function.calls)) if left_by(n, (), is_asked)]
        names = (names_handed(self._function, n) | self._question.asked_within(n) for n in setters)
        return asked.union(*names)

    def _is_of_result(self, call: int) -> bool:
        """Whether a call asks a guard about what it gives, and not about what it is handed."""
        guard = self._question.guard_at(call)
        return guard is not None and guard.is_of_result

    def _with_parts(self, number: int, asked: frozenset[str]) -> frozenset[str]:
        """``asked``, before the binding at node ``number``, with what the objects and records
        among them are made of, and what a guard was asked about that gave one of them."""
        firsts = {one.partition(".")[0] for one in asked}
        return asked.union(
            part
            for first in firsts
            for other, parts in self._makings.get(first, ())
            if other != number
            for part in parts
        )

    @cached_property
    def _makings(self) -> dict[str, list[tuple[int, frozenset[str]]]]:
        """The bindings of each name to an object or a record, with the names put into that."""
        found: dict[str, list[tuple[int, frozenset[str]]]] = {}
        for number, node in enumerate(self._function.nodes):
            put = self._put_into(node.value) if isinstance(node.target, Name) else ()
            parts = frozenset(part.path for part in put if isinstance(part, Name))
            if parts and isinstance(node.target, Name):
                found.setdefault(node.target.path, []).append((number, parts))
        return found

    def _put_into(self, value: Expression | None) -> tuple[Expression, ...]:
        """What an object or a record is made of that is made here, or an answer given about."""
        if isinstance(value, Operation) and value.kind in _RECORDS:
            return value.args
        call = self._function.calls[value.call] if isinstance(value, Result) else None
        if call is None or not isinstance(value, Result):
            return ()
        is_guard = self._question.guard_at(value.call) is not None
        is_answer = is_guard and not self._is_of_result(value.call)
        return arguments_of(call) if is_answer or is_class_name(last_segment(call.func)) else ()

    @cached_property
    def overwriting(self) -> frozenset[int]:
        """The bindings that replace what the function was given of the order."""
        found = find_overwriting(self._function, self._relation)
        return found - self._body.by_own_test if found else found

    def _is_unseen(self, number: int, part: Part, asked: frozenset[str], status: Status) -> bool:
        """Whether a name gets what has nothing to do with what the guard was asked."""
        node = self._function.nodes[number]
        sources = names_in(part.value, self._body.calls)
        if self._relation.comes_from_guard(part.value, sources, status.call):
            return False
        if node.kind is Kind.ITERATE:
            return node.loop >= 0
        if node.kind is Kind.DELETE or (part.field and not part.says_what()):
            return False
        if have_common(self._relation.closure(sources), asked) or part.is_emptied():
            return False
        return number not in self._body.by_own_test and not self._is_made_alike(number, part, asked)

    def _is_made_alike(self, number: int, part: Part, asked: frozenset[str]) -> bool:
        """Whether a value is made of what one that was asked was made of: ``budget / price``."""
        made_of = self._made_of(part.value)
        return bool(made_of) and any(
            have_common(made_of, self._made_of(node.value))
            for other, node in enumerate(self._function.nodes)
            if other != number and not asked.isdisjoint(targets_in(node.target))
        )

    def _made_of(self, value: Expression | None) -> frozenset[str]:
        """The names of the values in ``value``; who is asked for them is none."""
        found: set[str] = set()
        waiting: list[Expression] = [value] if value is not None else []
        while waiting:
            one = waiting.pop()
            if isinstance(one, Name):
                found.add(one.path)
            elif isinstance(one, Result) and not self._is_of_result(one.call):
                waiting += arguments_of(self._body.calls[one.call])
            waiting += parts_of(one)
        return frozenset(found)

    def _is_other_order(self, node: Node, part: Part, asked: frozenset[str], state: State) -> bool:
        """Whether the order is another one, now that a name holds what the guard has not seen."""
        if node.kind is Kind.ITERATE:
            return True
        status = state.status
        guard = self._function.nodes[status.node] if status.node >= 0 else None
        if node.loop >= 0 and (
            guard is None or node.loop not in loops_around(self._function, guard.loop)
        ):
            return True
        if not any(is_part(part.name, one) for one in asked):
            return False
        if node.loop >= 0 or part.says_what():
            return True
        lost = {name.removeprefix(_LOST) for name, _ in state.known if name.startswith(_LOST)}
        left = [one for one in self._relation.given or () if have_common((one,), asked)]
        return all(have_common((one,), {part.name, *lost}) for one in left)


def _unasked(number: int, state: State) -> State:
    """``state`` of an order that, from the binding at node ``number`` on, the guard was not asked
    about, whatever a variable holds of what it said."""
    call = state.status.call
    held: dict[str, Verdict | None] = {
        name: None
        for name, verdict in state.known
        if name.startswith(_LOST) or (call >= 0 and verdict.guard == call)
    }
    return updated(State(Status(Mark.NONE, number), state.known), held)


def _items_of(value: Expression | None) -> frozenset[str]:
    """The name of what a value is an item of: ``verdict["adjusted_size"]``."""
    whole = value.value if isinstance(value, Item) else None
    return frozenset({whole.path}) if isinstance(whole, Name) else frozenset()


def _of_asked(part: Part, asked: frozenset[str]) -> Part:
    """``part`` as a change of what was asked, where its name is a member of that."""
    is_whole = part.field or any(
        is_part(part.name, one) and one.startswith(part.name) for one in asked
    )
    is_member = not is_whole and any(is_part(part.name, one) for one in asked)
    return part._replace(field=part.name.rpartition(".")[2]) if is_member else part
