"""Clients that are made for an exchange's test net, by a literal: what they order costs nothing
until somebody writes another client there.
"""

from __future__ import annotations

from botlint.checks.orders.sides import is_true
from botlint.checks.roots import receiver_of
from botlint.facts.types import Name, Result
from botlint.model import Step
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project

_TESTING = frozenset({"testnet", "is_testnet", "use_testnet", "sandbox", "is_sandbox", "demo"})


def made_for_tests(project: Project, order: CallRef) -> Step | None:
    """Where the one client of an order is made that is only for a test net; ``None`` if it isn't
    known, or may trade in earnest."""
    receiver = receiver_of(project.call(order))
    variable = project.program.variable(order.function, receiver) if receiver is not None else None
    bindings = project.program.bindings(variable) if variable is not None else ()
    if type(receiver) is not Name or len(bindings) != 1:
        return None
    ref, binding = bindings[0]
    if type(binding.value) is not Result:
        return None
    made = CallRef(ref, binding.value.call)
    said = (
        value
        for name, value in project.call(made).keywords
        if name and normalise_segment(name) in _TESTING
    )
    if not any(map(is_true, said)):
        return None
    return Step(project.call_place(made), "the client is made for the test net")
