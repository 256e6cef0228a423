"""Classes with their bases and subclasses, and what is defined on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from botlint.facts.types import Constant, Expression, Function, Name
from botlint.flow.bases import Bases, Evaluate
from botlint.flow.index import Index
from botlint.flow.names import COMMON, ClassRef, FunctionRef, is_special
from botlint.flow.scopes import Binding, Bindings
from botlint.flow.values import Cls
from botlint.flow.ways import points_from

_TRANSPARENT = frozenset(
    {"object", "abc.ABC", "typing.Protocol", "typing.Generic", "typing_extensions.Protocol"}
    | {"typing.NamedTuple", "typing.TypedDict", "enum.Enum", "enum.IntEnum", "enum.StrEnum"}
    | {"enum.Flag", "enum.IntFlag"}
)
"""Bases from outside that add no method a program calls by a name of its own."""

_KNOWN_DECORATORS = frozenset(
    {"dataclass", "dataclasses.dataclass", "total_ordering", "functools.total_ordering", "final"}
    | {"typing.final", "runtime_checkable", "typing.runtime_checkable", "unique", "enum.unique"}
    | {"attr.s", "attr.attrs", "attr.define", "attr.frozen", "attr.dataclass", "define"}
    | {"attrs.define", "attrs.frozen", "attrs.mutable", "ABCMeta", "abc.ABCMeta"}
)


class Classes:
    """The classes of a program; ``evaluate`` says what an expression in a function can be."""

    def __init__(self, index: Index, evaluate: Evaluate) -> None:
        self._index = index
        self._evaluate = evaluate
        self._bases = Bases(index, evaluate)
        self._below: dict[ClassRef, tuple[ClassRef, ...]] = {}
        self._members: dict[ClassRef, Members] = {}
        self._behind: dict[tuple[ClassRef, str], tuple[FunctionRef, ...]] = {}

    def bases(self, ref: ClassRef) -> tuple[ClassRef, ...]:
        """The direct bases that are classes of the program."""
        return self._bases.of(ref)[0]

    def outer_bases(self, ref: ClassRef) -> tuple[str, ...]:
        """The direct bases from outside, by qualified name; ``?`` for one that can't be told."""
        return self._bases.of(ref)[1]

    def ancestry(self, ref: ClassRef) -> tuple[ClassRef, ...]:
        """The class and all bases in the program, in the order in which members are looked up."""
        return self._bases.line(ref)

    def foreign_bases(self, ref: ClassRef) -> frozenset[str]:
        """The bases from outside, also of its bases: qualified names and their last segments.

        Of a built-in exception its own bases are among them.
        """
        return self._bases.foreign(ref)

    def has_foreign_base(self, ref: ClassRef) -> bool:
        """Whether members may come from a base outside of the program."""
        return any(
            name not in _TRANSPARENT for one in self.ancestry(ref) for name in self.outer_bases(one)
        )

    def is_exception(self, ref: ClassRef) -> bool:
        """Whether the class can be raised."""
        foreign = self.foreign_bases(ref)
        if "BaseException" in foreign:
            return True
        return any(name.endswith(("Error", "Exception", "Warning")) for name in foreign)

    def is_enumeration(self, ref: ClassRef) -> bool:
        """Whether the class derives from ``enum.Enum``."""
        return any(name.startswith("enum.") for name in self.foreign_bases(ref))

    def is_protocol(self, ref: ClassRef) -> bool:
        """Whether the class is a ``typing.Protocol``: what fits it need not derive from it."""
        return any(name.endswith(".Protocol") for name in self.outer_bases(ref))

    def subclasses(self, ref: ClassRef) -> tuple[ClassRef, ...]:
        """All classes that derive from ``ref``, also indirectly, or fit it if it is a protocol,
        without itself."""
        known = self._below.get(ref)
        if known is None:
            derived = self._derived
            below = points_from(derived.get(ref, ()), lambda one: derived.get(one, ()), (ref,))
            known = self._below[ref] = tuple(sorted(below))
        return known

    def find_method(self, ref: ClassRef, name: str) -> FunctionRef | None:
        """The method that ``name`` means on an object of exactly this class."""
        return self._first(self.ancestry(ref), name)

    def overriding(self, ref: ClassRef, name: str) -> tuple[FunctionRef, ...]:
        """The methods that ``name`` can mean on an object of this class or a subclass.

        What a mixin itself lacks, a class beside it may have, where a subclass joins the two.
        """
        found: dict[FunctionRef, None] = {}
        first = self.find_method(ref, name)
        if first is not None:
            found[first] = None
        for one in self.subclasses(ref):
            has_own = first is not None or name in self._index.methods(one)
            own = self._index.methods(one).get(name) if has_own else self.find_method(one, name)
            if own is not None:
                found[own] = None
        return tuple(found)

    def behind(self, ref: ClassRef, name: str) -> tuple[FunctionRef, ...]:
        """The methods that ``name`` means behind a class, in the lines of all its objects."""
        known = self._behind.get((ref, name))
        if known is None:
            lines = [self.ancestry(one) for one in (ref, *self.subclasses(ref))]
            methods = (self._first(line[line.index(ref) + 1 :], name) for line in lines)
            found = dict.fromkeys(one for one in methods if one is not None)
            known = self._behind[ref, name] = tuple(found)
        return known

    def _first(self, line: Iterable[ClassRef], name: str) -> FunctionRef | None:
        methods = (self._index.methods(one).get(name) for one in line)
        return next((one for one in methods if one is not None), None)

    def members(self, ref: ClassRef) -> Members:
        """What the body and the methods of the class itself bind on it."""
        known = self._members.get(ref)
        if known is None:
            known = self._members[ref] = _read_members(self._index, ref)
        return known

    def attributes(self, ref: ClassRef) -> frozenset[str]:
        """All names bound on the class, its bases and its subclasses."""
        found: set[str] = set()
        for one in (*self.ancestry(ref), *self.subclasses(ref)):
            found.update(self._index.methods(one))
            found.update(name for name, _ in self._index.cls(one).attributes)
            found.update(self.members(one).bindings)
        return frozenset(found)

    def is_closed(self, ref: ClassRef) -> bool:
        """Whether all that its objects have stands in the program.

        No base from outside, no ``__getattr__``, no ``setattr``, no decorator or metaclass that
        could add a member.
        """
        for one in (*self.ancestry(ref), *self.subclasses(ref)):
            if any(name not in _TRANSPARENT for name in self.outer_bases(one)):
                return False
            methods = self._index.methods(one)
            if not methods.keys().isdisjoint(_OPENING) or self.members(one).is_open:
                return False
            for decorator in self._index.cls(one).decorators:
                name = self._decorator(one, decorator)
                is_dataclass = name in self._index.aliases.get("dataclass", ())
                if name in _KNOWN_DECORATORS or is_dataclass:
                    continue
                if not self._only_calls(one, decorator):
                    return False
        return True

    def _only_calls(self, ref: ClassRef, decorator: Expression) -> bool:
        """Whether a metaclass of the program only changes how objects are made: a singleton's."""
        around = FunctionRef(ref.source, self._index.cls(ref).parent)
        values = self._evaluate(around, decorator) if type(decorator) is Name else ()
        return bool(values) and all(
            type(value) is Cls
            and "type" in self.outer_bases(value.ref)
            and self._index.methods(value.ref).keys() <= {"__call__"}
            for value in values
        )

    def _decorator(self, ref: ClassRef, decorator: Expression) -> str:
        if type(decorator) is Name:
            return decorator.path
        parent = FunctionRef(ref.source, self._index.cls(ref).parent)
        number = getattr(decorator, "call", -1)
        if number < 0:
            return ""
        func = self._index.call(parent, number).func
        return func.path if type(func) is Name else ""

    @cached_property
    def _derived(self) -> dict[ClassRef, list[ClassRef]]:
        found: dict[ClassRef, list[ClassRef]] = {}
        for ref in self._index.classes():
            if self._index.cls(ref).bases:
                for base in self.bases(ref):
                    found.setdefault(base, []).append(ref)
        for protocol in filter(self.is_protocol, self._index.classes()):
            known = found.setdefault(protocol, [])
            known += [ref for ref in self._fitting(protocol, found) if ref not in known]
        return found

    def _fitting(
        self, protocol: ClassRef, derived: Mapping[ClassRef, list[ClassRef]]
    ) -> Iterator[ClassRef]:
        """The classes that have all methods of a protocol, with all parameters that it names: what
        is said to be of it may be an object of theirs (PEP 544). One that asks only for a method
        that classes of any kind have, ``run``, says nothing of what fits it."""
        asked = {
            name: self._index.function(method)
            for one in reversed(self.ancestry(protocol))
            for name, method in self._index.methods(one).items()
            if not is_special(name)
        }
        if not asked or (len(asked) == 1 and not asked.keys().isdisjoint(COMMON)):
            return
        named = self._index.functions_by_name
        rarest = min(asked, key=lambda name: len(named.get(name, ())))
        owners = {owner for one in named.get(rarest, ()) if (owner := self._index.owner(one))}
        for ref in points_from(sorted(owners), lambda one: derived.get(one, ())):
            if ref == protocol or self.is_protocol(ref):
                continue
            if all(self._has_fitting(ref, name, one) for name, one in asked.items()):
                yield ref

    def _has_fitting(self, ref: ClassRef, name: str, asked: Function) -> bool:
        """Whether a method of a class takes what a protocol's takes by name."""
        method = self.find_method(ref, name)
        if method is None:
            return False
        parameters = self._index.function(method).parameters
        if any(one.kind in ("*", "**") for one in parameters):
            return True
        given = {one.name for one in parameters}
        return all(one.name in given for one in asked.parameters if one.kind == "normal")


