"""The state of one path: how the guard has fared, and what the variables hold of its verdict."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import NamedTuple

from botlint.checks.guards.signs import FALSE, TRUE, Sign, Verdict, flip
from botlint.facts.types import Kind, Node
from botlint.flow.ways import anyhow

ANEW = "<anew>"
"""What is known on a path on which the order got a value that nobody before was asked about."""


REDUCING = "<reducing>"
"""What is known on a path on which the order only reduces a position begins with this."""


class Mark(enum.IntEnum):
    """How the guard fared on a path so far."""

    GUARDED = 0
    """It completed, and said yes."""
    NONE = 1
    """It did not run."""
    RAN = 2
    """It ran, and its verdict did not decide."""
    OPEN = 3
    """It failed, and an exception handler went on."""


class Status(NamedTuple):
    """``mark`` with the node that set it and the guard's call (``-1``: a comparison or a name).

    ``is_anew``, told at the end of a path: the order has a market or an amount that the function
    was not given, so that no guard before it was called has seen that. ``is_reducing``, told there
    too: the order only reduces a position.
    """

    mark: Mark
    node: int = -1
    call: int = -1
    is_unknown_outcome: bool = False
    is_anew: bool = False
    is_reducing: bool = False

    @property
    def is_past_guard(self) -> bool:
        """Whether an order may be opened on this path without a yes of the guard."""
        return self.mark is not Mark.GUARDED and not self.is_reducing


class State(NamedTuple):
    """The status of a path and what its variables hold, sorted by name."""

    status: Status
    known: tuple[tuple[str, Verdict], ...]


WalkStep = Callable[[int, State], list[tuple[int, State]]]
"""Where a walk goes on to from a node, each with the state in which it comes there."""


class Onward(NamedTuple):
    """The ``step`` of a walk, which does more than ``within`` at the nodes ``touched`` only. From a
    node that no step touches it goes on, by every way, with the state that it came with."""

    step: WalkStep
    touched: frozenset[int]
    within: Onward | None = None


def onward_steps(onward: Onward, nodes: tuple[Node, ...], kept: frozenset[int] | None) -> WalkStep:
    """The step of a walk through ``nodes``, that comes to none but ``kept`` if they are given."""
    steps: dict[int, WalkStep] = {}
    layer: Onward | None = onward
    while layer is not None:
        steps = {**dict.fromkeys(layer.touched, layer.step), **steps}
        layer = layer.within
    ways = [
        None
        if number in steps
        else [to for to in _in_order(node) if to >= 0 and (kept is None or to in kept)]
        for number, node in enumerate(nodes)
    ]

    def step(number: int, state: State) -> list[tuple[int, State]]:
        untouched = ways[number]
        if untouched is not None:
            return [(to, state) for to in untouched]
        after = steps[number](number, state)
        return after if kept is None else [one for one in after if one[0] in kept]

    return step


def _in_order(node: Node) -> tuple[int, ...]:
    """Where it goes on after a node; what a call raises first, as in a step of the walk itself."""
    return (node.exc, node.next) if node.kind is Kind.CALL else anyhow(node)


def arms(sign: Sign, arm: int) -> tuple[str, str]:
    """What the true and the false arm of a test tell: ``yes``, ``no``, ``other``, ``rest`` (all
    outcomes but the third) or nothing."""
    if sign is Sign.COMPARED:
        return {1: ("yes", "no"), -1: ("no", "yes"), 0: ("", "")}[arm]
    return _TOLD.get(sign, ("", ""))


_TOLD = {
    Sign.YES: ("yes", "no"),
    Sign.OBJECT: ("yes", "no"),
    Sign.NO: ("no", "yes"),
    Sign.YES_OR_OTHER: ("other", "no"),
    Sign.NO_OR_OTHER: ("no", "other"),
    Sign.THIRD: ("yes", "rest"),
    Sign.NOT_THIRD: ("rest", "yes"),
}


def decided(state: State, number: int, verdict: Verdict, told: str) -> State:
    """``state`` once a test has told what the guard said."""
    call = verdict.guard
    if told == "rest":
        # Where the refusal was asked for before, only consent is left.
        is_left = state.status.is_unknown_outcome and state.status.call == call
        told = "yes" if is_left else ""
    if not told:
        return state
    is_yes = told == "yes"
    asked, changes = f"#{call}", dict[str, Verdict | None]()
    if not is_yes and (asked, Verdict(Sign.TRUE, call)) in state.known:
        return state  # It has said yes: this way is never gone.
    if is_yes and (asked, TRUE) in state.known:
        changes[asked] = Verdict(Sign.TRUE, call)
    for name, held in state.known:
        if held.guard == call and call >= 0 and told != "other":
            changes[name] = _settled(held, is_yes=is_yes)
    state = updated(state, changes)
    if is_yes:
        return State(Status(Mark.GUARDED, number, call), state.known)
    if state.status.mark is Mark.GUARDED and state.status.call != call:
        return state
    return State(Status(Mark.RAN, number, call, told == "other"), state.known)


def _settled(held: Verdict, *, is_yes: bool) -> Verdict:
    if held.sign in (Sign.YES, Sign.OBJECT):
        return TRUE if is_yes else held if held.sign is Sign.OBJECT else FALSE
    if held.sign is Sign.NO:
        return flip(TRUE if is_yes else FALSE) or held
    return held


def updated(state: State, changes: Mapping[str, Verdict | None]) -> State:
    """``state`` with other values in some variables; ``None`` forgets one."""
    if not any(verdict is not None for verdict in changes.values()):
        held = [item for item in state.known if item[0] not in changes]
        return state if len(held) == len(state.known) else State(state.status, tuple(held))
    known = dict(state.known)
    for name, verdict in changes.items():
        if verdict is None:
            known.pop(name, None)
        else:
            known[name] = verdict
    return State(state.status, tuple(sorted(known.items(), key=_by_name)))


def _by_name(item: tuple[str, Verdict]) -> str:
    return item[0]


def told_at_end(state: State) -> Status:
    """The status of a path at its end, with what its variables say of the order's values."""
    is_anew = any(name == ANEW for name, _ in state.known)
    is_reducing = any(name.startswith(REDUCING) for name, _ in state.known)
    if not is_anew and not is_reducing:
        return state.status
    return state.status._replace(is_anew=is_anew, is_reducing=is_reducing)


def widen(state: State) -> State:
    """``state`` without what its variables hold."""
    return State(state.status, ())
