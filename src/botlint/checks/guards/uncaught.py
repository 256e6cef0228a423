"""Which clauses an exception goes past, as far as its type is written.

What an ``except Exception`` has not caught (a cancellation, the end of the program), no such clause
around it catches either; a bare one lets nothing by. And ``raise ValueError("refused")`` raises
just that: the first clause that names it, or one that catches all errors, has it. A clause for
nothing but what the clauses before it have caught never runs. Once a clause of ``except*`` has run,
the next one may have nothing left to catch, whatever it names.
"""

from __future__ import annotations

import builtins

from botlint.checks.guards.signs import TRUE
from botlint.checks.guards.states import Onward, State, updated
from botlint.facts.types import Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.ways import anyhow, nodes_from

_BEYOND = "<beyond>"
_RAISED = "<raised>"
_TOLD = (_BEYOND, _RAISED)
_WIDE = "Exception"
_WIDEST = "BaseException"
_OTHERS = frozenset({_WIDEST, "CancelledError", "KeyboardInterrupt", "SystemExit", "GeneratorExit"})
_ERRORS = frozenset(
    name
    for name, one in vars(builtins).items()
    if isinstance(one, type) and issubclass(one, Exception)
)


def past_clauses(function: Function, onward: Onward) -> Onward:
    """``onward`` of a walk through ``function``, for which exceptions are followed past clauses."""
    nodes = function.nodes
    clauses = {n: _named(one.value) for n, one in enumerate(nodes) if one.kind is Kind.EXCEPT}
    if len(clauses) <= 1:
        return onward
    step = onward.step
    raised = {n: _raised(function, one) for n, one in enumerate(nodes) if one.kind is Kind.RAISE}
    idle, later = _find_idle(function), _find_later(function)
    made = {
        one.value.call
        for n, one in enumerate(nodes)
        if raised.get(n) and isinstance(one.value, Result)
    }
    making = {n for n, one in enumerate(nodes) if one.kind is Kind.CALL and one.call in made}
    told_of = [n for n, error in raised.items() if error]
    starts = [*(nodes[n].other for n in clauses), *(to for n in told_of for to in anyhow(nodes[n]))]
    past = {
        *nodes_from(function, starts, anyhow if later else _past),
        *making,
        *told_of,
        *idle,
        *clauses,
    }

    def stepped(number: int, state: State) -> list[tuple[int, State]]:
        node = nodes[number]
        told = next((name for name, _ in state.known if name.startswith(_TOLD)), "")
        if number in idle:
            return [(node.other, state)]
        if number in clauses and number not in later:
            return _at_clause(node, clauses[number], told, step(number, _without(state, told)))
        found = step(number, state)
        if node.kind is Kind.CALL and node.call in made:
            return [one for one in found if one[0] != node.exc]
        if raised.get(number):
            return [(n, updated(one, {f"{_RAISED}{raised[number]}": TRUE})) for n, one in found]
        if not told or node.kind is Kind.UNWIND:
            return found
        return [(n, _without(one, told) if n == node.exc else one) for n, one in found]

    return Onward(stepped, frozenset(past), onward)


def _past(node: Node) -> tuple[int, ...]:
    """Where an exception may go on to that a clause has not caught."""
    is_clause = node.kind is Kind.EXCEPT
    return (node.other,) if is_clause else anyhow(node)


def _at_clause(
    node: Node, names: frozenset[str], told: str, found: list[tuple[int, State]]
) -> list[tuple[int, State]]:
    """Where an exception of which ``told`` is known goes from a clause that names ``names``."""
    is_plain = names.isdisjoint(_OTHERS) and "" not in names
    if told == _BEYOND and names and is_plain:
        return [(n, updated(one, {_BEYOND: TRUE})) for n, one in found if n == node.other]
    error = {told.removeprefix(_RAISED), _WIDE} if told.startswith(_RAISED) else set()
    if not names or not names.isdisjoint({_WIDEST, *error}):
        return [one for one in found if one[0] != node.other]
    past = _BEYOND if _WIDE in names and is_plain else told
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


def _find_later(function: Function) -> frozenset[int]:
    """The clauses of ``except*`` that are come to once another one has run."""
    nodes = function.nodes
    waiting = [
        following
        for node in nodes
        for following in (node.next, node.other if node.kind is not Kind.EXCEPT else -1)
    ]
    later: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number >= 0 and nodes[number].kind is Kind.EXCEPT and number not in later:
            later.add(number)
            waiting.append(nodes[number].other)
    return frozenset(later)


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
    return func.path if isinstance(func, Name) and func.path in _ERRORS else ""


def _without(state: State, told: str) -> State:
    return updated(state, {told: None}) if told else state


def _named(value: Expression | None) -> frozenset[str]:
    """The last words of the types that a clause names; none for a bare one, ``""`` for what is no
    name."""
    if value is None:
        return frozenset()
    parts = value.args if isinstance(value, Operation) and value.kind == "tuple" else (value,)
    names = (one.path.rpartition(".")[2] if isinstance(one, Name) else "" for one in parts)
    return frozenset(names)
