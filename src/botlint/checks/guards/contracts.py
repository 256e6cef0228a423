"""How a function says no to its caller: by raising, or by what it returns."""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.fills.fills import read_fills
from botlint.checks.guards.flags import RETURNED
from botlint.checks.guards.kinds import kind_made, returns_kinds
from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import FALSE, TRUE, Sign, Verdict
from botlint.checks.guards.states import Mark, State
from botlint.checks.roots import arguments_of, values_given
from botlint.facts.types import (
    EXIT,
    Call,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.project import Project


def read_contract(function: Function, sign: Sign) -> Guard:
    """How a function that plays a guard's role says no: by what it returns, or by raising."""
    values = [n.value for n in function.nodes if n.kind is Kind.RETURN and n.value is not None]
    raises = any(n.kind is Kind.RAISE and n.value is not None for n in function.nodes)
    returns = function.returns.replace(" ", "")
    is_pair = any(_is_pair(function, value) for value in values)
    if returns.startswith(("tuple[bool", "Tuple[bool")) or is_pair:
        return Guard(Sign.PAIR)
    if raises and values and all(value == Constant(value=True) for value in values):
        # It never says no but by raising: who drops the ``True`` loses nothing.
        return Guard(Sign.YES, is_raising=True)
    if returns == "bool" or any(map(_is_truth, values)):
        return Guard(sign if sign is Sign.NO else Sign.YES)
    if returns in _REFUSALS or returns.startswith(("list[str", "List[str")):
        return Guard(Sign.NO)
    if raises:
        return Guard(sign, is_raising=True)
    has_value = any(value != Constant(None) for value in values)
    return Guard(sign if has_value else None)


def returns_objections(function: Function, polarity: Callable[[str], int]) -> bool:
    """Whether a function returns a local list of what speaks against: by its name, or of texts."""
    values = [node.value for node in function.nodes if node.kind is Kind.RETURN]
    return bool(values) and all(
        isinstance(value, Name) and _is_objections(function, value.path, polarity)
        for value in values
    )


def _is_objections(function: Function, name: str, polarity: Callable[[str], int]) -> bool:
    fills = read_fills(function, name)
    if fills is None or not fills.puts:
        return False
    return polarity(name) < 0 or all(_is_text(value) for _, value in fills.puts)


def _is_text(value: Expression) -> bool:
    if isinstance(value, Constant):
        return isinstance(value.value, str)
    return isinstance(value, Operation) and value.kind == "fstring"


def is_told_apart(function: Function, polarity: Callable[[str], int]) -> bool:
    """Whether the truth of what a function returns says nothing: it returns pairs, or objects of
    one class for a yes and of another for a no."""
    return _returns_pairs(function) or returns_kinds(function, polarity)


def _returns_pairs(function: Function) -> bool:
    """Whether a function returns tuples, also for a no: one that gives nothing then, and what was
    asked about else, says it by that."""
    values = [node.value for node in function.nodes if node.kind is Kind.RETURN]
    pairs = [one for one in values if isinstance(one, Operation) and one.kind == "tuple"]
    if all(value != Constant(None) for value in values):
        return bool(pairs)
    return any(one.args and _is_decided(function, one.args[0]) for one in pairs)


_REFUSALS = frozenset({"str|None", "None|str", "Optional[str]"})


def _is_pair(function: Function, value: Expression) -> bool:
    return (
        isinstance(value, Operation)
        and value.kind == "tuple"
        and len(value.args) >= 2
        and _is_decided(function, value.args[0])
    )


def _is_decided(function: Function, value: Expression) -> bool:
    """Whether a value is a truth by what it is made of, and no number, text or object."""
    if isinstance(value, Name):
        given = values_given(function, value)
        return bool(given) and all(_is_truth(one) for one in given)
    return _is_truth(value)


def _is_truth(value: Expression) -> bool:
    if isinstance(value, Constant):
        return isinstance(value.value, bool)
    if not isinstance(value, Operation):
        return False
    return value.kind in _TRUTHS or (
        value.kind in ("and", "or") and all(map(_is_truth, value.args))
    )


_TRUTHS = frozenset({"not", "eq", "ne", "lt", "le", "gt", "ge", "in", "notin", "is", "isnot"})


def returned_sign(exits: list[State]) -> Sign | None:
    """What the truth of the result says, if every way of returning it agrees."""
    if_true: set[bool] = set()
    if_false: set[bool] = set()
    for state in exits:
        verdict = dict(state.known).get(RETURNED, FALSE)
        for truth, is_yes in _outcomes(verdict, is_guarded=state.status.mark is Mark.GUARDED):
            (if_true if truth else if_false).add(is_yes)
    if if_true == {True}:
        return Sign.OBJECT
    if if_false == {True} and if_true:
        return Sign.NO
    return Sign.NO if _is_empty_for_yes(exits) else None


def _is_empty_for_yes(exits: list[State]) -> bool:
    """Whether a function gives nothing where its guard has said yes, and there alone: elsewhere it
    gives what speaks against, whatever that is."""
    told = {(dict(s.known).get(RETURNED, FALSE), s.status.mark is Mark.GUARDED) for s in exits}
    return told == {(FALSE, True), (Verdict(Sign.WEAK), False)}


def accepting(exits: list[State]) -> list[State]:
    """The ways out that don't say no, of a function that says no on some and yes on others: by
    those that do, a guard is not lost."""
    said = [dict(state.known).get(RETURNED) for state in exits]
    if all(verdict in (None, FALSE) for verdict in said):
        return exits
    return [state for state, verdict in zip(exits, said, strict=True) if verdict != FALSE]


def _outcomes(verdict: Verdict | None, *, is_guarded: bool) -> tuple[tuple[bool, bool], ...]:
    if verdict == TRUE:
        return ((True, is_guarded),)
    if verdict == FALSE:
        return ((False, is_guarded),)
    if verdict is not None and verdict.sign in (Sign.YES, Sign.OBJECT, Sign.PAIR):
        return ((True, True), (False, is_guarded))
    if verdict is not None and verdict.sign is Sign.NO:
        return ((True, is_guarded), (False, True))
    return ((True, is_guarded), (False, is_guarded))


def positive_ends(function: Function, polarity: Callable[[str], int]) -> frozenset[int]:
    """The ways out that a caller would take for a yes."""
    returns = [
        (number, node) for number, node in enumerate(function.nodes) if node.kind is Kind.RETURN
    ]
    positive = [
        number
        for number, node in returns
        if not _is_no(node.value) and not _is_refusal(function, node.value, polarity)
    ]
    return frozenset(positive) if positive else frozenset({EXIT})


def _is_refusal(
    function: Function, value: Expression | None, polarity: Callable[[str], int]
) -> bool:
    return isinstance(value, Result) and kind_made(function.calls[value.call], polarity) < 0


def _is_no(value: Expression | None) -> bool:
    if value is None:
        return True
    if isinstance(value, Constant):
        return not value.value
    if isinstance(value, Operation) and value.kind == "tuple" and value.args:
        return _is_no(value.args[0])
    return isinstance(value, Operation) and value.kind in ("list", "dict") and not value.args


def is_context_manager(function: Function) -> bool:
    if not function.is_generator:
        return False
    names = [d.path for d in function.decorators if isinstance(d, Name)]
    return any(name.rpartition(".")[2] in _MANAGERS for name in names)


_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})


