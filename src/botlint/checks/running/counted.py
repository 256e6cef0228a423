"""What a handler of a loop does for itself, and whether anybody asks for what it counts by key."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of, have_common, names_in, targets_in
from botlint.facts.types import Call, Constant, Expression, Function, Item, Kind, Node, Operation
from botlint.flow.ways import nodes_from, normally
from botlint.project import Project

_COMPARING = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
_ANY = (Constant(0), Constant(None))
"""Who asks whether there was one at all holds nothing against a limit."""


def own_nodes(function: Function, clause: int, loop: int) -> Iterator[Node]:
    """The nodes from a handler on to the head of the loop; of those that follow also when all went
    well, only the ones that get what the handler has set, or all where a test asks for that."""
    nodes = function.nodes
    heads = [n for n, node in enumerate(nodes) if node.kind is Kind.PASS and node.loop == loop]
    within = frozenset(nodes_from(function, (nodes[clause].next,), normally, heads))
    starts = [one for head in heads for one in normally(nodes[head])]
    shared = frozenset(nodes_from(function, starts, normally, heads)) & within
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


def is_made_anyway(function: Function, node: Node, loop: int) -> bool:
    """Whether a node of a handler calls with a text only what a loop calls so when all goes well,
    too: a sign of life, ``watch.beat("failed")``, says nothing of errors to who counts them."""
    if node.kind is not Kind.CALL or not _is_label(function.calls[node.call]):
        return False
    nodes = function.nodes
    heads = [n for n, one in enumerate(nodes) if one.kind is Kind.PASS and one.loop == loop]
    starts = [one for head in heads for one in normally(nodes[head])]
    called = (nodes[n] for n in nodes_from(function, starts, normally, heads))
    made = [function.calls[one.call] for one in called if one.kind is Kind.CALL]
    return any(one.func == function.calls[node.call].func and _is_label(one) for one in made)


def _is_label(call: Call) -> bool:
    given = arguments_of(call)
    return bool(given) and all(type(one) is Constant and type(one.value) is str for one in given)


def is_asked_by_key(project: Project, counted: Expression | None) -> bool:
    """Whether something in the program holds what is counted under a key, as in
    ``stats["errors"] += 1``, against a limit; who asks for a computed key can't be told."""
    if not isinstance(counted, Item) or not isinstance(counted.key, Constant):
        return True
    asked = project.answer(("keys compared",), lambda: frozenset(_keys_compared(project)))
    return counted.key.value in asked


def _keys_compared(project: Project) -> Iterator[object]:
    for ref in project.program.functions():
        function = project.function(ref)
        for node in function.nodes:
            for part in walk(node.value, function.calls) if node.value is not None else ():
                is_limit = isinstance(part, Operation) and part.kind in _COMPARING
                if is_limit and not any(one in part.args for one in _ANY):  # type: ignore[union-attr]  # is_limit
                    yield from (
                        one.value
                        for one in walk(part, function.calls)
                        if isinstance(one, Constant) and isinstance(one.value, str)
                    )