_OPENING = frozenset({"__getattr__", "__getattribute__"})


class Members:
    """What is bound on objects of one class: by name, with the function that binds it.

    ``is_open`` says that a computed name is set too.
    """

    __slots__ = ("bindings", "is_open")

    def __init__(self) -> None:
        self.bindings: dict[str, list[tuple[FunctionRef, Binding]]] = {}
        self.is_open = False

    def add(self, ref: FunctionRef, members: Bindings, prefix: str) -> None:
        """Take the bindings of ``prefix.name`` out of the bindings of a function."""
        for path, bindings in members.items():
            if path.startswith(prefix):
                name = path[len(prefix) :]
                if "." not in name:
                    known = self.bindings.setdefault(name, [])
                    known.extend((ref, binding) for binding in bindings)


def _read_members(index: Index, ref: ClassRef) -> Members:
    found = Members()
    cls = index.cls(ref)
    around = FunctionRef(ref.source, cls.parent)
    found.add(around, index.scope(around).members, cls.qualname + ".")
    for number in cls.methods:
        method = FunctionRef(ref.source, number)
        parameters = index.function(method).parameters
        if not parameters or index.is_static(method):
            continue  # What is set on the first parameter of a static method is not its class's.
        own = parameters[0].name
        waiting = [method]
        while waiting:
            one = waiting.pop()
            found.add(one, index.scope(one).members, own + ".")
            found.is_open = found.is_open or _sets_computed(index, one, own)
            waiting += index.nested(one)
    return found


def _sets_computed(index: Index, ref: FunctionRef, own: str) -> bool:
    """``setattr(self, name, value)``, ``self.__dict__.update(...)``."""
    for call in index.function(ref).calls:
        if type(call.func) is not Name:
            continue
        if call.func.path == "setattr" and call.args and call.args[0] == Name(own):
            return not (len(call.args) > 1 and type(call.args[1]) is Constant)
        if call.func.path == f"{own}.__dict__.update":
            return True
    return False
