"""Where the program is entered: what runs without a call that the program shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from botlint.facts.types import Constant, Expression, Kind, Lambda, Name, Operation, Result
from botlint.flow.callers import Callers
from botlint.flow.callgraph import CallGraph
from botlint.flow.handed import NOW, SCHEDULES, SIGNALS, TASKS, THREADS, bare_function
from botlint.flow.hooks import decorating_hook, overridden
from botlint.flow.jobs import JOB_DECORATORS
from botlint.flow.loaded import Loaded, find_loaded
from botlint.flow.names import ClassRef, FunctionRef, is_special, segment_of
from botlint.flow.scopes import is_method
from botlint.flow.values import Func
from botlint.model import Place, Span


class Entry(msgspec.Struct, frozen=True):
    """How a function comes to run, and where that is said; ``text`` is the first line of a trace.

    ``kind``: ``main``, ``script``, ``project script``, ``import``, ``thread``, ``task``,
    ``schedule``, ``signal``, ``hook``, ``subscriber``, ``callback``, ``override``, ``special``
    (Python runs it: ``__exit__``), or ``uncalled`` (nothing in the program calls it).
    """

    kind: str
    place: Place
    text: str


class Entries(Mapping[FunctionRef, Entry]):
    """The entry points, each found when it is asked for."""

    def __init__(self, graph: CallGraph, callers: Callers, scripts: tuple[str, ...]) -> None:
        self._graph = graph
        self._index = graph.index
        self._callers = callers
        self._scripts: dict[str, list[str]] = {}
        for script in scripts:
            path = script.replace(":", ".").removeprefix("src.")
            self._scripts.setdefault(path.rpartition(".")[2], []).append(path)
        self._known: dict[FunctionRef, Entry | None] = {}

    def __getitem__(self, ref: FunctionRef) -> Entry:
        entry = self._find(ref)
        if entry is None:
            raise KeyError(ref)
        return entry

    def __iter__(self) -> Iterator[FunctionRef]:
        return (ref for ref in self._index.functions() if self._find(ref) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def is_imported(self, source: int) -> bool:
        """Whether another source imports this one."""
        return source in self._imported

    def is_loaded(self, cls: ClassRef) -> bool:
        """Whether a class is loaded by a name that stands as text somewhere."""
        return cls in self._loaded.classes

    def _find(self, ref: FunctionRef) -> Entry | None:
        if ref not in self._known:
            self._known[ref] = self._of_module(ref) if ref.index == 0 else self._of_function(ref)
        return self._known[ref]

    def _of_module(self, ref: FunctionRef) -> Entry | None:
        facts = self._index.sources[ref.source]
        function = facts.functions[0]
        if not function.calls:
            return None
        place = Place(facts.path, Span(1, 1, 1, 1))
        for node in function.nodes:
            if node.kind is Kind.TEST and node.value == IS_MAIN:
                place = Place(facts.path, node.span)
                return Entry("main", place, f"`python {facts.path}` runs this module")
        name = self._index.modules.name(ref.source)
        if ref.source in self._imported:
            return Entry("import", place, f"importing `{name}` runs this")
        return Entry("script", place, f"`python {facts.path}` runs this module")

    def _of_function(self, ref: FunctionRef) -> Entry | None:
        script = self._script_of(ref)
        if script:
            return self._entry("project script", ref, f"the project script `{script}`")
        if ref in self._registered:
            return self._registered[ref]
        hook = decorating_hook(self._graph, ref)
        name = display(self._graph, ref)
        if hook and not self._is_job(ref, hook):
            return self._entry("hook", ref, f"the decorator `{hook}` hands `{name}` to a framework")
        if self._is_part_of_parent(ref):
            return None
        has_callers = self._callers.has_any(ref)
        base = overridden(self._graph, ref, has_callers=has_callers)
        if base:
            return self._entry("override", ref, f"`{name}` overrides a method of `{base}`")
        return None if has_callers else self._uncalled(ref, name)

    def _is_job(self, ref: FunctionRef, hook: str) -> bool:
        """Whether a decorated function is run by a queue for those alone who ask for it, and at no
        times of its own."""
        if "periodic" in hook or ref in self._loaded.functions:
            return False
        is_called = hook.rpartition(".")[2] in JOB_DECORATORS and self._graph.has_direct_site(ref)
        return is_called or ref in self._jobs

    @cached_property
    def _jobs(self) -> frozenset[FunctionRef]:
        return frozenset(one for run in self._graph.asking.values() for one in run)

    def _script_of(self, ref: FunctionRef) -> str:
        """The script of the project that a function is: by its path, seen from the packaging."""
        scripts = self._scripts.get(self._index.function(ref).name)
        if not scripts:
            return ""
        path = f".{self._index.qualified(ref)}"
        return next((script for script in scripts if path.endswith(f".{script}")), "")

    def _uncalled(self, ref: FunctionRef, name: str) -> Entry:
        function = self._index.function(ref)
        is_run = is_special(function.name) and function.name not in _CALLED_SPECIALS
        if is_run and is_method(function):
            return self._entry("special", ref, f"Python itself runs `{name}`")
        subscribed = self._subscribed.get(ref)
        if subscribed is not None:
            text = f"`{name}` is registered under a topic that nothing publishes by name"
            return Entry("subscriber", subscribed, text)
        handed = self._callers.handed_over.get(ref)
        if handed:
            at = self._call_place(*handed[0])
            return Entry("callback", at, f"`{name}` is handed over here, to be called later")
        if self._callers.decorators(ref):
            return self._entry("callback", ref, f"its decorator takes `{name}`")
        loaded = self._loaded_at(ref)
        if loaded is not None:
            return Entry("callback", loaded, f"`{name}` is loaded by the name that stands here")
        return self._entry("uncalled", ref, f"nothing in the program calls `{name}`")

    def _loaded_at(self, ref: FunctionRef) -> Place | None:
        """Where a function, or a class that has it as a public method, is named for loading."""
        owner = self._index.owner(ref)
        classes = self._loaded.classes
        if owner is None or not classes:
            return self._loaded.functions.get(ref)
        name = self._index.function(ref).name
        if name.startswith("_") and name not in _CALLED_SPECIALS:
            return None
        heirs = (owner, *self._graph.receivers.classes.subclasses(owner))
        return next((classes[one] for one in heirs if one in classes), None)

    def _is_part_of_parent(self, ref: FunctionRef) -> bool:
        function = self._index.function(ref)
        return not is_method(function) and (function.parent > 0 or function.name == "<lambda>")

    def _entry(self, kind: str, ref: FunctionRef, text: str) -> Entry:
        return Entry(kind, self._place(ref), text)

    def _place(self, ref: FunctionRef) -> Place:
        span = self._index.function(ref).span
        head = Span(span.line, span.column, span.line, span.column)
        return Place(self._index.sources[ref.source].path, head)

    def _call_place(self, ref: FunctionRef, number: int) -> Place:
        return Place(self._index.sources[ref.source].path, self._index.call(ref, number).span)

    @cached_property
    def _imported(self) -> frozenset[int]:
        """The sources that another one imports, or loads by name."""
        imported = (target for targets in self.imports.values() for target in targets)
        classes = (cls.source for cls in self._loaded.classes)
        return frozenset((*imported, *classes, *(ref.source for ref in self._loaded.functions)))

    @cached_property
    def _loaded(self) -> Loaded:
        """What is loaded by a name that stands as text."""
        return find_loaded(self._index)

    @cached_property
    def imports(self) -> Mapping[int, frozenset[int]]:
        """Which other sources each source imports."""
        modules = self._index.modules
        found: dict[int, set[int]] = {}
        for source, facts in enumerate(self._index.sources):
            for statement in facts.imports:
                raw = modules.target(source, statement)
                if raw is None:
                    continue
                for name in (raw, f"{raw}.{statement.name}"):
                    target = modules.by_raw.get(name)
                    if target is not None and target != source:
                        found.setdefault(source, set()).add(target)
        return {source: frozenset(targets) for source, targets in found.items()}

    @cached_property
    def _subscribed(self) -> dict[FunctionRef, Place]:
        found: dict[FunctionRef, Place] = {}
        for registration in self._graph.topics.registrations:
            ref, number = registration.site
            for value in self._graph.receivers.values(ref, registration.value):
                if type(value) is Func:
                    found.setdefault(value.ref, self._call_place(ref, number))
        return found

    @cached_property
    def _registered(self) -> dict[FunctionRef, Entry]:
        """The functions that are handed to something outside that keeps them."""
        found: dict[FunctionRef, Entry] = {}
        subscribing = {registration.site for registration in self._graph.topics.registrations}
        for ref, number in self._callers.handing_calls:
            if self._graph.topics.is_registration(ref, number):
                continue
            link = self._graph.link(ref, number)
            if any(edge.via in ("call", "topic") for edge in link.edges):
                continue
            run = {bare_function(value) for value in self._graph.called(ref, number)}
            for edge in link.edges:
                # By another name it is called there, and not handed over.
                if edge.function in run:
                    continue
                kind = self._registering(ref, number, edge.function)
                kind = "subscriber" if kind and (ref, number) in subscribing else kind
                if kind:
                    name = display(self._graph, edge.function)
                    place = self._call_place(ref, number)
                    entry = Entry(kind, place, _TEXTS[kind].format(name))
                    found.setdefault(edge.function, entry)
        return found | self._tasks()

    def _registering(self, ref: FunctionRef, number: int, function: FunctionRef) -> str:
        calls = self._index.function(ref).calls
        call = calls[number]
        segment = segment_of(call, calls)
        if segment in TASKS or segment in NOW or "retr" in segment.lower():
            return ""
        for segments, kind in ((THREADS, "thread"), (SCHEDULES, "schedule"), (SIGNALS, "signal")):
            if segment in segments:
                # With arguments it is one run of its own, which the caller has prepared.
                rest = call.args[segments[segment] + 1 :]
                return "" if _gives_arguments(call.keywords, rest) else kind
        if not self._is_part_of_parent(function):
            return "callback"
        is_kept = segment.startswith(_KEEPING) or any(
            keyword and keyword.startswith(_KEEPING) for keyword, _ in call.keywords
        )
        return "callback" if is_kept else ""

    def _tasks(self) -> dict[FunctionRef, Entry]:
        """Coroutines without arguments that ``create_task`` starts on their own."""
        found: dict[FunctionRef, Entry] = {}
        for segment in ("create_task", "ensure_future", "run_coroutine_threadsafe"):
            for ref, number in self._index.calls_by_segment.get(segment, ()):
                call = self._index.call(ref, number)
                inner = call.args[0] if call.args else None
                if type(inner) is not Result:
                    continue
                started = self._index.call(ref, inner.call)
                if started.args or started.keywords or call.is_awaited:
                    continue
                for edge in self._graph.link(ref, inner.call).edges:
                    name = display(self._graph, edge.function)
                    text = f"task `{name}` is started here"
                    entry = Entry("task", self._call_place(ref, number), text)
                    found.setdefault(edge.function, entry)
        return found


def display(graph: CallGraph, ref: FunctionRef) -> str:
    """``OrderRouter.handle_intent``; of a module's body, its path."""
    if ref.index == 0:
        return graph.index.sources[ref.source].path
    return graph.index.function(ref).qualname


def _gives_arguments(
    keywords: tuple[tuple[str | None, Expression], ...], rest: tuple[Expression, ...]
) -> bool:
    for keyword, value in keywords:
        if keyword in ("args", "kwargs") and not (type(value) is Operation and not value.args):
            return True
    return any(type(value) not in (Constant, Lambda) for value in rest)


IS_MAIN = Operation("eq", (Name("__name__"), Constant("__main__")))
_CALLED_SPECIALS = frozenset({"__init__", "__new__", "__post_init__", "__call__"})
_KEEPING = ("on_", "on", "add_", "set_", "register", "subscribe", "callback", "handler", "connect")
_TEXTS = {
    "thread": "`{}` runs in a thread that is made here",
    "schedule": "`{}` is scheduled here",
    "signal": "`{}` handles a signal",
    "subscriber": "`{}` is registered here under a topic that nothing publishes by name",
    "callback": "`{}` is handed to code outside of the program here",
}
