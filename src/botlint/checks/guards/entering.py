"""Guards that are asked where no call of them is written: by entering a manager, by running a
generator, by filtering."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from botlint.checks.guards.consumed import consumed_by
from botlint.checks.guards.contracts import entered_by, entered_in
from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import Sign
from botlint.facts.types import Name, Result
from botlint.flow.handed import bare_function
from botlint.flow.program import ClassRef, FunctionRef
from botlint.project import CallRef, Project

_ENTERING = ("__enter__", "__aenter__")
_FILTERS = (Name("filter"), Name("itertools.takewhile"), Name("takewhile"))


class Entering(NamedTuple):
    """Guards by what a call enters, or runs that another call has made; ``at`` says how a call
    guards, ``summary`` how a call of a function does."""

    project: Project
    roles: tuple[str, ...]
    at: Callable[[CallRef], Guard | None]
    summary: Callable[[FunctionRef], Guard | None]

    def guard(self, ref: CallRef) -> Guard | None:
        """How a call guards by a manager that it makes or enters, a generator that it runs, or a
        function that it filters by."""
        found = self._by_stack(ref) or self._by_manager(ref) or self._by_consuming(ref)
        return found or self._by_filter(ref)

    def _by_filter(self, ref: CallRef) -> Guard | None:
        """``filter(preflight, signals)``: what is asked for the elements gets those alone."""
        call = self.project.call(ref)
        if call.func not in _FILTERS or len(call.args) != 2:
            return None
        values = self.project.program.values_of(ref.function, call.args[0])
        asked = [one for one in map(bare_function, values) if one is not None]
        is_guarding = bool(asked) and all(map(self._is_consenting, asked))
        return Guard(None, is_entered=True) if is_guarding else None

    def _is_consenting(self, ref: FunctionRef) -> bool:
        """Whether a function guards, and says yes by what is true."""
        name = self.project.function(ref).name
        if any(self.project.function_plays(ref, role) for role in self.roles):
            return self.project.vocabulary.polarity(name) >= 0
        guard = self.summary(ref)
        return guard is not None and guard.sign in (Sign.YES, Sign.OBJECT)

    def _by_consuming(self, ref: CallRef) -> Guard | None:
        """``list(checked(order))``: a generator is run that raises unless a guard says yes."""
        consumed = consumed_by(self.project.call(ref))
        if consumed is None:
            return None
        made = CallRef(ref.function, consumed.generator)
        guard = self.at(made) if self.project.program.callees(*made) else None
        if guard is None or not guard.is_entered or guard.lost is not None:
            return None
        is_passed = consumed.is_first or guard.is_raising
        return Guard(None, is_raising=True) if is_passed else None

    def _by_stack(self, ref: CallRef) -> Guard | None:
        """``stack.enter_context(manager)``: the manager is entered when this returns."""
        manager = entered_by(self.project.call(ref))
        guard = self.at(CallRef(ref.function, manager)) if manager >= 0 else None
        if guard is None or not guard.is_entered:
            return None
        return guard._replace(is_entered=False, is_raising=guard.lost is None)

    def _by_manager(self, ref: CallRef) -> Guard | None:
        """A context manager of the program whose ``__enter__`` lets pass only after a yes."""
        if ref.call not in entered_in(self.project, ref.function):
            return None
        program = self.project.program
        cls = program.type_of(ref.function, Result(ref.call))
        if not isinstance(cls, ClassRef):
            return None
        for name in _ENTERING:
            method = program.find_method(cls, name)
            guard = self.summary(method) if method is not None else None
            if guard is not None and (guard.is_raising or guard.lost is not None):
                return guard._replace(is_raising=False, is_entered=True)
        return None


def with_entering(project: Project, touching: frozenset[FunctionRef]) -> frozenset[FunctionRef]:
    """``touching`` with those functions from which one of it can be reached through a ``with``."""
    program = project.program
    methods = frozenset(ref for ref in touching if program.function(ref).name in _ENTERING)
    entering = frozenset(ref for one in methods for ref in _entering(project, one))
    return touching if entering <= touching else touching | program.reaches(entering)


def _entering(project: Project, method: FunctionRef) -> Iterator[FunctionRef]:
    """The functions that enter an object of the class of ``method``, or of one below."""
    program = project.program
    owner = program.owner(method)
    classes = (owner, *program.subclasses(owner)) if owner is not None else ()
    for cls in classes:
        own = program.cls(cls).name
        for name in sorted({own, *program.aliases.get(own, ())}):
            for ref, number in program.calls_named(name):
                if number in entered_in(project, ref):
                    yield ref
