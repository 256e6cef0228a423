"""Guards that are asked by reading an attribute: properties that say what a guard says."""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import Sign
from botlint.checks.reads import last_segment
from botlint.checks.roots import words_of
from botlint.facts.types import Constant, Kind, Name
from botlint.flow.members import PROPERTIES
from botlint.flow.program import FunctionRef, Program
from botlint.flow.values import Instance
from botlint.project import Project

_SAYING = frozenset({Sign.YES, Sign.NO, Sign.OBJECT})


class ReadGuards:
    """Says what reading a member tells of a guard.

    ``summary`` says how a function guards; ``touching`` are the functions from which a guard can be
    reached by calls.
    """

    def __init__(
        self,
        project: Project,
        summary: Callable[[FunctionRef], Guard | None],
        touching: frozenset[FunctionRef],
    ) -> None:
        self._project = project
        self._summary = summary
        self._names = _getters_in(project, touching)
        self.readers = _readers(project, self._names)
        """The functions that read a property from which a guard can be reached."""
        self.touching = touching | project.program.reaches(self.readers)

    def sign(self, ref: FunctionRef, path: str) -> Sign | None:
        """What ``path``, read in a function, says by being true; ``None`` if that is no guard's
        verdict on every object that it can be read of."""
        base, _, last = path.rpartition(".")
        if last not in self._names or not base:
            return None
        getters = self._getters(ref, base, last)
        constants = {one: self._constant(one) for one in getters}
        said = set(constants.values())
        if said in ({True}, {False}):
            return Sign.TRUE if said == {True} else Sign.FALSE
        guards = [self._summary(one) for one in getters if constants[one] is None]
        signs = {one.sign if one is not None and one.lost is None else None for one in guards}
        (sign,) = signs if len(signs) == 1 else (None,)
        if sign not in _SAYING or (sign is not Sign.NO) in constants.values():
            return None
        return sign

    def _constant(self, ref: FunctionRef) -> bool | None:
        """The truth of all that a function returns; ``None`` unless those are constants."""
        nodes = self._project.function(ref).nodes
        given = [node.value for node in nodes if node.kind is Kind.RETURN]
        truths = {bool(one.value) if isinstance(one, Constant) else None for one in given}
        return truths.pop() if len(truths) == 1 else None

    def _getters(self, ref: FunctionRef, base: str, name: str) -> list[FunctionRef]:
        program = self._project.program
        found: dict[FunctionRef, None] = {}
        for value in program.values_of(ref, Name(base)):
            if not isinstance(value, Instance):
                return []
            below = () if value.is_exact else program.subclasses(value.ref)
            first = program.find_method(value.ref, name)
            methods = [first, *(program.class_members(one).get(name) for one in below)]
            found |= dict.fromkeys(one for one in methods if one is not None)
        return list(found) if all(is_getter(program, one) for one in found) else []


def _getters_in(project: Project, touching: frozenset[FunctionRef]) -> frozenset[str]:
    """What the properties are called from which a guard can be reached."""
    program = project.program
    return frozenset(program.function(ref).name for ref in touching if is_getter(program, ref))


def is_getter(program: Program, ref: FunctionRef) -> bool:
    """Whether reading an attribute runs the function."""
    decorators = program.function(ref).decorators
    return any(last_segment(one) in PROPERTIES for one in decorators)


def _readers(project: Project, names: frozenset[str]) -> frozenset[FunctionRef]:
    """The functions that read such a property."""
    if not names:
        return frozenset()
    return frozenset(
        ref
        for ref in project.program.functions()
        if any(word.rpartition(".")[2] in names for word in words_of(project, ref) if "." in word)
    )
