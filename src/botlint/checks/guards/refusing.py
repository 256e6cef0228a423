"""Functions that hold a number they were given against a limit, and raise on one side of it."""

from __future__ import annotations

from botlint.checks.roots import SELF, assigned_in, names_in
from botlint.facts.types import EXIT, Expression, Function, Kind, Name, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.project import Project

_ORDERED = frozenset({"lt", "le", "gt", "ge"})


def is_refusing(project: Project, ref: FunctionRef) -> bool:
    """Whether one outcome of a comparison of what a function was given always raises: it gives
    nothing back for what is too small, whatever it gives back for the rest."""
    function = project.function(ref)
    tests = [node for node in function.nodes if node.kind is Kind.TEST]
    held = [node for node in tests if _compares_given(project, ref, node.value)]
    arms = {arm for node in held for arm in (node.next, node.other) if arm >= 0}
    return any(EXIT not in set(nodes_from(function, (arm,), normally)) for arm in arms)


def _compares_given(project: Project, ref: FunctionRef, value: Expression | None) -> bool:
    if not isinstance(value, Operation):
        return False
    if value.kind in ("not", "and", "or"):
        return any(_compares_given(project, ref, part) for part in value.args)
    return value.kind in _ORDERED and any(_is_given(project, ref, part) for part in value.args)


def _is_given(project: Project, ref: FunctionRef, value: Expression) -> bool:
    """Whether a number is made of what the function was given, by nothing but arithmetic."""
    function = project.function(ref)
    given = {one.name for one in function.parameters} - SELF
    names = _numbers_in(function, value)
    known = assigned_in(project, ref)
    made = [part for name in names for part in known.get(name, ())]
    behind = frozenset[str]().union(*(_numbers_in(function, part) for part in made))
    return any(name.partition(".")[0] in given for name in names | behind)


def _numbers_in(function: Function, value: Expression) -> frozenset[str]:
    """The names that a value is made of; none if a call has a say in it."""
    is_plain = _is_arithmetic(function, value)
    return names_in(value, function.calls) if is_plain else frozenset()


def _is_arithmetic(function: Function, value: Expression) -> bool:
    if isinstance(value, Operation):
        return all(_is_arithmetic(function, part) for part in value.args)
    if not isinstance(value, Result):
        return True
    call = function.calls[value.call]
    is_number = isinstance(call.func, Name) and call.func.path.rpartition(".")[2] in _NUMBERS
    return is_number and all(_is_arithmetic(function, part) for part in call.args)


_NUMBERS = frozenset({"abs", "float", "int", "round", "Decimal", "str", "min", "max"})
