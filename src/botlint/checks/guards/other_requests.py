"""A guard that is asked about another request than the one that is sent.

Who makes a request for the question alone, with an amount that has nothing to do with the amount of
the order, gets a yes about an order that nobody places; so does who asks about a written number
where the order's amount is another value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from botlint.checks.guards.relation import Relation
from botlint.checks.guards.slots import AMOUNTS, is_amount_name
from botlint.checks.guards.symbols import is_of_other
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import (
    arguments_of,
    have_common,
    keyed_entries,
    names_handed,
    names_in,
    values_given,
)
from botlint.facts.types import Call, Constant, Expression, Function, Name, Result
from botlint.roles import words_of

_NUMBER = "Decimal"


class Others:
    """Which calls of one function are asked about another order than the one that ``sent`` lead
    to; ``calls`` are the function's, with the arguments of classes of the program named, and
    ``symbols`` the markets that the order is for, ``relation`` relates guards to it."""

    def __init__(
        self,
        function: Function,
        calls: tuple[Call, ...],
        symbols: frozenset[str],
        sent: frozenset[int],
        relation: Relation,
        amount_at: Callable[[int], Expression | None],
    ) -> None:
        """``amount_at`` says which amount a call is given, where that can be told."""
        self._function = function
        self._calls = calls or function.calls
        self._symbols = symbols
        self._sent = sent
        self._relation = relation
        self._amount_at = amount_at
        self.is_of_other = cache(self._is_of_other)

    def _is_of_other(self, guard: int) -> bool:
        """Whether call number ``guard`` is about another market, or asks about a request that is
        made for the question alone."""
        asked = self._function.calls[guard]
        return is_of_other(self._function, asked, self._symbols) or any(
            self._is_other_request(asked, self._function.calls[order])
            or self._is_other_number(guard, self._function.calls[order])
            for order in self._sent
        )

    def is_asking_other(self, value: Expression | None) -> bool:
        """Whether a test asks calls that are all about another order."""
        asked = [part.call for part in walk(value, ()) if isinstance(part, Result)]
        return bool(asked) and all(self.is_of_other(number) for number in asked)

    def _is_other_request(self, guard: Call, order: Call) -> bool:
        asked = [one for value in arguments_of(guard) for one in self._amounts(value)]
        if not asked or self._has_common(guard, order):
            return False
        given = arguments_of(order)
        sent = [one for value in given for one in self._amounts(value)]
        is_alike = any(self._is_alike(one, other) for one in asked for other in sent or given)
        return not is_alike and (bool(sent) or all(_is_written(one, self._calls) for one in asked))

    def _is_other_number(self, guard: int, order: Call) -> bool:
        """Whether a call is asked about a written number, and about nothing else of the amount."""
        asked = self._amount_at(guard)
        if asked is None or not _is_written(asked, self._calls):
            return False
        sent = [value for value in arguments_of(order) if _is_amount(value)]
        sent += [value for name, value in order.keywords if name and is_amount_name(name)]
        if not sent or any(self._is_number(one, asked) for one in sent):
            return False
        closure = self._relation.origins.closure
        names = closure(names_handed(self._function, guard))
        return not any(have_common(closure(names_in(one, self._calls)), names) for one in sent)

    def _is_number(self, value: Expression, number: Expression) -> bool:
        """Whether a value may be a written number."""
        held = [value, *values_given(self._function, value)]
        return any(self._is_alike(one, number) for one in held)

    def _has_common(self, guard: Call, order: Call) -> bool:
        """Whether one value is given to both whole, or the order's comes from the guard's."""
        given = arguments_of(order)
        for value in arguments_of(guard):
            if list(self._amounts(value)) and (
                value in given or any(self._comes_from(one, value) for one in given)
            ):
                return True
        return False

    def _comes_from(self, value: Expression, source: Expression) -> bool:
        names = names_in(source, ()) if isinstance(source, Name) else frozenset()
        return not names.isdisjoint(self._relation.origins.closure(names_in(value, self._calls)))

    def _amounts(self, value: Expression) -> Iterator[Expression]:
        """What a request that is made here says of its amount."""
        made = values_given(self._function, value) if isinstance(value, Name) else (value,)
        for one in made:
            for name, entry in self._entries(one):
                if not AMOUNTS.isdisjoint(words_of(name)):
                    yield entry

    def _entries(self, value: Expression) -> Iterator[tuple[str, Expression]]:
        yield from keyed_entries(value)
        if isinstance(value, Result):
            call = self._calls[value.call]
            name = last_segment(call.func)
            if name[:1].isupper() and name != _NUMBER:
                yield from ((key, one) for key, one in call.keywords if key is not None)

    def _is_alike(self, one: Expression, other: Expression) -> bool:
        """Whether two amounts have to do with each other."""
        if one == other:
            return True
        names, others = (names_in(value, self._calls) for value in (one, other))
        if not names or not others:
            return (
                not names
                and not others
                and _numbers(one, self._calls) == _numbers(other, self._calls)
            )
        closure = self._relation.origins.closure
        return not closure(names).isdisjoint(closure(others))


def _is_amount(value: Expression) -> bool:
    return isinstance(value, Name) and is_amount_name(value.path)


def _is_written(value: Expression, calls: tuple[Call, ...]) -> bool:
    """Whether an amount is a number that is written out: ``1``, ``Decimal("0.5")``."""
    return not names_in(value, calls) and bool(_numbers(value, calls))


def _numbers(value: Expression, calls: tuple[Call, ...]) -> list[str]:
    """The numbers that stand in a value."""
    parts = (part.value for part in walk(value, calls) if isinstance(part, Constant))
    return [str(one) for one in parts if one is not None]
