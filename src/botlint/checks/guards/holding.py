"""A walk that knows what constants the variables hold on its path."""

from __future__ import annotations

from botlint.checks.guards.held import Held, paths_asked, truth_of
from botlint.checks.guards.signs import Sign, Verdict
from botlint.checks.guards.states import Onward, State, updated
from botlint.facts.types import Constant, Function, Kind

HOLDS = "<holds>"
_FIRST = -10
"""Contents are numbered downwards from here, where no guard has a number."""


def holding(
    function: Function, held: Held, assumed: tuple[tuple[str, Constant], ...], onward: Onward
) -> Onward:
    """``onward``, for which a test of a variable comes out as what the variable holds says;
    ``assumed`` is what parameters hold all the time."""
    if not held.paths and not assumed:
        return onward
    step = onward.step
    given = dict(assumed)
    contents = list[Constant]()
    for puts in held.puts.values():
        contents += (one for one in puts.values() if one is not None)
    table = dict(enumerate(dict.fromkeys(map(_written, contents))))
    numbers = {written: _FIRST - number for number, written in table.items()}
    by_number = {numbers[_written(one)]: one for one in contents}
    told = held.paths | given.keys()
    tests = [n for n in range(len(function.nodes)) if told & paths_asked(function, n)]

    def stepped(number: int, state: State) -> list[tuple[int, State]]:
        node = function.nodes[number]
        after = step(number, state)
        if node.kind is Kind.TEST:
            known = {**_read(state, by_number), **given}
            truth = truth_of(node.value, known, function.calls)
            arm = node.next if truth else node.other
            taken = [(to, one) for to, one in after if to == arm]
            return after if truth is None else taken or after
        puts = held.puts.get(number)
        if puts is None:
            return after
        changes = {
            f"{HOLDS}{path}": None if content is None else _told(numbers[_written(content)])
            for path, content in puts.items()
        }
        return [(to, updated(one, changes) if to != node.exc else one) for to, one in after]

    return Onward(stepped, frozenset({*tests, *held.puts}), onward)


def _written(content: Constant) -> str:
    """A constant, told from others that are equal: ``0`` and ``False``."""
    return repr(content.value)


def _told(number: int) -> Verdict:
    return Verdict(Sign.WEAK, number)


def _read(state: State, contents: dict[int, Constant]) -> dict[str, Constant]:
    return {
        name.removeprefix(HOLDS): contents[verdict.guard]
        for name, verdict in state.known
        if name.startswith(HOLDS)
    }
