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

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from botlint.checks.guards.paths import Walk
from botlint.checks.guards.question import Left, Question, Told
from botlint.checks.guards.read_guards import is_getter
from botlint.checks.guards.signs import FALSE, TRUE, Sign, Verdict, flip
from botlint.checks.guards.states import Mark
from botlint.checks.roots import assigned_in, receiver_of, targets_in, words_of
from botlint.facts.types import EXIT, Constant, Expression, Function, Kind, Name, Operation, Result
from botlint.flow.program import FunctionRef
from botlint.flow.reach import Answers
from botlint.flow.scopes import own_object
from botlint.flow.values import Module
from botlint.project import Project

Names = Mapping[str, tuple[str, ...]]
"""What a variable that a function sets is called where that is called."""

Roots = frozenset[str] | None
Known = Mapping[str, Verdict]

_MOST = 4
"""So many functions deep; and so many ways out of one."""


class _Setter(NamedTuple):
    """A function that sets variables, what they are called where it is called, and what properties
    are called there that say the opposite of them."""

    ref: FunctionRef
    names: Names
    opposites: Names

    def called(self) -> list[tuple[str, str, bool]]:
        """Every variable with each of its names where the function is called, and whether that
        says the opposite."""
        return [
            (name, one, is_opposite)
            for names, is_opposite in ((self.names, False), (self.opposites, True))
            for name, own in names.items()
            for one in own
        ]


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
        self._setters: Answers[FunctionRef, Mapping[int, _Setter]]
        self._setters = Answers(self._run_by, self._find_setters, nothing={})
        self._left: dict[tuple[object, ...], tuple[Left, ...]] = {}
        self._depth = 0

    def names(self, ref: FunctionRef) -> frozenset[str]:
        """The variables in a function that its calls set."""
        setters = self._setters.of(ref).values()
        return frozenset(called for one in setters for _, called, _ in one.called())

    def left(
        self,
        ref: FunctionRef,
        roots: frozenset[str] | None,
        call: int,
        held: Told,
        is_asked: Callable[[int], bool],
    ) -> tuple[Left, ...]:
        """What a call leaves on each of its ways out, ``()`` if it sets nothing.

        ``held`` is what is known before it; ``is_asked`` whether a call is about the order. What
        one leaves that is not is no verdict of this order's.
        """
        setter = self._setters.of(ref).get(call)
        if setter is None or self._depth >= _MOST:
            return ()
        if not is_asked(call):
            names = sorted(called for _, called, _ in setter.called())
            return (Left(Mark.NONE, tuple((name, None) for name in names)),)
        known = dict(held)
        given = tuple(
            sorted((name, known[own[0]]) for name, own in setter.names.items() if own[0] in known)
        )
        is_within = self._program.parent(setter.ref) == ref
        key = (setter.ref, roots if is_within else None, given, tuple(setter.called()))
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
        for setter in self._setters.of(ref).values():
            for member, own in setter.names.items():
                values = put.get(member, [])
                is_own = own[0].startswith(f"{name}.")
                is_once = len(values) == 1 and self._is_set_by_guards(callees[0], member)
                if is_own and is_once and isinstance(values[0], Constant):
                    is_true = bool(values[0].value)
                    opposites = setter.opposites.get(member, ())
                    found |= dict.fromkeys(own, TRUE if is_true else FALSE)
                    found |= dict.fromkeys(opposites, FALSE if is_true else TRUE)
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
        found: dict[Left, None] = {}
        for state in Walk(function, asked, frozenset()).reaching(frozenset({EXIT})):
            known = dict(state.known)
            told: dict[str, Verdict | None] = {}
            for name, called, is_opposite in setter.called():
                own = known[name]._replace(guard=-1) if name in known else None
                told[called] = flip(own) if is_opposite else own
            found[Left(state.status.mark, tuple(sorted(told.items(), key=_by_name)))] = None
            if len(found) > 2 * _MOST:
                return ()
        return tuple(found)

    def _run_by(self, ref: FunctionRef) -> Iterator[FunctionRef]:
        return (callee for _, callee in self._touched(ref))

    def _touched(self, ref: FunctionRef) -> Iterator[tuple[int, FunctionRef]]:
        """The calls of a function that run just one other from which a guard can be reached."""
        for number in range(len(self._project.function(ref).calls)):
            callees = self._program.callees(ref, number)
            if len(callees) == 1 and callees[0] in self._touching:
                yield number, callees[0]

    def _find_setters(self, ref: FunctionRef) -> Mapping[int, _Setter]:
        found = {number: self._setter(ref, number, one) for number, one in self._touched(ref)}
        return {number: one for number, one in found.items() if one.names}

    def _setter(self, ref: FunctionRef, call: int, callee: FunctionRef) -> _Setter:
        """The variables that a callee sets and what they are called in the caller."""
        function = self._project.function(callee)
        if function.is_generator or ref == callee:
            return _Setter(callee, {}, {})
        found = self._outer_names(ref, callee, function)
        opposites: dict[str, tuple[str, ...]] = {}
        receiver = receiver_of(self._project.function(ref).calls[call])
        own = own_object(function)
        if isinstance(receiver, Name) and own:
            for name in sorted(_set_in(function) | self.names(callee)):
                base, _, last = name.rpartition(".")
                if base == own:
                    read, denied = self._read_as(callee, name)
                    found[name] = tuple(f"{receiver.path}.{one}" for one in (last, *read))
                    opposites[name] = tuple(f"{receiver.path}.{one}" for one in denied)
        return _Setter(callee, found, opposites)

    def _outer_names(
        self, ref: FunctionRef, callee: FunctionRef, function: Function
    ) -> dict[str, tuple[str, ...]]:
        """Of the function around, or of the module that both stand in."""
        inner = {
            name for name in self.names(callee) if "." not in name and _is_free(name, function)
        }
        outer = inner | (_set_in(function) & frozenset(function.outer))
        if not outer:
            return {}
        is_within = self._program.parent(callee) == ref
        is_beside = ref.source == callee.source
        own = self._project.function(ref)
        found: dict[str, tuple[str, ...]] = {}
        for name in sorted(outer):
            if is_within or (is_beside and _is_free(name, own)):
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

    def _read_as(self, method: FunctionRef, path: str) -> tuple[list[str], list[str]]:
        """The properties of the class of a method that give just what it keeps under ``path``, and
        those that give the opposite."""
        cls = self._program.owner(method)
        members = self._program.class_members(cls) if cls is not None else {}
        given = {name: self._given(one, path) for name, one in sorted(members.items())}
        straight = [name for name, sign in given.items() if sign is Sign.YES]
        return straight, [name for name, sign in given.items() if sign is Sign.NO]

    def _given(self, ref: FunctionRef, path: str) -> Sign | None:
        """What a property says by being true if what is kept under ``path`` is a yes."""
        function = self._project.function(ref)
        given = [node.value for node in function.nodes if node.kind is Kind.RETURN]
        if len(given) != 1 or not is_getter(self._program, ref):
            return None
        value, is_opposite = given[0], False
        while value != Name(path):
            if isinstance(value, Operation) and value.kind == "not":
                value, is_opposite = value.args[0], not is_opposite
            elif isinstance(value, Result) and function.calls[value.call].func == Name("bool"):
                args = function.calls[value.call].args
                value = args[0] if args else None
            else:
                return None
        return Sign.NO if is_opposite else Sign.YES


def _set_in(function: Function) -> frozenset[str]:
    nodes = (node for node in function.nodes if node.kind in (Kind.ASSIGN, Kind.AUGMENT))
    return frozenset(name for node in nodes for name in targets_in(node.target))


def _is_free(name: str, function: Function) -> bool:
    """Whether a name is none of the function's own locals."""
    is_set = name in _set_in(function) and name not in function.outer
    return not is_set and all(one.name != name for one in function.parameters)


def _by_name(item: tuple[str, Verdict | None]) -> str:
    return item[0]
