"""Who runs a function, also where its name isn't written: callbacks, tables, topics, decorators."""

from __future__ import annotations

import builtins
import functools
import re
from collections.abc import Iterator, Set
from functools import cached_property

from botlint.facts.types import Attribute, Call, Expression, Kind, Lambda, Name, Operation, Result
from botlint.flow.callgraph import CallGraph
from botlint.flow.decorating import decorators_of
from botlint.flow.handed import (
    POSITIONS,
    bare_function,
    handed_expressions,
    is_function_like,
    values_giving,
)
from botlint.flow.index import CallNumber
from botlint.flow.names import COMMON, CallSite, FunctionRef, segment_of
from botlint.model import Span

_BUILTIN_NAMES = frozenset(dir(builtins))


class Callers:
    """Finds the calls that run a function."""

    def __init__(self, graph: CallGraph) -> None:
        self._graph = graph
        self._index = graph.index
        self._known: dict[FunctionRef, tuple[CallSite, ...]] = {}

    def of(self, ref: FunctionRef) -> tuple[CallSite, ...]:
        """All calls that can run a function, by source and place.

        A function handed to one that is handed several is called where it is handed over: the body
        of ``retry(f)`` would lead from each ``f`` to the callers of all others.
        """
        known = self._known.get(ref)
        if known is None:
            known = tuple(sorted(set(self._find(ref)), key=self._position))
            self._known[ref] = known
        return known

    def _position(self, site: CallSite) -> tuple[int, Span, CallSite]:
        return site.function.source, self._index.call(site.function, site.call).span, site

    def decorators(self, ref: FunctionRef) -> tuple[FunctionRef, ...]:
        """The functions of the program that get ``ref`` as their argument, as decorators."""
        return decorators_of(self._index, self._graph.receivers, ref)

    @cached_property
    def handed_over(self) -> dict[FunctionRef, list[CallNumber]]:
        """The calls that get a function as an argument, by function."""
        found: dict[FunctionRef, list[CallNumber]] = {}
        for number in self.handing_calls:
            for function in self._handed_in(number):
                found.setdefault(function, []).append(number)
        return found

    def _find(self, ref: FunctionRef) -> Iterator[CallSite]:
        yield from self._graph.direct_sites(ref)
        relayed: list[CallSite] = []
        for site, is_relay in self._running(ref):
            if is_relay and len(self._graph.link(site.function, site.call).edges) > 1:
                relayed.append(site)
            else:
                yield site
        if relayed:
            handing = [one for one in self.handed_over.get(ref, ()) if not self._hands_on(one, ref)]
            yield from [CallSite(function, number, "callback") for function, number in handing]
            yield from () if handing else relayed
        for decorator in self._wrapped_by(ref):
            for function in self._decorated.get(decorator, ()):
                for site in self._graph.direct_sites(function):
                    yield site._replace(via="decorator")

    def _running(self, ref: FunctionRef) -> list[tuple[CallSite, bool]]:
        """The indirect calls of a function; ``partial`` runs nothing, where something else does."""
        found = self._indirect.get(ref, [])
        running = [one for one in found if not self._is_partial(one[0])]
        return running or found

    def _is_partial(self, site: CallSite) -> bool:
        calls = self._index.function(site.function).calls
        return segment_of(calls[site.call], calls) == "partial"

    def _wrapped_by(self, ref: FunctionRef) -> tuple[FunctionRef, ...]:
        """The decorators whose inner function, which replaces the decorated one, ``ref`` is."""
        parent = self._index.parent(ref)
        if parent is None or parent not in self._decorated:
            return ()
        given = self._graph.receivers.returned(parent)
        return (parent,) if any(bare_function(value) == ref for value in given) else ()

    @cached_property
    def _decorated(self) -> dict[FunctionRef, list[FunctionRef]]:
        found: dict[FunctionRef, list[FunctionRef]] = {}
        for ref in self._index.functions():
            for decorator in self.decorators(ref):
                found.setdefault(decorator, []).append(ref)
        return found

    def has_any(self, ref: FunctionRef) -> bool:
        """Whether any call can run a function; cheaper than asking which."""
        if ref in self._known:
            return bool(self._known[ref])
        if ref in self._indirect or self._graph.has_direct_site(ref):
            return True
        return bool(self._wrapped_by(ref)) and bool(self.of(ref))

    @cached_property
    def _indirect(self) -> dict[FunctionRef, list[tuple[CallSite, bool]]]:
        """What calls run without naming it. With it, whether the function is a plain parameter."""
        found: dict[FunctionRef, list[tuple[CallSite, bool]]] = {}
        numbers = {**dict.fromkeys(self._variable_calls()), **dict.fromkeys(self.handing_calls)}
        numbers |= dict.fromkeys(self._graph.topics.publishing)
        numbers |= dict.fromkeys(self._graph.asking)
        for function, number in numbers:
            for edge in self._graph.link(function, number).edges:
                if edge.via == "call" and not self._is_variable(function, number):
                    continue
                site = CallSite(function, number, edge.via)
                relay = edge.via != "topic" and self._is_relay(function, number)
                found.setdefault(edge.function, []).append((site, relay))
        return found

    def _is_variable(self, ref: FunctionRef, number: int) -> bool:
        """Whether the name of what is called says nothing about the function."""
        func = self._index.call(ref, number).func
        if type(func) is not Name:
            return True
        last = func.path.rpartition(".")[2]
        return (
            last not in self._known_names or last in self._assigned or self._is_relay(ref, number)
        )

    def _variable_calls(self) -> Iterator[CallNumber]:
        """The calls of a parameter, a variable, an attribute that is assigned, or an item."""
        known, assigned = self._known_names, self._assigned
        index = self._index
        given = {
            parameter.name
            for facts in index.sources
            for function in facts.functions
            for parameter in function.parameters
        }
        for segment, numbers in index.calls_by_segment.items():
            is_assigned, is_known = segment in assigned, segment in known
            is_given = segment in given
            for ref, number in numbers:
                func = index.call(ref, number).func
                if type(func) is Attribute:
                    if is_assigned and segment not in COMMON:
                        yield ref, number
                elif type(func) is not Name:
                    yield ref, number
                elif "." in func.path:
                    # `self.error()` may be an attribute, `log.error()` is none of ours.
                    if is_assigned and (segment not in COMMON or func.path == f"self.{segment}"):
                        yield ref, number
                elif not is_known or (is_given and self._is_parameter(ref, segment)):
                    yield ref, number

    @cached_property
    def _known_names(self) -> frozenset[str]:
        """Names whose direct calls are found by them."""
        index = self._index
        imported = {one.local for facts in index.sources for one in facts.imports}
        return frozenset(
            {*index.functions_by_name, *index.classes_by_name, *imported, *_BUILTIN_NAMES}
        )

    @cached_property
    def _assigned(self) -> frozenset[str]:
        """The last segments of members that something which may be a function is assigned to."""
        found: set[str] = set()
        for facts in self._index.sources:
            for cls in facts.classes:
                found.update(name for name, text in cls.attributes if text and not _is_data(text))
            for function in facts.functions:
                for node in function.nodes:
                    if node.kind is not Kind.ASSIGN or type(node.target) is not Name:
                        continue
                    path = node.target.path
                    dot = path.rfind(".")
                    if dot >= 0 and type(node.value) in _MAY_BE_CALLED:
                        found.add(path[dot + 1 :])
        return frozenset(found)

    def _is_parameter(self, ref: FunctionRef, name: str) -> bool:
        scope: FunctionRef | None = ref
        while scope is not None:
            if any(one.name == name for one in self._index.function(scope).parameters):
                return True
            scope = self._index.parent(scope)
        return False

    def _is_relay(self, ref: FunctionRef, number: int) -> bool:
        """Whether the function that runs is a parameter, called or handed on as it came."""
        calls = self._index.function(ref).calls
        call = calls[number]
        value: Expression = call.func
        position = POSITIONS.get(segment_of(call, calls))
        if position is not None and position < len(call.args):
            value = call.args[position]
        return type(value) is Name and "." not in value.path and self._is_parameter(ref, value.path)

    @cached_property
    def handing_calls(self) -> tuple[CallNumber, ...]:
        """The calls with an argument that may be a function."""
        names = self._index.functions_by_name.keys() | self._index.alias_names
        found: list[CallNumber] = []
        for source, facts in enumerate(self._index.sources):
            for index, function in enumerate(facts.functions):
                calls = function.calls
                for number, call in enumerate(calls):
                    if (call.args or call.keywords) and (
                        any(_is_likely(value, names, calls) for value in handed_expressions(call))
                        or segment_of(call, calls) in POSITIONS
                    ):
                        if segment_of(call, calls) in _KEEPING_NOTHING:
                            continue
                        found.append((FunctionRef(source, index), number))
        return tuple(found)

    def _hands_on(self, number: CallNumber, ref: FunctionRef) -> bool:
        """Whether a call that hands a function over has got it from its own callers."""
        caller, _ = number
        given = values_giving(self._graph.receivers, caller, self._index.call(*number), ref)
        names = [value.path if type(value) is Name else "." for value in given]
        return all("." not in name and self._is_parameter(caller, name) for name in names)

    def _handed_in(self, number: CallNumber) -> Iterator[FunctionRef]:
        ref, _ = number
        receivers = self._graph.receivers
        for value in handed_expressions(self._index.call(*number)):
            if is_function_like(receivers, ref, value):
                for one in receivers.values(ref, value):
                    function = bare_function(one)
                    if function is not None:
                        yield function


