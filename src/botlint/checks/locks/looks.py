"""Code that looks at a store, lets others run, and then changes the store as if nothing happened.

Others run at an ``await``, where no lock is held over it, and once the lock under which it looked
is given back. Looking again mends it, and so does a mark that is set before the wait and asked for.
Between coroutines nothing else is a race; a coroutine that runs alone, awaited step by step from
the entry point, has none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from botlint.checks.locks.chains import Chains, chains_of, is_unknown
from botlint.checks.locks.changing import INSIDE
from botlint.checks.locks.concurrency import is_pause, run_alone
from botlint.checks.locks.stores import mutations_of, shown_store, stores_of
from botlint.checks.locks.together import Change, apart_of, changes_of
from botlint.checks.roots import receiver_of
from botlint.facts.types import (
    Attribute,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.program import FunctionRef, Variable
from botlint.flow.variables import root_of
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import Project


class Look(NamedTuple):
    """A node at which a store is looked at; no key where it is the whole of it."""

    node: int
    store: Variable
    key: Expression | None


class Gap(NamedTuple):
    """A look, what lets others run after it, and the change."""

    look: int
    pause: int
    change: Change


def find_stale(project: Project) -> Iterable[Hit]:
    """POS004: one hit for each change that rests on a look before others could run."""
    chains = chains_of(project)
    changes = _with_numbers(project)
    for ref in sorted(changes):
        if chains.is_private(ref):
            continue
        is_async = project.function(ref).is_async
        if not is_async and not chains.held.sections(ref).takings:
            continue
        seen: set[Place] = set()
        wanted = [one for one in changes[ref] if not _looks_again(project, chains, one)]
        for gap in _Reader(project, chains, ref, wanted).gaps():
            hit = _hit(project, gap)
            if hit.place not in seen:
                seen.add(hit.place)
                yield hit


def _with_numbers(project: Project) -> dict[FunctionRef, list[Change]]:
    """The changes for a key, and those of numbers, which have none."""
    found: dict[FunctionRef, list[Change]] = {}
    for ref, all_ in changes_of(project).items():
        outer = [one for one in all_ if one.mutation.part != INSIDE]
        if outer:
            found[ref] = outer
    for store, mutations in mutations_of(project).items():
        if stores_of(project).is_portfolio(store.name):
            for one in mutations:
                if one.key is None and one.how in ("augmented", "append", "add", "extend"):
                    change = Change(one.function, one.node, store, Name(""), one)
                    found.setdefault(one.function, []).append(change)
    return found


def _looks_again(project: Project, chains: Chains, change: Change) -> bool:
    """Whether the function that makes a change for its caller looks at the store itself."""
    if change.mutation.function == change.function:
        return False
    own = change._replace(function=change.mutation.function, node=change.mutation.node)
    return _Reader(project, chains, own.function, [own]).has_looks()


class _Reader:
    """The looks and changes of one function."""

    def __init__(
        self, project: Project, chains: Chains, ref: FunctionRef, changes: list[Change]
    ) -> None:
        self._project = project
        self._chains = chains
        self._ref = ref
        self._function: Function = project.function(ref)
        self._stores = {change.store for change in changes}
        self._changes = changes
        self._looks: dict[int, list[Look]] = {}
        self._told: dict[str, list[Look]] = {}
        self._read_looks()

    def has_looks(self) -> bool:
        """Whether the function looks at any of the stores."""
        return bool(self._looks)

    def gaps(self) -> Iterator[Gap]:
        for change in sorted(self._changes, key=lambda one: (one.node, one.store)):
            for gap in self._gaps_of(change):
                if not is_pause(self._function, gap.pause) or not self._is_alone(change.store):
                    yield gap
                    break

    def _is_alone(self, store: Variable) -> bool:
        """Whether nothing that changes a store can run beside this function."""
        others = [one.function for one in mutations_of(self._project)[store]]
        shared = [one for one in others if not self._chains.is_private(one)]
        return run_alone(self._project, [self._ref, *shared])

    def _gaps_of(self, change: Change) -> Iterator[Gap]:
        for number, looks in sorted(self._looks.items()):
            for look in looks:
                if look.store != change.store or not _is_of(look.key, change.key):
                    continue
                for test, arms in self._tests_of(number):
                    ways = [self._pause_before(look, test, arm, change) for arm in arms]
                    if sum(way is not None for way in ways) == 1:
                        pause = next(way for way in ways if way is not None)
                        if pause >= 0:
                            yield Gap(number, pause, change)

    def _tests_of(self, number: int) -> Iterator[tuple[int, tuple[int, int]]]:
        """The branches that decide by a look."""
        node = self._function.nodes[number]
        if node.kind is Kind.TEST:
            yield number, (node.next, node.other)
            return
        name = node.target.path if isinstance(node.target, Name) else ""
        for position, other in enumerate(self._function.nodes):
            if other.kind is Kind.TEST and name and _names(other.value, self._function, name):
                yield position, (other.next, other.other)

    def _pause_before(self, look: Look, test: int, arm: int, change: Change) -> int | None:
        """On a way from one arm to the change: ``None`` if there is none that doesn't look again or
        set a mark first; else where others can run, -1 if nowhere."""
        first = self._released(look.node, test)
        start = (arm, first)
        seen = {start}
        waiting = deque([start])
        found: int | None = None
        while waiting:
            number, pause = waiting.popleft()
            if number < 0 or number == test:
                continue
            if number == change.node:
                if pause >= 0:
                    return pause
                found = -1
                continue
            if self._ends(number, change, pause):
                continue
            node = self._function.nodes[number]
            if pause < 0 and self._lets_run(number, look):
                pause = number
            for after in (node.next, node.other, node.exc):
                if (after, pause) not in seen:
                    seen.add((after, pause))
                    waiting.append((after, pause))
        return found

    def _released(self, look: int, test: int) -> int:
        """The test itself, where the lock of the look is no longer held at it."""
        held = self._chains.held.at(self._ref, look)
        return test if held and not held & self._chains.held.at(self._ref, test) else -1

    def _ends(self, number: int, change: Change, pause: int) -> bool:
        """Whether the store is looked at again here, or marked before anybody else can run."""
        if any(
            one.store == change.store and _is_of(one.key, change.key)
            for one in self._looks.get(number, ())
        ):
            return True
        if pause >= 0:
            return False
        return any(
            one.node == number
            and one.key == change.key
            and (one.store == change.store or self._is_asked(one.store))
            for one in self._changes
        )

    def _is_asked(self, store: Variable) -> bool:
        return any(look.store == store for looks in self._looks.values() for look in looks)

    def _lets_run(self, number: int, look: Look) -> bool:
        at_look = self._chains.at(self._ref, look.node)
        here = self._chains.at(self._ref, number)
        if is_unknown(here) or is_unknown(at_look):
            return False
        if at_look and not at_look & here:
            return True
        return is_pause(self._function, number) and not here & at_look

    def _read_looks(self) -> None:
        for number, node in enumerate(self._function.nodes):
            is_told = node.kind is Kind.ASSIGN and isinstance(node.target, Name)
            if node.kind not in (Kind.TEST, Kind.ITERATE) and not is_told:
                continue
            looks = list(self._in_value(number, node.value, 0))
            if looks:
                self._looks[number] = looks

    def _in_value(self, number: int, value: Expression | None, depth: int) -> Iterator[Look]:
        if value is None or depth > 8:
            return
        if type(value) is Operation:
            if value.kind in ("in", "notin") and len(value.args) == 2:
                found = list(self._of_store(number, value.args[1], value.args[0]))
                yield from found
                if found:
                    return
            for part in value.args:
                yield from self._in_value(number, part, depth + 1)
        elif type(value) is Result:
            call = self._function.calls[value.call]
            receiver = receiver_of(call)
            if receiver is not None:
                key = call.args[0] if call.args else None
                yield from self._of_store(number, receiver, key)
            if type(receiver) is Result:
                yield from self._in_value(number, receiver, depth + 1)
            for argument in call.args:
                yield from self._in_value(number, argument, depth + 1)
        elif type(value) is Item or type(value) is Attribute or type(value) is Name:
            found = list(self._of_store(number, value, None))
            yield from found
            if type(value) is Attribute and not found:
                yield from self._in_value(number, value.value, depth + 1)

    def _of_store(self, number: int, value: Expression, key: Expression | None) -> Iterator[Look]:
        root, inner = root_of(value)
        if not isinstance(root, Name | Attribute):
            return
        store = self._project.program.variable(self._ref, root)
        if store is not None and store in self._stores:
            yield Look(number, store, inner if inner is not None else key)


def _is_of(look: Expression | None, change: Expression) -> bool:
    """Whether a look says something about a key: at that key, or at the whole store."""
    return look is None or look == change or change == Name("")


def _names(value: Expression | None, function: Function, name: str) -> bool:
    if isinstance(value, Name):
        return value.path == name or value.path.startswith(name + ".")
    if isinstance(value, Operation):
        return any(_names(part, function, name) for part in value.args)
    if isinstance(value, Item | Attribute):
        return _names(value.value, function, name)
    if isinstance(value, Result):
        call = function.calls[value.call]
        return any(_names(part, function, name) for part in (*call.args, receiver_of(call)))
    return False


def _hit(project: Project, gap: Gap) -> Hit:
    ref = gap.change.function
    function = project.function(ref)
    place = project.place(ref, function.nodes[gap.change.node].span)
    store = shown_store(project, gap.change.store)
    name = project.program.display(ref)
    text = "others can run here: the lock of the look is given back"
    if is_pause(function, gap.pause):
        text = "others can run while this is awaited"
    return Hit(
        place=place,
        saw={"store": store, "function": name},
        confidence=Confidence.MEDIUM,
        trace=(
            Step(
                project.place(ref, function.nodes[gap.look].span),
                f"`{name}` looks at `{store}` and decides by it",
            ),
            Step(project.place(ref, function.nodes[gap.pause].span), text),
            Step(place, f"it changes `{store}` here without looking again"),
        ),
        cause=apart_of(project).get(place, f"{place.path}:{place.span.line}"),
        symbol=name,
    )
