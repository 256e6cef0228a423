"""Attempts: where the failing edge of a call leads back to it, or to a second call like it.

A loop of attempts is one that success leaves; a loop that goes on after success places one order
after another. A clause for an exchange's refusal, and a branch for an error that says so, lead to a
second order safely: the first one was not placed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from botlint.checks.clauses import catches_all, kinds_of
from botlint.checks.retries.leaving import (
    Held,
    answered,
    bound,
    counted,
    is_attempt,
    is_left,
    truth_of,
)
from botlint.checks.retries.records import says_nothing
from botlint.checks.retries.refusals import names_loss
from botlint.checks.roots import Origins, arguments_of, have_common, names_in, targets_in
from botlint.facts.types import (
    RAISED,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
)
from botlint.facts.types import Result as Answer
from botlint.flow.ways import (
    loops_around,
    nodes_from,
    nodes_in_turn,
    nodes_of_call,
    normally,
    points_from,
)


class Repeat(NamedTuple):
    """A call that is made again: ``again`` is the call that comes second (the same in a loop),
    ``clause`` the node that leads to it, ``inside`` the nodes that run for each attempt anew."""

    call: int
    again: int
    clause: int
    inside: frozenset[int]


class Attempts:
    """The attempts in one function.

    ``is_refusal`` says which exceptions mean that nothing was placed, ``is_alike`` which calls
    repeat another one, ``is_settled`` which calls find out what became of the first attempt,
    ``swallows`` which ``with`` lets go of exceptions, and ``tells_refusal`` which calls say of an
    error that nothing was placed.
    """

    def __init__(
        self,
        function: Function,
        is_refusal: Callable[[str], bool],
        is_alike: Callable[[int, int], bool],
        is_settled: Callable[[int], bool],
        swallows: Callable[[Expression | None], bool],
        tells_refusal: Callable[[int], bool],
    ) -> None:
        self._function = function
        self._nodes = function.nodes
        self._is_refusal = is_refusal
        self._is_alike = is_alike
        self._is_settled = is_settled
        self._swallows = swallows
        self._tells_refusal = tells_refusal
        self._origins = Origins(function)

    def repeats(self, call: int) -> Iterator[Repeat]:
        """How a call is repeated after it failed."""
        for number in sorted(nodes_of_call(self._function, call)):
            for clause, start in self._caught(self._nodes[number].exc):
                found = self._from(number, clause, start, {})
                if found is not None:
                    yield found

    def repeats_nothing(self, call: int, members: frozenset[str]) -> Iterator[Repeat]:
        """How a call is repeated in a loop after it gave nothing, or how another one follows that
        does not come when it gave something; ``members`` of what it gives say which it is."""
        for number, node in enumerate(self._nodes):
            if node.kind is not Kind.CALL or node.call != call:
                continue
            names = self._names_given(call)
            held, given = (
                {
                    **answered(call, is_given=truth),
                    **{f"{name}.{member}": truth for name in names for member in members},
                }
                for truth in (False, True)
            )
            if members:
                del held[f"#{call}"]
            found = self._from(number, number, node.next, held)
            if found is None or (found.again == call and node.loop < 0):
                continue
            if found.again == call or self._find_again(number, number, node.next, given) is None:
                yield found

    def _names_given(self, call: int) -> list[str]:
        """The plain names that hold what a call gave."""
        return [
            node.target.path
            for node in self._nodes
            if node.kind is Kind.ASSIGN
            and node.value == Answer(call)
            and isinstance(node.target, Name)
        ]

    def is_giving_nothing(self, call: int) -> bool:
        """Whether the function gives nothing when a call in it fails, and else something."""
        returns = [node.value for node in self._nodes if node.kind is Kind.RETURN]
        if all(says_nothing(self._function, value) for value in returns):
            return False

        def onward(node: Node) -> tuple[int, ...]:
            return () if node.kind is Kind.RETURN else normally(node)

        starts = {
            start
            for one in nodes_of_call(self._function, call)
            for _, start in self._caught(self._nodes[one].exc)
        }
        ends = (self._nodes[one] for one in nodes_from(self._function, starts, onward))
        return any(
            node.kind is Kind.EXIT
            or (node.kind is Kind.RETURN and says_nothing(self._function, node.value))
            for node in ends
        )

    def is_escaping(self, call: int) -> bool:
        """Whether the exception of a call can leave the function."""
        starts = [self._nodes[one].exc for one in nodes_of_call(self._function, call)]
        return RAISED in points_from(starts, self._passing, (-1,))

    def _passing(self, number: int) -> tuple[int, ...]:
        """Where an exception that comes to a node goes on, or one that a clause raises instead."""
        node = self._nodes[number]
        if node.kind is Kind.FINALLY:
            return (node.next, node.exc)
        if node.kind is Kind.UNWIND or node.kind is Kind.RAISE:
            return (node.exc,)
        if node.kind is not Kind.EXCEPT:
            return ()
        raised = (
            self._nodes[one].exc
            for one in nodes_in_turn(self._function, node.next, number)
            if self._nodes[one].kind is Kind.RAISE
        )
        return tuple(raised) if catches_all(node) else (node.other, *raised)

    def _caught(self, start: int) -> Iterator[tuple[int, int]]:
        """The clauses that an exception of a call can get to, each with where it goes on."""
        number = start
        seen: set[int] = set()
        while number > 1 and number not in seen:
            seen.add(number)
            node = self._nodes[number]
            if node.kind is Kind.EXCEPT:
                if not self._is_refused(node):
                    yield number, node.next
                number = -1 if catches_all(node) else node.other
            elif node.kind is Kind.UNWIND:
                if self._swallows(node.value):
                    yield number, node.next
                number = node.exc
            else:
                number = node.next if node.kind is Kind.FINALLY else -1

    def _is_refused(self, node: Node) -> bool:
        names = [kind.path for kind in kinds_of(node.value) if isinstance(kind, Name)]
        return bool(names) and all(map(self._is_refusal, names))

    def _from(self, number: int, clause: int, start: int, held: Held) -> Repeat | None:
        call = self._nodes[number].call
        again = self._find_again(number, clause, start, held)
        if again is None:
            return None
        if self._nodes[again].call != call:
            after = nodes_in_turn(self._function, self._nodes[number].next, number)
            if again in after and clause != number:
                return None  # It follows when all went well, too.
            inside = frozenset(nodes_in_turn(self._function, start, clause))
            return Repeat(call, self._nodes[again].call, clause, inside)
        loop = self._nodes[number].loop

        def is_other(node: Node) -> bool:
            return node.loop != loop and self._is_other(node, call)

        if not is_left(self._function, self._origins, number, is_other):
            return None
        inside = frozenset(
            one
            for one, node in enumerate(self._nodes)
            if loop in loops_around(self._function, node.loop)
        )
        return Repeat(call, call, clause, inside)

    def _find_again(self, first: int, clause: int, start: int, known: Held) -> int | None:
        """The node of the call that comes next, like the one that failed."""
        call = self._nodes[first].call
        caught = self._nodes[clause].target
        error = caught.path if isinstance(caught, Name) else ""
        seen: set[tuple[int, frozenset[tuple[str, bool]]]] = set()
        waiting: deque[tuple[int, Held]] = deque([(start, known)])
        while waiting:
            number, held = waiting.popleft()
            if number < 0 or (number, frozenset(held.items())) in seen:
                continue
            seen.add((number, frozenset(held.items())))
            node = self._nodes[number]
            if node.kind is Kind.CALL:
                if node.call == call or self._is_alike(call, node.call):
                    return number
                if self._is_settled(node.call):
                    continue
            if self._is_other(node, call):
                continue
            held = counted(node, bound(node, held))
            truth = truth_of(node.value, held) if node.kind is Kind.TEST else None
            skipped = self._refused_arm(node.value, error) if node.kind is Kind.TEST else 0
            waiting += [(node.next, held)] if skipped <= 0 and truth is not False else []
            waiting += [(node.other, held)] if skipped >= 0 and truth is not True else []
        return None

    def _is_other(self, node: Node, call: int) -> bool:
        """Whether a binding turns to another order."""
        if node.kind not in (Kind.ITERATE, Kind.ASSIGN):
            return False
        names = targets_in(node.target)
        arguments = arguments_of(self._function.calls[call])
        calls = self._function.calls
        about = arguments if node.kind is Kind.ITERATE else arguments[:1]
        given = self._origins.closure(n for value in about for n in names_in(value, calls))
        if not have_common(names, given):
            return False
        if node.kind is Kind.ITERATE:
            return not all(is_attempt(name) for name in names)
        return node.loop >= 0 and bool(names_in(node.value, calls) or _is_answer(node.value))

    def _refused_arm(self, value: Expression | None, error: str) -> int:
        """Which arm of a test is taken for a refusal: 1 the true one, -1 the false one, 0 none."""
        if not error:
            return 0
        if isinstance(value, Answer):
            return int(self._is_refused_by(value.call, error))
        if not isinstance(value, Operation):
            return 0
        if value.kind == "not":
            return -self._refused_arm(value.args[0], error)
        if len(value.args) != 2 or value.kind not in ("in", "notin", "eq", "ne"):
            return 0
        texts = [str(text) for part in value.args for text in _literals(part)]
        names = names_in(value, self._function.calls)
        if not texts or not have_common((error,), self._origins.closure(names)):
            return 0
        if any(map(names_loss, texts)):
            return 0
        return 1 if value.kind in ("in", "eq") else -1

    def _is_refused_by(self, number: int, error: str) -> bool:
        """Whether a call says of the error that the exchange refused the order."""
        call = self._function.calls[number]
        given = arguments_of(call)
        names = {name for one in given for name in names_in(one, self._function.calls)}
        if not have_common((error,), self._origins.closure(names)):
            return False
        if call.func == Name("isinstance"):
            kinds = kinds_of(given[-1])
            classes = [one.path for one in kinds if isinstance(one, Name)]
            return bool(classes) and all(map(self._is_refusal, classes))
        return self._tells_refusal(number)


def _is_answer(value: Expression | None) -> bool:
    return isinstance(value, Answer | Item)


def _literals(value: Expression) -> Iterator[object]:
    if isinstance(value, Constant) and value.value is not None:
        yield value.value
    elif isinstance(value, Operation) and value.kind in ("tuple", "list", "set", "neg"):
        for part in value.args:
            yield from _literals(part)
