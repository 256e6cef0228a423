"""What an expression can be, as far as the program tells: abstract values.

A set of values is a tuple without repetitions, the most direct one first; the empty tuple says that
nothing is known. ``None`` has no value of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from botlint.flow.names import ClassRef, FunctionRef


class Func(msgspec.Struct, frozen=True):
    """A function; ``is_bound`` where its first parameter is already given."""

    ref: FunctionRef
    is_bound: bool = False


class Cls(msgspec.Struct, frozen=True):
    """A class of the program, as a value; unless ``is_exact`` it may be a subclass."""

    ref: ClassRef
    is_exact: bool = True


class Instance(msgspec.Struct, frozen=True):
    """An object of a class; unless ``is_exact`` it may be of a subclass."""

    ref: ClassRef
    is_exact: bool = False


class Module(msgspec.Struct, frozen=True):
    """A module or namespace package of the program, by its path with dots."""

    raw: str


class External(msgspec.Struct, frozen=True):
    """Something from outside of the program, or what calling it gave, by its qualified name."""

    name: str


class Of(msgspec.Struct, frozen=True):
    """A container, however deep, that holds ``value``."""

    value: Value


class Partial(msgspec.Struct, frozen=True):
    """What ``functools.partial`` gives, of ``value``: call ``call`` of the function ``maker``."""

    value: Value
    maker: FunctionRef
    call: int


class Super(msgspec.Struct, frozen=True):
    """``super()`` in a method of a class."""

    ref: ClassRef


Value = Func | Cls | Instance | Module | External | Of | Partial | Super
Values = tuple[Value, ...]

PLAIN = frozenset({"str", "int", "float", "bool", "bytes", "list", "dict", "tuple", "set"})

_CONTAINERS = frozenset({"list", "dict", "tuple", "set"})

MOST = 120
"""More values than this are cut off: a place that can be anything says nothing."""


def union(parts: Iterable[Values]) -> Values:
    """All values of ``parts``, each once, in order."""
    found: dict[Value, None] = {}
    for part in parts:
        for value in part:
            found[value] = None
    if len(found) > MOST:
        return tuple(found)[:MOST]
    return tuple(found)


def is_bare(values: Values) -> bool:
    """Whether values are mere containers, of which nothing says what is in them."""
    return all(type(value) is External and value.name in _CONTAINERS for value in values)


def held_in(values: Values) -> Values:
    """A container with ``values`` in it, but for numbers, texts and other containers."""
    return union(
        ((value if type(value) is Of else Of(value)),)
        for value in values
        if not (type(value) is External and value.name in PLAIN)
    )


def elements_of(values: Values) -> Values:
    """What comes out of containers: their content, and what nests in it."""
    held = [value for value in values if type(value) is Of]
    return union(((*[value.value for value in held],), (*held,)))
