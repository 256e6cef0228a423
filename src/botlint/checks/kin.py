"""Classes and their kin: what an object known by one of them may be, and have."""

from __future__ import annotations

from botlint.facts.types import (
    Attribute,
    Call,
    Expression,
    Function,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.program import ClassRef, FunctionRef, Program
from botlint.flow.values import Cls, Instance
from botlint.flow.ways import anyhow, nodes_from, points_from

_PLAIN = frozenset({"object", "ABC", "abc.ABC", "Generic", "typing.Generic"})
_NAMED_TUPLE = frozenset({"NamedTuple", "typing.NamedTuple"})
_OF_TUPLE = frozenset({*dir(tuple), "_asdict", "_replace", "_fields", "_make", "_field_defaults"})


def family_of(program: Program, cls: ClassRef) -> frozenset[ClassRef]:
    """All classes whose members an object known as ``cls`` may have.

    Those of the bases of its subclasses too: a mixin calls what its sibling defines.
    """
    below = (cls, *program.subclasses(cls))
    return frozenset(points_from(below, program.bases))


def class_called(program: Program, ref: FunctionRef, func: Expression) -> ClassRef | None:
    """The class that a name means, if it can mean nothing else."""
    if type(func) is not Name:
        return None
    values = program.values_of(ref, func)
    return values[0].ref if len(values) == 1 and isinstance(values[0], Cls) else None


def is_aliased(program: Program, name: str) -> bool:
    """Whether something of that name is imported under another one."""
    return any(
        statement.name == name != statement.local
        for facts in program.sources
        for statement in facts.imports
    )


def has_plain_bases(program: Program, cls: ClassRef) -> bool:
    """Whether no base gives the class members of its own, or stands for unrelated classes.

    An enumeration, a ``TypedDict`` and a ``NamedTuple`` have more than their bodies say, and a
    ``Protocol`` is any class that fits.
    """
    return program.foreign_bases(cls) <= _PLAIN


def is_named_tuple(program: Program, cls: ClassRef) -> bool:
    """Whether a class derives from ``NamedTuple``, and from nothing else from outside."""
    bases = program.foreign_bases(cls)
    return bool(bases) and bases <= _NAMED_TUPLE


def has_known_bases(program: Program, cls: ClassRef) -> bool:
    """Whether the bases from outside bring along nothing, or only what a tuple has."""
    return is_named_tuple(program, cls) or has_plain_bases(program, cls)


def of_tuple(program: Program, cls: ClassRef) -> frozenset[str]:
    """What a ``NamedTuple`` has besides what its body says; nothing for other classes."""
    return frozenset() if _NAMED_TUPLE.isdisjoint(program.foreign_bases(cls)) else _OF_TUPLE


def asks_above(program: Program, cls: ClassRef) -> bool:
    """Whether a class without bases calls methods of one by ``super()``: it is made to stand beside
    others, or the base that it had is only taken away."""
    if program.cls(cls).bases:
        return False
    methods = [program.function(ref) for ref in program.class_members(cls).values()]
    return any(_is_of_super(one, call) for one in methods for call in one.calls)


def _is_of_super(function: Function, call: Call) -> bool:
    """``super().start()``, or ``super().__init__(name)``, which no plain object takes."""
    if type(call.func) is not Attribute or type(call.func.value) is not Result:
        return False
    is_super = function.calls[call.func.value.call].func == Name("super")
    is_given = call.func.name == "__init__" and bool(call.args or call.keywords)
    is_plain = hasattr(object, call.func.name) and not is_given
    return is_super and not is_plain


def is_believed(program: Program, ref: FunctionRef, said: ClassRef) -> bool:
    """Whether a function returns nothing that is known to be of another class than it says."""
    family = family_of(program, said)
    return all(
        not isinstance(one, Instance) or one.ref in family
        for node in program.function(ref).nodes
        if node.kind is Kind.RETURN and node.value is not None
        for one in program.values_of(ref, node.value)
    )


def is_substitute(program: Program, cls: ClassRef) -> bool:
    """Whether a class is made only where something failed, as in ``except ImportError: class X``.

    What bears its name is then mostly something else.
    """
    declared = program.cls(cls)
    top = declared.qualname.partition(".")[0]
    body = program.sources[cls.source].functions[0]
    if not any(node.kind is Kind.EXCEPT for node in body.nodes):
        return False
    reached = frozenset(nodes_from(body, (body.entry,), _unfailing))
    made = [n for n, one in enumerate(body.nodes) if one.target == Name(top)]
    return bool(made) and reached.isdisjoint(made)


def _unfailing(node: Node) -> tuple[int, ...]:
    return (node.other, node.exc) if node.kind is Kind.EXCEPT else anyhow(node)


def value_bound(
    target: Expression | None, value: Expression | None, path: str
) -> Expression | None:
    """What an assignment gives to the name ``path``, also as one of several: ``a, b = c, d``;
    ``None`` where that doesn't show."""
    if target == Name(path):
        return value
    if type(target) is not Operation or type(value) is not Operation:
        return None
    parts = (*target.args, *value.args)
    is_plain = target.kind == "tuple" and value.kind in ("tuple", "list")
    has_star = any(type(part) is Operation and part.kind == "star" for part in parts)
    if not is_plain or has_star or len(target.args) != len(value.args):
        return None
    found = (value_bound(one, it, path) for one, it in zip(target.args, value.args, strict=True))
    return next((one for one in found if one is not None), None)


def bound_names(target: Expression | None) -> tuple[str, ...]:
    """The names, also dotted ones, that a target binds; none for a subscript."""
    if type(target) is Name:
        return (target.path,)
    if type(target) is Operation and target.kind in ("tuple", "star"):
        return tuple(name for part in target.args for name in bound_names(part))
    return ()
