"""Which credential stands readable in a value, within one function.

A local variable is what the assignments that reach the place gave it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from botlint.checks.reads import last_segment
from botlint.checks.roots import arguments_of, receiver_of
from botlint.checks.secrets.naming import Naming
from botlint.checks.secrets.paths import Used
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.ways import live_nodes, points_from

_JOINING = frozenset({"fstring", "+", "%", "tuple", "list", "set", "or", "star", "await"})
_READING = frozenset({"getenv", "get", "pop", "config", "env", "get_secret", "getpass"})
_DEEPEST = 5

Nodes = tuple[int, ...]


class Reading:
    """Reads the values of one function. ``tainted`` are parameters that hold a credential;
    ``is_masked`` tells by its number whether a call gives back what may be told; ``paths`` are the
    values that are used as paths of files."""

    def __init__(
        self,
        function: Function,
        naming: Naming,
        tainted: frozenset[str],
        is_masked: Callable[[int], bool],
        paths: Used,
    ) -> None:
        self._function = function
        self._naming = naming
        self._tainted = tainted
        self._is_masked = is_masked
        self._paths = paths

    def nodes_of(self, call: int) -> Nodes:
        """The nodes at which a call is made."""
        return tuple(self._calling.get(call, ()))

    def credential(self, value: Expression, at: Nodes, depth: int) -> str:
        """The name of the credential readable in ``value`` at some nodes, ``""`` if none."""
        if depth > _DEEPEST:
            return ""
        if type(value) is Name:
            return self._of_name(value.path, at, depth)
        if type(value) is Item:
            key = value.key.value if type(value.key) is Constant else None
            if isinstance(key, str):
                is_told = self._naming.is_credential(key) and value not in self._paths
                return key if is_told else ""
            return self.credential(value.value, at, depth + 1) if isinstance(key, int) else ""
        if type(value) is Attribute:
            return value.name if self._naming.is_credential(value.name) else ""
        if type(value) is Result:
            return self._of_call(value, at, depth)
        if type(value) is Operation:
            return self._first(_shown_parts(value), at, depth + 1)
        return ""

    def _first(self, values: Iterable[Expression], at: Nodes, depth: int) -> str:
        return next((found for one in values if (found := self.credential(one, at, depth))), "")

    def _of_name(self, path: str, at: Nodes, depth: int) -> str:
        last = path.rpartition(".")[2]
        is_credential = self._naming.is_credential(last)
        if not is_credential and ("." in path or self._naming.plays(last, "public-name")):
            return path if path in self._tainted else ""
        bound, is_open = self._bindings(path, at)
        if is_credential and self._is_path(path, at):
            return ""
        if is_credential:
            return path if is_open or not all(map(self._is_harmless, bound)) else ""
        if path in self._tainted and is_open:
            return path
        for number in bound:
            value = self._function.nodes[number].value
            if value is not None and self._function.nodes[number].kind is not Kind.ITERATE:
                found = self.credential(value, (number,), depth + 1)
                if found:
                    return found
        return ""

    def _is_path(self, path: str, at: Nodes) -> bool:
        """Whether what a name holds is used as the path of a file: as it was bound there."""
        used = self._paths.get(Name(path))
        if used is None or "." in path:
            return used is not None
        return any(self._bindings(path, (one,)) == self._bindings(path, at) for one in used)

    def _bindings(self, path: str, at: Nodes) -> tuple[Sequence[int], bool]:
        """The nodes whose binding of a name reaches ``at``, and whether its value may also come
        from elsewhere: a parameter, an outer scope, another method."""
        before = self._function.previous
        entry = self._function.entry
        binding: AbstractSet[int] = self._binding.get(path, _NONE)
        starts = [one for number in at for one in before[number]]
        if not binding:
            return [], not starts or self._is_after_entry(starts)

        def above(number: int) -> Sequence[int]:
            return () if number == entry or number in binding else before[number]

        reached = frozenset(points_from(starts, above))
        is_open = not starts or (entry in reached and entry not in binding)
        return sorted(reached & binding), is_open

    def _is_after_entry(self, starts: list[int]) -> bool:
        """Whether one of some nodes can be reached from the entry."""
        return not self._live.isdisjoint(starts)

    @cached_property
    def _live(self) -> frozenset[int]:
        return live_nodes(self._function)

    @cached_property
    def _binding(self) -> dict[str, set[int]]:
        """The nodes that bind each name."""
        found: dict[str, set[int]] = {}
        for number, node in enumerate(self._function.nodes):
            for path in _names_bound(node):
                found.setdefault(path, set()).add(number)
        return found

    @cached_property
    def _calling(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number, node in enumerate(self._function.nodes):
            if node.kind is Kind.CALL:
                found.setdefault(node.call, []).append(number)
        return found

    def _is_harmless(self, number: int) -> bool:
        """Whether a binding gives a name of credentials no credential: a literal, the name of a
        variable, or what is left of one when it was masked."""
        node = self._function.nodes[number]
        if node.kind is Kind.ITERATE or isinstance(node.value, Constant):
            return True
        if isinstance(node.value, Operation):
            is_choice = node.value.kind in ("or", "if", "await")
            return not is_choice or _is_of_literals(node.value)
        if isinstance(node.value, Item):
            return isinstance(node.value.key, Operation)
        if isinstance(node.value, Result) and node.value.call < len(self._function.calls):
            called = last_segment(self._function.calls[node.value.call].func)
            return self._naming.plays(called, "masks") or self._is_masked(node.value.call)
        return False

    def _of_call(self, value: Result, at: Nodes, depth: int) -> str:
        if value.call >= len(self._function.calls):
            return ""
        call = self._function.calls[value.call]
        called = last_segment(call.func)
        first = call.args[0] if call.args else None
        if isinstance(first, Constant) and isinstance(first.value, str) and called in _READING:
            return first.value if self._naming.is_credential(first.value) else ""
        if not self._naming.reveals(called):
            return ""
        receiver = receiver_of(call)
        given = list(arguments_of(call))
        return self._first([*([receiver] if receiver else []), *given], at, depth + 1)


_NONE: frozenset[int] = frozenset()


def _names_bound(node: Node) -> Iterator[str]:
    if node.kind not in (Kind.ASSIGN, Kind.ITERATE, Kind.ENTER, Kind.AUGMENT):
        return
    waiting = [node.target]
    while waiting:
        target = waiting.pop()
        if type(target) is Name:
            yield target.path
        if type(target) is Operation:
            waiting += target.args


def _shown_parts(value: Operation) -> tuple[Expression, ...]:
    """The parts of an operation that stand readable in its result."""
    if value.kind == "if":
        return _without_cut(*value.args[1:])
    if value.kind == "and":
        return value.args[-1:]
    if value.kind == "dict":
        return value.args[1::2]
    return value.args if value.kind in _JOINING else ()


def _without_cut(first: Expression, second: Expression) -> tuple[Expression, ...]:
    """Both arms of a choice, or the one that cuts a piece off the other: what is told whole there
    is too short to be cut."""
    for piece, whole in ((first, second), (second, first)):
        if isinstance(piece, Item) and piece.value == whole and isinstance(piece.key, Operation):
            return (piece,)
    return (first, second)


def _is_of_literals(value: Operation) -> bool:
    """Whether a choice is one between words that are written there: ``"LIVE" if x else "DEMO"``."""
    return value.kind == "if" and all(isinstance(one, Constant) for one in value.args[1:])
