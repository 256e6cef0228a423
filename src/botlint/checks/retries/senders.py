"""Senders of requests that send one again when it fails: what calls them orders twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from botlint.checks.orders.requests import sending_functions
from botlint.checks.reads import walk
from botlint.checks.retries.attempts import Attempts
from botlint.facts.types import Constant, Function
from botlint.flow.by_text import calls_by_text
from botlint.flow.names import FunctionRef
from botlint.model import Step
from botlint.project import CallRef, Project

DEEPEST = 3
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE"})


def find_resent(
    project: Project, attempts: Callable[[FunctionRef], Attempts], order: CallRef
) -> Iterator[tuple[CallRef, Step]]:
    """Each request below a call that a loop of attempts sends again, with the step that shows it.

    A sender that asks for the method before may well send only questions again: it tells nothing.
    """
    level = project.program.callees(order.function, order.call)
    seen: set[FunctionRef] = set()
    for _ in range(DEEPEST):
        following: list[FunctionRef] = []
        for ref in level:
            if ref in seen or _asks_method(project.function(ref)):
                continue
            seen.add(ref)
            sent = [one for one in _calls(project, ref) if _sends(project, one)]
            for one in sent:
                for repeat in attempts(ref).repeats(one.call):
                    clause = project.function(ref).nodes[repeat.clause]
                    text = "when the request fails this goes on, and sends it again"
                    yield one, Step(project.place(ref, clause.span), text)
                following += project.program.callees(ref, one.call)
        level = tuple(following)


def _calls(project: Project, ref: FunctionRef) -> Iterator[CallRef]:
    for number in range(len(project.function(ref).calls)):
        yield CallRef(ref, number)


def _sends(project: Project, one: CallRef) -> bool:
    """Whether a call sends a request, or calls a method by the name that it was handed."""
    if any(number == one.call for number, _, _ in calls_by_text(project.function(one.function))):
        return True
    callees = project.program.callees(one.function, one.call)
    if not callees:
        return project.plays(one, "http-request")
    return any(callee in sending_functions(project) for callee in callees)


def _asks_method(function: Function) -> bool:
    return any(
        isinstance(part, Constant) and part.value in _METHODS
        for node in function.nodes
        if node.value is not None
        for part in walk(node.value, function.calls)
    )
