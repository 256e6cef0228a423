"""Tests of one value that a function makes several times: they come out alike.

``if live:`` before a guard and ``if live:`` before the order are one decision, and what is equal to
``"long"`` is not equal to ``"dca"`` in the next test. A value is followed as long as nothing binds
it anew: a local, or a member or a global that is set only where its object or its module is made. A
call that gets a collection may fill or empty it, so that its truth is not what it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from botlint.checks.closures import names_set_within
from botlint.checks.guards.signs import FALSE, TRUE, Verdict
from botlint.checks.guards.states import Onward, State, updated
from botlint.checks.reads import walk
from botlint.checks.roots import (
    arguments_of,
    have_common,
    names_in,
    receiver_of,
    targets_in,
)
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import bits_of
from botlint.project import Project

MOST = 5
"""So many values of one function are followed, those that are asked for most often: each may double
the ways through it."""

TOLD = "<told>"
_EQUAL = {"eq": True, "is": True, "ne": False, "isnot": False}
_MAKING = frozenset({"__init__", "__post_init__", "__new__", "<module>"})


class Atom(NamedTuple):
    """What a test asks of the value ``path``: if it is ``constant``, or (``None``) if it is true;
    ``says`` is what the test's being true says of that."""

    path: str
    constant: Constant | None
    says: bool

    @property
    def key(self) -> str:
        return f"{TOLD}{self.path} {'' if self.constant is None else repr(self.constant.value)}"


def _is_settled(project: Project, ref: FunctionRef, path: str) -> bool:
    """Whether nothing outside a function sets what ``path`` means in it while it runs."""
    if "." not in path and path not in project.function(ref).outer:
        own = {one.name for one in project.function(ref).parameters}
        bound = (targets_in(node.target) for node in project.function(ref).nodes)
        if path in own or any(path in names for names in bound):
            return path not in names_set_within(project, ref)
    variable = project.program.variable(ref, Name(path))
    bindings = project.program.bindings(variable) if variable is not None else ()
    return bool(bindings) and all(project.function(one).name in _MAKING for one, _ in bindings)


def atoms_of(project: Project, ref: FunctionRef) -> Mapping[int, Atom]:
    """What the tests of a function ask of values that are tested at more than one place, by node,
    worked out once."""
    return project.answer(("atoms", ref), lambda: _find_atoms(project, ref))


def correlated(
    function: Function,
    atoms: Mapping[int, Atom],
    guards: frozenset[int],
    turn: Callable[[int, int], int],
    onward: Onward,
) -> Onward:
    """``onward`` of a walk through ``function``, for which tests of one value come out alike, if
    one of them decides which of the nodes ``guards`` come, or which tests of what they gave.
    ``turn`` gives the nodes, as bits, to which an arm of a test leads in the same turn."""
    guards = guards | _find_heard(function, guards) if atoms and guards else guards
    deciding, bits = set[str](), bits_of(guards)
    for number, atom in atoms.items() if guards else ():
        node = function.nodes[number]
        # Whether the arms of the test lead to different guards in the same turn.
        if bits & turn(node.next, number) != bits & turn(node.other, number):
            deciding.add(atom.path)
    atoms = {number: atom for number, atom in atoms.items() if atom.path in deciding}
    if not atoms:
        return onward
    step = onward.step
    truths = {atom.path for atom in atoms.values() if atom.constant is None}
    paths = {atom.path for atom in atoms.values()}
    asked = Counter(atom.key for atom in atoms.values())
    changed = {
        number: found
        for number, node in enumerate(function.nodes)
        if number not in atoms and (found := _changed(function, node, paths, truths))
    }

    def stepped(number: int, state: State) -> list[tuple[int, State]]:
        node = function.nodes[number]
        if number not in atoms:
            return step(number, _without(state, changed[number]) if number in changed else state)
        atom, known = atoms[number], dict(state.known)
        answer = _answer(atom, known)
        after = step(number, state)
        if answer is not None:
            arm = node.next if answer == atom.says else node.other
            return [(to, one) for to, one in after if to == arm]
        if atom.constant is None or asked[atom.key] > 1 or node.loop >= 0:
            return [(to, _with(one, atom, is_true=to == node.next)) for to, one in after]
        # What a value isn't says nothing but to who asks the same again.
        equal = node.next if atom.says else node.other
        return [
            (to, _with(one, atom, is_true=atom.says) if to == equal else one) for to, one in after
        ]

    return Onward(stepped, frozenset({*atoms, *changed}), onward)


