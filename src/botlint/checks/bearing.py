"""What bears on orders: functions that lead to one, and those whose answers they use; what takes
orders back, closes, books fills, stops a trade, or writes down that something is to be closed."""

from __future__ import annotations

from botlint.checks.orders.orders import Orders
from botlint.checks.reads import last_segment, used_results
from botlint.checks.roots import arguments_of
from botlint.facts.types import Call, Constant, Kind, Result
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

FURTHEST = 3
"""Answers that go into answers, from the function that leads to an order on."""

_PROTECTING = ("preflight", "risk-gate", "kill-switch", "price-check", "breaker")
_SETTLING = ("cancel-order", "close-order", "modify-order", "book", "fill-handling")


def is_on_path(project: Project, ref: FunctionRef) -> bool:
    """Whether an order depends on what a function does: it leads to one, gives an answer on the way
    to one, or it or its class guards or protects by its name; or it takes an order back, closes,
    books what was filled, raises what stops a trade, or says that something is to be closed. Where
    there are no orders, anything may."""
    orders = project.answer(("orders",), lambda: Orders(project))
    if not orders.leaves or ref.index == 0 or ref in _bearing(project, orders):
        return True
    if _is_protecting(project, ref) or orders.closing.is_closing_function(ref):
        return True
    if _is_settling(project, ref) or _stops_trade(project, ref) or _says_close(project, ref):
        return True
    owner = project.program.owner(ref)
    if owner is None:
        return False
    methods = project.program.class_members(owner).values()
    is_named = orders.closing.is_closing_name(project.program.cls(owner).name)
    return is_named or any(_is_protecting(project, one) for one in methods)


def acts_on_orders(project: Project, ref: FunctionRef) -> bool:
    """Whether a function leads to an order, changes orders or positions, stops a trade, or says
    that something is to be closed."""
    orders = project.answer(("orders",), lambda: Orders(project))
    if orders.is_leading(ref) or orders.closing.is_closing_function(ref):
        return True
    return _is_settling(project, ref) or _stops_trade(project, ref) or _says_close(project, ref)


def _is_protecting(project: Project, ref: FunctionRef) -> bool:
    return any(project.function_plays(ref, role) for role in _PROTECTING)


def _is_settling(project: Project, ref: FunctionRef) -> bool:
    """Whether a function changes orders or positions, by its own name or by what it calls."""
    calls = [CallRef(ref, number) for number in range(len(project.function(ref).calls))]
    return any(
        project.function_plays(ref, role)
        or any(project.plays(one, role) and not project.plays(one, "log") for one in calls)
        for role in _SETTLING
    )


def _stops_trade(project: Project, ref: FunctionRef) -> bool:
    """Whether a function raises an exception that is named for stopping trades."""
    function = project.function(ref)
    abort = project.vocabulary.roles["abort"]
    return any(
        node.kind is Kind.RAISE
        and type(node.value) is Result
        and abort.plays_name(last_segment(function.calls[node.value.call].func))
        for node in function.nodes
    )


def _says_close(project: Project, ref: FunctionRef) -> bool:
    """Whether a function gives a call a word for an emergency exit: ``kind="EMERGENCY_CLOSE"``."""
    return any(
        _is_exit_said(project, call) and not project.plays(CallRef(ref, number), "log")
        for number, call in enumerate(project.function(ref).calls)
    )


def _is_exit_said(project: Project, call: Call) -> bool:
    closing, emergency = (project.vocabulary.roles[one] for one in ("closing", "emergency-exit"))
    return any(
        isinstance(value, Constant)
        and isinstance(value.value, str)
        and value.value.isidentifier()
        and "_" in value.value
        and closing.plays_name(value.value)
        and emergency.plays_name(value.value)
        for value in arguments_of(call)
    )


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
