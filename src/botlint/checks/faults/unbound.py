"""Locals that a way to their use leaves unbound, where the name is also one of the module.

``import time`` under an ``if`` makes ``time`` a local of the whole function: where the condition
doesn't hold, the next ``time.time()`` raises, though the module imports it, too. A name that only
the function binds may be bound just where it is needed; one that hides a name of its module was
meant to be that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from botlint.checks.ending import going_on
from botlint.checks.faults.choices import Choices
from botlint.checks.faults.undefined import hiding_above, hiding_nodes, is_ready
from botlint.checks.hits import fault, step
from botlint.checks.kin import bound_names
from botlint.facts.types import Facts, Kind, Node
from botlint.flow.names import FunctionRef
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
    local = list(_locals(project.program.sources[ref.source], ref.index, outside))
    if not local or any(is_ready(function, node) for node in function.nodes):
        return
    choices = Choices(function, going_on(project, ref))
    found = [
        (one, number)
        for one in local
        if (number := choices.first_read_unbound(one.name, one.binding)) is not None
    ]
    hidden = hiding_nodes(project, ref, function) if found else {}
    for one, number in found:
        above = () if number in hidden else hiding_above(project, ref)
        if number in hidden or above:
            yield _hit(project, ref, one, number, above)


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
