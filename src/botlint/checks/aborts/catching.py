"""Whether a clause, a manager or a test is meant for an exception of the program.

What names its class, or a base of it below ``Exception``, is meant for it; what names ``Exception``
or nothing at all catches it by the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.clauses import BROAD
from botlint.checks.roots import values_given
from botlint.facts.types import Constant, Expression, Kind, Name, Node, Operation, Result
from botlint.flow.managers import Manager
from botlint.flow.program import ClassRef, FunctionRef
from botlint.flow.values import Cls, elements_of, is_bare
from botlint.flow.ways import arms_taken, nodes_from
from botlint.project import Project


class Asked(NamedTuple):
    """What a test says of an exception: ``says`` is its outcome (``None``: either), ``is_meant``
    whether it asks for the class."""

    says: bool | None
    is_meant: bool


class Swallowing(NamedTuple):
    """What a manager does with an exception."""

    is_swallowing: bool
    is_certain: bool
    is_meant: bool


class Catching:
    """Answers for the exceptions of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._program = project.program

    def caught(self, ref: FunctionRef, types: Expression | None, cls: ClassRef) -> str:
        """``purpose``, ``broad`` or ``""``: whether a clause with ``types`` catches ``cls``."""
        if types is None:
            return "broad"
        hows = [self._caught_by(where, one, cls) for where, one in self._flat(ref, types)]
        return next((how for how in ("purpose", "broad") if how in hows), "")

    def is_open(self, ref: FunctionRef, types: Expression | None) -> bool:
        """Whether a clause with ``types`` may catch anything: what one of them is isn't known."""
        flat = self._flat(ref, types) if types is not None else ()
        return any(is_bare(self._program.values_of(where, one)) for where, one in flat)

    def asked(
        self, ref: FunctionRef, clause: Node, test: Expression | None, cls: ClassRef
    ) -> Asked:
        """What a test in a clause says of the exception that the clause has caught."""
        if test is None:
            return Asked(None, is_meant=False)
        asked = self._isinstance(ref, test)
        if asked is not None:
            subject, types = asked
            how = self.caught(ref, types, cls)
            if subject == clause.target and not how and self.is_open(ref, types):
                return Asked(None, is_meant=True)
            if subject == clause.target:
                return Asked(bool(how), is_meant=how == "purpose")
            return Asked(None, is_meant=how == "purpose")
        if type(test) is Name:
            values = values_given(self._project.function(ref), test)
            bound = [value for value in values if value != test]
            if len(bound) == 1 and type(bound[0]) is not Name:
                return self.asked(ref, clause, bound[0], cls)
        return Asked(None, is_meant=self._mentions(ref, test, cls))

    def of_manager(self, manager: Manager, cls: ClassRef) -> Swallowing:
        """What ``suppress`` or an ``__exit__`` does with ``cls``."""
        if manager.kind == "suppress":
            hows = [self.caught(manager.function, one, cls) for one in manager.types]
            is_swallowing = any(hows)
            return Swallowing(is_swallowing, is_swallowing, "purpose" in hows)
        return self._exit(manager.function, cls)

    def _exit(self, ref: FunctionRef, cls: ClassRef) -> Swallowing:
        """Follow an ``__exit__`` that gets ``cls``: it swallows where it returns what is true."""
        function = self._project.function(ref)
        says: set[bool | None] = set()
        is_meant = False

        def onward(node: Node) -> tuple[int, ...]:
            is_test = node.kind is Kind.TEST
            says = self._truth(ref, node.value, cls).says if is_test else None
            return () if node.kind is Kind.RETURN else arms_taken(node, says=says)

        for number in nodes_from(function, (function.entry,), onward):
            node = function.nodes[number]
            if node.kind is Kind.RETURN or node.kind is Kind.TEST:
                said = self._truth(ref, node.value, cls)
                is_meant |= said.is_meant
                says |= {said.says} if node.kind is Kind.RETURN else set()
            elif node.kind is Kind.EXIT:
                says |= {False}
        return Swallowing(True in says, says == {True}, is_meant)

    def _truth(self, ref: FunctionRef, value: Expression | None, cls: ClassRef) -> Asked:
        """Whether a value in an ``__exit__`` that gets ``cls`` is true."""
        if value is None or type(value) is Constant:
            return Asked(value is not None and bool(value.value), is_meant=False)
        asked = self._isinstance(ref, value)
        if asked is not None:
            how = self.caught(ref, asked[1], cls)
            return Asked(bool(how), is_meant=how == "purpose")
        parameters = [one.name for one in self._project.function(ref).parameters][1:4]
        if type(value) is Name and value.path in parameters:
            return Asked(says=True, is_meant=False)
        if type(value) is not Operation:
            return Asked(None, is_meant=False)
        parts = [self._truth(ref, part, cls) for part in value.args]
        is_meant = any(part.is_meant for part in parts)
        says = [part.says for part in parts]
        if value.kind == "not":
            return Asked(None if says[0] is None else not says[0], is_meant)
        if value.kind in ("and", "or"):
            ends = value.kind == "or"
            if ends in says:
                return Asked(ends, is_meant)
            return Asked(None if None in says else not ends, is_meant)
        kind = Name(parameters[0]) if parameters else None
        if value.kind in ("is", "isnot", "eq", "ne") and kind in value.args:
            return self._compared(ref, value, cls)
        return Asked(None, is_meant)

    def _compared(self, ref: FunctionRef, value: Operation, cls: ClassRef) -> Asked:
        """``kind is None``, ``kind is ValueError``."""
        other = next((one for one in value.args if not self._is_argument(ref, one)), None)
        is_same = False
        if type(other) is Name:
            is_same = self._program.class_named(ref, other.path) == cls
        return Asked(is_same == (value.kind in ("is", "eq")), is_meant=is_same)

    def _is_argument(self, ref: FunctionRef, value: Expression) -> bool:
        names = {Name(one.name) for one in self._project.function(ref).parameters}
        return value in names

    def _caught_by(self, ref: FunctionRef, kind: Expression, cls: ClassRef) -> str:
        if type(kind) is not Name:
            return ""
        found = self._program.class_named(ref, kind.path)
        if found is not None:
            return "purpose" if found in self._program.ancestry(cls) else ""
        if self._is_handed(ref, kind, cls):
            return "purpose"
        last = kind.path.rpartition(".")[2]
        bases = self._program.foreign_bases(cls)
        if last == "BaseException" or (last == "Exception" and not _is_beyond(bases)):
            return "broad"
        return "purpose" if last in bases and last not in BROAD else ""

    def _is_handed(self, ref: FunctionRef, kind: Name, cls: ClassRef) -> bool:
        """Whether a name stands for classes, one by one or in a tuple, of which one is ``cls`` or a
        base of it: ``except giveup``, where a decorator's call says what to give up for."""
        lineage = self._program.ancestry(cls)
        values = self._program.values_of(ref, kind)
        return any(
            type(one) is Cls and one.ref in lineage for one in (*values, *elements_of(values))
        )

    def _flat(
        self, ref: FunctionRef, types: Expression, depth: int = 3
    ) -> Iterator[tuple[FunctionRef, Expression]]:
        """The types that stand in a clause, each with where it is written; of a name for a tuple,
        those in the tuple."""
        if type(types) is Operation and types.kind in ("tuple", "+", "star"):
            for one in types.args:
                yield from self._flat(ref, one, depth)
            return
        if type(types) is Name and depth:
            variable = self._program.variable(ref, types)
            bound = self._program.bindings(variable) if variable is not None else ()
            values = [one.value for _, one in bound]
            if len(values) == 1 and type(values[0]) is Operation and values[0].kind == "tuple":
                yield from self._flat(bound[0][0], values[0], depth - 1)
                return
        yield ref, types

    def _isinstance(
        self, ref: FunctionRef, test: Expression
    ) -> tuple[Expression, Expression] | None:
        """The arguments of ``isinstance`` or ``issubclass``."""
        if type(test) is Operation and test.kind == "isinstance":
            return test.args[0], test.args[1]
        if type(test) is Result:
            call = self._project.function(ref).calls[test.call]
            if call.func in _ASKING and len(call.args) == 2:
                return call.args[0], call.args[1]
        return None

    def _mentions(self, ref: FunctionRef, value: Expression, cls: ClassRef) -> bool:
        """Whether a test names the class: ``type(error) is Abort``."""
        if type(value) is Constant:
            return value.value == self._program.cls(cls).name
        if type(value) is Name:
            return self._caught_by(ref, value, cls) == "purpose"
        if type(value) is Result:
            call = self._project.function(ref).calls[value.call]
            return any(self._mentions(ref, one, cls) for one in call.args)
        parts = value.args if type(value) is Operation else ()
        return any(self._mentions(ref, one, cls) for one in parts)


_ASKING = (Name("isinstance"), Name("issubclass"))


def _is_beyond(bases: frozenset[str]) -> bool:
    """Whether an exception with these bases from outside is none that ``Exception`` catches."""
    return "BaseException" in bases and "Exception" not in bases
