"""Functions that are named like a guard and only adjust: ``qty = ensure_min_notional(qty, price)``.

What comes back is a quantity or a price on every way, never a no: it goes on as the order's own,
and nothing is refused by it.
"""

from __future__ import annotations

from botlint.checks.faults.refusals import ROLES
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import names_given
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Operation, Result
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.flow.ways import has_open_end, nodes_from, normally
from botlint.project import CallRef, Project

DEEPEST = 4

_NUMBERS = frozenset({"int", "float", "str", "Decimal", "decimal.Decimal"})
"""What a function says that it returns which gives a number, or its text."""

_MAKING = frozenset(
    {"int", "float", "str", "round", "abs", "Decimal", "floor", "ceil", "trunc", "max", "min"}
    | {"quantize", "normalize", "format"}
)
_ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%", "**", "fstring"})
_CHOOSING = frozenset({"or", "and", "if"})


def guarding_calls(project: Project, role: str) -> tuple[CallRef, ...]:
    """The calls that play a guard's role, without those that only adjust."""
    calls = project.calls_playing(role)
    return tuple(one for one in calls if role not in ROLES or not is_adjusting(project, one))


def is_adjusting(project: Project, ref: CallRef) -> bool:
    """Whether all that a call can run gives a number, or its text, whatever it is handed, and what
    it gave decides nothing."""
    callees = project.program.callees(ref.function, ref.call)
    if not callees or not all(_is_giving_number(project, one, 0) for one in callees):
        return False
    return not _is_tested(project.function(ref.function), ref.call)


def _is_tested(function: Function, call: int) -> bool:
    """Whether a test after a call asks what it gave: ``if check_balance() < cost``."""
    names = names_given(function, call)
    starts = [node.next for node in function.nodes if node.call == call]
    after = (function.nodes[number] for number in nodes_from(function, starts, normally))
    asked = (node.value for node in after if node.kind in (Kind.TEST, Kind.ASSERT))
    deciding = (value for value in asked if not _is_asking_for_change(value))
    parts = (part for value in deciding for part in walk(value, function.calls))
    return any(
        part == Result(call) or (isinstance(part, Name) and part.path in names) for part in parts
    )


def _is_asking_for_change(value: Expression | None) -> bool:
    """``adjusted != qty``: whether anything was adjusted, which refuses nothing."""
    if not isinstance(value, Operation) or value.kind not in ("eq", "ne"):
        return False
    return not any(isinstance(one, Constant) for one in value.args)


def _is_giving_number(project: Project, ref: FunctionRef, depth: int) -> bool:
    if depth > DEEPEST:
        return False
    ref = settled(project.program, ref)
    function = project.function(ref)
    returned = [node.value for node in function.nodes if node.kind is Kind.RETURN]
    if not returned or function.is_generator or has_open_end(function):
        return False
    if any(node.kind in (Kind.RAISE, Kind.ASSERT) for node in function.nodes):
        return False
    if function.returns.strip("'\"") in _NUMBERS:
        return all(type(one) is not Constant or _is_given(one) for one in returned)
    names = {one.name for one in function.parameters}
    made = [one for one in returned if not (isinstance(one, Name) and one.path in names)]
    return bool(made) and all(_is_number(project, ref, one, depth) for one in made)


def _is_given(value: Constant) -> bool:
    """Whether a literal is a number that is none of those that say no."""
    return type(value.value) in (int, float) and value.value != 0


def _is_number(project: Project, ref: FunctionRef, value: Expression | None, depth: int) -> bool:
    if isinstance(value, Constant):
        return _is_given(value)
    if isinstance(value, Operation):
        chosen = value.args[1:] if value.kind == "if" else value.args
        is_chosen = value.kind in _CHOOSING
        return value.kind in _ARITHMETIC or (
            is_chosen and all(_is_number(project, ref, one, depth + 1) for one in chosen)
        )
    if isinstance(value, Name) and depth <= DEEPEST:
        bound = project.function(ref).assigned.get(value, ())
        return bool(bound) and all(_is_number(project, ref, one, depth + 1) for one in bound)
    if not isinstance(value, Result):
        return False
    if last_segment(project.function(ref).calls[value.call].func) in _MAKING:
        return True
    callees = project.program.callees(ref, value.call)
    return bool(callees) and all(_is_giving_number(project, one, depth + 1) for one in callees)
