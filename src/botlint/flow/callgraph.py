"""Which functions a call can run.

A call is resolved when it is first asked about, by what its function can be
(:mod:`botlint.flow.receivers`). Only for a receiver of which nothing is known a name counts that
one function of the program has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from botlint.facts.types import Call, Item, Name
from botlint.flow.arguments import Arguments
from botlint.flow.handed import bare_function, functions_handed
from botlint.flow.index import CallNumber, Index
from botlint.flow.jobs import Jobs, is_job_call
from botlint.flow.names import CallSite, FunctionRef, segment_of
from botlint.flow.receivers import Receivers
from botlint.flow.scopes import is_method
from botlint.flow.topics import Topics
from botlint.flow.unique import UniqueNames
from botlint.flow.values import Cls, External, Func, Instance, Partial, Value, Values


class Edge(NamedTuple):
    """A function that a call can run; ``via`` as in :class:`CallSite`."""

    function: FunctionRef
    via: str


class Link(NamedTuple):
    """A call with all it can run.

    ``kind`` is ``exact`` (the import or the type is known), ``unique-name``, ``external`` (it leads
    out of the program) or ``unresolved``. ``callees`` are what runs before the call returns, the
    statically found function first.
    """

    edges: tuple[Edge, ...]
    kind: str
    callees: tuple[FunctionRef, ...]


def _link(found: Mapping[FunctionRef, str], kind: str) -> Link:
    """A call that can run the functions ``found``, each by its way."""
    edges = tuple([Edge(function, via) for function, via in found.items()])
    return Link(edges, kind, tuple([one for one, via in found.items() if via != "thread"]))


class CallGraph:
    """Resolves calls."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.receivers = Receivers(index)
        self.topics = Topics(index)
        self.jobs = Jobs(index)
        self.arguments = Arguments(index, self.receivers, self.topics)
        self._links: dict[CallNumber, Link] = {}
        self._sites: dict[FunctionRef, tuple[CallSite, ...]] = {}
        self._run_names: dict[str, dict[FunctionRef, list[CallNumber]]] = {}
        self.receivers.sites = self._giving
        self.receivers.argument = self.arguments.given
        self._unique = UniqueNames(index, self.receivers.classes)

    def link(self, ref: FunctionRef, number: int) -> Link:
        """What call ``number`` of a function can run."""
        known = self._links.get((ref, number))
        if known is None:
            kept = self.receivers.memo.kept
            known = kept(self._links, (ref, number), lambda: self._resolve(ref, number))
        return known

    def called(self, ref: FunctionRef, number: int) -> Values:
        """What the function that a call names can be."""
        call = self.index.call(ref, number)
        memo = self.receivers.memo
        return memo.answer((ref, number, "func"), lambda: self.receivers.values(ref, call.func))

    def direct_sites(self, ref: FunctionRef) -> tuple[CallSite, ...]:
        """The calls that run a function by its name, by source, function and number."""
        known = self._sites.get(ref)
        if known is None:
            if self._is_common(ref) and not self.receivers.memo.is_busy():
                found = set(self._run_by_name(self.index.function(ref).name).get(ref, ()))
                for name in self.index.aliases.get(self.index.function(ref).name, ()):
                    numbers = self.index.calls_by_segment.get(name, ())
                    found.update(number for number in numbers if self._runs(number, ref))
            else:
                found = {number for number in self._candidates(ref) if self._runs(number, ref)}
            known = tuple(CallSite(function, call, "call") for function, call in sorted(found))
            if not self.receivers.memo.is_busy():
                self._sites[ref] = known
        return known

    def has_direct_site(self, ref: FunctionRef) -> bool:
        """Whether any call runs a function by its name."""
        if ref in self._sites:
            return bool(self._sites[ref])
        if self._is_common(ref) and not self.receivers.memo.is_busy():
            return bool(self.direct_sites(ref))
        return any(self._runs(number, ref) for number in self._candidates(ref))

    def some_sites(self, ref: FunctionRef) -> tuple[CallSite, ...]:
        """Up to ``MOST_SITES`` of the calls that run a function by its name, nearest first."""
        known = self._sites.get(ref)
        if known is not None:
            return known[:MOST_SITES]
        if self._is_common(ref):
            return ()
        running = (number for number in self._candidates(ref) if self._runs(number, ref))
        found = dict.fromkeys(islice(running, MOST_SITES))
        return tuple(CallSite(function, call, "call") for function, call in found)

    @cached_property
    def asking(self) -> dict[CallNumber, tuple[FunctionRef, ...]]:
        """The calls that ask a queue for a job, with the functions that are run for it."""
        found = {}
        for ref, number in dict.fromkeys(self.jobs.asking()):
            edges = self.link(ref, number).edges
            run = tuple(edge.function for edge in edges if edge.via == "topic")
            if run and (ref, number) not in self.topics.publishing:
                found[ref, number] = run
        return found

    def _giving(self, ref: FunctionRef) -> tuple[CallSite, ...]:
        """Calls that show what a function is handed: of itself, and of ``partial`` with it."""
        function = self.index.function(ref)
        names = (function.name, *self.index.aliases.get(function.name, ()))
        made = [
            CallSite(*number, "callback")
            for name in names
            for number in self._partials.get(name, ())
            if any(bare_function(value) == ref for value in self._first(number))
        ]
        return (*self.some_sites(ref), *made)

    def _first(self, number: CallNumber) -> Values:
        return self.receivers.values(number[0], self.index.call(*number).args[0])

    @cached_property
    def _partials(self) -> dict[str, list[CallNumber]]:
        """The calls of ``partial``, by the last segment of what they are handed first."""
        found: dict[str, list[CallNumber]] = {}
        for number in self.index.calls_by_segment.get("partial", ()):
            args = self.index.call(*number).args
            if args and type(args[0]) is Name:
                found.setdefault(args[0].path.rpartition(".")[2], []).append(number)
        return found

    def _is_common(self, ref: FunctionRef) -> bool:
        """Whether so many calls are written like this one that each is resolved once for all."""
        name = self.index.function(ref).name
        return len(self.index.calls_by_segment.get(name, ())) > _MANY and not self._is_plain(ref)

    def _run_by_name(self, name: str) -> dict[FunctionRef, list[CallNumber]]:
        """All functions that calls written with ``name`` run, each with the calls."""
        known = self._run_names.get(name)
        if known is None:
            known = self._run_names[name] = {}
            for number in self.index.calls_by_segment[name]:
                values = self.called(*number)
                running = [one for value in values for one in self._run_by(value)]
                if not values:
                    running += self._unique.functions(number[0], self.index.call(*number))
                for one in running:
                    known.setdefault(one, []).append(number)
        return known

    def _candidates(self, ref: FunctionRef) -> Iterator[CallNumber]:
        """The calls that can run a function by how they are written, those of its source first."""
        is_plain = self._is_plain(ref)
        for name, sources in self._names_of(ref):
            by_source = self.index.calls_by_source(name)
            for source in sorted(by_source, key=lambda one: (one != ref.source, one)):
                if sources is not None and source not in sources:
                    continue
                is_bound = sources is not None or name in self.index.bound_names(source)
                is_bound = is_bound or source in self.index.star_importers
                for number in by_source[source]:
                    func = self.index.call(*number).func
                    is_bare = type(func) is Name and "." not in func.path
                    if is_bound and is_plain if is_bare else True:
                        yield number

    def _runs(self, number: CallNumber, ref: FunctionRef) -> bool:
        values = self.called(*number)
        if not values:
            return ref in self._unique.functions(number[0], self.index.call(*number))
        if Func(ref) in values or Func(ref, is_bound=True) in values:
            return True
        return any(ref in self._run_by(value) for value in values)

    def _is_plain(self, ref: FunctionRef) -> bool:
        """Whether a function can be called without a receiver: no method, or one that makes."""
        function = self.index.function(ref)
        return not is_method(function) or function.name in _MAKING

    def _names_of(self, ref: FunctionRef) -> list[tuple[str, frozenset[int] | None]]:
        """The last segments of names that a function can be called by.

        With each the sources that it can be called by it in, ``None`` for all.
        """
        function = self.index.function(ref)
        owner = self.index.owner(ref)
        if owner is None or function.name not in _MAKING:
            names = {function.name}
            inner: list[tuple[str, frozenset[int] | None]] = []
        else:
            below = self.receivers.classes.subclasses(owner)
            names = {self.index.cls(one).name for one in (owner, *below)}
            sources = frozenset(one.source for one in (owner, *below))
            inner = [("cls", sources), (function.name, sources)]
        for name in tuple(names):
            names |= self.index.aliases.get(name, frozenset())
        return [*((name, None) for name in sorted(names)), *inner]

    def _resolve(self, ref: FunctionRef, number: int) -> Link:
        call = self.index.call(ref, number)
        values = self.called(ref, number)
        segment = segment_of(call, self.index.function(ref).calls)
        found: dict[FunctionRef, str] = {}
        for value in values:
            for function in self._run_by(value):
                found.setdefault(function, self._way(function, segment, call, value))
        is_outside = any(type(value) is External for value in values)
        topical = self.topics.subscribers(ref, number, self.receivers)
        for function in topical:
            found.setdefault(function, "topic")
        if found:
            return _link(found, "exact")
        if not values or is_outside:
            jobs = self.jobs.of(ref, call, segment, self.receivers) if is_job_call(segment) else ()
            if jobs:
                return _link(dict.fromkeys(jobs, "topic"), "exact")
        if not values:
            unique = self._unique.functions(ref, call)
            if unique:
                return _link(dict.fromkeys(unique, "call"), "unique-name")
        if not self.topics.is_registration(ref, number):
            for function, via in functions_handed(self.receivers, ref, call, segment):
                found.setdefault(function, via)
        return _link(found, "external" if is_outside else "unresolved")

    def _run_by(self, value: Value) -> tuple[FunctionRef, ...]:
        if type(value) is Func:
            return (value.ref,)
        if type(value) is Partial:
            return self._run_by(value.value)
        if type(value) is Cls:
            found = [self.receivers.classes.find_method(value.ref, name) for name in _MAKING]
            return tuple([method for method in found if method is not None])
        if type(value) is Instance:
            if value.is_exact:
                method = self.receivers.classes.find_method(value.ref, "__call__")
                return (method,) if method is not None else ()
            return self.receivers.classes.overriding(value.ref, "__call__")
        return ()

    def _way(self, function: FunctionRef, segment: str, call: Call, value: Value) -> str:
        """Whether a function is called by its name, or through a variable or a table."""
        if type(value) in (Cls, Instance):
            return "call"
        name = self.index.function(function).name
        if segment == name or segment in self.index.aliases.get(name, ()):
            return "call"
        return "table" if type(call.func) is Item else "callback"


MOST_SITES = 120
"""A parameter gets what this many of its callers hand in; more add nothing new."""

_MANY = 400

_MAKING = ("__init__", "__post_init__", "__new__")
