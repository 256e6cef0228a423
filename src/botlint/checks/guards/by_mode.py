"""Guards that are asked in one mode of trading only: ``if is_live and not check(symbol): return``.

Whether the bot trades for real says nothing of the order. So what such a guard stops, it stops in
that mode, be it an exit or not.
"""

from __future__ import annotations

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Link
from botlint.checks.guards.passages import Passage
from botlint.checks.guards.states import Mark
from botlint.checks.roots import names_in
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Operation
from botlint.flow.names import written_name
from botlint.flow.ways import nodes_from, nodes_of_call, normally
from botlint.project import Project

_MODES = frozenset(
    {"live", "mode", "dry", "paper", "sandbox", "testnet", "demo", "simulated", "simulation"}
    | {"enabled", "production", "prod"}
)
_WORTH = frozenset({"notional", "price", "cost", "value"})
"""Unlike an amount, these have no sign that tells a buy from a sell."""


def passages_by_mode(asked: Asked, link: Link) -> tuple[Passage, ...]:
    """How the guard fared on the ways to the call of ``link`` on which it said yes, where others
    only pass it by in another mode, or as there is nothing to ask or to be asked."""
    if any(one.status.mark is not Mark.NONE for one in link.passages):
        return ()
    ref = link.call.function
    function = asked.project.function(ref)
    targets = nodes_of_call(function, link.call.call)
    return tuple(
        one
        for one in asked.guards.passages(ref, link.call.call, link.roots)
        if one.status.mark is Mark.GUARDED
        and one.status.call >= 0
        and _is_by_mode(asked.project, function, one.status.call, targets)
    )


def _is_by_mode(project: Project, function: Function, guard: int, targets: frozenset[int]) -> bool:
    """Whether each test that leads past a guard to an order asks for a mode, or whether there is
    anything to ask: a setting, the guard, a worth of the order."""
    tests = _tests_past(function, nodes_of_call(function, guard), targets)
    words = project.vocabulary.words
    asked = [names_in(one, function.calls) for one in tests]
    modes = [names for names in asked if any(words(name) & _MODES for name in names)]
    owners = {name.rpartition(".")[0] for names in modes for name in names}
    owners.add(written_name(function.calls[guard].func, function.calls).rpartition(".")[0])
    return bool(modes) and all(
        names in modes or (names and names <= owners) or _is_of_worth(project, one)
        for one, names in zip(tests, asked, strict=True)
    )


def _tests_past(
    function: Function, guard: frozenset[int], targets: frozenset[int]
) -> list[Expression]:
    """The tests one arm of which leads to an order and not to a guard, as the other one does."""
    found = []
    for node in function.nodes:
        if node.kind is not Kind.TEST or node.value is None or min(normally(node)) < 0:
            continue
        arms = [frozenset(nodes_from(function, (arm,), normally)) for arm in normally(node)]
        past = [arm for arm in arms if guard.isdisjoint(arm)]
        if len(past) == 1 and not targets.isdisjoint(past[0]):
            found.append(node.value)
    return found


def _is_of_worth(project: Project, value: Expression) -> bool:
    """Whether a test asks if a price, or what an order is worth, is more than nothing."""
    if not isinstance(value, Operation) or value.kind != "gt" or value.args[1] != Constant(0):
        return False
    name = value.args[0]
    return isinstance(name, Name) and not _WORTH.isdisjoint(project.vocabulary.words(name.path))
