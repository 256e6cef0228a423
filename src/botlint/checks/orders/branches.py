"""Branches that are taken to get out of a position: ``if action == "EXIT": trade(order)``."""

from __future__ import annotations

from botlint.checks.orders.closing import Closing
from botlint.checks.reads import walk
from botlint.facts.types import Constant, Expression, Function, Item, Kind, Name, Operation
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_in_turn, nodes_of_call
from botlint.project import CallRef, Project

_PURPOSES = frozenset(
    {"action", "signal", "intent", "command", "decision", "instruction", "purpose", "kind"}
)


def is_in_closing_branch(project: Project, closing: Closing, ref: CallRef) -> bool:
    """Whether a call stands where only a test leads to that asks for what is to be done, and
    compares it with a word for getting out."""
    return project.answer(("closing branch", ref), lambda: _is_in_branch(project, closing, ref))


def _is_in_branch(project: Project, closing: Closing, ref: CallRef) -> bool:
    function = project.function(ref.function)
    targets = frozenset(nodes_of_call(function, ref.call))
    nodes = function.nodes
    return any(
        _leads(function, nodes[number].next, number, targets)
        and not _leads(function, nodes[number].other, number, targets)
        for number in _asking_for_exit(project, closing, ref.function)
    )


def _asking_for_exit(project: Project, closing: Closing, ref: FunctionRef) -> tuple[int, ...]:
    """The tests of a function that compare what is to be done with a word for getting out."""

    def find() -> tuple[int, ...]:
        nodes = project.function(ref).nodes
        tests = (n for n, node in enumerate(nodes) if node.kind is Kind.TEST)
        return tuple(n for n in tests if _asks_for_exit(project, closing, nodes[n].value))

    return project.answer(("tests for exits", ref), find)


def _asks_for_exit(project: Project, closing: Closing, value: Expression | None) -> bool:
    if not isinstance(value, Operation) or value.kind != "eq":
        return False
    words = [one.value for one in value.args if isinstance(one, Constant)]
    if len(words) != 1 or not isinstance(words[0], str) or not words[0].isascii():
        return False
    if not closing.is_closing_name(words[0].replace(" ", "_").replace("-", "_").lower()):
        return False
    return any(
        not _PURPOSES.isdisjoint(project.vocabulary.words(name))
        for one in value.args
        for name in _names_of(one)
    )


def _names_of(value: Expression) -> tuple[str, ...]:
    """The last names and the keys that a value is read by."""
    found: list[str] = []
    for part in walk(value, ()):
        if isinstance(part, Name):
            found.append(part.path.rpartition(".")[2])
        elif isinstance(part, Item) and isinstance(part.key, Constant):
            found.append(str(part.key.value))
    return tuple(found)


def _leads(function: Function, start: int, test: int, targets: frozenset[int]) -> bool:
    return not targets.isdisjoint(nodes_in_turn(function, start, test))
