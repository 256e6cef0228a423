"""Which clauses an exception goes past, as far as its type is written.

What an ``except Exception`` has not caught (a cancellation, the end of the program), no such clause
around it catches either; a bare one lets nothing by. And ``raise ValueError("refused")`` raises
just that: the first clause that names it, or one that catches all errors, has it. A clause for
nothing but what the clauses before it have caught never runs, nor does one for what a called
function catches itself. Once a clause of ``except*`` has run, the next one may have nothing left to
catch, whatever it names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from botlint.checks.guards.kept_in import (
    ERRORS,
    LEAVING,
    WIDE,
    WIDEST,
    Kinds,
    is_plain,
    kinds_named,
    later_clauses,
    suppressed,
)
from botlint.checks.guards.signs import TRUE, Verdict
from botlint.checks.guards.states import Onward, State, updated
from botlint.facts.types import RAISED, Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.ways import anyhow, nodes_from

_BEYOND = "<beyond>"
_RAISED = "<raised>"
_KEPT = "<kept>"
_TOLD = (_BEYOND, _RAISED, _KEPT)


class Clauses(NamedTuple):
    """The nodes of a function at which clauses catch errors, and those at which
    ``with suppress(...)`` swallows some, each with their kinds."""

    catching: Mapping[int, Kinds]
    swallowing: Mapping[int, Kinds]


def clauses_of(function: Function) -> Clauses:
    """The clauses of a function."""
    nodes = function.nodes
    catching = {n: kinds_named(one.value) for n, one in enumerate(nodes) if one.kind is Kind.EXCEPT}
    suppressing = {n: suppressed(one, function.calls) for n, one in enumerate(nodes)}
    return Clauses(catching, {number: kinds for number, kinds in suppressing.items() if kinds})


def past_clauses(
    function: Function, caught: Clauses, keeps_in: Callable[[int, Kinds], bool], onward: Onward
) -> Onward:
    """``onward`` of a walk through ``function``, for which an exception is followed past its
    clauses; ``keeps_in`` says whether no error of some kinds comes out of what a call runs."""
    nodes = function.nodes
    clauses, swallowing = caught
    kept = _find_kept(function, {*clauses.values(), *swallowing.values()}, keeps_in)
    raised = {n: _raised(function, one) for n, one in enumerate(nodes) if one.kind is Kind.RAISE}
    is_leaving = not LEAVING.isdisjoint(raised.values())
    if not (kept or is_leaving) and len(clauses) + bool(swallowing) <= 1:
        return onward
    step = onward.step
    idle, later = _find_idle(function), later_clauses(function)
    made = _find_made(function, raised)
    making = {n for n, one in enumerate(nodes) if one.kind is Kind.CALL and one.call in made}
    told_of = [n for n, error in raised.items() if error]
    starts = [
        *(nodes[n].other for n in clauses),
        *(to for n in told_of for to in anyhow(nodes[n])),
        *(nodes[n].exc for n in kept),
    ]
    carried = nodes_from(function, starts, anyhow if later else _past)
    past = {*carried, *making, *told_of, *idle, *clauses, *swallowing, *kept}

    def stepped(number: int, state: State) -> list[tuple[int, State]]:
        node = nodes[number]
        told = next((name for name, _ in state.known if name.startswith(_TOLD)), "")
        if number in idle:
            return [(node.other, state)]
        if number in clauses and number not in later:
            if _has_passed(told, clauses[number], kept):
                return [(node.other, state)]
            return _at_clause(node, clauses[number], told, step(number, _without(state, told)))
        if number in swallowing and told and _has_passed(told, swallowing[number], kept):
            return [(node.exc, state)]
        found = step(number, state)
        if node.kind is Kind.CALL and node.call in made:
            return [one for one in found if one[0] != node.exc]
        if raised.get(number):
            says = _said_of(raised[number])
            return [(n, updated(one, {says: TRUE})) for n, one in found]
        if node.kind is Kind.UNWIND or not (told or number in kept):
            return found
        changes: dict[str, Verdict | None] = {told: None} if told else {}
        if number in kept:
            changes[f"{_KEPT}{number}"] = TRUE
        return [(n, updated(one, changes) if n == node.exc else one) for n, one in found]

    return Onward(stepped, frozenset(past), onward)


def _said_of(error: str) -> str:
    """What is known of an exception that is raised by its name."""
    return _BEYOND if error in LEAVING else f"{_RAISED}{error}"


def _past(node: Node) -> tuple[int, ...]:
    """Where an exception may go on to that a clause has not caught."""
    is_clause = node.kind is Kind.EXCEPT
    return (node.other,) if is_clause else anyhow(node)


def _has_passed(told: str, kinds: Kinds, kept: dict[int, frozenset[Kinds]]) -> bool:
    """Whether an exception of which ``told`` is known goes past what catches some kinds."""
    if told == _BEYOND:
        return is_plain(kinds)
    return told.startswith(_KEPT) and kinds in kept[int(told.removeprefix(_KEPT))]


def _find_made(function: Function, raised: dict[int, str]) -> frozenset[int]:
    """The calls that make the errors which are raised at the nodes ``raised``."""
    values = [function.nodes[number].value for number, name in raised.items() if name]
    return frozenset(one.call for one in values if isinstance(one, Result))


def _find_kept(
    function: Function, kinds: set[Kinds], keeps_in: Callable[[int, Kinds], bool]
) -> dict[int, frozenset[Kinds]]:
    """The calls that let no error of some of ``kinds`` out, which something here catches."""
    plain = sorted(filter(is_plain, kinds), key=sorted)
    found: dict[int, frozenset[Kinds]] = {}
    for number, node in enumerate(function.nodes) if plain else ():
        if node.kind is Kind.CALL and node.exc > RAISED:
            found[number] = frozenset(one for one in plain if keeps_in(node.call, one))
    return {number: one for number, one in found.items() if one}


def _at_clause(
    node: Node, names: Kinds, told: str, found: list[tuple[int, State]]
) -> list[tuple[int, State]]:
    """Where an exception of which ``told`` is known goes from a clause that names ``names``."""
    error = {told.removeprefix(_RAISED), WIDE} if told.startswith(_RAISED) else set()
    if not names or not names.isdisjoint({WIDEST, *error}):
        return [one for one in found if one[0] != node.other]
    past = _BEYOND if WIDE in names and is_plain(names) else told
    changes = {past: TRUE} if past else {}
    return [(n, updated(one, changes) if n == node.other else one) for n, one in found]


def _find_idle(function: Function) -> frozenset[int]:
    """The clauses that never run: what they name, others of the same ``try`` have caught."""
    found: set[int] = set()
    for number, node in enumerate(function.nodes):
        caught: set[str] = set()
        following = number
        while following >= 0 and _is_clause_of(node, function.nodes[number].region):
            named = _written(node.value)
            if caught and named and caught.issuperset(named):
                found.add(following)
            caught |= named
            following = node.other
            node = function.nodes[following]
    return frozenset(found)


def _is_clause_of(node: Node, region: tuple[int, int]) -> bool:
    return node.kind is Kind.EXCEPT and node.region == region


def _written(value: Expression | None) -> frozenset[str]:
    """The types that a clause names, if each is a name as it is written."""
    parts = value.args if isinstance(value, Operation) and value.kind == "tuple" else (value,)
    names = [one.path for one in parts if isinstance(one, Name)]
    return frozenset(names) if len(names) == len(parts) else frozenset()


def _raised(function: Function, node: Node) -> str:
    """The error of Python's own that is raised, if that is written."""
    value = node.value
    func = function.calls[value.call].func if isinstance(value, Result) else value
    return func.path if isinstance(func, Name) and func.path in ERRORS | LEAVING else ""


def _without(state: State, told: str) -> State:
    return updated(state, {told: None}) if told else state
