"""The sources of a program with what is looked up in them all the time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property

from botlint.facts.types import Call, Class, Facts, Function, Name
from botlint.flow.modules import Modules
from botlint.flow.names import ClassRef, FunctionRef, segment_of, written_name
from botlint.flow.scopes import Outline, Scope, is_method, outline, read_scope

_STATIC = frozenset({"staticmethod"})

CallNumber = tuple[FunctionRef, int]


class Index:
    """Sources, their functions and classes, and what they are called."""

    def __init__(self, sources: tuple[Facts, ...]) -> None:
        self.sources = sources
        self.modules = Modules(sources)
        self._outlines: dict[int, Outline] = {}
        self._scopes: dict[FunctionRef, Scope] = {}
        self._methods: dict[ClassRef, dict[str, FunctionRef]] = {}
        self._bound: dict[int, frozenset[str]] = {}
        self._by_source: dict[str, dict[int, list[CallNumber]]] = {}

    def function(self, ref: FunctionRef) -> Function:
        return self.sources[ref.source].functions[ref.index]

    def cls(self, ref: ClassRef) -> Class:
        return self.sources[ref.source].classes[ref.index]

    def call(self, ref: FunctionRef, number: int) -> Call:
        return self.sources[ref.source].functions[ref.index].calls[number]

    def functions(self) -> Iterator[FunctionRef]:
        """All functions, by source and number."""
        return iter(self._functions)

    @cached_property
    def _functions(self) -> tuple[FunctionRef, ...]:
        return tuple(
            FunctionRef(source, index)
            for source, facts in enumerate(self.sources)
            for index in range(len(facts.functions))
        )

    def classes(self) -> Iterator[ClassRef]:
        """All classes, by source and number."""
        for source, facts in enumerate(self.sources):
            for index in range(len(facts.classes)):
                yield ClassRef(source, index)

    def outline(self, source: int) -> Outline:
        """What stands in which function of a source."""
        known = self._outlines.get(source)
        if known is None:
            known = self._outlines[source] = outline(self.sources[source])
        return known

    def scope(self, ref: FunctionRef) -> Scope:
        """The bindings of a function."""
        known = self._scopes.get(ref)
        if known is None:
            inside = self.outline(ref.source)
            known = read_scope(self.sources[ref.source], ref.index, inside)
            self._scopes[ref] = known
        return known

    def parent(self, ref: FunctionRef) -> FunctionRef | None:
        """The function in whose body a function stands."""
        parent = self.function(ref).parent
        return FunctionRef(ref.source, parent) if parent >= 0 else None

    def nested(self, ref: FunctionRef) -> tuple[FunctionRef, ...]:
        """The functions and lambdas that stand directly in a function, no methods."""
        inside = self.outline(ref.source).functions.get(ref.index, ())
        facts = self.sources[ref.source]
        return tuple(
            FunctionRef(ref.source, index)
            for index in inside
            if not is_method(facts.functions[index])
        )

    def owner(self, ref: FunctionRef) -> ClassRef | None:
        """The class whose method a function is."""
        function = self.function(ref)
        return ClassRef(ref.source, function.owner) if is_method(function) else None

    def methods(self, ref: ClassRef) -> dict[str, FunctionRef]:
        """The methods in a class body by name; of a property its getter."""
        known = self._methods.get(ref)
        if known is None:
            known = self._methods[ref] = {}
            functions = self.sources[ref.source].functions
            for index in self.cls(ref).methods:
                function = functions[index]
                if function.name not in known or not _is_accessor(function):
                    known[function.name] = FunctionRef(ref.source, index)
        return known

    @cached_property
    def calls_by_segment(self) -> dict[str, list[CallNumber]]:
        """All calls by the last segment of the name they are written by."""
        found: dict[str, list[CallNumber]] = {}
        for source, facts in enumerate(self.sources):
            for index, function in enumerate(facts.functions):
                if not function.calls:
                    continue
                ref = FunctionRef(source, index)
                calls = function.calls
                for number, call in enumerate(calls):
                    func = call.func
                    if type(func) is Name:
                        path = func.path
                        segment = path[path.rfind(".") + 1 :]
                    else:
                        segment = segment_of(call, calls)
                    if segment in found:
                        found[segment].append((ref, number))
                    else:
                        found[segment] = [(ref, number)]
        return found

    def calls_by_source(self, segment: str) -> dict[int, list[CallNumber]]:
        """The calls whose written name ends in ``segment``, by source."""
        known = self._by_source.get(segment)
        if known is None:
            known = self._by_source[segment] = {}
            for number in self.calls_by_segment.get(segment, ()):
                known.setdefault(number[0].source, []).append(number)
        return known

    def bound_names(self, source: int) -> frozenset[str]:
        """The names of all that a source defines or imports, wherever in it."""
        known = self._bound.get(source)
        if known is None:
            facts = self.sources[source]
            names = {function.name for function in facts.functions}
            names.update(cls.name for cls in facts.classes)
            names.update(statement.local for statement in facts.imports)
            known = self._bound[source] = frozenset(names)
        return known

    @cached_property
    def functions_by_name(self) -> dict[str, list[FunctionRef]]:
        """All named functions and methods by their own name."""
        found: dict[str, list[FunctionRef]] = {}
        for source, facts in enumerate(self.sources):
            for index, function in enumerate(facts.functions):
                found.setdefault(function.name, []).append(FunctionRef(source, index))
        found.pop("<lambda>", None)
        found.pop("<module>", None)
        return found

    @cached_property
    def classes_by_name(self) -> dict[str, list[ClassRef]]:
        """All classes by their own name."""
        found: dict[str, list[ClassRef]] = {}
        for ref in self.classes():
            found.setdefault(self.cls(ref).name, []).append(ref)
        return found

    @cached_property
    def star_importers(self) -> frozenset[int]:
        """The sources with a ``from module import *``."""
        return frozenset(
            source
            for source, facts in enumerate(self.sources)
            if any(statement.name == "*" for statement in facts.imports)
        )

    @cached_property
    def aliases(self) -> dict[str, frozenset[str]]:
        """The other names under which a function or class is imported somewhere, also where it
        has been imported under another name before."""
        found: dict[str, set[str]] = {}
        for facts in self.sources:
            for statement in facts.imports:
                if statement.name and statement.local != statement.name:
                    found.setdefault(statement.name, set()).add(statement.local)
        return {name: _followed(name, found) for name in found}

    @cached_property
    def alias_names(self) -> frozenset[str]:
        """All names under which something is imported by another name than its own."""
        return frozenset(name for names in self.aliases.values() for name in names)

    def decorator_name(self, ref: FunctionRef, number: int) -> str:
        """The written name of a decorator, without its arguments."""
        function = self.function(ref)
        calls = self.sources[ref.source].functions[max(function.parent, 0)].calls
        return written_name(function.decorators[number], calls)

    def has_decorator(self, ref: FunctionRef, names: frozenset[str]) -> bool:
        """Whether a decorator's last segment is one of ``names``, or one is imported as it."""
        decorators = self.function(ref).decorators
        segments = [
            self.decorator_name(ref, number).rpartition(".")[2] for number in range(len(decorators))
        ]
        return any(
            segment in names or any(segment in self.aliases.get(name, ()) for name in names)
            for segment in segments
        )

    def is_static(self, ref: FunctionRef) -> bool:
        """Whether a method gets neither object nor class."""
        return bool(self.function(ref).decorators) and self.has_decorator(ref, _STATIC)

    def qualified(self, ref: FunctionRef) -> str:
        """``services.order_router.OrderRouter.handle_intent``."""
        return f"{self.modules.name(ref.source)}.{self.function(ref).qualname}"

    def qualified_class(self, ref: ClassRef) -> str:
        """``services.order_router.OrderRouter``."""
        return f"{self.modules.name(ref.source)}.{self.cls(ref).qualname}"


def _is_accessor(function: Function) -> bool:
    """A setter or deleter of a property, which bears the name of its getter."""
    return any(
        type(decorator) is Name and decorator.path.endswith((".setter", ".deleter"))
        for decorator in function.decorators
    )


def _followed(name: str, aliases: Mapping[str, AbstractSet[str]]) -> frozenset[str]:
    """The aliases of a name, and theirs."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = aliases.get(waiting.pop(), frozenset()) - found
        found |= new
        waiting += new
    return frozenset(found)
