"""What the values of one function say on a path, worked out once for all paths on which the same is
known of what they speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from botlint.checks.guards.binding import Binding
from botlint.checks.guards.lined_up import LinedUp
from botlint.checks.guards.signs import Verdict
from botlint.checks.guards.states import State
from botlint.checks.guards.verdicts import Reading
from botlint.checks.reads import walk
from botlint.checks.roots import targets_in
from botlint.facts.types import Expression, Function, Kind, Name, Result

Known = tuple[tuple[str, Verdict], ...]
Changes = Mapping[str, Verdict | None]


class Recalled:
    """Remembers what was read at the nodes of a function."""

    def __init__(
        self, function: Function, reading: Reading, binding: Binding, lined_up: LinedUp
    ) -> None:
        self._function = function
        self._reading = reading
        self._binding = binding
        self._lined_up = lined_up
        self._words: dict[int, frozenset[str]] = {}
        self._verdicts: dict[tuple[int, Known], Verdict | None] = {}
        self._told: dict[tuple[int, Known], Changes] = {}
        self._bound: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def verdict(self, number: int, state: State) -> Verdict | None:
        """What the truth of the value at a node says in a state."""
        value = self._function.nodes[number].value
        key = (number, self._spoken_of(number, value, state))
        if key not in self._verdicts:
            self._verdicts[key] = self._reading.evaluate(value, dict(key[1]))
        return self._verdicts[key]

    def changes(self, number: int, state: State) -> Changes:
        """What changes of what is known by the binding at a node; ``None``: it is known no more."""
        names, members = self._names_bound(number)
        gone: dict[str, Verdict | None] = {
            held: None for held, _ in state.known if held in names or held.startswith(members)
        }
        told = self._told_at(number, state)
        return {**gone, **told} if told else gone

    def _told_at(self, number: int, state: State) -> Changes:
        node = self._function.nodes[number]
        is_loop = node.kind is Kind.ITERATE
        given = self._lined_up.element(number) if is_loop else node.value
        if is_loop and given is None:
            return {}
        key = (number, self._spoken_of(number, given, state))
        if key not in self._told:
            self._told[key] = self._binding.told(node.target, given, dict(key[1]))
        return self._told[key]

    def _names_bound(self, number: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names that a node binds, and how those of their members begin."""
        if number not in self._bound:
            names = targets_in(self._function.nodes[number].target)
            self._bound[number] = names, tuple(f"{name}." for name in names)
        return self._bound[number]

    def _spoken_of(self, number: int, value: Expression | None, state: State) -> Known:
        """What is known of the names and calls in the value at a node."""
        if not state.known:
            return ()
        if number not in self._words:
            self._words[number] = frozenset(self._words_in(value))
        words = self._words[number]
        return tuple([one for one in state.known if one[0].partition(".")[0] in words])

    def _words_in(self, value: Expression | None) -> Iterable[str]:
        for part in walk(value, self._function.calls):
            if type(part) is Name:
                yield part.path.partition(".")[0]
            elif type(part) is Result:
                yield f"#{part.call}"
