"""What a handler of a loop does for itself, and whether anybody asks for what it counts by key."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.loops import heads_of
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import (
    SELF,
    arguments_of,
    have_common,
    names_in,
    receiver_of,
    targets_in,
)
from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.project import CallRef, Project

DEEPEST = 2
"""Calls that a label is followed through, in search of who asks for it."""

_COMPARING = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
_ASKING = _COMPARING | {"in", "notin", "is", "isnot", "if"}
_BINDING = frozenset({Kind.ASSIGN, Kind.ITERATE})
_ANY = (Constant(0), Constant(None))
"""Who asks whether there was one at all holds nothing against a limit."""


def own_nodes(function: Function, clause: int, loop: int, turn: frozenset[int]) -> Iterator[Node]:
    """The nodes from a handler on to the head of the loop; of those of ``turn``, which come also
    when all goes well, only the ones that get what the handler has set, or all where a test asks
    for that."""
    nodes = function.nodes
    start = (nodes[clause].next,)
    within = frozenset(nodes_from(function, start, normally, heads_of(function, loop)))
    shared = turn & within
    only = [nodes[number] for number in within - shared]
    bound = {name for node in only if node.target is not None for name in targets_in(node.target)}

    def gets(node: Node) -> bool:
        given = arguments_of(function.calls[node.call]) if node.kind is Kind.CALL else ()
        asked = (node.value, *given)
        names = (names_in(value, function.calls) for value in asked if value is not None)
        return any(have_common(one, bound) for one in names)

    is_asked = any(nodes[n].kind is Kind.TEST and gets(nodes[n]) for n in shared)
    for number in sorted(within):
        if number not in shared or is_asked or gets(nodes[number]):
            yield nodes[number]


def is_made_anyway(project: Project, ref: FunctionRef, node: Node, turn: frozenset[int]) -> bool:
    """Whether a node of a handler calls with a text only what ``turn``, when all goes well, calls
    so, too: a sign of life, ``watch.beat("failed")``, says nothing of errors to who counts them,
    unless the text is another one and asked for there."""
    function = project.function(ref)
    if node.kind is not Kind.CALL or not _is_label(function.calls[node.call]):
        return False
    own = function.calls[node.call]
    called = (function.nodes[number] for number in turn)
    made = [function.calls[one.call] for one in called if one.kind is Kind.CALL]
    alike = [one for one in made if one.func == own.func and _is_label(one)]
    if any(arguments_of(one) == arguments_of(own) for one in alike):
        return True
    return bool(alike) and not _is_asked(project, CallRef(ref, node.call), 0)


def _is_asked(project: Project, ref: CallRef, depth: int) -> bool:
    """Whether a function of the program that is called asks for what it is handed, or counts by
    it."""
    callees = project.program.callees(ref.function, ref.call)
    return any(_asks_for_given(project, one, depth) for one in callees)


def _asks_for_given(project: Project, ref: FunctionRef, depth: int) -> bool:
    function = project.function(ref)
    given = {one.name for one in function.parameters} - SELF

    def has_given(value: Expression | None) -> bool:
        return not given.isdisjoint(names_in(value, function.calls))

    for node in function.nodes:
        parts = walk(node.value, function.calls)
        asked = (one for one in parts if isinstance(one, Operation) and one.kind in _ASKING)
        if (node.kind is Kind.TEST and has_given(node.value)) or any(map(has_given, asked)):
            return True
        is_count = node.kind is Kind.AUGMENT and isinstance(node.target, Item)
        if is_count and has_given(node.target.key):  # type: ignore[union-attr]  # is_count
            return True
    return depth < DEEPEST and any(
        any(map(has_given, arguments_of(call)))
        and _is_asked(project, CallRef(ref, number), depth + 1)
        for number, call in enumerate(function.calls)
    )


def _is_label(call: Call) -> bool:
    given = arguments_of(call)
    return bool(given) and all(type(one) is Constant and type(one.value) is str for one in given)


def is_asked_by_key(project: Project, counted: Expression | None) -> bool:
    """Whether something in the program holds what is counted under a key, as in
    ``stats["errors"] += 1``, against a limit, or all that is counted there; who asks for a computed
    key can't be told."""
    if not isinstance(counted, Item) or not isinstance(counted.key, Constant):
        return True
    asked = project.answer(("counts compared",), lambda: frozenset(_counts_compared(project)))
    return counted.key in asked or Name(last_segment(counted.value)) in asked


def _counts_compared(project: Project) -> Iterator[Constant | Name]:
    """The keys of what is held against a limit, and the last names of what is as a whole."""
    for ref in project.program.functions():
        function = project.function(ref)
        limits = [one for node in function.nodes for one in _limits(function, node)]
        names = frozenset[str]().union(*(names_in(one, function.calls) for one in limits))
        bound = [
            node.value
            for node in function.nodes
            if node.kind in _BINDING and not names.isdisjoint(targets_in(node.target))
        ]
        for value in (*limits, *bound):
            for part in walk(value, function.calls):
                if isinstance(part, Constant) and isinstance(part.value, str):
                    yield part
                elif isinstance(part, Result) and not _has_text(function.calls[part.call]):
                    call = function.calls[part.call]
                    whole = (receiver_of(call), *arguments_of(call))
                    yield from (Name(last_segment(one)) for one in whole if isinstance(one, Name))


def _limits(function: Function, node: Node) -> Iterator[Operation]:
    for part in walk(node.value, function.calls):
        is_limit = isinstance(part, Operation) and part.kind in _COMPARING
        if is_limit and not any(one in part.args for one in _ANY):  # type: ignore[union-attr]  # is_limit
            yield part  # type: ignore[misc]  # is_limit


def _has_text(call: Call) -> bool:
    return any(isinstance(one, Constant) and isinstance(one.value, str) for one in call.args)


def is_compared(project: Project, ref: FunctionRef, node: Node) -> bool:
    """Whether what is counted is held against something anywhere in the class or function."""
    if not isinstance(node.target, Name):
        return is_asked_by_key(project, node.target)
    name = node.target.path
    owner = project.program.owner(ref)
    if "." in name and owner is not None:
        asked = [*project.program.class_members(owner).values()]
    elif "." in name or name in project.function(ref).outer:
        source = project.program.sources[ref.source]
        asked = [FunctionRef(ref.source, number) for number in range(len(source.functions))]
    else:
        asked = [ref]
    return any(_holds(project.function(one), name) for one in asked)


def _holds(function: Function, name: str) -> bool:
    return any(
        isinstance(node.value, Operation)
        and node.value.kind in _COMPARING
        and name in names_in(node.value, function.calls)
        for node in function.nodes
        if node.value is not None
    )
