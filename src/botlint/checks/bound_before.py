"""What a variable holds at one place: of all that is bound to it what can still stand there."""

from __future__ import annotations

from collections.abc import Collection

from botlint.checks.roots import assigned_in, targets_in
from botlint.facts.types import Expression, Function, Kind, Name
from botlint.flow.ways import Onward, anyhow, nodes_from, nodes_of_call, normally
from botlint.project import CallRef, Project

_PLAIN = frozenset({Kind.ASSIGN, Kind.ENTER})


def bound_before(project: Project, ref: CallRef, name: str) -> list[Expression]:
    """What ``name`` may hold when a call is made; what else binds it than plain assignments leaves
    all of them."""
    bound = assigned_in(project, ref.function).get(name, [])
    if len(bound) < 2:
        return bound
    function = project.function(ref.function)
    standing = [function.nodes[one].value for one in bindings_before(function, ref.call, name)]
    return [one for one in standing if one is not None] or bound


def bindings_before(function: Function, call: int, name: str) -> tuple[int, ...]:
    """The nodes that bind ``name`` of which what they bind can still stand when a call is made;
    empty where something else than a plain assignment or a ``with`` binds it."""
    binding = {
        number
        for number, node in enumerate(function.nodes)
        if node.target is not None and name in targets_in(node.target)
    }
    nodes = function.nodes
    if any(nodes[one].kind not in _PLAIN or nodes[one].target != Name(name) for one in binding):
        return ()
    return standing_at(function, call, binding, anyhow)


def standing_at(
    function: Function, call: int, binding: Collection[int], onward: Onward
) -> tuple[int, ...]:
    """Those of the nodes ``binding`` from which a way leads on to a call past none of them."""
    ends, nodes = nodes_of_call(function, call), function.nodes
    return tuple(
        number
        for number in sorted(binding)
        if not ends.isdisjoint(nodes_from(function, normally(nodes[number]), onward, binding))
    )
