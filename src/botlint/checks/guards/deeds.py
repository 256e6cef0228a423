"""Guards known by what they do, and not by a name."""

from __future__ import annotations

import enum

from botlint.checks.guards.own_orders import is_opening_itself
from botlint.checks.guards.question import Guard
from botlint.checks.guards.refusing import is_refusing
from botlint.checks.guards.relation import Relation
from botlint.checks.guards.shown import keys_in, plain_names, results_in
from botlint.checks.guards.sold import lets_sell
from botlint.checks.guards.spoken import Marks, consents, is_spoken, marks_of
from botlint.checks.roots import (
    arguments_of,
    assigned_in,
    have_common,
    names_in,
    receiver_of,
    targets_in,
)
from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project


class Basis(enum.Enum):
    """By what something is taken for a guard."""

    ROLE = "its name plays the role, or what it does ends in such a guard"
    LIMIT = "or it compares the order with a limit"
    DEED = "or it gets the order's values, and one outcome alone leads on to the order"


class Deeds:
    """Says what looks like a guard, on one basis."""

    def __init__(self, project: Project, basis: Basis, roles: tuple[str, ...]) -> None:
        self._project = project
        self._basis = basis
        self._roles = roles
        self._bound: dict[FunctionRef, dict[str, list[int]]] = {}

    def guard(self, ref: CallRef) -> Guard | None:
        """A function that gets the order's values, raises on its own and returns nothing, or that
        refuses a number that it was given.

        One that is only handed over, to be called when a signal comes, is none.
        """
        if self._basis is not Basis.DEED or not arguments_of(self._project.call(ref)):
            return None
        edges = self._project.program.edges(ref.function, ref.call)
        callees = [callee for callee, via in edges if via not in ("callback", "thread")]
        if not callees:
            return None
        working = settled(self._project.program, callees[0])
        function = self._project.function(working)
        raises = any(n.kind is Kind.RAISE and n.value is not None for n in function.nodes)
        returns = any(n.kind is Kind.RETURN and n.value is not None for n in function.nodes)
        if not raises or function.name == "__init__":
            return None
        if returns and not is_refusing(self._project, working):
            return None
        calls = (CallRef(working, number) for number in range(len(function.calls)))
        places = any(self._project.plays(one, "place-order") for one in calls)
        if places or is_opening_itself(self._project, ref):
            return None
        return Guard(None, is_raising=True)

    def consents(self, ref: FunctionRef, value: Expression, relation: Relation) -> int:
        """Which arm of a test says yes to the order by what it asks for is called: 1, -1, or 0."""
        if self._basis is Basis.ROLE:
            return 0
        asked = (self._project, self._project.function(ref), value, relation, self._marks())
        return relation.answer((self, "consents", value), lambda: consents(*asked))

    def lets_sell(self, ref: FunctionRef, number: int) -> int:
        """Which arm of a test at a node lets only those sells through that close a position."""
        return 0 if self._basis is Basis.ROLE else lets_sell(self._project, ref, number)

    def is_unnamed(self, ref: FunctionRef, number: int) -> bool:
        """Whether a test at a node is taken for a guard, if it is, for what it does: it compares,
        asks for a verdict that nobody has named a preflight's, or sells what is held."""
        value = self._project.function(ref).nodes[number].value
        is_compared = isinstance(value, Operation) and value.kind in _ORDERED
        if value is None or is_compared or self._basis is Basis.ROLE:
            return is_compared
        return bool(self.lets_sell(ref, number)) or is_spoken(self._project, value, self._marks())

    def _marks(self) -> Marks:
        return marks_of(self._project, self._roles)

    def is_deciding(self, ref: FunctionRef, value: Expression, relation: Relation) -> bool:
        """Whether a test looks like a guard: the order held against a limit, or asked about."""
        if self._basis is Basis.ROLE:
            return False
        question = (self, "decides", value)
        return relation.answer(question, lambda: self._decides(ref, value, relation))

    def _decides(self, ref: FunctionRef, value: Expression, relation: Relation) -> bool:
        calls = self._project.function(ref).calls
        if isinstance(value, Operation) and value.kind in _ORDERED:
            names = names_in(value, calls)
            if not relation.is_about(names):
                return False
            is_held = any(self.is_limit(part, calls) for part in value.args)
            is_held = is_held or self._is_afforded(ref, value, relation)
            is_held = is_held or self.is_bounded(value, calls)
            if relation.roots is None:
                is_deed = self._is_of_size(names)
            else:
                is_deed = bool(relation.roots) and not _is_time(names)
            return is_held or (is_deed and self._basis is Basis.DEED)
        if self._basis is not Basis.DEED or not relation.roots:
            return False
        results = self._results_behind(ref, value)
        if _is_null_check(value):
            results = tuple(one for one in results if self._is_gate(CallRef(ref, one)))
        asked = [one for one in results if not self._is_noise(CallRef(ref, one))]
        if _is_bare(value):
            asked = [number for number in asked if not self._is_read(CallRef(ref, number))]
        return any(
            have_common(names_in(given, calls), relation.roots)
            for number in asked
            for given in (*arguments_of(calls[number]), *self._own_object(CallRef(ref, number)))
        )

    def _is_of_size(self, names: frozenset[str]) -> bool:
        """Whether something compared says how much is traded or may be lost. Of an order whose
        values are out of sight that may be its size; a signal alone is not."""
        roles = (self._project.vocabulary.roles[name] for name in _SIZES)
        return any(role.plays_name(name) for role in roles for name in names)

    def _own_object(self, ref: CallRef) -> tuple[Expression, ...]:
        """What a call asks about itself: ``plan.is_valid()``, where the program has that method."""
        receiver = receiver_of(self._project.call(ref))
        callees = self._project.program.callees(ref.function, ref.call)
        is_own = bool(callees) and all(self._project.program.owner(one) for one in callees)
        return (receiver,) if isinstance(receiver, Name) and is_own else ()

    def _results_behind(self, ref: FunctionRef, value: Expression) -> tuple[int, ...]:
        """The calls whose results stand in ``value``, or in the variables that it looks at."""
        found = list(results_in(value))
        bound = self._results_bound(ref)
        for name in dict.fromkeys(name.partition(".")[0] for name in plain_names(value)):
            found += bound.get(name, ())
        return tuple(dict.fromkeys(found))

    def _results_bound(self, ref: FunctionRef) -> dict[str, list[int]]:
        """The calls whose results each variable of a function gets."""
        known = self._bound.get(ref)
        if known is None:
            known = self._bound[ref] = {}
            for node in self._project.function(ref).nodes:
                if node.kind is Kind.ASSIGN:
                    results = results_in(node.value)
                    for name in targets_in(node.target) if results else ():
                        known.setdefault(name, []).extend(results)
        return known

    def _is_afforded(self, ref: FunctionRef, value: Operation, relation: Relation) -> bool:
        """Whether what an order costs is held against the account's funds, or a share of them."""
        funds = self._project.vocabulary.roles["funds"]
        calls = self._project.function(ref).calls
        for held, cost in (value.args, value.args[::-1]):
            names, asked = names_in(held, calls), names_in(cost, calls)
            is_funds = any(funds.plays_name(name) for name in names | self._shared(ref, held))
            if is_funds and asked - names and relation.is_about(asked - names):
                return True
        return False

    def _shared(self, ref: FunctionRef, value: Expression) -> frozenset[str]:
        """What a name is a share of: ``spendable = available * 0.95``."""
        if not isinstance(value, Name):
            return frozenset()
        bound = assigned_in(self._project, ref).get(value.path, [])
        share = bound[0] if len(bound) == 1 else None
        if not isinstance(share, Operation) or share.kind not in ("*", "/", "-"):
            return frozenset()
        return frozenset(targets_in(share.args[0]) if isinstance(share.args[0], Name) else ())

    def may_decide(self, ref: FunctionRef, value: Expression) -> bool:
        """Whether a limit of orders, the account's funds or a verdict stand in ``value``."""
        if is_spoken(self._project, value, self._marks()):
            return True
        funds = self._project.vocabulary.roles["funds"]
        calls = self._project.function(ref).calls
        if isinstance(value, Operation) and any(self.may_decide(ref, one) for one in value.args):
            return True
        if self.is_limit(value, calls) or self.is_bounded(value, calls):
            return True
        names = names_in(value, calls) | self._shared(ref, value)
        return any(funds.plays_name(name) for name in names)

    def is_bounded(self, value: Expression, calls: tuple[Call, ...]) -> bool:
        """Whether a quantity is compared with a number that is written there, and not just to see
        whether there is any."""
        if not isinstance(value, Operation) or value.kind not in _ORDERED:
            return False
        roles = self._project.vocabulary.roles
        bounds = [one.value for one in value.args if isinstance(one, Constant)]
        numbers = [one for one in bounds if isinstance(one, int | float)]
        role = roles["quantity" if any(one > 1 for one in numbers) else "traded-size"]
        return any(one > 1 or _LEAST <= one < 1 for one in numbers) and any(
            role.plays_name(name) and not self._is_of_market(name)
            for name in names_in(value, calls)
        )

    def _is_of_market(self, name: str) -> bool:
        """Whether an amount is the market's, and not the order's: ``candle.volume``."""
        base = name.rpartition(".")[0]
        return bool(base) and self._project.vocabulary.roles["price"].plays_name(base)

    def is_limit(self, value: Expression, calls: tuple[Call, ...]) -> bool:
        """Whether a limit of orders stands in ``value``."""
        limits = self._project.vocabulary.roles["order-limit"]
        return any(limits.plays_name(name) for name in names_in(value, calls) | keys_in(value))

    def _is_gate(self, ref: CallRef) -> bool:
        """Whether a call asks what decides on trades: then nothing for an answer is a no."""
        return any(self._project.plays(ref, role) for role in _GATES)

    def _is_read(self, ref: CallRef) -> bool:
        """Whether a call fetches something, so that its truth only says whether there is any."""
        return self._project.written(ref).rpartition(".")[2].lstrip("_").startswith(_READING)

    def _is_noise(self, ref: CallRef) -> bool:
        if self._project.plays(ref, "log") or self._project.plays(ref, "place-order"):
            return True
        program = self._project.program
        callees = [settled(program, one) for one in program.callees(ref.function, ref.call)]
        return bool(callees) and all(_is_settled(self._project.function(one)) for one in callees)


