"""Exceptions of the program's own that only its checks raise: a clause for one of them follows
where a check refused an order, and not where the order failed."""

from __future__ import annotations

import builtins

from botlint.checks.clauses import clause_around
from botlint.checks.failing import raised_class
from botlint.checks.orders.orders import Orders
from botlint.facts.types import Kind
from botlint.flow.names import FunctionRef
from botlint.flow.ways import nodes_from, normally
from botlint.project import CallRef, Project


def is_of_checks(project: Project, ref: FunctionRef, name: str) -> bool:
    """Whether an exception, as a function names it, is of a class of the program that is raised
    before orders only, and nowhere in place of what a clause has caught: none that an order's
    error or its answer becomes."""
    program = project.program
    cls = program.class_named(ref, name)
    if cls is None:
        return False
    kin = (cls, *program.subclasses(cls))
    if not all(hasattr(builtins, base) for one in kin for base in program.foreign_bases(one)):
        return False
    names = frozenset(program.cls(one).name for one in kin)
    translated = project.answer(("raised classes",), lambda: _find_raised(project))
    return not any(is_translated and one in names for one, is_translated in translated)


def _find_raised(project: Project) -> frozenset[tuple[str, bool]]:
    """The last names of all classes that are raised, with whether that is in a clause, or follows
    an order."""
    found = set()
    for ref in project.program.functions():
        function = project.function(ref)
        raising = [n for n, node in enumerate(function.nodes) if node.kind is Kind.RAISE]
        after = _after_orders(project, ref) if raising else frozenset()
        for number in raising:
            node = function.nodes[number]
            last = raised_class(function, node).rpartition(".")[2]
            is_translated = clause_around(function, node) is not None
            found.add((last, is_translated or number in after))
    return frozenset(found)


def _after_orders(project: Project, ref: FunctionRef) -> frozenset[int]:
    """The nodes of a function that follow a call which places an order, or leads to one."""
    orders: Orders = project.answer(("orders",), lambda: Orders(project))
    function = project.function(ref)
    starts = [
        node.next
        for node in function.nodes
        if node.kind is Kind.CALL
        and (
            orders.is_order(CallRef(ref, node.call))
            or any(map(orders.is_leading, project.program.callees(ref, node.call)))
        )
    ]
    return frozenset(nodes_from(function, starts, normally))
