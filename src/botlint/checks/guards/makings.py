"""What the values of one function are made of, and which of them it gets from outside of the
program."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec.structs import replace

from botlint.checks.guards.bound_parts import Part, by_own_test, parts_bound
from botlint.checks.reads import used_results, walk
from botlint.checks.roots import (
    SELF,
    Origins,
    arguments_of,
    chosen_from,
    foreign_modules,
    have_common,
    names_in,
    origins_of,
    receiver_of,
    targets_in,
)
from botlint.facts.imported import Import
from botlint.facts.types import Call, Expression, Name, Result
from botlint.flow.program import FunctionRef
from botlint.project import Project


class Makings:
    """What the values of one function are made of.

    ``fetching`` are the numbers of its calls that give what they fetch themselves: that is made of
    nothing that they are handed.
    """

    def __init__(
        self, project: Project, ref: FunctionRef, fetching: frozenset[int] = frozenset()
    ) -> None:
        self._project = project
        self._ref = ref
        self.function = project.function(ref)
        self._fetching = fetching

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Its calls, each with what its result is made of."""
        if not self._fetching:
            return self.function.calls
        return tuple(
            replace(call, func=Name(""), args=(), keywords=()) if number in self._fetching else call
            for number, call in enumerate(self.function.calls)
        )

    @cached_property
    def origins(self) -> Origins:
        """From each name to what its values are made of."""
        if not self._fetching:
            return origins_of(self._project, self._ref)
        return Origins(self.function, self.calls)

    def is_within(self, roots: frozenset[str]) -> bool:
        """Whether all values of ``roots`` come from outside of the program, and by nothing that the
        function was given, that it holds or that others bind."""
        function, program = self.function, self._project.program
        closure = self._with_fillings(self.origins.closure(roots))
        given = {one.name for one in function.parameters} | SELF | set(function.outer)
        imports = program.sources[self._ref.source].imports
        foreign = {one.local for one in imports if program.module_named(one.module) is None}
        closure -= self._modules
        told = {one for one in closure if _is_answer(self._project, one) and _first(one) in foreign}
        own = {_first(name) for name in closure - foreign - told}
        if own & given or not own <= self.origins.bound:
            return False
        return not any(map(self.is_from_program, self._bound_to(closure)))

    def calls_in(self, value: Expression | None) -> frozenset[int]:
        """The numbers of the calls that give what a value is made of."""
        given = self._bound_to(self.origins.closure(names_in(value, self.calls)))
        parts = (part for one in (value, *given) for part in walk(one, self.calls))
        return frozenset(part.call for part in parts if isinstance(part, Result))

    def replacing(self, name: str) -> frozenset[int]:
        """The nodes that bind ``name`` to values from outside of the program; none if it gets
        anything else, too."""
        tested = by_own_test(self.function)
        found: set[int] = set()
        for place, node in enumerate(self.function.nodes):
            parts = [one for one in parts_bound(node) if have_common((one.name,), (name,))]
            if parts and (place in tested or not all(map(self._is_replaced, parts))):
                return frozenset()
            if parts:
                found.add(place)
        return frozenset(found)

    def is_from_program(self, value: Expression | None) -> bool:
        """Whether a part of a value is what a function of the program, or the object itself,
        gives."""
        parts = walk(chosen_from(value), self.calls)
        return any(self._is_own(one.call) for one in parts if isinstance(one, Result))

    def _bound_to(self, names: frozenset[str]) -> Iterator[Expression | None]:
        """What the function binds to ``names``."""
        for node in self.function.nodes:
            if any(name in names for name in targets_in(node.target)):
                yield node.value

    def _with_fillings(self, names: frozenset[str]) -> frozenset[str]:
        """``names`` with what is handed to calls on them, or to calls that get one of them first:
        ``order.set_symbol(symbol)``, ``fill(order, symbol)``."""
        modules = foreign_modules(self._project, self._ref.source) | self._modules
        filled = [given for one, given in self._fillings if have_common(one - modules, names)]
        return self.origins.closure(names.union(*filled)) if filled else names

    @cached_property
    def _modules(self) -> frozenset[str]:
        """The names by which modules of the program are known."""
        imports = self._project.program.sources[self._ref.source].imports
        return frozenset(_module_named(self._project, one) for one in imports)

    @cached_property
    def _fillings(self) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
        """For each call that is made for what it does, and not for what it gives, what it may put
        something into, and what it is handed."""
        found, used = [], used_results(self.function)
        for call in (one for number, one in enumerate(self.calls) if number not in used):
            filled = (receiver_of(call), *call.args[:1])
            into = frozenset(one.path for one in filled if isinstance(one, Name)) - SELF
            handed = (names_in(value, self.calls) for value in arguments_of(call))
            found.append((into, frozenset[str]().union(*handed)))
        return tuple(one for one in found if all(one))

    def _is_replaced(self, part: Part) -> bool:
        if part.value is None or part.field or "." in part.name or part.is_emptied():
            return False
        return self._is_got(part.value)

    def _is_got(self, value: Expression) -> bool:
        names = names_in(value, self.calls)
        return not self.is_from_program(value) and (not names or self.is_within(names))

    def _is_own(self, number: int) -> bool:
        """Whether a call runs a function of the program, or a method of the object itself."""
        if number in self._fetching:
            return False
        receiver = receiver_of(self.function.calls[number])
        is_own = isinstance(receiver, Name) and _first(receiver.path) in SELF
        return is_own or bool(self._project.program.callees(self._ref, number))


def _module_named(project: Project, one: Import) -> str:
    """The name by which an import makes a module of the program known; ``""`` if it makes none."""
    whole = f"{one.module}.{one.name}" if one.name else one.module
    if project.program.module_named(whole) is None:
        return ""
    is_first = not one.name and one.module.startswith(f"{one.local}.")
    return one.module if is_first else one.local


def _is_answer(project: Project, name: str) -> bool:
    """Whether a name is a verdict that values are chosen by, and none of them: ``Verdict.OK``."""
    base, _, last = name.rpartition(".")
    return bool(base) and last.isupper() and project.vocabulary.polarity(last) != 0


def _first(name: str) -> str:
    return name.partition(".")[0]
