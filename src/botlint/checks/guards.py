"""Which calls guard: by their role, by what the functions behind them do, or by how they are used.

A function that lets its caller go on only after a guard has said yes is a guard itself, by raising or
by what it returns; one that runs the guard and returns something else is not: there the verdict is
lost. :class:`Guards` answers for one set of roles and keeps its summaries.
"""

from __future__ import annotations

from typing import NamedTuple

from botlint.checks.paths import (
    EXIT,
    RETURNED,
    Guard,
    Mark,
    Question,
    State,
    Status,
    Walk,
)
from botlint.checks.roots import arguments_of, have_common, names_in
from botlint.checks.verdicts import FALSE, TRUE, Sign, Verdict
from botlint.facts.types import (
    Attribute,
    Call,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.program import FunctionRef
from botlint.model import Step
from botlint.project import CallRef, Project


class Passage(NamedTuple):
    """One way of reaching a target: how the guard fared, and where that was decided."""

    status: Status
    step: Step | None


class Guards:
    """What guards in a project, for the roles ``roles``.

    ``is_by_deed`` also takes calls and comparisons for guards that get the order's values and whose
    one outcome alone leads on to the order, whatever their names.
    """

    def __init__(self, project: Project, roles: tuple[str, ...], is_by_deed: bool = False) -> None:
        self._project = project
        self._program = project.program
        self._roles = roles
        self._is_by_deed = is_by_deed
        self._known: dict[CallRef, Guard | None] = {}
        self._summaries: dict[FunctionRef, Guard | None] = {}
        self._busy: set[FunctionRef] = set()
        self.calls = tuple(ref for role in roles for ref in project.calls_playing(role))
        self._touching = self._program.reaches(frozenset(ref.function for ref in self.calls))

    def at(self, ref: CallRef) -> Guard | None:
        """How a call guards, ``None`` if it doesn't."""
        if ref not in self._known:
            self._known[ref] = self._find(ref)
        return self._known[ref]

    def is_reached_from(self, ref: FunctionRef) -> bool:
        """Whether a call that plays a role of the guards can be reached from a function."""
        return ref in self._touching

    def passages(
        self, ref: FunctionRef, call: int, roots: frozenset[str] | None
    ) -> tuple[Passage, ...]:
        """How the guard fared on the ways from the entry of a function to one of its calls.

        ``roots`` are the names, in that function, that the order's values come from.
        """
        function = self._project.function(ref)
        span = function.calls[call].span
        targets = frozenset(
            number
            for number, node in enumerate(function.nodes)
            if node.kind is Kind.CALL and function.calls[node.call].span == span
        )
        reached = Walk(function, self._question(ref, roots), targets).run()
        found = {state.status for number, state in reached if number in targets}
        return tuple(
            Passage(status, self._step(ref, status)) for status in sorted(found, key=_order)
        )

    def is_guarding_decorator(self, ref: FunctionRef) -> bool:
        """Whether a decorator lets the function run only after a guard has said yes."""
        return any(self._wraps_guarded(wrapper) for wrapper in self._program.decorators(ref))

    def _wraps_guarded(self, decorator: FunctionRef) -> bool:
        for inner in self._program.nested(decorator):
            function = self._project.function(inner)
            handed = {parameter.name for parameter in self._project.function(decorator).parameters}
            for number, call in enumerate(function.calls):
                if not isinstance(call.func, Name) or call.func.path not in handed:
                    continue
                passages = self.passages(inner, number, None)
                if passages and all(p.status.mark is Mark.GUARDED for p in passages):
                    return True
        return False

    def _find(self, ref: CallRef) -> Guard | None:
        callees = self._program.callees(ref.function, ref.call)
        if any(self._project.plays(ref, role) for role in self._roles):
            return self._by_role(ref, callees)
        guards = [self.summary(callee) for callee in callees]
        if not guards or any(guard is None for guard in guards):
            return self._by_deed(ref, callees) if self._is_by_deed else None
        lost = [guard for guard in guards if guard is not None and guard.is_lost]
        return lost[0] if lost else guards[0]

    def _by_role(self, ref: CallRef, callees: tuple[FunctionRef, ...]) -> Guard | None:
        name = self._project.written(ref).rpartition(".")[2]
        sign = Sign.NO if self._project.vocabulary.polarity(name) < 0 else Sign.OBJECT
        if not callees:
            return Guard(sign, is_raising=_is_raising_name(name))
        function = self._project.function(callees[0])
        if function.is_async and not self._is_run(ref):
            return None
        if _is_context_manager(function) or self._is_entered(ref):
            return Guard(None, is_entered=True)
        return read_contract(function, sign, self._project.vocabulary.polarity)

    def _by_deed(self, ref: CallRef, callees: tuple[FunctionRef, ...]) -> Guard | None:
        """A project function that gets the order's values, raises on its own and returns nothing."""
        if not callees or not arguments_of(self._project.call(ref)):
            return None
        function = self._project.function(callees[0])
        raises = any(n.kind is Kind.RAISE and n.value is not None for n in function.nodes)
        returns = any(n.kind is Kind.RETURN and n.value is not None for n in function.nodes)
        places = any(
            self._project.plays(CallRef(callees[0], n), "place-order")
            for n in range(len(function.calls))
        )
        return Guard(None, is_raising=True) if raises and not returns and not places else None

    def summary(self, ref: FunctionRef) -> Guard | None:
        """How a call of function ``ref`` guards by what the function does."""
        if ref not in self._touching or ref in self._busy:
            return None
        if ref not in self._summaries:
            self._busy.add(ref)
            self._summaries[ref] = self._summarise(ref)
            self._busy.discard(ref)
        return self._summaries[ref]

    def _summarise(self, ref: FunctionRef) -> Guard | None:
        function = self._project.function(ref)
        ends = _positive_ends(function)
        reached = Walk(function, self._question(ref, None), ends).run()
        if _is_context_manager(function):
            yields = [s.status for n, s in reached if function.nodes[n].kind is Kind.YIELD]
            return self._entered(ref, yields)
        exits = [state for number, state in reached if number == EXIT]
        if not exits:
            return None
        if all(state.status.mark is Mark.GUARDED for state in exits):
            return Guard(None, is_raising=True)
        sign = _returned_sign(exits)
        if sign is not None:
            return Guard(Sign.PAIR if _returns_tuples(function) else sign)
        return self._lost(ref, [state.status for state in exits])

    def _entered(self, ref: FunctionRef, statuses: list[Status]) -> Guard | None:
        if statuses and all(status.mark is Mark.GUARDED for status in statuses):
            return Guard(None, is_entered=True)
        lost = self._lost(ref, statuses)
        return None if lost is None else lost._replace(is_entered=True)

    def _lost(self, ref: FunctionRef, statuses: list[Status]) -> Guard | None:
        ran = [status for status in statuses if status.mark in (Mark.RAN, Mark.OPEN)]
        if not ran:
            return None
        worst = max(ran, key=_order)
        return Guard(None, is_lost=True, lost_at=(worst.mark, self._step(ref, worst)))

    def _question(self, ref: FunctionRef, roots: frozenset[str] | None) -> Question:
        def guard_at(number: int) -> Guard | None:
            return self.at(CallRef(ref, number))

        def swallows(value: Expression | None) -> bool:
            return self._program.swallows(ref, value)

        def decides(value: Expression, asked: frozenset[str] | None) -> bool:
            return self._is_deciding(ref, value, asked)

        return Question(
            guard_at, self._named_sign, self._project.vocabulary.polarity, roots, decides, swallows
        )

    def _named_sign(self, path: str) -> Sign | None:
        vocabulary = self._project.vocabulary
        if not any(vocabulary.roles[role].plays_name(path) for role in self._roles):
            return None
        last = path.rpartition(".")[2]
        return Sign.YES if vocabulary.polarity(last) > 0 else Sign.NO

    def _is_deciding(
        self, ref: FunctionRef, value: Expression, roots: frozenset[str] | None
    ) -> bool:
        """Whether a test looks like a guard: the order held against a limit, or asked about."""
        calls = self._project.function(ref).calls
        if isinstance(value, Operation) and value.kind in ("lt", "le", "gt", "ge"):
            if "preflight" in self._roles and any(self._is_limit(arg, calls) for arg in value.args):
                return True
            if not self._is_by_deed:
                return False
            names = names_in(value, calls)
            return roots is not None and have_common(names, roots) and not _is_time(names)
        if not self._is_by_deed or roots is None:
            return False
        asked = [
            number for number in _results_in(value) if not self._is_noise(CallRef(ref, number))
        ]
        return any(
            have_common(names_in(argument, calls), roots)
            for number in asked
            for argument in arguments_of(calls[number])
        )

    def _is_limit(self, value: Expression, calls: tuple[Call, ...]) -> bool:
        limits = self._project.vocabulary.roles["order-limit"]
        names = names_in(value, calls) | _keys_in(value)
        return any(limits.plays_name(name) for name in names)

    def _is_noise(self, ref: CallRef) -> bool:
        return self._project.plays(ref, "log") or self._project.plays(ref, "place-order")

    def _is_run(self, ref: CallRef) -> bool:
        """Whether a coroutine is awaited or handed to something that runs it."""
        function = self._project.function(ref.function)
        if function.calls[ref.call].is_awaited:
            return True
        result = Result(ref.call)
        handed = (value for call in function.calls for value in arguments_of(call))
        kept = (node.value for node in function.nodes if node.kind is not Kind.TEST)
        return any(_holds(value, result) for value in (*handed, *kept))

    def _is_entered(self, ref: CallRef) -> bool:
        function = self._project.function(ref.function)
        return any(
            node.kind is Kind.ENTER and node.value == Result(ref.call) for node in function.nodes
        )

    def _step(self, ref: FunctionRef, status: Status) -> Step | None:
        """The place where a status was decided, with what happened there."""
        if status.node < 0:
            return None
        function = self._project.function(ref)
        node = function.nodes[status.node]
        place = self._project.place(ref, node.span)
        guard = self.at(CallRef(ref, status.call)) if status.call >= 0 else None
        if guard is not None and guard.is_lost and isinstance(guard.lost_at, tuple):
            step = guard.lost_at[1]
            if isinstance(step, Step):
                return step
        if status.mark is Mark.RAN and status.call >= 0:
            call = CallRef(ref, status.call)
            return Step(self._project.call_place(call), _ran(self._project.written(call), status))
        if status.mark is Mark.OPEN:
            return Step(place, _OPENED.get(node.kind, "goes on after the exception"))
        return Step(place, status.mark.value)


_OPENED = {
    Kind.EXCEPT: "an exception before or in the guard is caught here, and the code goes on",
    Kind.UNWIND: "an exception before or in the guard is swallowed here, and the code goes on",
    Kind.FINALLY: "this runs although the guard has raised",
}


def _ran(name: str, status: Status) -> str:
    if status.is_unknown_outcome:
        return f"`{name}` runs; an outcome that is neither yes nor no passes"
    return f"`{name}` runs, and its verdict does not decide"


def read_contract(function: Function, sign: Sign, polarity: object) -> Guard:
    """How a function that plays a guard's role says no: by what it returns, or by raising."""
    values = [n.value for n in function.nodes if n.kind is Kind.RETURN and n.value is not None]
    raises = any(n.kind is Kind.RAISE and n.value is not None for n in function.nodes)
    returns = function.returns.replace(" ", "")
    if returns.startswith(("tuple[bool", "Tuple[bool")) or any(map(_is_pair, values)):
        return Guard(Sign.PAIR)
    if returns == "bool" or any(map(_is_truth, values)):
        return Guard(sign if sign is Sign.NO else Sign.YES)
    if returns in _REFUSALS or returns.startswith(("list[str", "List[str")):
        return Guard(Sign.NO)
    if raises:
        return Guard(sign, is_raising=True)
    has_value = any(value != Constant(None) for value in values)
    return Guard(sign if has_value else None)


def _returns_tuples(function: Function) -> bool:
    values = [node.value for node in function.nodes if node.kind is Kind.RETURN]
    return any(isinstance(value, Operation) and value.kind == "tuple" for value in values)


_REFUSALS = frozenset({"str|None", "None|str", "Optional[str]"})


def _is_pair(value: Expression) -> bool:
    return (
        isinstance(value, Operation)
        and value.kind == "tuple"
        and len(value.args) >= 2
        and isinstance(value.args[0], Constant)
        and isinstance(value.args[0].value, bool)
    )


def _is_truth(value: Expression) -> bool:
    if isinstance(value, Constant):
        return isinstance(value.value, bool)
    return isinstance(value, Operation) and value.kind in _TRUTHS


_TRUTHS = frozenset({"not", "eq", "ne", "lt", "le", "gt", "ge", "in", "notin", "is", "isnot"})


def _returned_sign(exits: list[State]) -> Sign | None:
    """What the truth of the result says, if every way of returning it agrees."""
    if_true: set[bool] = set()
    if_false: set[bool] = set()
    for state in exits:
        verdict = dict(state.known).get(RETURNED, FALSE)
        for truth, is_yes in _outcomes(verdict, state.status.mark is Mark.GUARDED):
            (if_true if truth else if_false).add(is_yes)
    if if_true == {True}:
        return Sign.OBJECT
    if if_false == {True} and if_true:
        return Sign.NO
    return None


def _outcomes(verdict: Verdict | None, is_guarded: bool) -> tuple[tuple[bool, bool], ...]:
    if verdict == TRUE:
        return ((True, is_guarded),)
    if verdict == FALSE:
        return ((False, is_guarded),)
    if verdict is not None and verdict.sign in (Sign.YES, Sign.OBJECT, Sign.PAIR):
        return ((True, True), (False, is_guarded))
    if verdict is not None and verdict.sign is Sign.NO:
        return ((True, is_guarded), (False, True))
    return ((True, is_guarded), (False, is_guarded))


def _positive_ends(function: Function) -> frozenset[int]:
    """The ways out that a caller would take for a yes."""
    returns = [
        (number, node) for number, node in enumerate(function.nodes) if node.kind is Kind.RETURN
    ]
    positive = [number for number, node in returns if not _is_no(node.value)]
    return frozenset(positive) if positive else frozenset({EXIT})


def _is_no(value: Expression | None) -> bool:
    if value is None:
        return True
    if isinstance(value, Constant):
        return not value.value
    if isinstance(value, Operation) and value.kind == "tuple" and value.args:
        return _is_no(value.args[0])
    return isinstance(value, Operation) and value.kind in ("list", "dict") and not value.args


def _is_context_manager(function: Function) -> bool:
    if not function.is_generator:
        return False
    names = [d.path for d in function.decorators if isinstance(d, Name)]
    return any(name.rpartition(".")[2] in _MANAGERS for name in names)


_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})


