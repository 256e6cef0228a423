"""Locals that a way to their use leaves unbound, where the name is also one of the module.

``import time`` under an ``if`` makes ``time`` a local of the whole function: where the condition
doesn't hold, the next ``time.time()`` raises, though the module imports it, too. A name that only
the function binds may be bound just where it is needed; one that hides a name of its module was
meant to be that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from botlint.checks.faults.undefined import hiding_above, hiding_nodes, is_ready, read_at
from botlint.checks.hits import fault, step
from botlint.checks.kin import bound_names
from botlint.checks.roots import names_in
from botlint.facts.types import Facts, Function, Kind, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import loops_around, nodes_from, normally
from botlint.model import Hit, Step
from botlint.project import Project

_UNBINDING = frozenset({Kind.DELETE, Kind.EXCEPT})


class _Local(NamedTuple):
    """A name that a function binds at the nodes ``binding``, and its module at ``outside``."""

    name: str
    binding: frozenset[int]
    outside: Node


def find_unbound(project: Project) -> Iterable[Hit]:
    """One hit for each such local that is read where a clause hides what that raises, or by a
    guard."""
    for source, facts in enumerate(project.program.sources):
        bodies = facts.functions[:1]
        outside = {name: one.nodes[n] for one in bodies for name, n in _bindings(facts, 0)}
        for number in range(1, len(facts.functions)):
            yield from _unbound_in(project, FunctionRef(source, number), outside)


def _bindings(facts: Facts, index: int) -> Iterator[tuple[str, int]]:
    """The names that a function, or the body of a module (0), binds, each with a node that does."""
    imported = [one for one in facts.imports if one.function == index]
    for number, node in enumerate(facts.functions[index].nodes):
        if node.kind is Kind.IMPORT:
            yield from ((one.local, number) for one in imported if one.span == node.span)
        else:
            yield from ((name, number) for name in bound_names(node.target) if "." not in name)


def _unbound_in(project: Project, ref: FunctionRef, outside: Mapping[str, Node]) -> Iterator[Hit]:
    function = project.function(ref)
    found = [
        (local, number)
        for local in _locals(project.program.sources[ref.source], ref.index, outside)
        if (number := _first_read_unbound(function, local)) is not None
    ]
    if not found or any(is_ready(function, node) for node in function.nodes):
        return
    hidden = hiding_nodes(project, ref, function)
    for local, number in found:
        above = () if number in hidden else hiding_above(project, ref)
        if number in hidden or above:
            yield _hit(project, ref, local, number, above)


def _locals(facts: Facts, number: int, outside: Mapping[str, Node]) -> Iterator[_Local]:
    """The locals of a function that hide a name of its module."""
    function = facts.functions[number]
    given = {one.name for one in function.parameters} | set(function.outer)
    binding: dict[str, set[int]] = {}
    for name, place in _bindings(facts, number):
        if name in outside and name not in given:
            binding.setdefault(name, set()).add(place)
    for name, places in binding.items():
        if not any(function.nodes[place].kind in _UNBINDING for place in places):
            yield _Local(name, frozenset(places), outside[name])


def _first_read_unbound(function: Function, local: _Local) -> int | None:
    """The first node that reads a local to which a way normally leads that has bound it nowhere,
    where nothing says that it has."""
    unbound = frozenset(nodes_from(function, (function.entry,), normally, local.binding))
    behind = {after for number in unbound for after in normally(function.nodes[number])}
    reached = unbound | (local.binding & behind)
    for number in sorted(reached, key=lambda one: function.nodes[one].span):
        is_read = local.name in read_at(function, function.nodes[number])
        if is_read and not _is_chosen_alike(function, local, number, unbound):
            return number
    return None


def _is_chosen_alike(
    function: Function, local: _Local, reading: int, unbound: frozenset[int]
) -> bool:
    """Whether what decides that a local is bound may decide, too, that it is read: a loop that it
    is bound in may always have a round, a test of the same come out alike."""
    around = frozenset(loops_around(function, function.nodes[reading].loop))
    for number in local.binding:
        if not around.issuperset(loops_around(function, function.nodes[number].loop)):
            return True
    binding = [
        names
        for one in local.binding
        for _, names, otherwise in _deciding(function, unbound, one)
        if reading in otherwise
    ]
    bound = frozenset(nodes_from(function, local.binding, normally))
    told = {name for number in bound - unbound for name in _bound_at(function, number)}
    for test, names, _ in _deciding(function, unbound, reading):
        if not names.isdisjoint(told):
            return True
        # A test before the choice has another subject unless it asks of just the same.
        if any(names & one if test in bound else names == one for one in binding):
            return True
    return False


def _bound_at(function: Function, number: int) -> tuple[str, ...]:
    return bound_names(function.nodes[number].target)


def _deciding(
    function: Function, tests: frozenset[int], end: int
) -> Iterator[tuple[int, frozenset[str], frozenset[int]]]:
    """Those of the nodes ``tests`` of which one arm only leads to the node ``end``, each with the
    names in it and where its other arm leads."""
    for number in tests:
        node = function.nodes[number]
        if node.kind is not Kind.TEST:
            continue
        arms = [
            frozenset(nodes_from(function, (one,), normally, (number,))) for one in normally(node)
        ]
        without = [arm for arm in arms if end not in arm]
        if len(without) == 1:
            yield number, names_in(node.value, function.calls), without[0]


def _hit(
    project: Project, ref: FunctionRef, local: _Local, number: int, above: tuple[Step, ...]
) -> Hit:
    function = project.function(ref)
    node, binding = function.nodes[number], function.nodes[min(local.binding)]
    span = function.calls[node.call].span if node.kind is Kind.CALL else node.span
    text = f"this binds `{local.name}`, which is so a local of the whole function"
    steps = (
        step(project, ref, binding.span, text),
        Step(project.place(ref, local.outside.span), "the module binds it, too"),
        step(project, ref, span, "on a way past that it is read, and raises UnboundLocalError"),
    )
    what = f"`{local.name}` may be unbound here, as the function binds it on some ways only"
    return fault(project, ref, span, what, (*steps, *above))
