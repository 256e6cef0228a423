"""The program: all facts linked, asked lazily who calls whom and what is what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import msgspec

from botlint.facts.types import Class, Expression, Facts, Function
from botlint.flow.callers import Callers
from botlint.flow.callgraph import CallGraph
from botlint.flow.entries import Entries, Entry, display
from botlint.flow.handed import bare_function
from botlint.flow.index import Index
from botlint.flow.literals import string_values
from botlint.flow.managers import Manager, managers, swallows
from botlint.flow.names import CallSite, ClassRef, FunctionRef
from botlint.flow.naming import Naming
from botlint.flow.reach import bottom_up, leading_to, reachable_from
from botlint.flow.scopes import Binding
from botlint.flow.sealed import Sealing, sealed_in
from botlint.flow.values import Cls, External, Instance, Values
from botlint.flow.variables import Variable, Variables

Type = ClassRef | str

__all__ = ["Binding", "CallSite", "ClassRef", "Entry", "FunctionRef", "Program", "Resolution"]
__all__ += ["Sealing", "Variable", "link_program"]


class Resolution(msgspec.Struct, frozen=True):
    """What a call can run, and how that is known.

    ``kind``: ``exact`` (by import or type), ``unique-name``, ``external``, ``unresolved``.
    """

    callees: tuple[FunctionRef, ...]
    kind: str


class Program:
    """All sources, linked."""

    def __init__(self, sources: tuple[Facts, ...], scripts: tuple[str, ...] = ()) -> None:
        self.sources = sources
        self._index = Index(sources)
        self._graph = CallGraph(self._index)
        self._callers = Callers(self._graph)
        self._classes = self._graph.receivers.classes
        self._variables = Variables(self._graph)
        self._scripts = scripts
        self.naming = Naming(self._graph, self._callers)

    def function(self, ref: FunctionRef) -> Function:
        """The facts of a function."""
        return self.sources[ref.source].functions[ref.index]

    def cls(self, ref: ClassRef) -> Class:
        """The facts of a class."""
        return self._index.cls(ref)

    def path(self, ref: FunctionRef | ClassRef) -> str:
        """The path of the source that something stands in."""
        return self.sources[ref.source].path

    def module_name(self, source: int) -> str:
        """``services.order_router``."""
        return self._index.modules.name(source)

    def module_named(self, raw: str) -> int | None:
        """The source whose path with dots is ``raw``."""
        return self._index.modules.by_raw.get(raw)

    def functions(self) -> Iterator[FunctionRef]:
        """All functions, by source and number; number 0 of each source is the module's body."""
        return self._index.functions()

    def classes(self) -> Iterator[ClassRef]:
        """All classes, by source and number."""
        return self._index.classes()

    def calls(self) -> Iterator[tuple[FunctionRef, int, str]]:
        """All calls with the last segment of their written name, grouped by it."""
        for segment, numbers in self._index.calls_by_segment.items():
            for ref, number in numbers:
                yield ref, number, segment

    def segments(self) -> Iterable[str]:
        """The last segments of all calls' written names, each once."""
        return self._index.calls_by_segment.keys()

    def calls_named(self, segment: str) -> tuple[tuple[FunctionRef, int], ...]:
        """The calls whose written name ends in ``segment``."""
        return tuple(self._index.calls_by_segment.get(segment, ()))

    def functions_named(self, name: str) -> tuple[FunctionRef, ...]:
        """The functions and methods of this name."""
        return tuple(self._index.functions_by_name.get(name, ()))

    def defined_names(self) -> frozenset[str]:
        """All names that a function or class of the program is defined or imported by."""
        index = self._index
        return frozenset({*index.functions_by_name, *index.classes_by_name, *index.alias_names})

    @property
    def aliases(self) -> Mapping[str, frozenset[str]]:
        """The other names under which something is imported somewhere, by its own name."""
        return self._index.aliases

    def qualified(self, ref: FunctionRef) -> str:
        """``services.order_router.OrderRouter.handle_intent``."""
        return self._index.qualified(ref)

    def qualified_class(self, ref: ClassRef) -> str:
        """``services.order_router.OrderRouter``."""
        return self._index.qualified_class(ref)

    def display(self, ref: FunctionRef) -> str:
        """``OrderRouter.handle_intent``; of a module's body, the module."""
        return display(self._graph, ref)

    def parent(self, ref: FunctionRef) -> FunctionRef | None:
        """The function in whose body a function stands."""
        return self._index.parent(ref)

    def nested(self, ref: FunctionRef) -> tuple[FunctionRef, ...]:
        """The functions and lambdas directly in the body of a function, no methods."""
        return self._index.nested(ref)

    def owner(self, ref: FunctionRef) -> ClassRef | None:
        """The class whose method a function is."""
        return self._index.owner(ref)

    def callees(self, ref: FunctionRef, call: int) -> tuple[FunctionRef, ...]:
        """What a call can run before it returns, the statically found function first."""
        return self._graph.link(ref, call).callees

    def resolution(self, ref: FunctionRef, call: int) -> Resolution:
        """What a call can run, and how that is known."""
        link = self._graph.link(ref, call)
        return Resolution(link.callees, link.kind)

    def edges(self, ref: FunctionRef, call: int) -> tuple[tuple[FunctionRef, str], ...]:
        """All that a call can run, threads too, each with its way (``CallSite.via``)."""
        return tuple(self._graph.link(ref, call).edges)

    def callers(self, ref: FunctionRef) -> tuple[CallSite, ...]:
        """All calls that can run a function, sorted."""
        return self._callers.of(ref)

    def decorators(self, ref: FunctionRef) -> tuple[FunctionRef, ...]:
        """The functions of the program that get ``ref`` as their argument, as decorators."""
        return self._callers.decorators(ref)

    def names(self, ref: FunctionRef, call: int) -> tuple[str, ...]:
        """The names of what is called: as written, then as it resolves."""
        return self.naming.of(ref, call)

    def argument_of(
        self, function: FunctionRef, call: int, callee: FunctionRef, parameter: str
    ) -> Expression | None:
        """What a call hands to a parameter of ``callee``, if the call shows it."""
        edges = self._graph.link(function, call).edges
        via = next((edge.via for edge in edges if edge.function == callee), "call")
        if via == "callback":
            func = self._index.call(function, call).func
            values = self._graph.receivers.values(function, func)
            via = "table" if any(bare_function(value) == callee for value in values) else via
        return self._graph.arguments.given(CallSite(function, call, via), callee, parameter)

    def values_of(self, ref: FunctionRef, expression: Expression) -> Values:
        """All that an expression can be, as abstract values."""
        return self._graph.receivers.values(ref, expression)

    def type_of(self, ref: FunctionRef, expression: Expression) -> Type | None:
        """The class of what an expression gives: of the program, or a qualified name.

        ``None`` where it is not known, or not one.
        """
        found: dict[Type, None] = {}
        for value in self._graph.receivers.values(ref, expression):
            if type(value) is Instance:
                found[value.ref] = None
            elif type(value) is External:
                found[value.name] = None
            elif type(value) is Cls:
                return None
        return next(iter(found)) if len(found) == 1 else None

    def variable(self, ref: FunctionRef, expression: Expression) -> Variable | None:
        """The attribute, global or local that an expression names, if it can be told."""
        return self._variables.named(ref, expression)

    def bindings(self, variable: Variable) -> tuple[tuple[FunctionRef, Binding], ...]:
        """All that gives a value to a variable, each with the function it stands in."""
        return self._variables.bindings(variable)

    def class_named(self, ref: FunctionRef, path: str) -> ClassRef | None:
        """The class that a dotted name means in a function."""
        for value in self._graph.receivers.named(ref, path):
            if type(value) is Cls:
                return value.ref
        return None

    def string_values(self, ref: FunctionRef, path: str) -> tuple[str, ...]:
        """The literal strings that a dotted name can stand for in a function."""
        return string_values(self._graph, ref, path)

    def sealed_in(self, ref: FunctionRef, expression: Expression) -> tuple[Sealing, ...]:
        """The sealed literals that an expression can be: numbers of source and seal."""
        return sealed_in(self._graph, ref, expression)

    def managers(self, ref: FunctionRef, value: Expression | None) -> tuple[Manager, ...]:
        """The managers that ``with value`` may have."""
        return managers(self._graph, ref, value) if value is not None else ()

    def swallows(self, ref: FunctionRef, value: Expression | None) -> bool:
        """Whether ``with value`` may swallow an exception."""
        return value is not None and swallows(self._graph, ref, value)

    def bases(self, cls: ClassRef) -> tuple[ClassRef, ...]:
        """The direct bases in the program."""
        return self._classes.bases(cls)

    def ancestry(self, cls: ClassRef) -> tuple[ClassRef, ...]:
        """The class with all its bases in the program, in the order of look-up."""
        return self._classes.ancestry(cls)

    def foreign_bases(self, cls: ClassRef) -> frozenset[str]:
        """All bases from outside: qualified names and their last segments."""
        return self._classes.foreign_bases(cls)

    def subclasses(self, cls: ClassRef) -> tuple[ClassRef, ...]:
        """All classes that derive from it, also indirectly."""
        return self._classes.subclasses(cls)

    def is_exception(self, cls: ClassRef) -> bool:
        """Whether the class can be raised."""
        return self._classes.is_exception(cls)

    def find_method(self, cls: ClassRef, name: str) -> FunctionRef | None:
        """The method that ``name`` means on an object of this class."""
        return self._classes.find_method(cls, name)

    def class_members(self, cls: ClassRef) -> Mapping[str, FunctionRef]:
        """The methods in the body of a class, by name."""
        return self._index.methods(cls)

    def attributes(self, cls: ClassRef) -> frozenset[str]:
        """All names bound on the class, its bases and its subclasses."""
        return self._classes.attributes(cls)

    def is_closed(self, cls: ClassRef) -> bool:
        """Whether all that its objects have stands in the program."""
        members = self._graph.receivers.members
        return self._classes.is_closed(cls) and not members.is_set_from_outside(cls)

    @cached_property
    def _entries(self) -> Entries:
        return Entries(self._graph, self._callers, self._scripts)

    def entries(self) -> Entries:
        """The entry points, each found when it is asked for."""
        return self._entries

    def is_imported(self, source: int) -> bool:
        """Whether another source of the program imports this one."""
        return self._entries.is_imported(source)

    def imports(self, source: int) -> frozenset[int]:
        """The other sources that a source imports."""
        return self._entries.imports.get(source, frozenset())

    def reaches(self, targets: frozenset[FunctionRef]) -> frozenset[FunctionRef]:
        """All functions from which one of ``targets`` can be reached, with the targets."""
        return leading_to(targets, self.callers)

    def reachable(self, starts: Iterable[FunctionRef]) -> frozenset[FunctionRef]:
        """All functions that can be reached from ``starts``, with the starts."""
        return reachable_from(starts, self._following)

    def bottom_up(self, refs: Iterable[FunctionRef]) -> list[tuple[FunctionRef, ...]]:
        """The functions ``refs``, callees first; those that call each other stand together."""
        return bottom_up(refs, self._following)

    def _following(self, ref: FunctionRef) -> tuple[FunctionRef, ...]:
        found: dict[FunctionRef, None] = {}
        for number in range(len(self.function(ref).calls)):
            for edge in self._graph.link(ref, number).edges:
                found[edge.function] = None
        return tuple(found)


def link_program(facts: tuple[Facts, ...], scripts: tuple[str, ...] = ()) -> Program:
    """Link the facts of all sources. ``scripts`` are the ``module:function`` of the project."""
    return Program(facts, scripts)
