"""Sells whose price is checked on every way there, by what a clause swallows: the clause has a
finding of its own, and that nothing else checks the price is the same fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from botlint.checks.clauses import tried_nodes
from botlint.checks.guards.chains import Chain, Link
from botlint.checks.guards.price_guards import PriceGuards
from botlint.checks.guards.robbed import swallowing_clauses
from botlint.facts.types import Kind
from botlint.flow.forwarding import hands_on
from botlint.flow.machines import Machines
from botlint.flow.names import FunctionRef
from botlint.flow.ways import is_dominated, nodes_of_call
from botlint.model import Place
from botlint.project import Project


def swallowed_check(project: Project, guards: PriceGuards, chain: Chain) -> Place | None:
    """The clause that swallows the abort by which a price check before the order of a chain
    refuses, where every way to the order, or into the state it is placed in, leads by it."""
    checks = dict(_checks(project, guards))
    for link in chain.links if checks else ():
        run = [one for one in checks if _is_run_before(project, link, one)]
        if run or (run := _run_by_state(project, link, checks)):
            return checks[min(run)]
    return None


def _checks(project: Project, guards: PriceGuards) -> Iterator[tuple[FunctionRef, Place]]:
    """The functions that check a price in the `try` of a clause which swallows an abort."""
    for ref, clauses in swallowing_clauses(project).items():
        function = project.function(ref)
        for number in sorted(clauses):
            clause = function.nodes[number]
            tried = (function.nodes[one] for one in tried_nodes(function, clause))
            tests = (node.value for node in tried if node.kind is Kind.TEST)
            if any(guards.prices(ref).is_check(value) for value in tests if value is not None):
                yield ref, project.place(ref, clause.span)
                break


def _is_run_before(project: Project, link: Link, checking: FunctionRef) -> bool:
    """Whether a function is called on every way to the call of a link."""
    ref = link.call.function
    function = project.function(ref)
    calls = [
        number
        for number, node in enumerate(function.nodes)
        if node.kind is Kind.CALL
        and any(_runs(project, one, checking) for one in project.program.callees(ref, node.call))
    ]
    return bool(calls) and is_dominated(function, nodes_of_call(function, link.call.call), calls)


def _runs(project: Project, ref: FunctionRef, checking: FunctionRef) -> bool:
    return ref == checking or hands_on(project.program, ref, checking)


def _run_by_state(
    project: Project, link: Link, checks: Mapping[FunctionRef, Place]
) -> list[FunctionRef]:
    """The functions of ``checks`` that run on the transitions into the states which the call of a
    link stands in, if one runs on each."""
    machines = project.answer(("machines",), lambda: Machines(project.program))
    for states in machines.tested_at(link.call.function, link.call.call):
        each = [
            [one for one in checks if any(_runs(project, action, one) for action in way.actions)]
            for state in states
            for way in machines.ways_into(state)
        ]
        if each and all(each):
            return [action for part in each for action in part]
    return []
