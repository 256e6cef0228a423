"""What bears on orders: functions that lead to one, and those whose answers they use."""

from __future__ import annotations

from botlint.checks.orders.orders import Orders
from botlint.checks.reads import used_results
from botlint.flow.names import FunctionRef
from botlint.project import Project

FURTHEST = 3
"""Answers that go into answers, from the function that leads to an order on."""

_PROTECTING = ("preflight", "risk-gate", "kill-switch", "price-check", "breaker")


def is_on_path(project: Project, ref: FunctionRef) -> bool:
    """Whether an order depends on what a function does: it leads to one, gives an answer on the way
    to one, or it or its class guards or protects by its name. Where there are no orders, anything
    may."""
    orders = project.answer(("orders",), lambda: Orders(project))
    if not orders.leaves or ref.index == 0 or ref in _bearing(project, orders):
        return True
    if _is_protecting(project, ref) or orders.closing.is_closing_function(ref):
        return True
    owner = project.program.owner(ref)
    if owner is None:
        return False
    methods = project.program.class_members(owner).values()
    is_named = orders.closing.is_closing_name(project.program.cls(owner).name)
    return is_named or any(_is_protecting(project, one) for one in methods)


def _is_protecting(project: Project, ref: FunctionRef) -> bool:
    return any(project.function_plays(ref, role) for role in _PROTECTING)


def _bearing(project: Project, orders: Orders) -> frozenset[FunctionRef]:
    return project.answer(("bearing",), lambda: _find_bearing(project, orders))


def _find_bearing(project: Project, orders: Orders) -> frozenset[FunctionRef]:
    program = project.program
    found = {ref for ref in program.functions() if orders.is_leading(ref)}
    frontier = sorted(found)
    for _ in range(FURTHEST):
        asked = {
            callee
            for ref in frontier
            for number in used_results(program.function(ref))
            if number < len(program.function(ref).calls)  # A decorator's stands in the parent.
            for callee in program.callees(ref, number)
        }
        frontier = sorted(asked - found)
        found |= asked
    return frozenset(found)