def _is_raising_name(name: str) -> bool:
    words = name.lstrip("_").lower()
    return words.startswith(_RAISING) or words.endswith(("_or_raise", "_or_die", "_or_fail"))


_RAISING = ("ensure_", "assert_", "require_", "enforce_", "raise_if", "raise_on")


def _results_in(value: Expression | None) -> tuple[int, ...]:
    if isinstance(value, Result):
        return (value.call,)
    if isinstance(value, Operation):
        return tuple(number for part in value.args for number in _results_in(part))
    if isinstance(value, Attribute):
        return _results_in(value.value)
    return ()


def _keys_in(value: Expression) -> frozenset[str]:
    if isinstance(value, Operation):
        return frozenset().union(*(_keys_in(part) for part in value.args))
    key = getattr(value, "key", None)
    return (
        frozenset({key.value})
        if isinstance(key, Constant) and isinstance(key.value, str)
        else frozenset()
    )


def _is_time(names: frozenset[str]) -> bool:
    return any("time" in name.lower() or "_ts" in name.lower() for name in names)


def _holds(value: Expression | None, result: Result) -> bool:
    if value == result:
        return True
    return isinstance(value, Operation) and any(_holds(part, result) for part in value.args)


def _order(status: Status) -> tuple[int, int, int]:
    return (_RANK[status.mark], status.node, status.call)


_RANK = {Mark.GUARDED: 0, Mark.NONE: 1, Mark.RAN: 2, Mark.OPEN: 3}
