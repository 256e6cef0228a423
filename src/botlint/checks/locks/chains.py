"""How a function comes to run without a lock: the chains of calls from entry points down to it.

A function called only with a lock held runs with it held. So a lock is held at a node unless there
is one chain, from one entry point, on which neither a caller nor a decorator nor the function
itself holds it; that chain is the proof, and the trace.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from botlint.checks.aborts.deferred import raising_nodes
from botlint.checks.locks.handed_in import is_method_of_given
from botlint.checks.locks.held import Held, held_in
from botlint.checks.locks.locks import UNKNOWN, Lock
from botlint.checks.locks.startup import is_at_startup
from botlint.checks.locks.wrapped import locks_by_decorators
from botlint.checks.reads import last_segment
from botlint.facts.types import Function, Kind, Result
from botlint.flow.handed import bare_function
from botlint.flow.program import CallSite, FunctionRef
from botlint.model import Step
from botlint.project import CallRef, Project

_MOST = 400
_DIRECT = frozenset({"call", "table", "decorator", "topic", "task"})
_CONSTRUCTORS = frozenset({"__init__", "__post_init__", "__new__", "__setstate__", "__del__"})
_WAITING = frozenset(
    {"gather", "wait_for", "shield", "wait", "as_completed", "run", "run_until_complete"}
)
_CALLER_HOLDS = (
    "caller must hold",
    "caller holds",
    "lock must be held",
    "must hold the lock",
    "must be called with",
    "lock is held",
    "lock held",
    "assumes lock",
    "assumes the lock",
    "holding the lock",
    "not thread-safe",
    "not thread safe",
    "called under lock",
    "called under the lock",
    "call with lock",
    "while holding",
)

Blocking = Callable[[frozenset[Lock]], bool]


class Chain(NamedTuple):
    """Calls from an entry point down to ``end``; ``held`` are the locks held on the way."""

    sites: tuple[CallSite, ...]
    start: FunctionRef
    end: FunctionRef


class Chains:
    """Finds chains on which locks are not held."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._program = project.program
        self.held: Held = held_in(project)
        self._entry: dict[FunctionRef, frozenset[Lock]] = {}
        self._decorated: dict[FunctionRef, frozenset[Lock]] = {}

    def without(self, ref: FunctionRef, blocks: Blocking) -> Chain | None:
        """The shortest chain to a function on which ``blocks`` never says yes to what is held.

        Constructors and loaders are no starts: what they fill, nobody else can see yet.
        """
        if blocks(self.by_decorators(ref)) or self.is_private(ref):
            return None
        nothing: tuple[CallSite, ...] = ()
        waiting = deque([(ref, nothing)])
        seen = {ref}
        while waiting and len(seen) < _MOST:
            function, chain = waiting.popleft()
            if self._is_start(function) and not is_at_startup(self._project, function, chain):
                return Chain(chain, function, ref)
            for site in self._program.callers(function):
                above = site.function
                if self._is_beginning(site, function):
                    return Chain((site, *chain), above, ref)
                if above in seen or self._is_building(above):
                    continue
                if blocks(self.handed_down(site, function)) or blocks(self.by_decorators(above)):
                    continue
                seen.add(above)
                waiting.append((above, (site, *chain)))
        return None

    def _is_beginning(self, site: CallSite, callee: FunctionRef) -> bool:
        """Whether a thread or a task begins there, which holds nothing of what its maker holds."""
        if site.via == "thread":
            return True
        if site.via == "callback" or self.runs_here(site, callee):
            return False
        made, maker = self._project.function(callee), self._project.function(site.function)
        return made.is_async and not raising_nodes(made, maker, site.call)

    def runs_here(self, site: CallSite, callee: FunctionRef) -> bool:
        """Whether ``callee`` has run when its caller goes on from the call."""
        is_direct = site.via in _DIRECT or self.is_called_by_name(site, callee)
        return is_direct and self._is_waited_for(site, callee)

    def is_called_by_name(self, site: CallSite, callee: FunctionRef) -> bool:
        """Whether a callback is what the call itself names: it runs now, not some time."""
        func = self._project.function(site.function).calls[site.call].func
        values = self._program.values_of(site.function, func)
        return any(bare_function(value) == callee for value in values)

    def runs_callee(self, ref: FunctionRef, call: int, callee: FunctionRef) -> bool:
        """The same, by the call."""
        edges = self._program.edges(ref, call)
        return any(
            function == callee and self.runs_here(CallSite(ref, call, via), callee)
            for function, via in edges
        )

    def handed_down(self, site: CallSite, callee: FunctionRef) -> frozenset[Lock]:
        """The locks that the caller at a site holds while ``callee`` runs."""
        if site.via == "callback" and not self.is_called_by_name(site, callee):
            # Now or later: nobody knows.
            is_held = bool(self.held.at_call(site.function, site.call))
            return frozenset({UNKNOWN}) if is_held else frozenset()
        if not self.runs_here(site, callee):
            return frozenset()
        held = self.held.at_call(site.function, site.call)
        is_guess = self._program.resolution(site.function, site.call).kind == "unique-name"
        if held and is_guess and not is_method_of_given(self._project, site, callee):
            return frozenset({UNKNOWN})
        return held

    def near(self, ref: FunctionRef, node: int) -> frozenset[Lock]:
        """The same as :meth:`at`, at once: locks held by callers count where one of the nearest
        two names is called under a lock."""
        held = self.held.at(ref, node)
        if self._project.function(ref).name in self._names_under_locks:
            return held | self.on_entry(ref)
        return held | self.by_decorators(ref)

    @cached_property
    def _names_under_locks(self) -> frozenset[str]:
        """The names that are called under a lock, by the function that takes it or by what that
        calls."""
        found: set[str] = set()
        for ref in self.held.functions():
            must = self.held.sections(ref).must
            function = self._project.function(ref)
            for number, held in must.items():
                call = function.nodes[number].call
                if held and call >= 0:
                    found.add(last_segment(function.calls[call].func))
                    callees = self._program.callees(ref, call)
                    found.update(self._project.function(one).name for one in callees)
        called = {
            last_segment(call.func)
            for name in sorted(found)
            for ref in self._program.functions_named(name)
            for call in self._project.function(ref).calls
        }
        decorated = {
            last_segment(call.func)
            for ref in self._program.functions()
            if self._project.function(ref).decorators and self.by_decorators(ref)
            for call in self._project.function(ref).calls
        }
        return frozenset(found | called | decorated)

    def on_entry(self, ref: FunctionRef) -> frozenset[Lock]:
        """The locks that are held whenever a function runs, but for constructors."""
        known = self._entry.get(ref)
        if known is None:
            known = self.by_decorators(ref) | {
                lock for lock in self._held_above(ref) if not self._can_lack(ref, lock)
            }
            self._entry[ref] = known
        return known

    def _can_lack(self, ref: FunctionRef, lock: Lock) -> bool:
        return self.without(ref, lambda held: lock in held) is not None

    def at(self, ref: FunctionRef, node: int) -> frozenset[Lock]:
        """The locks held at a node, by the function or by all that call it."""
        return self.held.at(ref, node) | self.on_entry(ref)

    def is_private(self, ref: FunctionRef) -> bool:
        """Whether what a function changes can't be shared yet: constructors, loaders, modules."""
        function = self._project.function(ref)
        if ref.index == 0 or function.name in _CONSTRUCTORS:
            return True
        return self._project.function_plays(ref, "loader")

    def _is_building(self, ref: FunctionRef) -> bool:
        """Whether what a caller has called is part of building the program: in constructors and
        loaders, and in the bodies of modules, but for what stands below ``__main__``."""
        if ref.index == 0:
            entry = self._program.entries().get(ref)
            return entry is None or entry.kind != "main"
        return self.is_private(ref)

    def by_decorators(self, ref: FunctionRef) -> frozenset[Lock]:
        """The locks that the decorators of a function hold while it runs."""
        known = self._decorated.get(ref)
        if known is None:
            self._decorated[ref] = frozenset()
            known = self._decorated[ref] = locks_by_decorators(self._project, self.held, ref)
        return known

    def says_caller_holds(self, ref: FunctionRef) -> bool:
        """Whether the name or the docstring of a function says that its caller holds the lock."""
        if self._project.function_plays(ref, "held-by-caller"):
            return True
        text = " ".join(self._project.function(ref).docstring.lower().split())
        return any(words in text for words in _CALLER_HOLDS)

    def steps(self, chain: Chain) -> tuple[Step, ...]:
        """The chain as steps of a trace."""
        entry = self._program.entries().get(chain.start)
        found = [Step(entry.place, entry.text)] if entry is not None else []
        if entry is None:
            place = self._project.place(chain.start, self._project.function(chain.start).span)
            name = self._program.display(chain.start)
            found.append(Step(place, f"`{name}` is handed out, to be called later"))
        for site in chain.sites:
            call = CallRef(site.function, site.call)
            name = self._program.display(site.function)
            found.append(
                Step(
                    self._project.call_place(call),
                    f"`{name}` calls `{self._project.written(call)}`",
                )
            )
        return tuple(found)

    def _is_start(self, ref: FunctionRef) -> bool:
        if ref not in self._program.entries():
            return self._is_handed_out(ref)
        entry = self._program.entries()[ref]
        return not (entry.kind == "uncalled" and self.says_caller_holds(ref))

    def _is_handed_out(self, ref: FunctionRef) -> bool:
        """Whether a nested function is called by nobody that the program shows."""
        function = self._project.function(ref)
        is_nested = function.parent > 0 and function.owner < 0 and function.name != "<lambda>"
        return is_nested and not self._program.callers(ref)

    def _held_above(self, ref: FunctionRef) -> set[Lock]:
        """All locks held at some call on the way to a function."""
        found: set[Lock] = set()
        waiting, seen = [ref], {ref}
        while waiting and len(seen) < _MOST:
            one = waiting.pop()
            for site in self._program.callers(one):
                found |= self.handed_down(site, one) | self.by_decorators(site.function)
                if site.function not in seen:
                    seen.add(site.function)
                    waiting.append(site.function)
        return found

    def _is_waited_for(self, site: CallSite, callee: FunctionRef) -> bool:
        """Whether a coroutine has run when the caller goes on; a plain function always has."""
        function = self._project.function(site.function)
        if not self._project.function(callee).is_async or function.calls[site.call].is_awaited:
            return True
        return _is_awaited_by_another(function, site.call)


def _is_awaited_by_another(function: Function, number: int) -> bool:
    for call in function.calls:
        if Result(number) in call.args and last_segment(call.func) in _WAITING:
            return True
    awaited = {node.value for node in function.nodes if node.kind is Kind.AWAIT}
    return Result(number) in awaited or any(
        node.kind is Kind.RETURN and node.value == Result(number) for node in function.nodes
    )


def is_unknown(held: frozenset[Lock]) -> bool:
    """Whether a lock is held of which nobody knows which it is."""
    return UNKNOWN in held


def chains_of(project: Project) -> Chains:
    """The chains of a project, shared by all rules."""
    return project.answer(("chains",), lambda: Chains(project))
