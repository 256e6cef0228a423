"""Collections that get only what a guard has said yes to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from botlint.checks.fills.fills import changes, read_fills
from botlint.checks.guards.paths import Walk
from botlint.checks.guards.purged import is_purged
from botlint.checks.guards.question import Guard, Question
from botlint.checks.guards.states import Mark
from botlint.checks.roots import arguments_of, have_common, names_handed, names_in, targets_in
from botlint.facts.types import Constant, Expression, Function, Item, Kind, Name, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

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

    def gives(self, ref: FunctionRef, value: Expression | None) -> bool:
        """Whether a value is made of nothing but what a guard has said yes to: it is such a
        collection, a part of one, one in another order, or one of its elements. What is empty as it
        is written holds nothing unasked."""
        while (inner := _made_of(value, self._project.function(ref))) is not None:
            value = inner
        if isinstance(value, Name):
            return "." not in value.path and self.has(ref, value.path)
        if isinstance(value, Operation) and value.kind == "comprehension":
            ask = partial(self._question, ref)
            is_chosen = len(value.args) > 2 and _is_chosen(self._project.function(ref), value, ask)
            return is_chosen or self.gives(ref, value.args[1])
        if not isinstance(value, Result):
            return False
        guard = self._question(ref, None).guard_at(value.call)
        if _is_letting_through(guard):
            return True
        callees = self._project.program.callees(ref, value.call)
        return bool(callees) and all(self._is_giving(callee) for callee in callees)

    def is_handed(self, order: CallRef, roots: frozenset[str] | None) -> bool:
        """Whether what a call is handed of an order, whose values come from ``roots``, is made of
        what a guard has said yes to."""
        ref, function = order.function, self._project.function(order.function)
        if any(self.has(ref, name) for name in roots or names_handed(function, order.call)):
            return True
        return any(
            not isinstance(value, Name)
            and (not roots or have_common(roots, names_in(value, function.calls)))
            and self.gives(ref, value)
            for value in arguments_of(function.calls[order.call])
        )

    def _is_giving(self, ref: FunctionRef) -> bool:
        """Whether a function returns nothing else."""
        function = self._project.function(ref)
        own = {Name(one.name) for one in function.parameters}
        returned = [node.value for node in function.nodes if node.kind is Kind.RETURN]
        kept = [one for one in returned if not _is_empty(one)]
        if not kept or function.is_generator or not own.isdisjoint(kept):
            return False
        return all(self.gives(ref, one) for one in kept)

    def _find(self, ref: FunctionRef, name: str) -> bool:
        function = self._project.function(ref)
        if _is_vetted(function, name, partial(self._question, ref)):
            return True
        bound = [node for node in function.nodes if name in targets_in(node.target)]
        if any(node.target != Name(name) or node.kind is not Kind.ASSIGN for node in bound):
            return False
        if any(changes(call, name) for call in function.calls):
            return False
        kept = [node.value for node in bound if not _is_empty(node.value)]
        return bool(kept) and all(self.gives(ref, value) for value in kept)


def _is_vetted(function: Function, name: str, ask: Ask) -> bool:
    """Whether each element of the collection ``name`` is put in after a guard has said yes to it,
    or taken out after it has said no.

    ``ask`` makes the question for an element that comes from the given names.
    """
    if is_purged(function, name, ask):
        return True
    fills = read_fills(function, name)
    if fills is None:
        return False
    for node, element in fills.puts:
        question = ask(names_in(element, function.calls) or None)
        end = frozenset({node})
        found = Walk(function, question, end).reaching(end)
        if any(state.status.mark is not Mark.GUARDED for state in found):
            return False
    return all(_is_chosen(function, filtered, ask) for filtered in fills.filtered)


def _is_chosen(function: Function, filtered: Operation, ask: Ask) -> bool:
    """Whether a comprehension takes only those elements to which a guard says yes."""
    walk = Walk(function, ask(names_in(filtered.args[0], function.calls) or None), frozenset())
    return any(walk.is_yes(condition) for condition in filtered.args[2:])


def _is_letting_through(guard: Guard | None) -> bool:
    """Whether a call lets only that through to which a guard has said yes: ``filter(preflight,
    signals)``."""
    return guard is not None and guard.is_entered and guard.lost is None


def _made_of(value: Expression | None, function: Function) -> Expression | None:
    """The collection that ``value`` has its elements from, or that it is an element of; ``None`` if
    it is no part of another."""
    if isinstance(value, Operation) and value.kind in ("star", "element", "await"):
        return value.args[0]
    if isinstance(value, Item):
        return value.value if isinstance(value.key, Operation) else None
    call = function.calls[value.call] if isinstance(value, Result) else None
    if call is None or not isinstance(call.func, Name):
        return None
    base, _, last = call.func.path.rpartition(".")
    if last in _CHOOSING and call.args and (not base or base in _MODULES):
        is_first = last not in _AFTER_A_NUMBER
        others = call.args[1:] if is_first else ()
        is_one = all(_is_empty(one) for one in others) or last not in _ELEMENTS
        return call.args[0 if is_first else -1] if is_one else None
    return Name(base) if base and last in _COPIES and not call.args else None


_COLLECTING = frozenset(
    {"list", "tuple", "set", "frozenset", "sorted", "reversed", "deque", "iter"}
)
_ELEMENTS = frozenset({"next", "max", "min"})
_AFTER_A_NUMBER = frozenset({"nlargest", "nsmallest"})
_CHOOSING = _COLLECTING | _ELEMENTS | _AFTER_A_NUMBER | {"islice", "enumerate"}
_COPIES = frozenset({"copy", "values", "items", "keys"})
_MODULES = frozenset({"itertools", "heapq", "collections"})


def _is_empty(value: Expression | None) -> bool:
    if value is None or value == Constant(None):
        return True
    return isinstance(value, Operation) and value.kind in _DISPLAYS and not value.args
