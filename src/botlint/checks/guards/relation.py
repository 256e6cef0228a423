"""Is a guard about this order? Whose values come from whose, and which are bound after it.

A guard counts for orders whose symbol, side, quantity or price come from its arguments or its
result; one before a loop doesn't guard values bound in the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeVar

from botlint.checks.guards.own_reads import held_by_own
from botlint.checks.guards.states import Mark, Status
from botlint.checks.reads import walk
from botlint.checks.roots import (
    SELF,
    Origins,
    arguments_of,
    have_common,
    names_given,
    names_handed,
    names_in,
    receiver_of,
    targets_in,
)
from botlint.facts.types import Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.ways import loops_around

if TYPE_CHECKING:
    from botlint.checks.guards.body import Body


Answer = TypeVar("Answer")


def asks_nothing(_: int) -> frozenset[str]:
    """No call runs a nested function that asks about values of the function around."""
    return frozenset()


class Relation:
    """Relates the guards of one function to an order whose values come from ``roots``.

    ``roots`` is ``None`` where they are out of sight, and empty where they are written out: any
    guard will do then; ``modules`` are foreign ones: who asks one of
    them twice gets two values. ``asked_within`` are the names that a call asks about which
    gets none, and ``read_of_own`` the members that a call on the own object reads there.
    """

    def __init__(
        self,
        body: Body,
        roots: frozenset[str] | None,
        modules: frozenset[str] = frozenset(),
        asked_within: Callable[[int], frozenset[str]] = asks_nothing,
        read_of_own: Callable[[int], frozenset[str]] = asks_nothing,
    ) -> None:
        self._asked_within = asked_within
        self._read_of_own = read_of_own
        self._body = body
        self._function = body.function
        self._modules = modules
        self.given = roots
        self.roots = None if roots is None else self.closure(roots)
        self._related: dict[int, bool] = {}
        self._results: dict[int, frozenset[str]] = {}
        self._tested: dict[int, frozenset[str]] = {}
        self._names_asked = cache(self._find_names_asked)
        self._elements = _elements_in(body.function) if roots else frozenset()

    @property
    def origins(self) -> Origins:
        """From each name of the function to what its values are made of."""
        return self._body.origins

    def closure(self, names: frozenset[str]) -> frozenset[str]:
        """``names`` with all values that they come from."""
        return self.origins.closure(names) - self._modules

    def sources(self, value: Expression | None) -> frozenset[str]:
        """All names that ``value`` comes from."""
        return self.closure(names_in(value, self._body.calls))

    def is_asked(self, call: int) -> bool:
        """Whether guard call number ``call`` is asked about this order."""
        if call not in self._related:
            self._related[call] = self._is_asked(call)
        return self._related[call]

    def _is_asked(self, number: int) -> bool:
        if not self.roots:
            return True
        asked = self._names_asked(number)
        return not asked or self.is_about(asked)

    def _find_names_asked(self, number: int) -> frozenset[str]:
        """The names that guard call number ``number`` is asked about, its object among them."""
        call = self._function.calls[number]
        asked = self._elements_of(number) or names_handed(self._function, number)
        receiver = receiver_of(call)
        if isinstance(receiver, Result):
            asked |= names_in(receiver, self._function.calls)
        elif isinstance(call.func, Result) or receiver is None:
            asked |= self._made_of(call.func)
        elif isinstance(receiver, Name) and receiver.path in self._bound:
            asked |= {receiver.path}
        is_own = isinstance(receiver, Name) and receiver.path in SELF
        if asked and is_own and not self.is_about(asked):
            asked |= held_by_own(self.given or frozenset(), number, self._read_of_own)
        return asked or self._asked_within(number)

    @cached_property
    def _bound(self) -> frozenset[str]:
        """The names of the function's own; a kill switch of the module is about all orders."""
        own = {one.name for one in self._function.parameters}
        given = {name for node in self._function.nodes for name in targets_in(node.target)}
        return frozenset(name for name in own | given if "." not in name) - SELF

    def _elements_of(self, number: int) -> frozenset[str]:
        """The names that get what call number ``number`` gives, one after the other."""
        return frozenset(
            name
            for node in self._function.nodes
            if node.kind is Kind.ITERATE and node.value == Result(number)
            for name in targets_in(node.target)
        )

    def _made_of(self, func: Expression) -> frozenset[str]:
        """What a called function has been made of: ``make(symbol)()``, or a name that holds it."""
        names = names_in(func, self._function.calls)
        return self.origins.closure(names) - names if isinstance(func, Name) else names

    def answer(self, question: tuple[object, ...], work_out: Callable[[], Answer]) -> Answer:
        """The answer to a question about the values of this order, worked out once for all orders
        of these values in the function."""
        known = self._body.answers
        asked = (self.given, self._modules, *question)
        if asked not in known:
            known[asked] = work_out()
        kept: Answer = known[asked]
        return kept

    def is_about(self, names: frozenset[str]) -> bool:
        """Whether a value made of ``names`` has to do with this order: one comes from the other."""
        if not self.given or self.roots is None:
            return True
        return self.answer(("about", names), lambda: self._is_about(names))

    def _is_about(self, names: frozenset[str]) -> bool:
        if self.given is None or self.roots is None:
            return True
        if have_common(self.roots, names - self._modules) or self._is_of_element(names):
            return True
        return have_common(self.closure(names), self.given | self._copied)

    @cached_property
    def _copied(self) -> frozenset[str]:
        """What the order's values are under another name: ``quantity = lot_size``; and what came
        with one of them in one answer: ``quantity, cost = size_of(signal)``."""
        found = set(self._answered_with(self.given or frozenset()))
        waiting = list(found)
        while waiting:
            name = waiting.pop()
            bound = [node for node in self._function.nodes if name in targets_in(node.target)]
            for node in bound if all(_is_copy(one) for one in bound) else ():
                if isinstance(node.value, Name) and node.value.path not in found:
                    found.add(node.value.path)
                    waiting.append(node.value.path)
        return frozenset(found) - self._modules

    def _answered_with(self, names: frozenset[str]) -> frozenset[str]:
        """``names`` with what came with one of them in one answer."""
        together = (group for group in self._answers if not names.isdisjoint(group))
        return names.union(*together)

    @cached_property
    def _answers(self) -> tuple[tuple[str, ...], ...]:
        """The names that get the parts of one answer each."""
        bound = (
            targets_in(node.target)
            for node in self._function.nodes
            if node.kind is Kind.ASSIGN and isinstance(node.value, Result)
        )
        return tuple(names for names in bound if len(names) > 1)

    def _is_of_element(self, names: frozenset[str]) -> bool:
        """Whether one of ``names`` is a member of what a loop goes over, of which the order has
        others: ``level.cost`` of an order for ``level.amount``."""
        bases = {name.partition(".")[0] for name in names if "." in name}
        given = {name.partition(".")[0] for name in self.given or () if "." in name}
        return not self._elements.isdisjoint(bases & given)

    def is_within(self, node: Node, collection: str, status: Status) -> bool:
        """Whether the binding ``node`` leaves the order an element of ``collection``, of which
        the guard in ``status`` has asked each."""
        names = targets_in(node.target)
        if have_common(names, {collection}):
            return False
        is_bound = node.kind is Kind.ITERATE and have_common(self.given or (), names)
        asked = self.asked(status)
        if not is_bound and not have_common(asked, names):
            return True
        made_of = self.origins.closure(names_in(node.value, self._body.calls))
        is_made_of_asked = not is_bound and have_common(made_of, asked)
        return is_made_of_asked or have_common(made_of, {collection})

    def is_next(self, node: Node, status: Status) -> bool:
        """Whether the binding ``node`` begins another round: for another order, or with another
        value than the guard was asked about."""
        if node.kind is not Kind.ITERATE and not self._is_fetched_anew(node, status):
            return False
        names = targets_in(node.target)
        if not self.roots:
            return node.kind is Kind.ASSIGN and status.mark is not Mark.GUARDED
        if node.kind is not Kind.ITERATE:
            return have_common((self.given or frozenset()) | self.asked(status), names)
        if have_common(self.roots, names):
            return True
        return have_common(self.closure(self.asked(status)), names)

    def _is_fetched_anew(self, node: Node, status: Status) -> bool:
        """Whether ``node`` gets the next thing to be dealt with, in a loop around the guard:
        ``event = queue.get()``, above the guard of the round before."""
        if node.kind is not Kind.ASSIGN or not isinstance(node.value, Result) or status.node < 0:
            return False
        guard = self._function.nodes[status.node]
        if node.loop < 0 or node.span.line >= guard.span.line:
            return False
        return node.loop in loops_around(self._function, guard.loop)

    def asked(self, status: Status) -> frozenset[str]:
        """The names that what set a status was asked about."""
        if status.call >= 0:
            return self._names_asked(status.call)
        if status.node not in self._tested:
            value = self._function.nodes[status.node].value if status.node >= 0 else None
            names = names_in(value, self._function.calls)
            self._tested[status.node] = self._answered_with(names)
        return self._tested[status.node]

    def comes_from_guard(
        self, value: Expression | None, sources: frozenset[str], call: int
    ) -> bool:
        """Whether a value made of ``sources`` comes from what guard call number ``call`` gave."""
        if call < 0:
            return False
        if value == Result(call):
            return True
        return have_common(self._named_after(call), sources)

    def given_by(self, call: int) -> frozenset[str]:
        """The names of the order's values that come from what call number ``call`` gave."""
        names = self._named_after(call)
        return frozenset(
            one for one in self.given or () if have_common(self.closure(frozenset({one})), names)
        )

    def is_giving(self, call: int) -> bool:
        """Whether the order's values come from just what call number ``call`` gave."""
        return have_common(names_given(self._function, call), self.roots or ())

    def is_taken(self, call: int, senders: Iterable[int]) -> bool:
        """Whether the order, placed by one of ``senders``, has something that guard call number
        ``call`` gave."""
        if not self.roots or have_common(self._named_after(call), self.roots):
            return True
        calls = self._function.calls
        sent = (value for one in senders for value in arguments_of(calls[one]))
        return any(part == Result(call) for value in sent for part in walk(value, calls))

    def _named_after(self, call: int) -> frozenset[str]:
        """The names that are bound to what call number ``call`` gave, or to what holds that."""
        if call not in self._results:
            bound = [one for one in self._function.nodes if one.target is not None]
            holding = [targets_in(one.target) for one in bound if _mentions(one.value, call)]
            self._results[call] = frozenset().union(*holding)
        return self._results[call]


def _is_copy(node: Node) -> bool:
    """Whether a binding gives a value another name, and nothing more."""
    return (
        node.kind is Kind.ASSIGN and isinstance(node.target, Name) and isinstance(node.value, Name)
    )


def _elements_in(function: Function) -> frozenset[str]:
    """The names that loops of a function bind to one element after the other."""
    loops = [node for node in function.nodes if node.kind is Kind.ITERATE]
    return frozenset(name for node in loops for name in targets_in(node.target))


def _mentions(value: Expression | None, call: int) -> bool:
    if type(value) is Result:
        return value.call == call
    return type(value) is Operation and any(_mentions(part, call) for part in value.args)
