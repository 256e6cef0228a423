"""The one solver: every state that can arise at every node of a graph.

An analysis gives a start and a *step*: what follows a node in a state. States are hashable values;
the solution is the set of pairs (node, state) that can be reached, each with the pair it was first
reached from, so that a path to it can be shown. This is the tabulation of Reps, Horwitz and Sagiv
("Precise interprocedural dataflow analysis via graph reachability", POPL 1995) within one function;
calls are summarised by the caller of the solver.

Termination: a node that has been reached in ``most`` states widens every further one; widening must
map to finitely many states.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

State = TypeVar("State")
Reached = dict[tuple[int, State], tuple[int, State] | None]
Step = Callable[[int, State], Iterable[tuple[int, State]]]
_Numbered = tuple[int, int]


def solve(
    start: tuple[int, State],
    step: Step[State],
    widen: Callable[[State], State],
    most: int = 40,
) -> Reached[State]:
    """All pairs (node, state) reachable from ``start``, each with its predecessor.

    Pairs are visited breadth first, so the predecessors give a path with the fewest nodes.
    """
    states: list[State] = []
    reached = dict(_tabulate(start, step, widen, most, states))
    pairs = {pair: (pair[0], states[pair[1]]) for pair in reached}
    return {pairs[pair]: None if back is None else pairs[back] for pair, back in reached.items()}


def explore(
    start: tuple[int, State],
    step: Step[State],
    widen: Callable[[State], State],
    most: int = 40,
) -> Iterator[tuple[int, State]]:
    """All pairs (node, state) reachable from ``start``, each once, for which no path is asked.

    A pair is looked for when it is asked for, so that who has seen enough can stop: many questions
    are answered by the first state that is otherwise than it would have to be.
    """
    states: list[State] = []
    for (node, number), _ in _tabulate(start, step, widen, most, states):
        yield node, states[number]


def _tabulate(
    start: tuple[int, State],
    step: Step[State],
    widen: Callable[[State], State],
    most: int,
    states: list[State],
) -> Iterator[tuple[_Numbered, _Numbered | None]]:
    """The pairs with their predecessors, each with the number of its state in ``states``, which
    grows meanwhile."""
    # Most steps leave the state as it is: what is another one gets a number, by which it is known.
    numbers: dict[State, int] = {}

    def number_of(state: State) -> int:
        number = numbers.setdefault(state, len(states))
        if number == len(states):
            states.append(state)
        return number

    first = (start[0], number_of(start[1]))
    reached = {first}
    yield first, None
    counts: dict[int, int] = {}
    waiting = deque([first])
    while waiting:
        pair = waiting.popleft()
        before = states[pair[1]]
        for node, state in step(pair[0], before):
            if node < 0:
                continue
            number = pair[1] if state is before else number_of(state)
            further = (node, number)
            if further in reached:
                continue
            count = counts.get(node, 0)
            if count >= most:
                further = (node, number_of(widen(state)))
                if further in reached:
                    continue
            counts[node] = count + 1
            reached.add(further)
            waiting.append(further)
            yield further, pair


def path_to(reached: Reached[State], pair: tuple[int, State]) -> list[tuple[int, State]]:
    """The pairs from the start to ``pair``, both included."""
    path = [pair]
    while (previous := reached[path[-1]]) is not None:
        path.append(previous)
    path.reverse()
    return path
