"""What is lost where a fault keeps something from running: sometimes no more than what is told.

A number that only a log line shows, a line of a text for somebody to read, a key that only a page
counts: it should be mended, and no order goes another way without it.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from functools import cached_property

from botlint.checks.bearing import acts_on_orders
from botlint.checks.faults.dead_arms import IDLE
from botlint.checks.faults.expected import own_nodes
from botlint.checks.reads import last_segment, used_results, walk
from botlint.checks.roots import arguments_of, receiver_of, targets_in, words_of
from botlint.checks.shown import changes_members, is_showing
from botlint.facts.types import (
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.flow.ways import anyhow, nodes_from, nodes_in_turn, normally
from botlint.model import Span
from botlint.project import CallRef, Project

_QUIET = frozenset({Kind.TEST, Kind.ASSERT, Kind.ITERATE, Kind.PASS, Kind.EXIT})
_ADDING = frozenset({"append", "extend", "add", "insert", "update", "setdefault"})
_PURE = frozenset(
    {"datetime", "math", "statistics", "decimal", "json", "re", "collections", "itertools"}
    | {"pathlib", "textwrap", "string", "pprint"}
)
_ACTING = frozenset({"open", "exec", "eval", "setattr", "delattr", "input", "__import__"})
_BUILT_IN = frozenset(dir(builtins)) - _ACTING
_REACHING = frozenset(
    {"notify", "send", "alert", "telegram", "slack", "discord", "email", "mail", "sms", "push"}
    | {"notification", "pushover", "webhook", "audit"}
)
"""Words of what comes to people who are away, or is kept for them: to lose that is to lose more."""
_ASKING_FIRST = frozenset(
    {"get", "calc", "calculate", "compute", "check", "is", "has", "should", "can", "estimate"}
    | {"classify", "analyze", "analyse", "find", "list", "count", "read", "load", "fetch"}
    | {"measure", "describe", "summarize", "evaluate", "predict", "detect", "lookup", "format"}
)
_SAYING = frozenset({"is", "has", "should", "can"})
_ASKING_LAST = frozenset({"check", "status", "health", "stats", "statistics", "summary"})


def loses_words_only(project: Project, ref: FunctionRef, span: Span, clause: Node) -> bool:
    """Whether all that ``clause`` skips when what stands at ``span`` fails only tells something, as
    does what it does instead."""
    function = project.function(ref)
    at = sorted(_nodes_at(function, span))
    if not at:
        return False
    first, last = clause.region
    followed = frozenset(nodes_from(function, (clause.next,), normally))
    skipped = {
        number
        for number in nodes_from(function, at, normally)
        if number not in followed or first <= function.nodes[number].span.line <= last
    }
    if len(_ways_on(function, skipped)) > 1:
        return False  # A test in it decides where it goes on.
    # The name of what is caught is bound and taken away.
    instead = own_nodes(function, function.nodes[at[0]], clause)
    if not all(one.target == clause.target or _is_telling(project, ref, one) for one in instead):
        return False
    return _Part(project, ref, frozenset(skipped)).is_only_told()


def _ways_on(function: Function, skipped: set[int]) -> set[int]:
    """The nodes outside of some that these lead to."""
    following = {one for number in skipped for one in normally(function.nodes[number])}
    return following - skipped - {-1}


def arm_is_only_told(project: Project, ref: FunctionRef, span: Span) -> bool:
    """Whether all that hangs on a test at ``span``, which never holds, only tells something: what
    never runs, and what always does instead."""
    function = project.function(ref)
    calls = {Result(number) for number, call in enumerate(function.calls) if call.span == span}
    hanging: set[int] = set()
    for number, node in enumerate(function.nodes):
        if node.kind is not Kind.TEST:
            continue
        if node.span == span or not calls.isdisjoint(walk(node.value, ())):
            then, other = (set(nodes_in_turn(function, arm, number)) for arm in normally(node))
            hanging |= then ^ other
    return bool(hanging) and _Part(project, ref, frozenset(hanging)).is_only_told()


class _Part:
    """Some nodes of a function, of which is asked whether anything hangs on them."""

    def __init__(self, project: Project, ref: FunctionRef, numbers: frozenset[int]) -> None:
        self._project = project
        self._ref = ref
        self._function = project.function(ref)
        self._numbers = numbers

    def is_only_told(self) -> bool:
        """Whether all of them only tell, ask, or keep what nothing else than that uses."""
        return all(self._is_idle(self._function.nodes[number]) for number in self._numbers)

    def _is_idle(self, node: Node) -> bool:
        if node.kind in _QUIET or _is_telling(self._project, self._ref, node):
            return True
        if node.kind in (Kind.ASSIGN, Kind.AUGMENT):
            names = targets_in(node.target)
            if isinstance(node.target, Item) and self._is_shown_key(node.target.key):
                return True
            bound = None if isinstance(node.target, Item) else node
            return bool(names) and all(self._is_own(name, bound) for name in names)
        if node.kind is Kind.IMPORT:
            return all(map(self._is_own, self._imported(node)))
        return node.kind is Kind.CALL and self._is_asking(node.call)

    def _imported(self, node: Node) -> Iterator[str]:
        for one in self._project.program.sources[self._ref.source].imports:
            if one.span == node.span:
                yield one.local

    def _is_shown_key(self, key: Expression) -> bool:
        """Whether code that only shows reads a key, wherever in the program."""
        if not isinstance(key, Constant) or not isinstance(key.value, str):
            return False
        reading = [
            one
            for one in self._project.program.functions()
            if one != self._ref
            and key.value in words_of(self._project, one)
            and _says(self._project.function(one), key)
        ]
        return bool(reading) and all(is_showing(self._project, one) for one in reading)

    def _is_asking(self, number: int) -> bool:
        """Whether a call only asks something, or adds to what is only told."""
        call = self._function.calls[number]
        last = last_segment(call.func)
        receiver = receiver_of(call)
        if last in _ADDING:
            return isinstance(receiver, Name) and self._is_own(receiver.path)
        return number in self._used and is_question(self._project, CallRef(self._ref, number))

    @cached_property
    def _used(self) -> frozenset[int]:
        return used_results(self._function)

    def _is_own(self, path: str, bound: Node | None = None) -> bool:
        """Whether a name is a local that nothing but these nodes and what tells something uses:
        with what it is ``bound`` to there, or at all."""
        name = path.partition(".")[0]
        function = self._function
        if self._ref.index == 0 or path != name or name in function.outer:
            return False
        if name in self._nested_words or any(one.name == name for one in function.parameters):
            return False
        later: Iterable[int] = range(len(function.nodes))
        if bound is not None:

            def onward(node: Node) -> tuple[int, ...]:
                return () if node.target == Name(name) else anyhow(node)

            later = nodes_from(function, anyhow(bound), onward)
        return not any(
            number not in self._numbers and self._uses(function.nodes[number], name)
            for number in later
        )

    @cached_property
    def _nested_words(self) -> frozenset[str]:
        nested = self._project.program.nested(self._ref)
        words = (one for ref in nested for one in words_of(self._project, ref))
        return frozenset(word.partition(".")[0] for word in words)

    def _uses(self, node: Node, name: str) -> bool:
        """Whether a node does anything with a local but tell of it, make a text of its lines, or
        add to it."""
        function = self._function
        if _is_telling(self._project, self._ref, node):
            return False
        if node.kind is Kind.CALL:
            call = function.calls[node.call]
            if _is_joining(call.func) and call.args == (Name(name),):
                return False
            if last_segment(call.func) in _ADDING and receiver_of(call) == Name(name):
                return False
            return _mentions((call.func, *arguments_of(call)), name)
        if isinstance(node.target, Item) and _mentions((node.target.key,), name):
            return True
        return _mentions((node.value,), name)


def is_question(project: Project, site: CallRef) -> bool:
    """Whether a call only asks or works something out: by its name, or by what it runs, and acts
    on no order."""
    callees = project.program.callees(site.function, site.call)
    words = last_segment(project.call(site).func).lower().strip("_").split("_")
    if words[0] in _SAYING and not any(changes_members(project, one) for one in callees):
        return True  # `should_close_position` closes none.
    if any(acts_on_orders(project, one) for one in callees):
        return False
    if _is_asking_name(project, site):
        return True
    return bool(callees) and all(_only_computes(project, one) for one in callees)


def _only_computes(project: Project, ref: FunctionRef) -> bool:
    """Whether a function sets nothing that is there before it, and calls only what asks."""
    calls = (CallRef(ref, number) for number in range(len(project.function(ref).calls)))
    return not changes_members(project, ref) and all(
        project.plays(one, "log") or _is_asking_name(project, one) for one in calls
    )


def _is_asking_name(project: Project, site: CallRef) -> bool:
    call = project.call(site)
    last = last_segment(call.func)
    names = project.program.names(site.function, site.call)
    if (last in IDLE and last not in _ADDING) or any(
        one.partition(".")[0] in _PURE for one in names
    ):
        return True
    if receiver_of(call) is None and (last in _BUILT_IN or last.lstrip("_")[:1].isupper()):
        return True
    words = last.lower().strip("_").split("_")
    return words[0] in _ASKING_FIRST or words[-1] in _ASKING_LAST


def _mentions(values: Iterable[Expression | None], name: str) -> bool:
    return any(
        isinstance(part, Name) and part.path.partition(".")[0] == name
        for value in values
        for part in walk(value, ())
    )


def _says(function: Function, text: Constant) -> bool:
    """Whether a text stands anywhere in a function, not only as a name."""
    values = [node.value for node in function.nodes]
    values += [part for call in function.calls for part in arguments_of(call)]
    return any(part == text for value in values for part in walk(value, ()))


def _is_joining(func: Expression) -> bool:
    """``"\\n".join``"""
    receiver = getattr(func, "value", None)
    return (
        last_segment(func) == "join"
        and isinstance(receiver, Constant)
        and isinstance(receiver.value, str)
        and any(letter.isspace() for letter in receiver.value)
    )


def _is_telling(project: Project, ref: FunctionRef, node: Node) -> bool:
    """Whether a node is a call that only tells something, or stands in one."""
    function = project.function(ref)
    if node.kind is not Kind.CALL:
        return node.kind in _QUIET
    lines = _telling_spans(project, ref)
    span = function.calls[node.call].span
    return any(line.covers(span) for line in lines)


def _telling_spans(project: Project, ref: FunctionRef) -> tuple[Span, ...]:
    def find() -> Iterator[Span]:
        for number, call in enumerate(project.function(ref).calls):
            words = project.vocabulary.words(last_segment(call.func))
            if project.plays(CallRef(ref, number), "log") and _REACHING.isdisjoint(words):
                yield call.span

    return project.answer(("telling", ref), lambda: tuple(find()))


def _nodes_at(function: Function, span: Span) -> Iterator[int]:
    for number, node in enumerate(function.nodes):
        at = function.calls[node.call].span if node.kind is Kind.CALL else node.span
        if at == span:
            yield number
