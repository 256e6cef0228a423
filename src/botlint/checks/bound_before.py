"""What a variable holds at one place: of all that is bound to it what can still stand there."""

from __future__ import annotations

from botlint.checks.roots import assigned_in, targets_in
from botlint.facts.types import Expression, Kind, Name
from botlint.flow.ways import anyhow, nodes_from, nodes_of_call
from botlint.project import CallRef, Project


def bound_before(project: Project, ref: CallRef, name: str) -> list[Expression]:
    """What ``name`` may hold when a call is made; what else binds it than plain assignments leaves
    all of them."""
    bound = assigned_in(project, ref.function).get(name, [])
    if len(bound) < 2:
        return bound
    function = project.function(ref.function)
    binding = {
        number
        for number, node in enumerate(function.nodes)
        if node.kind is not Kind.CALL and name in targets_in(node.target)
    }
    plain = {
        number
        for number in binding
        if function.nodes[number].kind is Kind.ASSIGN
        and function.nodes[number].target == Name(name)
    }
    if plain != binding:
        return bound
    ends = nodes_of_call(function, ref.call)
    standing: list[Expression] = []
    for number in sorted(plain):
        node = function.nodes[number]
        reached = nodes_from(function, anyhow(node)[:2], anyhow, plain)
        if node.value is not None and not ends.isdisjoint(reached):
            standing.append(node.value)
    return standing or bound
