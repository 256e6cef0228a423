"""Verdicts that a call leaves in variables that outlive it: of the function around, the module, an
object.

::

    fine = False
    def ask():
        nonlocal fine
        fine = preflight(order)
    ask()
    if fine:
        place(order)

The function is walked where it is called, with what is known there of the variables that it sets;
each of its ways out is a way on in the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from botlint.checks.guards.paths import Walk
from botlint.checks.guards.question import Held, Left, Question
from botlint.checks.guards.read_guards import is_getter
from botlint.checks.guards.signs import FALSE, TRUE, Verdict
from botlint.checks.guards.states import Mark
from botlint.checks.roots import assigned_in, receiver_of, targets_in, words_of
from botlint.facts.types import EXIT, Constant, Expression, Function, Kind, Name, Result
from botlint.flow.program import FunctionRef
from botlint.flow.values import Module
from botlint.project import Project

Names = Mapping[str, tuple[str, ...]]
"""What a variable that a function sets is called where that is called."""

Roots = frozenset[str] | None
Known = Mapping[str, Verdict]

_MOST = 4
"""So many functions deep; and so many ways out of one."""


class _Setter(NamedTuple):
    ref: FunctionRef
    names: Names


class KeptVerdicts:
    """Says what calls leave behind.

    ``question`` asks of a function for an order; ``touching`` are the functions from which a guard
    can be reached.
    """

    def __init__(
        self,
        project: Project,
        question: Callable[[FunctionRef, Roots], Question],
        touching: frozenset[FunctionRef],
    ) -> None:
        self._project = project
        self._program = project.program
        self._question = question
        self._touching = touching
        self._setters: dict[FunctionRef, dict[int, _Setter]] = {}
        self._left: dict[tuple[object, ...], tuple[Left, ...]] = {}
        self._depth = 0

    def names(self, ref: FunctionRef) -> frozenset[str]:
        """The variables in a function that its calls set."""
        setters = self._setters_in(ref).values()
        return frozenset(name for one in setters for own in one.names.values() for name in own)

    def left(
        self,
        ref: FunctionRef,
        roots: frozenset[str] | None,
        call: int,
        held: Held,
        is_asked: Callable[[int], bool],
    ) -> tuple[Left, ...]:
        """What a call leaves on each of its ways out, ``()`` if it sets nothing.

        ``held`` is what is known before it; ``is_asked`` whether a call is about the order. What
        one leaves that is not is no verdict of this order's.
        """
        setter = self._setters_in(ref).get(call)
        if setter is None or self._depth >= _MOST:
            return ()
        if not is_asked(call):
            names = sorted(name for own in setter.names.values() for name in own)
            return (Left(Mark.NONE, tuple((name, None) for name in names)),)
        known = dict(held)
        given = tuple(
            sorted((name, known[own[0]]) for name, own in setter.names.items() if own[0] in known)
        )
        is_within = self._program.parent(setter.ref) == ref
        key = (setter.ref, roots if is_within else None, given)
        if key not in self._left:
            self._depth += 1
            self._left[key] = self._walked(setter, key[1], given)
            self._depth -= 1
        return self._left[key]

    def made(self, ref: FunctionRef, value: Expression | None, name: str) -> Known:
        """What the members of a new object hold that its constructor puts there, as they are called
        where it is bound to ``name``; of members that calls set later."""
        callees = self._program.callees(ref, value.call) if isinstance(value, Result) else ()
        if len(callees) != 1 or self._project.function(callees[0]).name != "__init__":
            return {}
        put = assigned_in(self._project, callees[0])
        found: dict[str, Verdict] = {}
        for setter in self._setters_in(ref).values():
            for member, own in setter.names.items():
                values = put.get(member, [])
                is_own = own[0].startswith(f"{name}.")
                is_once = len(values) == 1 and self._is_set_by_guards(callees[0], member)
                if is_own and is_once and isinstance(values[0], Constant):
                    found |= dict.fromkeys(own, TRUE if values[0].value else FALSE)
        return found

    def _is_set_by_guards(self, init: FunctionRef, member: str) -> bool:
        """Whether no method but a constructor sets a member without having asked a guard."""
        program, cls = self._program, self._program.owner(init)
        related = (*program.subclasses(cls), *program.ancestry(cls)) if cls is not None else ()
        methods = {one for cls in related for one in program.class_members(cls).values()}
        others = methods - self._touching - {init}
        return not any(member in _set_in(self._project.function(one)) for one in others)

    def _walked(
        self,
        setter: _Setter,
        roots: Roots,
        given: tuple[tuple[str, Verdict], ...],
    ) -> tuple[Left, ...]:
        question = self._question(setter.ref, roots)
        held = question.held | frozenset(setter.names)
        function = self._project.function(setter.ref)
        asked = question._replace(given=given, held=held)
        reached = Walk(function, asked, frozenset()).run()
        found: dict[Left, None] = {}
        for number, state in reached:
            if number == EXIT:
                known = dict(state.known)
                told = {
                    own: known[name]._replace(guard=-1) if name in known else None
                    for name, names in setter.names.items()
                    for own in names
                }
                found[Left(state.status.mark, tuple(sorted(told.items(), key=_by_name)))] = None
        return tuple(found) if len(found) <= 2 * _MOST else ()

    def _setters_in(self, ref: FunctionRef) -> dict[int, _Setter]:
        known = self._setters.get(ref)
        if known is None:
            known = self._setters[ref] = {}
            for number in range(len(self._project.function(ref).calls)):
                callees = self._program.callees(ref, number)
                if len(callees) == 1 and callees[0] in self._touching:
                    names = self._names_set(ref, number, callees[0])
                    if names:
                        known[number] = _Setter(callees[0], names)
        return known

    def _names_set(self, ref: FunctionRef, call: int, callee: FunctionRef) -> Names:
        """The variables that a callee sets and what they are called in the caller."""
        function = self._project.function(callee)
        if function.is_generator or ref == callee:
            return {}
        found = self._outer_names(ref, callee, function)
        receiver = receiver_of(self._project.function(ref).calls[call])
        if isinstance(receiver, Name) and function.parameters and function.owner >= 0:
            own = function.parameters[0].name
            for name in _set_in(function):
                base, _, last = name.rpartition(".")
                if base == own:
                    read = self._read_as(callee, name)
                    found[name] = tuple(f"{receiver.path}.{one}" for one in (last, *read))
        return found

    def _outer_names(
        self, ref: FunctionRef, callee: FunctionRef, function: Function
    ) -> dict[str, tuple[str, ...]]:
        """Of the function around, or of the module that both stand in."""
        if not function.outer:
            return {}
        is_within = self._program.parent(callee) == ref
        is_beside = ref.source == callee.source
        own = self._project.function(ref)
        bound = _set_in(own) - frozenset(own.outer) | {one.name for one in own.parameters}
        found: dict[str, tuple[str, ...]] = {}
        for name in sorted(_set_in(function) & frozenset(function.outer)):
            if is_within or (is_beside and name not in bound):
                found[name] = (name,)
            elif not is_beside and self._program.parent(callee) == FunctionRef(callee.source, 0):
                read = self._read_from(ref, callee.source, name)
                found |= {name: read} if read else {}
        return found

    def _read_from(self, ref: FunctionRef, source: int, name: str) -> tuple[str, ...]:
        """What a variable of another module is called where it is read as a member of that."""
        found: list[str] = []
        for word in sorted(words_of(self._project, ref)):
            base, _, last = word.rpartition(".")
            if last == name and base and self._is_module(ref, base, source):
                found.append(word)
        return tuple(found)

    def _is_module(self, ref: FunctionRef, path: str, source: int) -> bool:
        values = self._program.values_of(ref, Name(path))
        return any(
            isinstance(one, Module) and self._program.module_named(one.raw) == source
            for one in values
        )

    def _read_as(self, method: FunctionRef, path: str) -> list[str]:
        """The properties of the class of a method that give just what it keeps under ``path``."""
        cls = self._program.owner(method)
        members = self._program.class_members(cls) if cls is not None else {}
        return [name for name, one in sorted(members.items()) if self._gives(one, path)]

    def _gives(self, ref: FunctionRef, path: str) -> bool:
        function = self._project.function(ref)
        if not is_getter(self._program, ref):
            return False
        given = [node.value for node in function.nodes if node.kind is Kind.RETURN]
        kept = [one.args for one in function.calls if one.func == Name("bool")]
        return given == [Name(path)] or (given == [Result(0)] and kept == [(Name(path),)])


def _set_in(function: Function) -> frozenset[str]:
    nodes = (node for node in function.nodes if node.kind in (Kind.ASSIGN, Kind.AUGMENT))
    return frozenset(name for node in nodes for name in targets_in(node.target))


def _by_name(item: tuple[str, Verdict | None]) -> str:
    return item[0]
