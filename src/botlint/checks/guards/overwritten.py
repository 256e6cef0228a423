"""What a function was given of an order, and binds to something else before it places that.

No guard that its callers have asked has seen what is sent then.
"""

from __future__ import annotations

from botlint.checks.guards.bound_parts import Part, parts_bound
from botlint.checks.guards.relation import Relation
from botlint.checks.reads import walk
from botlint.checks.roots import SELF, have_common, origins_of, targets_in
from botlint.facts.types import Expression, Function, Kind, Name, Result
from botlint.flow.names import FunctionRef
from botlint.project import Project

_GIVING = frozenset({Kind.ASSIGN, Kind.ITERATE})


def is_overwriting(project: Project, ref: FunctionRef, roots: frozenset[str] | None) -> bool:
    """Whether a function may bind anew what it was given of an order: a cheap first look."""
    firsts = {one.partition(".")[0] for one in roots or ()}
    own = firsts.intersection(one.name for one in project.function(ref).parameters)
    return bool(own) and not own.isdisjoint(origins_of(project, ref).bound)


def find_overwriting(function: Function, relation: Relation) -> frozenset[int]:
    """The bindings that put a market or an amount of another origin in the place of one that the
    function was given."""
    own = {one.name for one in function.parameters}
    given = frozenset(one for one in relation.given or () if one.partition(".")[0] in own)
    if not given:
        return frozenset()
    return frozenset(
        number
        for number, node in enumerate(function.nodes)
        if node.kind in _GIVING and have_common(given, targets_in(node.target))
        for part in parts_bound(node)
        if part.name in given and _is_of_other_origin(function, relation, part)
    )


def _is_of_other_origin(function: Function, relation: Relation, part: Part) -> bool:
    if not part.says_what() or part.is_emptied():
        return False
    sources = relation.sources(part.value)
    own = {one.name for one in function.parameters} | SELF
    if not own.isdisjoint(one.partition(".")[0] for one in sources):
        return False
    return not any(_is_asking_itself(function, one) for one in walk(part.value, function.calls))


def _is_asking_itself(function: Function, value: Expression) -> bool:
    """Whether a value is what the object itself is asked for: that may be what was given."""
    func = function.calls[value.call].func if isinstance(value, Result) else None
    return isinstance(func, Name) and func.path.partition(".")[0] in SELF
