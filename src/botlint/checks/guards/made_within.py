"""Values that a function gets itself: from outside of the program, also by functions of the program
that give nothing else, or as they are written in it."""

from __future__ import annotations

from botlint.checks.guards.fetching import Fetching
from botlint.checks.guards.makings import Makings
from botlint.checks.roots import targets_in
from botlint.facts.types import Constant, Function
from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project


def is_made_within(project: Project, ref: FunctionRef, roots: frozenset[str]) -> bool:
    """Whether a function gets the values of ``roots`` from outside of the program, and by nothing
    that it was given, that it holds or that others bind."""
    return makings_of(project, ref).is_within(roots)


def makings_of(project: Project, ref: FunctionRef) -> Makings:
    """What the values of a function are made of, worked out once."""

    def find() -> Makings:
        fetching: Fetching = project.answer(("fetching",), lambda: Fetching(project))
        numbers = range(len(project.function(ref).calls))
        fetched = frozenset(n for n in numbers if fetching.is_fetched(CallRef(ref, n)))
        return Makings(project, ref, fetched)

    return project.answer(("makings", ref), find)


def is_for_literal(function: Function, name: str) -> bool:
    """Whether a local is bound once, to a literal."""
    bound = [node for node in function.nodes if name in targets_in(node.target)]
    given = any(one.name == name for one in function.parameters)
    return len(bound) == 1 and not given and type(bound[0].value) is Constant
