"""What names a state of a machine: the members of an enumeration, and texts."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

from botlint.facts.types import Constant, Expression, Name, Operation
from botlint.flow.names import FunctionRef
from botlint.flow.program import Program
from botlint.model import Span


class State(NamedTuple):
    """A state: member ``name`` of the enumeration ``owner``, or a text that the attribute ``owner``
    holds."""

    owner: str
    name: str


class Way(NamedTuple):
    """A transition into ``target``, from anywhere where ``source`` is ``None``.

    ``actions`` are what a row of a table runs on it, ``conditions`` what it asks first; of code
    that sets the state itself ``node`` is the number of the node in ``function`` (else -1).
    """

    target: State
    source: State | None
    function: FunctionRef
    span: Span
    node: int = -1
    actions: tuple[FunctionRef, ...] = ()
    conditions: tuple[FunctionRef, ...] = ()


class StateNames:
    """Which expressions of a program name states."""

    def __init__(self, program: Program) -> None:
        self._enumerations = frozenset(_find_enumerations(program))

    def states_in(self, value: Expression) -> tuple[State | None, ...]:
        """The states that an expression names: a member of an enumeration, or a list of them."""
        if type(value) is Name:
            base, _, member = value.path.rpartition(".")
            if member in ("value", "name"):
                base, _, member = base.rpartition(".")
            owner = base.rpartition(".")[2]
            return (State(owner, member),) if owner in self._enumerations and member else ()
        if type(value) is Operation and value.kind in MANY and value.args:
            found = [self.states_in(part) for part in value.args]
            return tuple(one for part in found for one in part) if all(found) else ()
        return ()

    def states_given(self, value: Expression) -> Iterator[State]:
        """The states that a value can be, of a choice between two each."""
        parts = value.args[1:] if isinstance(value, Operation) and value.kind == "if" else (value,)
        for part in parts:
            yield from (state for state in self.states_in(part) if state is not None)

    def compared(self, subject: Expression, value: Expression) -> Iterator[State]:
        """The states that ``subject`` is compared with."""
        name = subject.path.rpartition(".")[2] if type(subject) is Name else ""
        parts = value.args if type(value) is Operation and value.kind in MANY else (value,)
        for part in parts:
            if type(part) is Constant and isinstance(part.value, str):
                if words_of(name) & STATES:
                    yield State(name, part.value)
            else:
                yield from (state for state in self.states_in(part) if state is not None)


def _find_enumerations(program: Program) -> Iterator[str]:
    for ref in program.classes():
        cls = program.cls(ref)
        is_enumeration = not _ENUMERATIONS.isdisjoint(program.foreign_bases(ref))
        is_plain = bool(cls.attributes) and not cls.methods
        if is_enumeration or (is_plain and words_of(cls.name) & STATES):
            yield cls.name


_ENUMERATIONS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
STATES = frozenset({"state", "phase", "stage", "step", "fsm"})
MANY = frozenset({"tuple", "list", "set"})


def is_state_name(path: str) -> bool:
    """Whether a dotted name says that it holds a state."""
    return bool(words_of(path.rpartition(".")[2]) & STATES)


@functools.lru_cache(maxsize=1 << 14)
def words_of(name: str) -> frozenset[str]:
    """The words of a name, ``FsmState`` and ``set_state`` alike."""
    spaced = "".join(f"_{letter}" if letter.isupper() else letter for letter in name)
    return frozenset(spaced.lower().split("_")) if not name.isupper() else frozenset({name.lower()})
