"""What an order sends that was bound anew after the guard was asked: the guard has not seen that.

``if preflight(symbol, amount): amount = size; place(symbol, amount)`` sends an amount that nobody
has checked. What is made of something that was asked (``round(amount)``, ``min(amount, cap)``) is
the same order; so is what takes another value by what a test of that very value says: ``if amount >
cap: amount = cap``. A market or an amount of its own makes it another order; of what else an order
has (a price, an account), one value that was asked is enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from botlint.checks.guards.clamps import own_in_passing
from botlint.checks.guards.relation import Relation
from botlint.checks.guards.signs import TRUE, Verdict
from botlint.checks.guards.slots import AMOUNTS
from botlint.checks.guards.states import Mark, State, Status, updated
from botlint.checks.reads import parts_of, walk
from botlint.checks.roots import arguments_of, have_common, is_part, names_in, targets_in
from botlint.facts.types import (
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.ways import loops_around
from botlint.roles import words_of

_MARKETS = frozenset({"symbol", "market", "pair", "instrument", "ticker"})
_LOST = "<anew>"


class _Part(NamedTuple):
    """One name that a binding binds, and to what; ``field`` is what it changes of that name, ``""``
    where it binds it whole."""

    name: str
    field: str
    value: Expression | None


class Anew:
    """What the bindings of one function leave of a guard that was asked before them."""

    def __init__(self, function: Function, relation: Relation) -> None:
        self._function = function
        self._relation = relation

    def after(self, number: int, state: State) -> State:
        """``state`` after the binding at node ``number``, once a guard was asked."""
        status, given = state.status, self._relation.given
        node = self._function.nodes[number]
        if not given or not have_common(given, targets_in(node.target)):
            return state
        is_said = status.mark is Mark.RAN and status.call >= 0 and node.kind is not Kind.ITERATE
        if status.mark is not Mark.GUARDED and not is_said:
            return state
        asked = self._relation.asked(status)
        for part in _parts(node):
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

    def _is_unseen(self, number: int, part: _Part, asked: frozenset[str], status: Status) -> bool:
        """Whether a name gets what has nothing to do with what the guard was asked."""
        node = self._function.nodes[number]
        sources = names_in(part.value, self._function.calls)
        if self._relation.comes_from_guard(part.value, sources, status.call):
            return False
        if node.kind is Kind.ITERATE:
            return node.loop >= 0
        if node.kind is Kind.DELETE or (part.field and not _says_what(part.field)):
            return False
        if have_common(self._relation.closure(sources), asked) or _is_nothing(part.value):
            return False
        return number not in self._by_own_test and not self._is_made_alike(number, part, asked)

    def _is_made_alike(self, number: int, part: _Part, asked: frozenset[str]) -> bool:
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
            elif isinstance(one, Result):
                waiting += arguments_of(self._function.calls[one.call])
            waiting += parts_of(one)
        return frozenset(found)

    def _is_other_order(self, node: Node, part: _Part, asked: frozenset[str], state: State) -> bool:
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
        if node.loop >= 0 or _says_what(part.field or part.name):
            return True
        lost = {name.removeprefix(_LOST) for name, _ in state.known if name.startswith(_LOST)}
        left = [one for one in self._relation.given or () if have_common((one,), asked)]
        return all(have_common((one,), {part.name, *lost}) for one in left)

    @cached_property
    def _by_own_test(self) -> frozenset[int]:
        """The bindings by what a test of the very value that is bound anew says."""
        nodes = self._function.nodes
        tests = [n for n, node in enumerate(nodes) if node.kind is Kind.TEST]
        return frozenset(
            number
            for test in tests
            for number in own_in_passing(self._function, test)
            if have_common(_compared(nodes[test].value), targets_in(nodes[number].target))
        )


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


def _parts(node: Node) -> Iterator[_Part]:
    target, value = node.target, node.value
    waiting = [(target, value)]
    while waiting:
        target, value = waiting.pop()
        if isinstance(target, Operation) and target.kind in ("tuple", "star"):
            is_pairwise = (
                isinstance(value, Operation)
                and value.kind == target.kind
                and len(value.args) == len(target.args)
            )
            values = value.args if is_pairwise and isinstance(value, Operation) else ()
            waiting += zip(target.args, values or [value] * len(target.args), strict=True)
        elif isinstance(target, Item) and isinstance(target.value, Name):
            key = target.key.value if isinstance(target.key, Constant) else None
            yield _Part(target.value.path, str(key), value)
        elif isinstance(target, Name):
            yield _Part(target.path, "", value)


def _of_asked(part: _Part, asked: frozenset[str]) -> _Part:
    """``part`` as a change of what was asked, where its name is a member of that."""
    is_whole = part.field or any(
        is_part(part.name, one) and one.startswith(part.name) for one in asked
    )
    is_member = not is_whole and any(is_part(part.name, one) for one in asked)
    return part._replace(field=part.name.rpartition(".")[2]) if is_member else part


def _says_what(name: str) -> bool:
    """Whether a name says of which market an order is, or how much it is."""
    return not (AMOUNTS | _MARKETS).isdisjoint(words_of(name))


def _is_nothing(value: Expression | None) -> bool:
    return isinstance(value, Constant) and not value.value


def _compared(value: Expression | None) -> frozenset[str]:
    """The names that a test asks about itself, and not by a call."""
    return frozenset(part.path for part in walk(value, ()) if isinstance(part, Name))