@functools.cache
def _is_data(annotation: str) -> bool:
    """Whether an annotation names nothing but plain data."""
    return _PLAIN_TYPES.issuperset(_WORD.findall(annotation))


_WORD = re.compile(r"\w+")
_PLAIN_TYPES = frozenset(
    {"str", "int", "float", "bool", "bytes", "None", "list", "dict", "tuple", "set", "List", "Dict"}
    | {"Tuple", "Set", "Optional", "Union", "Any", "datetime", "date", "timedelta", "Decimal"}
    | {"typing", "Literal", "ClassVar", "Final", "deque", "np", "ndarray", "pd", "DataFrame"}
)


def _is_likely(value: Expression, names: Set[str], calls: tuple[Call, ...]) -> bool:
    """Whether an argument may be a function, before anything is resolved."""
    if type(value) is Name:
        path = value.path
        return path[path.rfind(".") + 1 :] in names
    if type(value) is Result:
        return segment_of(calls[value.call], calls) == "partial"
    return type(value) is Lambda


_KEEPING_NOTHING = frozenset(
    {"str", "int", "float", "bool", "len", "abs", "round", "repr", "print", "isinstance", "hasattr"}
    | {"issubclass", "type", "id", "range", "format", "dumps", "debug", "info", "warning", "error"}
    | {"exception", "critical", "log", "getattr", "setattr", "Depends", "sum", "any", "all"}
)
"""What neither calls nor keeps the functions that it may be given."""

_MAY_BE_CALLED = frozenset({Name, Lambda, Result, Operation})
