"""Collections that get only what a guard has said yes to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from botlint.checks.fills.fills import changes, read_fills
from botlint.checks.guards.consumed import drawn_from
from botlint.checks.guards.paths import Walk
from botlint.checks.guards.purged import is_purged
from botlint.checks.guards.question import Question
from botlint.checks.guards.states import Mark
from botlint.checks.roots import assigned_in, names_in, targets_in
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.project import Project

_DISPLAYS = frozenset({"list", "tuple", "set", "dict"})

Ask = Callable[[frozenset[str] | None], Question]


class Vetted:
    """Which collections of a program are so, worked out when asked for; ``question`` says what to
    look for in a function, for the order whose values come from some names."""

    def __init__(
        self,
        project: Project,
        question: Callable[[FunctionRef, frozenset[str] | None], Question],
    ) -> None:
        self._project = project
        self._question = question
        self._known: dict[tuple[FunctionRef, str], bool] = {}

    def has(self, ref: FunctionRef, name: str) -> bool:
        """Whether a collection gets only what a guard has said yes to: here, or in the functions
        that give it back."""
        if (ref, name) not in self._known:
            self._known[ref, name] = False
            self._known[ref, name] = self._find(ref, name)
        return self._known[ref, name]

    def _find(self, ref: FunctionRef, name: str) -> bool:
        if _is_vetted(self._project.function(ref), name, partial(self._question, ref)):
            return True
        given = given_back(self._project, ref, name)
        return bool(given) and all(self.has(*one) for one in given)


def _is_vetted(function: Function, name: str, ask: Ask) -> bool:
    """Whether each element of the collection ``name`` is put in after a guard has said yes to it,
    or taken out after it has said no.

    ``ask`` makes the question for an element that comes from the given names.
    """
    if is_purged(function, name, ask):
        return True
    fills = read_fills(function, name)
    if fills is None:
        return _is_drawn(function, name, ask(None))
    for node, element in fills.puts:
        question = ask(names_in(element, function.calls) or None)
        end = frozenset({node})
        found = Walk(function, question, end).reaching(end)
        if any(state.status.mark is not Mark.GUARDED for state in found):
            return False
    for filtered in fills.filtered:
        question = ask(names_in(filtered.args[0], function.calls) or None)
        walk = Walk(function, question, frozenset())
        if not any(walk.is_yes(condition) for condition in filtered.args[2:]):
            return False
    return True


def _is_drawn(function: Function, name: str, question: Question) -> bool:
    """Whether a collection is all that comes out of something that lets only those through to which
    a guard has said yes: ``list(filter(preflight, signals))``."""
    bound = [node for node in function.nodes if name in targets_in(node.target)]
    if any(node.target != Name(name) or node.kind is not Kind.ASSIGN for node in bound):
        return False
    if any(changes(call, name) for call in function.calls):
        return False
    drawn = [drawn_from(node.value, function) for node in bound]
    guards = [question.guard_at(number) if number >= 0 else None for number in drawn]
    return bool(guards) and all(
        one is not None and one.is_entered and one.lost is None for one in guards
    )


def given_back(
    project: Project, ref: FunctionRef, name: str
) -> tuple[tuple[FunctionRef, str], ...]:
    """The local collections of other functions that ``name`` is, if it is bound to nothing but what
    they return: each with its function. What is empty as it is written holds nothing unasked."""
    found: list[tuple[FunctionRef, str]] = []
    for value in assigned_in(project, ref).get(name, []):
        callees = project.program.callees(ref, value.call) if isinstance(value, Result) else ()
        given = {callee: _returned_names(project.function(callee)) for callee in callees}
        if not given or not all(given.values()):
            return ()
        found += [(callee, one) for callee, names in given.items() for one in names]
    return tuple(dict.fromkeys(found))


def _returned_names(function: Function) -> list[str]:
    """The local names that a function returns; none if it returns anything else that can hold
    something."""
    returned = [node.value for node in function.nodes if node.kind is Kind.RETURN]
    kept = [one for one in returned if not _is_empty(one)]
    names = [one.path for one in kept if isinstance(one, Name)]
    own = {one.name for one in function.parameters}
    is_whole = len(names) == len(kept) and own.isdisjoint(names)
    return names if is_whole and not function.is_generator else []


def _is_empty(value: Expression | None) -> bool:
    if value is None or value == Constant(None):
        return True
    return isinstance(value, Operation) and value.kind in _DISPLAYS and not value.args
