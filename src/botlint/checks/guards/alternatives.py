"""How a call guards that can run one of several functions.

A function that never says yes lets no caller pass, whatever the others do: beside guards it takes
nothing away.
"""

from __future__ import annotations

from collections.abc import Mapping

from botlint.checks.guards.contracts import is_run
from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import Sign
from botlint.facts.types import EXIT, Constant, Expression, Function, Kind, Operation
from botlint.flow.program import FunctionRef
from botlint.flow.ways import anyhow, live_nodes
from botlint.project import CallRef, Project

_CONSENT = frozenset({Sign.YES, Sign.OBJECT})
_EMPTY = frozenset({"list", "dict", "tuple", "set"})


def joined(
    project: Project, ref: CallRef, found: Mapping[FunctionRef, Guard | None]
) -> Guard | None:
    """The guard that a call is whose functions guard as ``found`` says, some perhaps not."""
    guards = list(filter(None, found.values()))
    if not guards:
        return None
    lost = next((one for one in guards if one.lost is not None), None)
    guard = lost or _common(guards)
    others = [project.function(one) for one, own in found.items() if own is None]
    if not all(_is_refusing(other, guard) for other in others):
        return None
    is_waited = not any(other.is_async for other in others)
    return guard if is_waited or is_run(project.function(ref.function), ref.call) else None


def _common(guards: list[Guard]) -> Guard:
    """What holds of each of ``guards``: one that raises has said yes by whatever it returns."""
    first = guards[0]
    if all(one == first for one in guards):
        return first
    if any(one.is_entered or one.element >= 0 for one in guards):
        return first
    signs = {one.sign for one in guards if not one.is_raising}
    if signs <= _CONSENT:
        return Guard(Sign.YES if signs else None, is_raising=not signs)
    if len(signs) == 1:
        return Guard(signs.pop())
    return Guard(None) if Sign.NO in signs else first


def _is_refusing(function: Function, guard: Guard) -> bool:
    """Whether a function never lets its caller pass where ``guard`` is heeded."""
    if function.is_generator or guard.lost is not None:
        return False
    live = live_nodes(function)
    if EXIT not in live:
        return True
    ends = [function.nodes[number] for number in sorted(live)]
    said = {node.value for node in ends if node.kind is Kind.RETURN}
    if any(node.kind is not Kind.RETURN and EXIT in anyhow(node) for node in ends):
        said.add(None)
    truths = {_truth(value) for value in said}
    if guard.sign is Sign.NO:
        return truths == {True}
    return guard.sign in _CONSENT and truths == {False}


def _truth(value: Expression | None) -> bool | None:
    """Whether a returned value is true, as far as it is written."""
    if value is None:
        return False
    if isinstance(value, Constant):
        return bool(value.value)
    if isinstance(value, Operation) and value.kind in _EMPTY:
        return bool(value.args)
    return None
