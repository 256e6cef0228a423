"""Orders that a failing edge sends again, without an id by which the exchange knows the repeat.

From each order the walk goes up through its callers as far as its exception does. Where a call on
that way is repeated, by a loop of attempts, a handler, recursion, or a retrying decorator, the id
of the order is followed up to there: it must come from outside of what is repeated.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, TypeGuard

from botlint.checks.orders.orders import PLACE, Orders
from botlint.checks.retries.alike import Alike
from botlint.checks.retries.attempts import Attempts
from botlint.checks.retries.handed import calls_of_handed
from botlint.checks.retries.identity import Level
from botlint.checks.retries.own_checks import is_of_checks
from botlint.checks.retries.records import telling_members
from botlint.checks.retries.refusals import tells_refusal
from botlint.checks.retries.senders import find_resent
from botlint.checks.retries.silent import hands_on_nothing, keeps_errors_in
from botlint.checks.roots import arguments_of
from botlint.facts.types import Expression, Kind, Lambda, Name, Result
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.flow.values import Func
from botlint.model import Span, Step
from botlint.project import CallRef, Project

MOST_LEVELS = 6
_UNDONE = ("cancel-order", "close-order")


class Again(NamedTuple):
    """An order that is sent again: the calls up to what is repeated, the last of them that, and
    the call that sends it again; ``step`` shows how."""

    levels: tuple[Level, ...]
    second: CallRef
    step: Step


class Retries:
    """Finds the orders of a project that are sent again."""

    def __init__(self, project: Project, lookup: str) -> None:
        self._project = project
        self._program = project.program
        self._orders = project.answer(("orders",), lambda: Orders(project))
        self._lookup = lookup
        looking = frozenset(ref.function for ref in project.calls_playing(lookup))
        self._looking = self._program.reaches(looking)
        self._alike = Alike(project)
        self._attempts: dict[FunctionRef, Attempts] = {}
        self._helped: dict[FunctionRef, Step | None] = {}
        self._handing: dict[FunctionRef, list[tuple[int, list[Lambda | Name]]]] = {}
        self._settling: dict[FunctionRef, tuple[Span, ...]] = {}

    def of(self, leaf: CallRef) -> Iterator[Again]:
        """Where an order is sent again after it failed; the nearest place of each way up."""
        for sent, step in find_resent(self._project, self.attempts, leaf):
            yield Again((Level(leaf, frozenset()),), sent, step)
            return
        is_loud = not keeps_errors_in(self._project, leaf)
        waiting: deque[tuple[tuple[Level, ...], bool]] = deque([((Level(leaf, None),), is_loud)])
        seen: set[tuple[CallRef, bool]] = {(leaf, is_loud)}
        while waiting:
            levels, is_raised = waiting.popleft()
            call = levels[-1].call
            if self._orders.closing.has_reduce_only(call):
                continue
            found = list(self._repeated(levels)) if is_raised else []
            is_silent_client = len(levels) == 1 and self._project.plays(call, "gives-nothing")
            if not found and (not is_raised or is_silent_client):
                found = list(self._asked_again(levels))
            if not any(self._is_looked_up(level.call) for level in levels[:-1]):
                yield from found
            attempts = self.attempts(call.function)
            is_escaping = is_raised and attempts.is_escaping(call.call)
            is_silent = is_raised and attempts.is_giving_nothing(call.call)
            is_handing_on = not is_raised and (
                settled(self._program, call.function) != call.function
                or hands_on_nothing(self._project.function(call.function), call.call)
            )
            if found or len(levels) == MOST_LEVELS:
                continue
            for site in self._program.callers(call.function):
                above = CallRef(site.function, site.call)
                ways = [True] if is_escaping and site.via in _NEAR else []
                ways += [False] if (is_silent or is_handing_on) and site.via == "call" else []
                for way in ways:
                    if (above, way) not in seen:
                        seen.add((above, way))
                        waiting.append(((*levels, Level(above, None)), way))

    def handed(self) -> Iterator[Again]:
        """Where a client's own method is handed to something that runs it again when it fails."""
        place = self._project.vocabulary.roles[PLACE]
        sites = {*self._project.calls_playing("retrying"), *self._find_helped()}
        for site in sorted(sites, key=self._project.call_place):
            for value in arguments_of(self._project.call(site)):
                if not isinstance(value, Name) or "." not in value.path:
                    continue
                values = self._program.values_of(site.function, value)
                own = [isinstance(getattr(one, "ref", None), FunctionRef) for one in values]
                if own and all(own):
                    continue
                if place.plays_call((value.path,), None, None):
                    text = f"`{self._project.written(site)}` runs it again when it fails"
                    step = Step(self._project.call_place(site), text)
                    yield Again((Level(site, frozenset()),), site, step)

    def _find_helped(self) -> Iterator[CallRef]:
        for ref in self._program.functions():
            if self._is_repeating(ref, ref):
                for site in self._program.callers(ref):
                    yield CallRef(site.function, site.call)

    def attempts(self, ref: FunctionRef) -> Attempts:
        """The attempts in a function."""
        if ref not in self._attempts:
            refusal = self._project.vocabulary.roles["refusal"]
            self._attempts[ref] = Attempts(
                self._project.function(ref),
                lambda name: refusal.plays_name(name) or is_of_checks(self._project, ref, name),
                lambda first, second: self._alike.is_alike(ref, first, second),
                lambda call: self._is_settled(CallRef(ref, call)),
                lambda value: self._is_letting_go(ref, value),
                lambda call: tells_refusal(self._project, CallRef(ref, call)),
            )
        return self._attempts[ref]

    def _repeated(self, levels: tuple[Level, ...]) -> Iterator[Again]:
        call = levels[-1].call
        for repeat in self.attempts(call.function).repeats(call.call):
            again = CallRef(call.function, repeat.again)
            is_self = call.function in self._program.callees(call.function, repeat.again)
            level = Level(call, None, again) if is_self else Level(call, repeat.inside)
            clause = self._project.function(call.function).nodes[repeat.clause]
            place = self._project.place(call.function, clause.span)
            step = Step(place, "when it fails this goes on, and leads to the order again")
            yield Again((*levels[:-1], level), again, step)
            return
        found = self._by_decorator(levels) or self._by_helper(levels)
        if found is not None:
            yield found

    def _asked_again(self, levels: tuple[Level, ...]) -> Iterator[Again]:
        """The last call gives nothing when the order fails, or says so, and a loop makes it again,
        or what comes then orders the same."""
        call = levels[-1].call
        below = [self._project.function(level.call.function) for level in levels[:-1]]
        members = frozenset().union(*map(telling_members, below))
        for repeat in self.attempts(call.function).repeats_nothing(call.call, members):
            again = CallRef(call.function, repeat.again)
            text = "this is called again" if again == call else "another order follows"
            step = Step(self._project.call_place(call), f"when this gives nothing {text}")
            yield Again((*levels[:-1], Level(call, repeat.inside)), again, step)
            return

    def _by_decorator(self, levels: tuple[Level, ...]) -> Again | None:
        """The function that the last call stands in is run again by a decorator."""
        call = levels[-1].call
        function = self._project.function(call.function)
        parent = self._program.parent(call.function)
        if parent is None or not function.decorators:
            return None
        is_wrapped = any(
            self._is_repeating(inner, decorator)
            for decorator in self._program.decorators(call.function)
            for inner in self._program.nested(decorator)
        )
        for decorator in function.decorators:
            if is_wrapped or self._is_retrying(parent, decorator):
                text = f"`{self._program.display(call.function)}` is run again when it fails"
                place = self._project.place(call.function, function.span)
                return Again(levels, call, Step(place, text))
        return None

    def _by_helper(self, levels: tuple[Level, ...]) -> Again | None:
        """The function that the last call stands in is handed to something that runs it again."""
        ref = levels[-1].call.function
        if ref not in self._helped:
            self._helped[ref] = self._find_helper(ref)
        step = self._helped[ref]
        return None if step is None else Again(levels, levels[-1].call, step)

    def _find_helper(self, ref: FunctionRef) -> Step | None:
        parent = self._program.parent(ref)
        holders = {site.function for site in self._program.callers(ref)}
        holders |= {parent} if parent is not None else set()
        for holder in sorted(holders):
            for number, values in self._handed_in(holder):
                one = CallRef(holder, number)
                if not any(self._is_it(holder, value, ref) for value in values):
                    continue
                if self._project.plays(one, "retrying") or self._is_looping(one):
                    text = f"`{self._project.written(one)}` runs it again when it fails"
                    return Step(self._project.call_place(one), text)
        return None

    def _handed_in(self, holder: FunctionRef) -> list[tuple[int, list[Lambda | Name]]]:
        """The calls of a function that get what may be a function, each with that; worked out once
        for all that it calls."""
        if holder not in self._handing:
            calls = enumerate(self._project.function(holder).calls)
            given = [(n, [one for one in arguments_of(call) if _may_run(one)]) for n, call in calls]
            self._handing[holder] = [(number, values) for number, values in given if values]
        return self._handing[holder]

    def _is_it(self, holder: FunctionRef, value: Lambda | Name, ref: FunctionRef) -> bool:
        if isinstance(value, Lambda):
            return (holder.source, value.function) == ref
        values = self._program.values_of(holder, value)
        return any(type(one) is Func and one.ref == ref for one in values)

    def _is_looping(self, one: CallRef) -> bool:
        """Whether a function of the program repeats a call of what it is handed."""
        callees = self._program.callees(one.function, one.call)
        return any(self._is_repeating(callee, callee) for callee in callees)

    def _is_repeating(self, ref: FunctionRef, owner: FunctionRef) -> bool:
        """Whether a function repeats a call of what ``owner`` is handed."""
        handed = frozenset(one.name for one in self._project.function(owner).parameters)
        return any(
            any(True for _ in self.attempts(ref).repeats(number))
            for number in calls_of_handed(self._project, ref, handed)
        )

    def _is_retrying(self, parent: FunctionRef, decorator: Expression, depth: int = 0) -> bool:
        """Whether what decorates runs a function again: by its name, or as what a function of the
        program gives, or a variable holds, does."""
        if depth > MOST_LEVELS:
            return False
        given: list[tuple[FunctionRef, Expression | None]] = []
        if isinstance(decorator, Result):
            if self._project.plays(CallRef(parent, decorator.call), "retrying"):
                return True
            for callee in self._program.callees(parent, decorator.call):
                nodes = self._project.function(callee).nodes
                given += [(callee, node.value) for node in nodes if node.kind is Kind.RETURN]
        elif isinstance(decorator, Name):
            role = self._project.vocabulary.roles["retrying"]
            if role.plays_call((decorator.path,), None, None):
                return True
            variable = self._program.variable(parent, decorator)
            bindings = self._program.bindings(variable) if variable is not None else ()
            given += [(ref, binding.value) for ref, binding in bindings]
        return any(
            type(value) in (Result, Name) and self._is_retrying(ref, value, depth + 1)
            for ref, value in given
            if value is not None
        )

    def _is_letting_go(self, ref: FunctionRef, value: Expression | None) -> bool:
        if self._program.swallows(ref, value):
            return True
        return isinstance(value, Name) and value.path.rpartition(".")[2] == "attempt"

    def _is_settled(self, ref: CallRef) -> bool:
        """Whether a call finds out what became of an order, or takes it back."""
        if any(self._project.plays(ref, role) for role in (*_UNDONE, self._lookup)):
            return True
        callees = self._program.callees(ref.function, ref.call)
        return any(callee in self._looking for callee in callees)

    def _is_looked_up(self, ref: CallRef) -> bool:
        """Whether a function finds out what became of an order before it places another."""
        calls = self._project.function(ref.function).calls
        first = self._settling.get(ref.function)
        if first is None:
            spans = (
                call.span
                for number, call in enumerate(calls)
                if self._is_settled(CallRef(ref.function, number))
            )
            first = self._settling[ref.function] = tuple(sorted(spans)[:1])
        return bool(first) and first[0] < calls[ref.call].span


_NEAR = frozenset({"call", "callback", "decorator", "table", "task"})


def _may_run(value: Expression) -> TypeGuard[Lambda | Name]:
    return type(value) is Lambda or type(value) is Name