def is_raising_name(name: str) -> bool:
    words = name.lstrip("_").lower()
    return words.startswith(_RAISING) or words.endswith(("_or_raise", "_or_die", "_or_fail"))


_RAISING = ("ensure_", "assert_", "require_", "enforce_", "raise_if", "raise_on")


def is_binding(name: str) -> bool:
    """Whether a call of that name only binds a function that it gets, and runs nothing."""
    return name.rpartition(".")[2] in ("partial", "partialmethod")


def is_run(function: Function, call: int) -> bool:
    """Whether a coroutine that a call makes is awaited or handed to something that runs it."""
    if function.calls[call].is_awaited:
        return True
    result = Result(call)
    handed = (value for one in function.calls for value in arguments_of(one))
    kept = (node.value for node in function.nodes if node.kind is not Kind.TEST)
    return any(_holds(value, result) for value in (*handed, *kept))


def entered_in(project: Project, ref: FunctionRef) -> frozenset[int]:
    """The calls of a function whose results are entered by ``with``, worked out once."""
    return project.answer(("entered", ref), lambda: _entered_calls(project.function(ref)))


def _entered_calls(function: Function) -> frozenset[int]:
    """The calls whose results are entered, by ``with`` or by a stack of managers."""
    entered = {
        node.value.call
        for node in function.nodes
        if node.kind is Kind.ENTER and isinstance(node.value, Result)
    }
    return frozenset({*entered, *map(entered_by, function.calls)} - {-1})


def entered_by(call: Call) -> int:
    """The call whose result ``call`` enters, as ``ExitStack.enter_context`` does; ``-1``: none."""
    path = call.func.path if type(call.func) is Name else ""
    if path.rpartition(".")[2] not in ("enter_context", "enter_async_context"):
        return -1
    manager = call.args[0] if call.args else None
    return manager.call if type(manager) is Result else -1


def _holds(value: Expression | None, result: Result) -> bool:
    if value == result:
        return True
    return isinstance(value, Operation) and any(_holds(part, result) for part in value.args)