_GATES = ("preflight", "risk-gate", "kill-switch")
_SIZES = ("traded-size", "funds", "risk-limit", "order-limit")
_READING = ("get_", "fetch_", "load_", "read_", "find_", "query_", "request")
_LEAST = 0.00001
"""Below that, and at one, it is only seen whether there is any."""
_ORDERED = frozenset({"lt", "le", "gt", "ge"})


def _is_null_check(value: Expression) -> bool:
    """Whether a test only asks whether there is anything: ``order is None``."""
    if isinstance(value, Operation) and value.kind in ("is", "isnot", "eq", "ne"):
        return Constant(None) in value.args
    return isinstance(value, Operation) and value.kind == "not" and _is_null_check(value.args[0])


def _is_bare(value: Expression) -> bool:
    """Whether a test is the truth of a value itself."""
    if isinstance(value, Operation) and value.kind == "not":
        return _is_bare(value.args[0])
    return isinstance(value, Name | Result)


def _is_settled(function: Function) -> bool:
    """Whether a function says one and the same whatever it is asked, and does nothing else."""
    said = {node.value for node in function.nodes if node.kind is Kind.RETURN}
    is_plain = not function.calls and all(node.kind is not Kind.RAISE for node in function.nodes)
    return is_plain and len(said) == 1 and isinstance(said.pop(), Constant)


def _is_time(names: frozenset[str]) -> bool:
    return any("time" in name.lower() or "_ts" in name.lower() for name in names)