def _find_heard(function: Function, guards: frozenset[int]) -> frozenset[int]:
    """The tests that ask a name which holds what one of the nodes ``guards`` gave."""
    calls = {function.nodes[number].call for number in guards}
    held = {
        name
        for node in function.nodes
        if node.kind is Kind.ASSIGN
        and any(
            type(part) is Result and part.call in calls for part in walk(node.value, function.calls)
        )
        for name in targets_in(node.target)
    }
    return frozenset(
        number
        for number, node in enumerate(function.nodes)
        if node.kind is Kind.TEST and have_common(held, names_in(node.value, function.calls))
    )


def _find_atoms(project: Project, ref: FunctionRef) -> Mapping[int, Atom]:
    function = project.function(ref)
    found = {
        number: atom
        for number, node in enumerate(function.nodes)
        if node.kind is Kind.TEST and node.next != node.other
        if (atom := read_atom(node.value)) is not None
    }
    places = {(atom.path, function.nodes[number].span) for number, atom in found.items()}
    counts = Counter(path for path, _ in places)
    several = [
        path for path, count in counts.items() if count > 1 and _is_settled(project, ref, path)
    ]
    followed = frozenset(sorted(several, key=lambda path: (-counts[path], path))[:MOST])
    return {number: atom for number, atom in found.items() if atom.path in followed}


def read_atom(value: Expression | None) -> Atom | None:
    """What a test asks of one value that has a name; ``None`` if it asks anything else."""
    if type(value) is Name:
        return Atom(value.path, None, says=True)
    if type(value) is not Operation:
        return None
    if value.kind == "not":
        atom = read_atom(value.args[0])
        return None if atom is None else atom._replace(says=not atom.says)
    if value.kind not in _EQUAL or len(value.args) != 2:
        return None
    subject, constant = value.args
    if type(subject) is Constant:
        subject, constant = constant, subject
    if type(subject) is not Name or type(constant) is not Constant:
        return None
    return Atom(subject.path, constant, _EQUAL[value.kind])


def _answer(atom: Atom, known: Mapping[str, Verdict]) -> bool | None:
    """What is known already of what a test asks."""
    told = known.get(atom.key)
    if told is not None:
        return told == TRUE
    prefix = f"{TOLD}{atom.path} "
    of_path = {
        key[len(prefix) :]: one == TRUE for key, one in known.items() if key.startswith(prefix)
    }
    equal = next((text for text, is_true in of_path.items() if text and is_true), "")
    if atom.constant is None:
        return equal not in _EMPTY if equal else None
    if equal:
        return None if equal in _NUMBERS and repr(atom.constant.value) in _NUMBERS else False
    is_true = of_path.get("")
    if is_true is None or bool(atom.constant.value) is is_true:
        return None
    return False


_EMPTY = frozenset({"None", "False", "0", "0.0", "''"})
_NUMBERS = frozenset({"True", "False", "0", "1", "0.0", "1.0"})
"""Of these some are equal that are written otherwise."""


def _with(state: State, atom: Atom, *, is_true: bool) -> State:
    return updated(state, {atom.key: TRUE if is_true == atom.says else FALSE})


def _changed(function: Function, node: Node, paths: set[str], truths: set[str]) -> frozenset[str]:
    """The values that a node may change."""
    if node.kind is Kind.CALL:
        call = function.calls[node.call]
        given = {one.path for one in (receiver_of(call), *arguments_of(call)) if type(one) is Name}
        return frozenset(truths & given)
    names = targets_in(node.target)
    return frozenset(
        path for path in paths for name in names if path == name or path.startswith(f"{name}.")
    )


def _without(state: State, paths: frozenset[str]) -> State:
    if not paths:
        return state
    prefixes = tuple(f"{TOLD}{path} " for path in paths)
    return updated(state, {key: None for key, _ in state.known if key.startswith(prefixes)})
