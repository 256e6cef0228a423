"""Orders without a preflight that a risk gate may stop: it knows the account, and not the order."""

from __future__ import annotations

from collections.abc import Iterable

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain
from botlint.model import Step
from botlint.project import CallRef, Project

_GATES = ("risk-gate", "kill-switch")


def gates_of(project: Project, orders: Iterable[CallRef]) -> tuple[Step, ...]:
    """The risk gates that stand on every way to each of ``orders``, with what they are called; none
    if one of these can be placed without."""
    found = project.answer(("gates before orders",), lambda: _find_gates(project))
    steps = [found.get(order) for order in orders]
    return tuple(one for one in steps if one is not None) if all(steps) else ()


def _find_gates(project: Project) -> dict[CallRef, Step]:
    asked = Asked(project, _GATES)
    is_open = {anchor for anchor, _ in asked.opening()}
    found: dict[CallRef, Step] = {}
    for chain in asked.answer.guarded:
        anchor, step = asked.anchor(chain), _gate_on(project, chain)
        if anchor is not None and anchor not in is_open and step is not None:
            found.setdefault(anchor, step)
    return found


def _gate_on(project: Project, chain: Chain) -> Step | None:
    """Where a chain is guarded, if a risk gate is what guards it."""
    link = chain.links[chain.guarded_at]
    for passage in link.passages:
        gate = CallRef(link.call.function, passage.status.call)
        if gate.call >= 0 and project.plays(gate, "risk-gate"):
            text = f"the risk gate `{project.written(gate)}` is asked here, and no preflight"
            return Step(project.call_place(gate), text)
    return None
