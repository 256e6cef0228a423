"""What is opened must be closed on every way out: a typestate of two states, open and closed.

After Strom and Yemini, "Typestate: a programming language concept for enhancing software
reliability" (IEEE TSE 1986). A reservation is open from where it returned. It is closed by a call
of the other role for the same thing, by a function of the program that makes such a call, or by
being handed on: returned, stored or published under its key. A way out counts if it is a normal
one, an explicit ``raise``, or an exception of a call that really fails: an order, a request, a
function that lets one out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from botlint.checks.clauses import catches_all
from botlint.checks.failing import Failing, raised_class
from botlint.checks.guards.tables import is_filled
from botlint.checks.hits import hit_in
from botlint.checks.orders.orders import Orders, is_simulator
from botlint.checks.pairs.handed_on import hands_on
from botlint.checks.pairs.pairs import Pair, read_pair
from botlint.checks.pairs.reserving import pairs_by_store
from botlint.checks.pairs.unprotected import find_unprotected
from botlint.checks.roots import arguments_of, names_in
from botlint.checks.weight import weighed
from botlint.facts.types import (
    EXIT,
    RAISED,
    Call,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.fixpoint import Reached, path_to, solve
from botlint.flow.names import FunctionRef
from botlint.flow.ways import past_heads
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

Open = str
"""What flies while it is open: the name of the class that was raised, if that is known."""

OPEN: Open = ""


class Held(NamedTuple):
    """``names`` of one function under which what is open is known; ``result`` the call."""

    call: int
    names: frozenset[str]


def check_paired(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """Each opening call with a way out on which nothing closes what it opened; with the report
    ``unprotected``, each opening order without what plays the role ``close``."""
    if parameters.get("report") == "unprotected":
        return sorted(find_unprotected(project, parameters), key=lambda hit: hit.place)
    pairs = [read_pair(project, parameters)]
    if stores := parameters.get("stores"):
        pairs += pairs_by_store(project, stores, (parameters["open"], parameters["close"]))
    failing = project.answer(("failing",), lambda: Failing(project))
    found = [
        hit
        for pair in pairs
        for ref in pair.opening
        for hit in (_find_leak(project, pair, failing, ref),)
        if hit is not None
    ]
    return sorted(weighed(project, found), key=lambda hit: hit.place)


def _find_leak(project: Project, pair: Pair, failing: Failing, opening: CallRef) -> Hit | None:
    ref = opening.function
    if pair.is_part(ref) or pair.is_closed_by_callers(opening) or is_simulator(project, ref):
        return None
    function = project.function(ref)
    walk = _Walk(project, pair, failing, opening)
    starts = [
        node.next
        for node in function.nodes
        if node.kind is Kind.CALL and function.calls[node.call].span == walk.span
    ]
    reached: Reached[Open] = {}
    for start in starts:
        reached = solve((start, OPEN), walk.step, lambda state: OPEN)
        raised = sorted(pair for pair in reached if pair[0] == RAISED)
        left = [(EXIT, OPEN)] if (EXIT, OPEN) in reached and walk.is_own else []
        if raised or left:
            return _hit(project, pair, opening, reached, (*raised, *left)[0])
    return None


class _Walk:
    """The ways from one opening call; the state is whether it is still open."""

    def __init__(self, project: Project, pair: Pair, failing: Failing, opening: CallRef) -> None:
        self._project = project
        self._pair = pair
        self._failing = failing
        self._opening = opening
        self._function = project.function(opening.function)
        self.span = self._function.calls[opening.call].span
        self._held = Held(opening.call, _names_of(self._function, opening.call))
        self._telling = self._without_answers()
        self.is_own = pair.is_closed_only_within(opening)

    def step(self, number: int, state: Open) -> list[tuple[int, Open]]:
        """Where it is still open after a node; a way on which it is closed is not followed."""
        node = self._function.nodes[number]
        return [
            (past_heads(self._function, node, following, self._has_round), after)
            for following, after in self._after(node, state)
        ]

    def _has_round(self, head: Node) -> bool:
        return is_filled(self._project, self._opening.function, head.value)

    def _after(self, node: Node, state: Open) -> list[tuple[int, Open]]:
        if node.kind is Kind.RAISE:
            raised = raised_class(self._function, node)
            return [(node.exc, raised), (node.next, raised)]
        if state and node.kind in (Kind.EXCEPT, Kind.UNWIND):
            return self._in_flight(node, state)
        if node.kind is Kind.CALL and node.exc in self._following(node):
            others = [one for one in self._following(node) if one != node.exc]
            return [*((one, state) for one in others), (node.exc, self._raised_at(node))]
        return [(following, state) for following in self._following(node)]

    def _raised_at(self, node: Node) -> Open:
        return self._failing.only_class(CallRef(self._opening.function, node.call))

    def _in_flight(self, node: Node, raised: str) -> list[tuple[int, Open]]:
        """Where an exception of a known class goes on from a clause or a manager."""
        ref = self._opening.function
        if node.kind is Kind.EXCEPT:
            is_caught = self._failing.catches(ref, node.value, raised)
        else:
            is_caught = self._failing.stops(ref, node.value, raised)
        caught = [(node.next, OPEN)] if is_caught is not False else []
        other = node.other if node.kind is Kind.EXCEPT else node.exc
        return [*caught, *([(other, raised)] if is_caught is not True else [])]

    def _following(self, node: Node) -> list[int]:
        if node.kind is Kind.CALL:
            return self._after_call(node)
        if node.kind is Kind.TEST:
            return self._after_test(node)
        if hands_on(node, self._held.names, self._held.call, self._telling):
            return []
        if node.kind is Kind.EXCEPT:
            return [node.next] if catches_all(node) else [node.next, node.other]
        if node.kind is Kind.UNWIND:
            ref = self._opening.function
            after = [node.next] if self._project.program.swallows(ref, node.value) else []
            return after if self._failing.stops_all(ref, node.value) else [*after, node.exc]
        return [node.next, node.other]

    def _after_call(self, node: Node) -> list[int]:
        call = self._function.calls[node.call]
        if call.span == self.span:
            return []
        ref = CallRef(self._opening.function, node.call)
        if self._pair.closes(ref, self._opening) or self._pair.is_given_close(ref, self._opening):
            return []
        if self._pair.is_published(ref) and self._is_key(arguments_of(call)):
            return []
        return [node.next, node.exc] if self._failing.can_fail(ref) else [node.next]

    def _without_answers(self) -> tuple[Call, ...]:
        """The calls of the function, orders without what they are given: what an exchange answers
        to an order for the key is not the key."""
        orders = self._project.answer(("orders",), lambda: Orders(self._project))
        return tuple(
            Call(call.func, (), (), call.span)
            if orders.is_order(CallRef(self._opening.function, number))
            else call
            for number, call in enumerate(self._function.calls)
        )

    def _is_key(self, values: tuple[Expression, ...]) -> bool:
        calls = self._function.calls
        return any(names_in(value, calls) & self._held.names for value in values)

    def _after_test(self, node: Node) -> list[int]:
        """Where a test tells that nothing was reserved, nothing is open."""
        sign = _tells(node.value, self._held.call, self._function)
        then = [] if sign < 0 else [node.next]
        return then if sign > 0 else [*then, node.other]


def _names_of(function: Function, call: int) -> frozenset[str]:
    """The names that tell what was opened: its arguments, and what its result is bound to."""
    found: set[str] = set()
    for value in arguments_of(function.calls[call])[:1]:
        found |= names_in(value, function.calls)
    for node in function.nodes:
        if (
            node.kind is Kind.ASSIGN
            and node.value == Result(call)
            and isinstance(node.target, Name)
        ):
            found.add(node.target.path)
    return frozenset(found)


def _tells(value: Expression | None, call: int, function: Function) -> int:
    """What the truth of a test says: 1 that something was opened, -1 that it was not, 0 nothing."""
    if isinstance(value, Operation) and value.kind == "not":
        return -_tells(value.args[0], call, function)
    if isinstance(value, Operation) and len(value.args) == 2 and value.args[1] == Constant(None):
        inner = _tells(value.args[0], call, function)
        return {"is": -inner, "eq": -inner, "isnot": inner, "ne": inner}.get(value.kind, 0)
    if value == Result(call):
        return 1
    if isinstance(value, Name):
        first = value.path.partition(".")[0]
        bound = [node for node in function.nodes if node.target == Name(first)]
        is_result = bool(bound) and all(node.value == Result(call) for node in bound)
        return 1 if is_result or _is_unpacked(function, first, call) else 0
    return 0


def _is_unpacked(function: Function, name: str, call: int) -> bool:
    """``ok, reason = reserve()``: the first of them tells."""
    return any(
        node.kind is Kind.ASSIGN
        and node.value == Result(call)
        and isinstance(node.target, Operation)
        and node.target.args[:1] == (Name(name),)
        for node in function.nodes
    )


def _hit(
    project: Project,
    pair: Pair,
    opening: CallRef,
    reached: Reached[Open],
    end: tuple[int, Open],
) -> Hit:
    ref: FunctionRef = opening.function
    function = project.function(ref)
    path = [function.nodes[number] for number, _ in path_to(reached, end)]
    name = project.program.display(ref)
    written = project.written(opening)
    place = project.call_place(opening)
    steps = [Step(place, f"`{name}` opens it by `{written}`")]
    last = _last_event(path)
    if last is not None:
        steps.append(Step(project.place(ref, last.span), _told(last, function)))
    out = "an exception leaves" if end[0] == RAISED else "here ends"
    text = f"{out} `{name}` without `{pair.closing_word(opening)}`"
    steps.append(Step(project.place(ref, (last or path[0]).span), text))
    return hit_in(
        project,
        ref,
        place,
        {"open": written, "close": pair.closing_word(opening)},
        tuple(steps),
        Confidence.HIGH if end[0] == RAISED else Confidence.MEDIUM,
    )


def _last_event(path: list[Node]) -> Node | None:
    """The last call, ``raise`` or ``return`` of a path."""
    events = [n for n in path if n.kind in (Kind.CALL, Kind.RAISE, Kind.RETURN)]
    return events[-1] if events else None


def _told(node: Node, function: Function) -> str:
    if node.kind is Kind.RAISE:
        return "this is raised"
    if node.kind is Kind.RETURN:
        return "it returns here"
    func = function.calls[node.call].func
    return f"`{func.path}` is called here" if isinstance(func, Name) else "a call is made here"
