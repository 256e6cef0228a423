"""What is asked of one function: which of its calls guard, and for which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from botlint.checks.guards.correlated import Atom
from botlint.checks.guards.forgetting import Ahead, reads_all
from botlint.checks.guards.held import NONE_HELD, Held
from botlint.checks.guards.kept_in import Kinds
from botlint.checks.guards.reducing import NEVER, Reducing
from botlint.checks.guards.relation import Relation, asks_nothing
from botlint.checks.guards.signs import Sign, Verdict
from botlint.checks.guards.states import Mark, Status
from botlint.facts.types import Call, Constant, Expression
from botlint.model import Step

if TYPE_CHECKING:
    from botlint.checks.guards.body import Body


class Guard(NamedTuple):
    """How a call guards: by what it returns (``sign``), or by raising when it refuses.

    ``lost`` says how a guard fares that runs inside and whose verdict does not come out, and
    ``lost_at`` where; ``is_entered``: it guards the body of a ``with`` on it. ``element`` is the
    number of the element of the returned tuple that ``sign`` is about, ``-1`` where it is the first
    or the whole; ``reason`` of the one that is only filled for a no. ``is_of_result``: it was asked
    about what the call gives, and not about what the call is handed.
    """

    sign: Sign | None
    is_raising: bool = False
    is_entered: bool = False
    lost: Mark | None = None
    lost_at: Step | None = None
    element: int = -1
    reason: int = -1
    is_of_result: bool = False


class Left(NamedTuple):
    """What a call leaves on one of its ways out: how the guard fared in it, and what is known then
    of the variables that it sets (``None``: nothing)."""

    mark: Mark
    changes: tuple[tuple[str, Verdict | None], ...]


Told = tuple[tuple[str, Verdict], ...]


def leaves_nothing(_: int, known: Told, is_asked: Callable[[int], bool]) -> tuple[Left, ...]:
    """No call sets a variable that outlives it."""
    return ()


def reads_nothing(_: str) -> Sign | None:
    """No member tells of a guard."""
    return None


def fills_nothing(_: Expression | None) -> bool:
    """No collection is known to have elements."""
    return False


def compares_nothing(_: Expression) -> bool:
    """No comparison is a verdict by itself."""
    return False


def lines_up_nothing(_: Expression) -> int:
    """No collection holds verdicts."""
    return -1


def lasts_never(_: Status) -> bool:
    """What said yes to one order says nothing of the next."""
    return False


def starts_nothing(_: int) -> bool:
    """Every call is over when it returns."""
    return False


def tells_no_amount(_: int) -> Expression | None:
    """No call is known to be given an amount."""
    return None


def keeps_nothing(_: int, kinds: Kinds) -> bool:
    """Any call may raise anything."""
    return False


def says_nothing(_: Expression) -> bool | None:
    """Every test may come out either way."""
    return None


def makes_nothing(_: Expression | None, name: str) -> Mapping[str, Verdict]:
    """No object is made whose members matter."""
    return {}


class Question(NamedTuple):
    """What to look for in one function.

    ``guard_at`` says how a call guards; ``named_sign`` what a name says; ``roots`` are the names
    that the order's values come from (``None``: they are out of sight; none: they are written out;
    any guard will do then); ``decides`` says of a value
    without a verdict whether it looks like a guard by what it does, ``consents`` which arm of a
    test says yes by what that asks for is called, ``lets_sell`` which arm of one at a node sells
    only what is held; ``members`` gives those of
    the enumeration of which one is named; ``swallows`` whether a ``with`` on that value lets go of
    exceptions; ``is_vetted`` whether a value is made of nothing but what a guard has said yes to;
    ``given`` are the verdicts that parameters hold;
    ``compares`` whether a comparison is a verdict by itself, and ``is_had`` whether a test only
    asks if there is anything to compare; ``calls`` are the function's, with the arguments of its
    own classes named (``()``: as they are written); ``is_lasting`` whether what said yes said it to
    trading as a whole, and so to the orders of the next rounds too; ``modules`` are the names of
    foreign modules; ``symbols`` are the markets that the order is for, where they are written
    there; ``is_filled`` whether a collection is written out with elements; ``read_sign`` what
    reading a member says; ``left_by`` what a call leaves in variables that outlive it, given what
    is known of them, and ``held`` those in which constants matter for that; ``made_by`` what those
    hold that are members of an object which a value makes; ``asked_within`` the names that those
    nested functions ask about which a call runs, and ``read_of_own`` the members of its own object
    that a method reads which a call runs on that; ``is_started`` whether what a call runs need not
    be over when it returns; ``amount_at`` which amount a call is given;
    ``atoms`` what its tests ask of values that several of them ask about, and ``constants`` the
    variables that it puts constants into; ``assumed`` is what its parameters hold; ``ahead`` is
    what it reads of its locals from each node on; ``keeps_in`` says whether no error of some kinds
    comes out of a call, and ``always_says`` how a test always comes out; ``ending`` are its calls
    behind which nothing goes on; ``body`` is what it says by itself, where that is known;
    ``reducing`` are the ways on which the order only reduces a position.
    """

    guard_at: Callable[[int], Guard | None]
    named_sign: Callable[[str], Sign | None]
    polarity: Callable[[str], int]
    roots: frozenset[str] | None
    decides: Callable[[Expression, Relation], bool]
    consents: Callable[[Expression, Relation], int]
    lets_sell: Callable[[int], int]
    members: Callable[[str], tuple[str, ...]]
    swallows: Callable[[Expression | None], bool]
    is_vetted: Callable[[Expression | None], bool]
    given: tuple[tuple[str, Verdict], ...] = ()
    compares: Callable[[Expression], bool] = compares_nothing
    is_had: Callable[[Expression], bool] = compares_nothing
    calls: tuple[Call, ...] = ()
    is_lasting: Callable[[Status], bool] = lasts_never
    modules: frozenset[str] = frozenset()
    symbols: frozenset[str] = frozenset()
    is_filled: Callable[[Expression | None], bool] = fills_nothing
    read_sign: Callable[[str], Sign | None] = reads_nothing
    left_by: Callable[[int, Told, Callable[[int], bool]], tuple[Left, ...]] = leaves_nothing
    held: frozenset[str] = frozenset()
    made_by: Callable[[Expression | None, str], Mapping[str, Verdict]] = makes_nothing
    asked_within: Callable[[int], frozenset[str]] = asks_nothing
    read_of_own: Callable[[int], frozenset[str]] = asks_nothing
    is_started: Callable[[int], bool] = starts_nothing
    amount_at: Callable[[int], Expression | None] = tells_no_amount
    atoms: Mapping[int, Atom] = {}
    constants: Held = NONE_HELD
    assumed: tuple[tuple[str, Constant], ...] = ()
    ahead: Callable[[], Ahead] = reads_all
    keeps_in: Callable[[int, Kinds], bool] = keeps_nothing
    always_says: Callable[[Expression], bool | None] = says_nothing
    ending: Callable[[], frozenset[int]] = frozenset
    body: Body | None = None
    reducing: Reducing = NEVER
