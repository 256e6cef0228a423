"""Functions of the program that give back what is left of a credential when it may be told."""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.reads import last_segment
from botlint.checks.roots import values_given
from botlint.checks.secrets.naming import Naming
from botlint.facts.types import Expression, Function, Item, Kind, Name, Operation, Result
from botlint.flow.forwarding import settled
from botlint.flow.program import FunctionRef
from botlint.project import Project

_DEEPEST = 4


def make_masked(project: Project, naming: Naming, ref: FunctionRef) -> Callable[[int], bool]:
    """Whether a call of a function gives back a masked value, by the number of the call."""

    def is_masked(call: int) -> bool:
        return any(
            project.answer(("masks", callee), lambda ref=callee: _masks(project, naming, ref))  # type: ignore[misc]
            for callee in project.program.callees(ref, call)[:2]
        )

    return is_masked


def _masks(project: Project, naming: Naming, ref: FunctionRef) -> bool:
    """Whether one of the values that a function returns is a piece of something, or was masked.

    A function that does so at all is one that knows what may be told.
    """
    function = project.function(settled(project.program, ref))
    returned = [node.value for node in function.nodes if node.kind is Kind.RETURN]
    return any(_is_piece(function, naming, one, 0) for one in returned if one is not None)


def _is_piece(function: Function, naming: Naming, value: Expression, depth: int) -> bool:
    if depth > _DEEPEST:
        return False
    if isinstance(value, Item):
        return isinstance(value.key, Operation) and value.key.kind == "slice"
    if isinstance(value, Operation):
        return any(_is_piece(function, naming, part, depth + 1) for part in value.args)
    if isinstance(value, Result) and value.call < len(function.calls):
        call = function.calls[value.call]
        if naming.plays(last_segment(call.func), "masks"):
            return True
        return naming.reveals(last_segment(call.func)) and any(
            _is_piece(function, naming, part, depth + 1) for part in call.args
        )
    if isinstance(value, Name) and "." not in value.path:
        return any(
            _is_piece(function, naming, one, depth + 1) for one in values_given(function, value)
        )
    return False
