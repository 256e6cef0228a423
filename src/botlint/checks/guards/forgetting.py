"""A walk that forgets of a function's locals what nothing ahead reads.

What a name holds of a verdict matters up to the last test of it, and that a guard was asked, as
long as what it said is read. From there on, paths that differ in nothing else are one, so that a
function with many verdicts is followed as well as one with few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from botlint.checks.guards.correlated import TOLD
from botlint.checks.guards.holding import HOLDS
from botlint.checks.guards.states import State, WalkStep
from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of, names_in, targets_in, words_of
from botlint.facts.types import Call, Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.scopes import own_object
from botlint.project import Project

_CALLED = "#"
_READING = frozenset(
    {"not", "await", "and", "or", "if", "eq", "ne", "is", "isnot", "in", "notin", "entered"}
)
_BINDING = frozenset({Kind.ASSIGN, Kind.AUGMENT, Kind.ITERATE, Kind.DELETE})


class _Bits(dict[str, int]):
    """The bits of locals, and of all that is known of one; none for what is no local."""

    def __missing__(self, name: str) -> int:
        base = _base(name)
        bit = self[name] = self.get(base, 0) if base != name else 0
        return bit


class Ahead(NamedTuple):
    """The locals of a function that no other function reads, and its calls whose result is read
    where it is written or under one name, each with a bit; and for each node the bits of those that
    are read there, or further on before they are bound or made anew."""

    bits: _Bits
    read: tuple[int, ...]

    def left(self, number: int, state: State) -> State:
        """What of ``state`` matters from node ``number`` on."""
        if not self.read:
            return state
        read, bits = self.read[number], self.bits
        kept = [
            one
            for one in state.known
            if (bit := bits[one[0]]) & read == bit or _is_held(one[0], state)
        ]
        return state if len(kept) == len(state.known) else State(state.status, tuple(kept))


def reads_all() -> Ahead:
    """Nothing is known of what a function reads: all of it may matter."""
    return Ahead(_Bits(), ())


def read_ahead(project: Project, ref: FunctionRef, is_started: Callable[[int], bool]) -> Ahead:
    """What a function reads of its locals from each of its nodes on, worked out once.
    ``is_started`` says of which calls it may be heard later whether they went well."""
    return project.answer(("read ahead", ref), lambda: _find_ahead(project, ref, is_started))


def forgetting(ahead: Callable[[], Ahead], start: int, step: WalkStep) -> WalkStep:
    """``step`` of a walk from ``start``, after which nothing is known of a local that nothing ahead
    reads."""
    ahead = cache(ahead)  # asked at every step

    def onward(number: int, state: State) -> list[tuple[int, State]]:
        after = step(number, state)
        known = state.known
        if not known and not any(one.known for _, one in after):
            return after  # Most paths of most functions.
        told = ahead()
        if not told.read:
            return after
        # What came here from elsewhere has lost what nothing from here on reads.
        read = told.read[number] if number != start else 0
        return [
            (to, one)
            if to < 0 or (one.known is known and 0 < read == read & told.read[to])
            else (to, told.left(to, one))
            for to, one in after
        ]

    return onward


def _is_held(name: str, state: State) -> bool:
    """Whether ``name`` is that of a call, and some variable holds what that said."""
    if not name.startswith(_CALLED):
        return False
    call = int(name.removeprefix(_CALLED))
    return any(one.guard == call and not other.startswith(_CALLED) for other, one in state.known)


def _base(name: str) -> str:
    """The variable that something is known of."""
    for prefix in (TOLD, HOLDS):
        name = name.removeprefix(prefix)
    return name.partition(" ")[0].partition(".")[0].partition("[")[0]


def _find_ahead(project: Project, ref: FunctionRef, is_started: Callable[[int], bool]) -> Ahead:
    function = project.function(ref)
    if function.parent < 0:
        return reads_all()  # What a module binds, any function may read.
    own = {one.name for one in function.parameters}
    own |= {name for node in function.nodes for name in targets_in(node.target) if "." not in name}
    own -= {own_object(function), *function.outer, *_read_by_nested(project, ref)}
    own |= {f"{_CALLED}{call}" for call in _read_plainly(function) if not is_started(call)}
    bits = _Bits({name: 1 << place for place, name in enumerate(sorted(own))})
    return Ahead(bits, _spread(function, bits) if bits else ())


def _read_plainly(function: Function) -> frozenset[int]:
    """The calls whose result is put into no other value: into no list, and into no other call."""
    parts = (part for node in function.nodes for part in walk(node.value, ()))
    made = (one for one in parts if type(one) is Operation and one.kind not in _READING)
    within = [value for one in made for value in one.args]
    within += [value for call in function.calls for value in arguments_of(call)]
    return frozenset(range(len(function.calls))) - _results_in(within, ())


def _results_in(values: Iterable[Expression | None], calls: tuple[Call, ...]) -> frozenset[int]:
    """The calls of ``calls`` that ``values`` are made of; those that stand in them in any case."""
    parts = (part for value in values for part in walk(value, calls))
    return frozenset(part.call for part in parts if type(part) is Result)


def _read_by_nested(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The names that stand in the functions within a function, and in the classes there."""

    def find() -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        functions = project.program.sources[ref.source].functions
        for number in range(len(functions) - 1, 0, -1):
            words = {
                one.partition(".")[0] for one in words_of(project, FunctionRef(ref.source, number))
            }
            found.setdefault(functions[number].parent, set()).update(words, found.get(number, ()))
        return found

    return frozenset(project.answer(("read by nested", ref.source), find).get(ref.index, ()))


def _spread(function: Function, bits: dict[str, int]) -> tuple[int, ...]:
    nodes = function.nodes
    uses = [_mask(_read_at(function, node), bits) for node in nodes]
    binds = [_mask(_made_at(node), bits) for node in nodes]
    read = list(uses)
    waiting = list(range(len(nodes)))
    while waiting:
        number = waiting.pop()
        node = nodes[number]
        found = uses[number] | (read[node.next] & ~binds[number] if node.next >= 0 else 0)
        for following in (node.other, node.exc):
            found |= read[following] if following >= 0 else 0
        if found != read[number]:
            read[number] = found
            waiting += function.previous[number]
    return tuple(read)


def _mask(names: Iterable[str], bits: dict[str, int]) -> int:
    found = 0
    for name in names:
        found |= bits.get(name, 0)
    return found


def _made_at(node: Node) -> Iterator[str]:
    """What gets a new value whole where a node goes on normally."""
    if node.kind is Kind.CALL:
        yield f"{_CALLED}{node.call}"
    elif node.kind in _BINDING:
        yield from _bound(node.target)


def _bound(target: Expression | None) -> Iterator[str]:
    """The names that get a new value whole, by a binding of ``target``."""
    if isinstance(target, Name):
        yield target.path
    elif isinstance(target, Operation) and target.kind in ("tuple", "star"):
        for part in target.args:
            yield from _bound(part)


def _read_at(function: Function, node: Node) -> Iterator[str]:
    """The plain names that a node reads, also those of objects in which it sets something, and
    the calls whose results it reads."""
    values = [node.value]
    if node.kind is Kind.CALL:
        call = function.calls[node.call]
        values += (call.func, *arguments_of(call))
    bound = frozenset(_bound(node.target)) if node.kind is not Kind.RAISE else frozenset()
    for value in (*values, node.target):
        for name in names_in(value, function.calls):
            if value is not node.target or name not in bound or "." in name:
                yield name.partition(".")[0]
    yield from (f"{_CALLED}{call}" for call in _results_in(values, function.calls))
